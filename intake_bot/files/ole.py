"""OLE2 compound files (MS-CFB): what .doc, .xls, .wps and protected documents are kept in."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NoReturn, Self

import olefile

from intake_bot.files.facts import Kind, Trouble
from intake_bot.files.limits import FileLimits
from intake_bot.files.zips import Unreadable

_BAD_BYTES = (OSError, ValueError, LookupError, TypeError, struct.error, RecursionError)
"""What olefile is known to raise on damaged files, found by fuzzing; its own errors are an OSError."""

_HEADER_BYTES = 512

_KINDS = (
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("PowerPoint Document", Kind.PPT),
    ("__properties_version1.0", Kind.OUTLOOK_MESSAGE),  # MS-OXMSG 2.4
)
"""By the stream that each program keeps its matter in."""
_VBA_PROJECTS = ("Macros", "_VBA_PROJECT_CUR")
"""Where Word and Excel keep the programs of a document."""


def kind_of_ole(path: Path) -> Kind:
    """What is kept in a compound file; Kind.OLE for what is none of these, or cannot be opened."""
    try:
        with Compound(path) as compound:
            return next((kind for stream, kind in _KINDS if compound.has(stream)), Kind.OLE)
    except Unreadable:
        return Kind.OLE


def read_other_ole(path: Path, limits: FileLimits) -> NoReturn:
    """Raises Unreadable: office programs keep a protected .docx or .xlsx in one (MS-OFFCRYPTO 1.3.2), and of what else
    is kept so (texts of MS Works) nothing is read.
    """
    with Compound(path) as compound:
        raise Unreadable(Trouble.PROTECTED if compound.has("EncryptedPackage") else Trouble.UNSUPPORTED)


def has_macros_in_ole(path: Path) -> bool:
    """True for a .doc or .xls with a VBA project (MS-OVBA 2.2.1, MS-DOC 2.1.9, MS-XLS 2.1.7.22). Raises Unreadable."""
    with Compound(path) as compound:
        return any(map(compound.has_storage, _VBA_PROJECTS))


class Compound:
    """An open compound file. Everything here raises Unreadable and nothing else."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.stat().st_size
        self._file = _whole_sectors(path, self._bytes)
        try:
            _refuse_endless(self._file.read(_HEADER_BYTES), self._bytes)
            self._file.seek(0)
            self._ole = olefile.OleFileIO(self._file)
        except _BAD_BYTES as error:
            self._file.close()
            raise Unreadable(Trouble.DAMAGED) from error
        except Unreadable:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ole.close()
        self._file.close()

    def has(self, name: str) -> bool:
        """True when there is such a stream at the top."""
        try:
            return bool(self._ole.get_type(name) == olefile.STGTY_STREAM)
        except _BAD_BYTES:
            return False

    def has_storage(self, name: str) -> bool:
        """True when there is such a storage at the top."""
        try:
            return bool(self._ole.get_type(name) == olefile.STGTY_STORAGE)
        except _BAD_BYTES:
            return False

    def stream(self, name: str) -> bytes:
        """The whole content of a stream at the top; never more bytes than the file has."""
        try:
            if max(self._ole.get_size(name), self._ole.root.size) > self._bytes:
                raise Unreadable(Trouble.DAMAGED)
            with self._ole.openstream(name) as stream:
                content: bytes = stream.read()
        except _BAD_BYTES as error:
            raise Unreadable(Trouble.DAMAGED) from error
        return content


def _whole_sectors(path: Path, size: int) -> BinaryIO:
    """WPS may leave out the end of the last sector, which olefile does not forgive everywhere."""
    if size % _HEADER_BYTES == 0:
        return path.open("rb")
    return io.BytesIO(path.read_bytes() + bytes(-size % _HEADER_BYTES))


def _refuse_endless(header: bytes, size: int) -> None:
    """olefile walks as many sectors as the header says there are (MS-CFB 2.2), in circles if need be.

    Raises Unreadable for counts that the file has no room for, struct.error for a header that is cut off.
    """
    shifts = struct.unpack_from("<2H", header, 30)
    table_sectors, *_, mini_sectors = struct.unpack_from("<6L", header, 44)
    if shifts not in ((9, 6), (12, 6)) or (table_sectors + mini_sectors) << shifts[0] > size:
        raise Unreadable(Trouble.DAMAGED)
