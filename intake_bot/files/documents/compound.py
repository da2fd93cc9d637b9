"""Reads OLE2 compound files (MS-CFB), the containers of .doc, .xls, .wps and of documents with a password."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NoReturn, Self

import olefile

from intake_bot.files.facts import Kind, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_BAD_BYTES = (OSError, ValueError, LookupError, TypeError, struct.error, RecursionError)
"""Errors that olefile raises on damaged files, found by fuzzing. Its own errors are OSErrors."""

_HEADER_BYTES = 512
_LAST_SECTOR = 0xFFFFFFFA
"""The largest number of a sector; larger numbers are marks."""

_KINDS = (
    ("EncryptedPackage", Kind.OLE),  # beside it, some programs put a document that says so
    ("\x09DRMContent", Kind.OLE),  # MS-OFFCRYPTO 1.3.4
    ("WordDocument", Kind.DOC),
    ("Workbook", Kind.XLS),
    ("Book", Kind.XLS),
    ("PowerPoint Document", Kind.PPT),
    ("__properties_version1.0", Kind.OUTLOOK_MESSAGE),  # MS-OXMSG 2.4
)
"""Kinds by the main stream of each program."""
_INSTALLER_CLASS = "000C1084-0000-0000-C000-000000000046"
"""Class of the root storage of an .msi."""
_VBA_PROJECTS = ("Macros", "_VBA_PROJECT_CUR")
"""Storages of the VBA projects of Word and Excel."""


def is_compound(path: Path) -> bool:
    """True for a file that begins as a compound file does."""
    with path.open("rb") as file:
        return file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff_compound(path: Path) -> Kind:
    """Returns the kind of a compound file; Kind.OLE for one of another kind, or one that cannot be opened."""
    try:
        with CompoundFile(path) as compound:
            if compound.root_class == _INSTALLER_CLASS:
                return Kind.EXECUTABLE
            return next((kind for stream, kind in _KINDS if compound.has(stream)), Kind.OLE)
    except Unreadable:
        return Kind.OLE


def refuse_ole(path: Path, limits: FileLimits) -> NoReturn:
    """Raises Unreadable: PROTECTED for a .docx or .xlsx with a password (MS-OFFCRYPTO 1.3.2), and for a document that
    only chosen persons may read (1.3.4); UNSUPPORTED for other content, such as texts of MS Works.
    """
    with CompoundFile(path) as compound:
        is_protected = any(map(compound.has, ("EncryptedPackage", "\x09DRMContent")))
        raise Unreadable(Trouble.PROTECTED if is_protected else Trouble.UNSUPPORTED)


def has_macros(path: Path) -> bool:
    """True for a .doc or .xls with a VBA project (MS-OVBA 2.2.1, MS-DOC 2.1.9, MS-XLS 2.1.7.22). Raises Unreadable."""
    with CompoundFile(path) as compound:
        return any(map(compound.has_storage, _VBA_PROJECTS))


class CompoundFile:
    """An open compound file. Its methods raise Unreadable for any damage."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.stat().st_size
        self._file = _open_corrected(path, self._bytes)
        try:
            _refuse_false_counts(self._file.read(_HEADER_BYTES), self._bytes)
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

    @property
    def root_class(self) -> str:
        """The class of the root storage, in upper case; empty for none (MS-CFB 2.6.1)."""
        return str(self._ole.root.clsid or "").upper()

    def has(self, name: str) -> bool:
        """True when the root storage has a stream of this name."""
        try:
            return bool(self._ole.get_type(name) == olefile.STGTY_STREAM)
        except _BAD_BYTES:
            return False

    def has_storage(self, name: str) -> bool:
        """True when the root storage has a storage of this name."""
        try:
            return bool(self._ole.get_type(name) == olefile.STGTY_STORAGE)
        except _BAD_BYTES:
            return False

    def read_stream(self, name: str) -> bytes:
        """Returns the content of a stream of the root storage; never more bytes than the file has."""
        try:
            size = self._ole.get_size(name)
            # Only short streams lie in the stream of the root.
            if max(size, self._ole.root.size if size < self._ole.mini_stream_cutoff_size else 0) > self._bytes:
                raise Unreadable(Trouble.DAMAGED)
            with self._ole.openstream(name) as stream:
                content: bytes = stream.read()
        except _BAD_BYTES as error:
            raise Unreadable(Trouble.DAMAGED) from error
        return content


def _open_corrected(path: Path, size: int) -> BinaryIO:
    """Opens a file filled up to full sectors, with counts in its header that agree with the rest of it.

    WPS may omit the end of the last sector, which olefile then misses. Excel and Word look at no count of tables that
    are not there, and olefile does.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    corrected = _correct_counts(header) if len(header) == _HEADER_BYTES else header
    if size % _HEADER_BYTES == 0 and corrected == header:
        return path.open("rb")
    return io.BytesIO(corrected + path.read_bytes()[_HEADER_BYTES:] + bytes(-size % _HEADER_BYTES))


def _correct_counts(header: bytes) -> bytes:
    """Returns the header with zero for the number of sectors of a table without a first sector (MS-CFB 2.2), and with
    the number of sectors of the main table that are listed, when all are listed in the header.
    """
    corrected = bytearray(header)
    mini_start, _, list_start, _ = struct.unpack_from("<4L", header, 60)
    if mini_start > _LAST_SECTOR:
        struct.pack_into("<L", corrected, 64, 0)
    if list_start > _LAST_SECTOR:
        listed = sum(sector <= _LAST_SECTOR for sector in struct.unpack_from("<109L", header, 76))
        struct.pack_into("<L", corrected, 72, 0)
        struct.pack_into("<L", corrected, 44, min(listed, struct.unpack_from("<L", header, 44)[0]) or listed)
    return bytes(corrected)


def _refuse_false_counts(header: bytes, size: int) -> None:
    """Raises Unreadable for counts of sectors that exceed the file, struct.error for a truncated header.

    olefile follows as many sectors as the header declares (MS-CFB 2.2), even in circles.
    """
    shifts = struct.unpack_from("<2H", header, 30)
    table_sectors, *_, mini_sectors = struct.unpack_from("<6L", header, 44)
    if shifts not in ((9, 6), (12, 6)) or (table_sectors + mini_sectors) << shifts[0] > size:
        raise Unreadable(Trouble.DAMAGED)
