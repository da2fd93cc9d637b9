"""Office documents in other wrappings than the usual: parts named or placed otherwise, or all parts in one XML file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from intake_bot.demo import media

_DECLARATION = re.compile(rb"<\?xml[^>]*\?>\s*")


def parts_of(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        return {name: package.read(name) for name in package.namelist()}


def renamed(document: bytes, rename: Callable[[str], str]) -> bytes:
    """The document with other names of its parts, which keep what they say of each other."""
    return media.zip_of({rename(name): content for name, content in parts_of(document).items()})


def backslashed(document: bytes) -> bytes:
    return renamed(document, lambda name: name.replace("/", "\\"))


def upper_cased(document: bytes) -> bytes:
    return renamed(document, str.upper)


def moved(document: bytes, folder: str, to: str) -> bytes:
    """The document with the parts of a folder in another one, or at the root, and everything that refers to them."""
    place = f"{to}/" if to else ""
    changed = {}
    for name, content in parts_of(document).items():
        if not name.startswith(f"{folder}/"):
            content = content.replace(f'="{folder}/'.encode(), f'="{place}'.encode())
            content = content.replace(f'="/{folder}/'.encode(), f'="/{place}'.encode())
        changed[re.sub(f"^{folder}/", place, name)] = content
    return media.zip_of(changed)


def without_types(document: bytes) -> bytes:
    """The document with content types that say nothing of its parts."""
    return media.zip_of({**parts_of(document), "[Content_Types].xml": b"<Types/>"})


def without_relations(document: bytes) -> bytes:
    """The document without the relationships of the package, in which only the content types name the main part."""
    return media.zip_of({name: content for name, content in parts_of(document).items() if name != "_rels/.rels"})


def flat(document: bytes, program: str = "Word.Document") -> bytes:
    """The document as flat OPC: "Word XML Document" in Word's own words."""
    every = parts_of(document)
    types = _types(every.pop("[Content_Types].xml"))
    parts = b"".join(_flat_part(name, content, types) for name, content in every.items())
    return (
        f'<?xml version="1.0" standalone="yes"?><?mso-application progid="{program}"?>'
        '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
    ).encode() + (parts + b"</pkg:package>")


def _types(content: bytes) -> dict[str, str]:
    found = re.findall(rb'PartName="([^"]+)" ContentType="([^"]+)"', content)
    return {name.decode(): kind.decode() for name, kind in found}


def _flat_part(name: str, content: bytes, types: Mapping[str, str]) -> bytes:
    kind = types.get(f"/{name}", "application/xml")
    if name.endswith((".xml", ".rels")):
        inner = b"<pkg:xmlData>" + _DECLARATION.sub(b"", content) + b"</pkg:xmlData>"
    else:
        inner = b"<pkg:binaryData>QUJD</pkg:binaryData>"
    return f'<pkg:part pkg:name="/{name}" pkg:contentType="{kind}">'.encode() + inner + b"</pkg:part>"


WORDML = "http://schemas.microsoft.com/office/word/2003/wordml"


def wordml(body: str, encoding: str = "UTF-8") -> bytes:
    """Word 2003 XML with this body."""
    return (
        f'<?xml version="1.0" encoding="{encoding}" standalone="yes"?><?mso-application progid="Word.Document"?>'
        f'<w:wordDocument xmlns:w="{WORDML}" xmlns:aml="http://schemas.microsoft.com/aml/2001/core"'
        ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        "<o:DocumentProperties><o:Title>题</o:Title></o:DocumentProperties>"
        f"<w:body>{body}</w:body></w:wordDocument>"
    ).encode(encoding)


def spreadsheetml(*rows: str, encoding: str = "UTF-8") -> bytes:
    """Excel 2003 XML of one sheet with these rows."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:h="http://www.w3.org/TR/REC-html40">'
        f'<Worksheet ss:Name="日报"><Table>{"".join(rows)}</Table></Worksheet></Workbook>'
    ).encode(encoding)


def xlsb() -> bytes:
    """The structure of an Excel binary workbook, without its content."""
    main = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    return media.zip_of(
        {
            "[Content_Types].xml": (
                f'<Types><Override PartName="/xl/workbook.bin" ContentType="{main}"/></Types>'
            ).encode(),
            "_rels/.rels": b'<R><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></R>',
            "xl/workbook.bin": b"\x83\x01\0\0\x01\0",
        }
    )
