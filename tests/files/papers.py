"""Documents of the rarer formats, as small as their readers allow."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

from intake_bot.demo import media
from tests.files.samples import stored_zip

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SLIDE = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="p" xmlns:r="r"'


def pptx(slides: Sequence[str], links: Mapping[str, str] | None = None) -> bytes:
    """Slides of these shapes, shown in the opposite order of their numbers; every slide knows the same links."""
    numbers = range(1, len(slides) + 1)
    shown = "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in reversed(numbers))
    parts = {
        "[Content_Types].xml": "",
        "_rels/.rels": _relations({"r": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="p" xmlns:r="r">{shown}</p:presentation>',
        "ppt/_rels/presentation.xml.rels": _relations({f"s{n}": ("slide", f"slides/{n}.xml") for n in numbers}),
    }
    for number, shapes in zip(numbers, slides, strict=True):
        parts[f"ppt/slides/{number}.xml"] = f"<p:sld {_SLIDE}>{shapes}</p:sld>"
        parts[f"ppt/slides/_rels/{number}.xml.rels"] = _relations(
            {name: ("hyperlink", target) for name, target in (links or {}).items()}
        )
    return media.zip_of({name: content.encode() for name, content in parts.items()})


def _relations(relations: Mapping[str, tuple[str, str]]) -> str:
    every = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if kind == "hyperlink" else "/>")
        for name, (kind, target) in relations.items()
    )
    return f"<Relationships>{every}</Relationships>"


def odt(body: str, manifest: str = "<manifest/>") -> bytes:
    names = " ".join(f'xmlns:{name}="{name}"' for name in ("office", "text", "table", "draw", "svg", "xlink"))
    return stored_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": manifest.encode(),
            "content.xml": f"<office:document-content {names}>{body}</office:document-content>".encode(),
        }
    )


def ofd_of(pages: Sequence[str], document: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """An OFD of whole pages (`ofd:Page` without the content around), with more in its document and more parts."""
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    root = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    every = {
        "OFD.xml": f"<ofd:OFD {name}><ofd:DocBody>{root}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {name}>{document}<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    every |= {
        f"Doc_0/Pages/Page_{n}/Content.xml": f"<ofd:Page {name}>{page}</ofd:Page>" for n, page in enumerate(pages)
    }
    every |= {part: content.replace(">", f" {name}>", 1) for part, content in (parts or {}).items()}
    return media.zip_of({part: content.encode() for part, content in every.items()})


def ofd(*pages: str) -> bytes:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    root = "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    parts = {
        "OFD.xml": f"<ofd:OFD {name}><ofd:DocBody>{root}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {name}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, page in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"<ofd:Page {name}><ofd:Content>{page}</ofd:Content></ofd:Page>"
        )
    return media.zip_of({name: content.encode() for name, content in parts.items()})


def pdf(*pages: str, picture: bool = False, locked: bool = False) -> bytes:
    """Pages of Latin text, each with a picture if so wished; `locked`: with a password that nobody knows."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        4: _stream(bytes(12), "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceRGB/BitsPerComponent 8"),
    }
    for number, text in enumerate(pages):
        drawing = f"BT /F 12 Tf 72 720 Td ({text}) Tj ET" + (" q 300 0 0 300 72 72 cm /I Do Q" if picture else "")
        resources = "/Resources<</Font<</F 3 0 R>>/XObject<</I 4 0 R>>>>"
        objects[10 + 2 * number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{resources}/Contents {11 + 2 * number} 0 R>>".encode()
        )
        objects[11 + 2 * number] = _stream(drawing.encode(), "")
    body, places = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, place)
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<00><00>]" if locked else ""
    trailer = f"trailer\n<</Size {max(places) + 1}/Root 1 0 R{lock}>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + table + trailer.encode()


def _stream(content: bytes, attributes: str) -> bytes:
    packed = zlib.compress(content)
    return f"<<{attributes}/Filter/FlateDecode/Length {len(packed)}>>".encode() + b"stream\n" + packed + b"\nendstream"


def xls(*records: tuple[int, bytes], locked: bool = False) -> bytes:
    """The workbook stream of an .xls of one sheet, with these records in it (MS-XLS 2.1.4)."""
    font = _record(0x31, struct.pack("<5H4B", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\1\0A")
    styles = b"".join(_record(0xE0, struct.pack("<3H14x", 0, number, 0)) for number in (0, 14))
    head = _bof(5) + (_record(0x2F, bytes(54)) if locked else b"") + _record(0x42, struct.pack("<H", 1200))
    head += font + styles
    sheet_at = len(head) + 4 + 10 + 4
    name = _record(0x85, struct.pack("<LHBB", sheet_at, 0, 2, 0) + b"S1")
    return (
        head + name + _record(0x0A, b"") + _bof(0x10) + b"".join(_record(*one) for one in records) + _record(0x0A, b"")
    )


def text_cell(row: int, column: int, text: str) -> tuple[int, bytes]:
    return 0x204, struct.pack("<3HHB", row, column, 0, len(text), 1) + text.encode("utf-16-le")


def number_cell(row: int, column: int, number: float, *, date: bool = False) -> tuple[int, bytes]:
    return 0x203, struct.pack("<3Hd", row, column, int(date), number)


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<2H12x", 0x600, kind))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<2H", kind, len(content)) + content
