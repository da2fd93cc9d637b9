"""Recognises office documents by the structure of their package."""

from __future__ import annotations

import re
from pathlib import Path

from intake_bot.files.documents.package import Package
from intake_bot.files.documents.xml_events import Reader
from intake_bot.files.facts import Kind, Unreadable
from intake_bot.files.limits import FileLimits

_MAXIMUM_BYTES = FileLimits.document_bytes

_TYPES = (
    ("sheet.binary", Kind.XLSB),
    ("wordprocessingml", Kind.DOCX),
    ("ms-word", Kind.DOCX),
    ("spreadsheetml", Kind.XLSX),
    ("ms-excel", Kind.XLSX),
    ("presentationml", Kind.PPTX),
    ("ms-powerpoint", Kind.PPTX),
)
"""Kinds by what the content type of the main part contains; the first match counts."""
_ROOTS = {b"document": Kind.DOCX, b"workbook": Kind.XLSX, b"presentation": Kind.PPTX}
_ROOT = re.compile(rb"(?:\s|\xef\xbb\xbf|<[?!][^>]*>)*<(?:[\w.-]+:)?([\w.-]+)")
_FOLDERS = (("word/", Kind.DOCX), ("xl/", Kind.XLSX), ("ppt/", Kind.PPTX))


def find_package_kind(path: Path) -> Kind | None:
    """Returns the kind of an office document in a zip or in one XML file; None for any other zip. Raises Unreadable."""
    with Package(path, _MAXIMUM_BYTES) as package:
        names = package.names
        if "ofd.xml" in names:
            return Kind.OFD
        if _is_opendocument(package):
            return Kind.ODF
        if "[content_types].xml" in names or "_rels/.rels" in names:
            return _find_office_kind(package) or find_kind_by_names(names)
    return None


def find_kind_by_names(names: frozenset[str]) -> Kind | None:
    """Returns the kind of a document of which only the names of some parts are known, in lower case."""
    if "[content_types].xml" in names:
        for folder, kind in _FOLDERS:
            if any(name.startswith(folder) for name in names):
                return kind
        return Kind.PACKAGE if any(name.startswith("_rels/") for name in names) else None
    return Kind.OFD if "ofd.xml" in names else None


def _find_office_kind(package: Package) -> Kind | None:
    """Returns the kind by the content type of the main part, else by its root element."""
    try:
        main = package.find_main_part()
        content_type = package.find_content_type(main)
        for mark, kind in _TYPES:
            if mark in content_type:
                return kind
        root = _ROOT.match(package.peek(main, 4096))
    except Unreadable:
        return None
    return _ROOTS.get(root[1]) if root else None


def _is_opendocument(package: Package) -> bool:
    """True when the member `mimetype` names a type of OpenDocument, or the manifest does (ODF 1.2 part 3, 3.3 and 4.2).

    Some programs leave one of them out.
    """
    if package.has("mimetype"):
        try:
            return package.peek("mimetype", 100).strip().startswith(b"application/vnd.oasis.opendocument")
        except Unreadable:
            return False
    if not (package.has("content.xml") and package.has("META-INF/manifest.xml")):
        return False
    manifest = _Manifest()
    try:
        package.read("META-INF/manifest.xml", manifest)
    except Unreadable:
        return False
    return manifest.is_opendocument


class _Manifest(Reader):
    """Finds out whether the manifest gives the package a type of OpenDocument."""

    def __init__(self) -> None:
        self.is_opendocument = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("media-type", "")
        if attributes.get("full-path") == "/" and kind.startswith("application/vnd.oasis.opendocument"):
            self.is_opendocument = True
