"""How much the files of one mail may ask of us. Nothing beyond is unpacked or decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileLimits:
    """Limits for the files of one mail; what exceeds one of them is `Trouble.BOMB` or `Trouble.TOO_DEEP`."""

    members: int = 5000
    """Members of all archives of one mail together."""
    unpacked_bytes: int = 2_000_000_000
    """Bytes of all members of all archives of one mail together."""
    depth: int = 3
    """Archives within archives; an attached archive is at depth 1."""
    ratio: int = 100
    """An archive that unpacks to more than so many times its own bytes is a bomb ..."""
    ratio_from: int = 256_000_000
    """... unless it unpacks to fewer bytes than this: a blank bitmap or an idle video shrinks a thousandfold."""
    document_bytes: int = 20_000_000
    """Bytes of text and markup read from one document, unpacked. A long report has under one million."""
    jpeg_pixels: int = 210_000_000
    """Pixels of a JPEG, decoded at an eighth of its size. Phones take up to 200 million."""
    pixels: int = 60_000_000
    """Pixels of any other picture, decoded whole at up to four bytes a pixel."""
    program_seconds: float = 50
    """For one run of the 7-Zip program: less than the worker's own time, so that the worker outlives it."""
    text_length: int = 2_000_000
    """Characters of text of all documents of one mail together, all of which are kept in memory. A document beyond it
    is left to a person."""
    hard_files: int = 5
    """After so many files that took too much time or memory, the mail's other files are left to a person."""
