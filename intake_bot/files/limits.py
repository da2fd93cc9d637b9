"""How much the files of one mail may cost, and the process that opens them. These are the defaults of the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    """What the worker may take for one task: measuring one file, or unpacking one archive."""

    seconds: float = 60
    memory_bytes: int = 1_000_000_000
    """Maximum address space, which includes about 100 MB for the interpreter and the libraries."""
    file_bytes: int = 2_000_000_000
    """Maximum size of each file that the worker writes."""

    @property
    def program_seconds(self) -> float:
        """Maximum time for one run of the 7-Zip program: shorter than the worker's own, so that the worker outlives
        the program and can report its end."""
        return 0.8 * self.seconds


@dataclass(frozen=True)
class FileLimits:
    """Limits for the files of one mail. A file beyond one of them is not opened further, and has a `Trouble`."""

    members: int = 5000
    """Maximum members of all archives of the mail."""
    unpacked_bytes: int = Allowance.file_bytes
    """Maximum bytes of all members of all archives of the mail."""
    depth: int = 3
    """Maximum depth of archives in archives; an attached archive is at depth 1."""
    ratio: int = 100
    """An archive is a bomb when its members have more than `ratio` times its own bytes, and ..."""
    ratio_from: int = 256_000_000
    """... more than these bytes: smaller ones may be a blank bitmap or an idle video, which shrink a thousandfold."""
    document_bytes: int = 20_000_000
    """Maximum bytes of text and markup, unpacked, that are read from one document. A long report has one million."""
    jpeg_pixels: int = 210_000_000
    """Maximum pixels of a JPEG, which is decoded at an eighth of its size. Phones take up to 200 million."""
    pixels: int = 60_000_000
    """Maximum pixels of any other picture, which is decoded at full size with up to four bytes a pixel."""
    program_seconds: float = Allowance().program_seconds
    """Maximum time for one run of the 7-Zip program."""
    text_length: int = 2_000_000
    """Maximum characters of all documents of the mail, which are kept in memory. Documents beyond it are held."""
    mail_seconds: float = 60
    """Maximum processor seconds for all files of the mail; after them, and after five times as many wall seconds, the
    files that were not opened are held."""
    hard_files: int = 5
    """After this number of files that took too much time or memory, the other files of the mail are held."""
