"""Small real files made by code, as a school would attach them: photos, Word, Excel, zip, mp4.

The same arguments give the same bytes (pictures: as long as the same Pillow encodes them).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import shake_256
from itertools import cycle, islice
from math import sin
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageColor, ImageDraw

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"

_SENTENCES = (
    "五月的校园里，职业教育活动周如期拉开帷幕，各专业的实训室向家长和初中学生全部开放。",
    "烹饪专业的师生现场展示刀工与面点，围观的居民一边品尝，一边询问招生的情况。",
    "汽修专业的学生把保养知识讲给社区车主听，义务检查车辆，受到大家的一致好评。",
    "学校还邀请企业师傅走进课堂，讲述自己从学徒成长为技术能手的经历，鼓励同学们苦练本领。",
    "护理专业的志愿者来到敬老院，为老人测量血压，讲解夏季保健常识，陪他们唱起熟悉的歌。",
    "技能比赛的赛场上，选手们沉着冷静，精益求精，用双手诠释着劳动光荣、技能宝贵的时代风尚。",
    "通过丰富多彩的活动，社会各界对职业教育有了更深的了解，师生的自信心也得到了增强。",
)


def chinese_text(characters: int) -> str:
    """Believable prose of exactly this many 字 (`count_words` counts every character), without line breaks."""
    text = "".join(islice((letter for sentence in cycle(_SENTENCES) for letter in sentence), max(characters - 1, 0)))
    return text + "。" if characters > 0 else ""


def _picture(width: int, height: int, seed: int) -> Image.Image:
    """Coloured clouds: a small tile of noise, enlarged."""
    tile = Image.frombytes("RGB", (16, 16), shake_256(str(seed).encode()).digest(16 * 16 * 3))
    return tile.resize((width, height), Image.Resampling.BILINEAR)


def jpeg(width: int, height: int, *, min_bytes: int = 0, seed: int = 0) -> bytes:
    """A baseline JPEG of this many pixels; comment segments fill it up to at least `min_bytes` bytes."""
    return _jpeg_of(_picture(width, height, seed), min_bytes, seed)


def landscape(width: int, height: int, *, min_bytes: int = 0, seed: int = 0) -> bytes:
    """The same of a sky, a sun and hills, which looks like a photo where it is shown small."""
    painted = _landscape(seed).resize((width, height), Image.Resampling.BICUBIC)
    return _jpeg_of(Image.blend(painted, _picture(width, height, seed), 0.1), min_bytes, seed)


def _landscape(seed: int) -> Image.Image:
    """Colours and lines of the seed, from far and light to near and dark."""
    width, height = 240, 160
    hue, sun, *waves = shake_256(f"landscape {seed}".encode()).digest(8)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        draw.line((0, y, width, y), ImageColor.getrgb(f"hsl({180 + hue // 4}, 55%, {55 + 35 * y // height}%)"))
    x = 20 + sun * 200 // 255
    draw.ellipse((x - 14, 18, x + 14, 46), ImageColor.getrgb("hsl(45, 90%, 82%)"))
    for layer in range(3):
        far, phase = 1 + waves[layer] % 3, waves[layer + 3] / 40
        top = height * (4 + layer) // 8
        line = [(x, top + 14 * sin(phase + x * far / 40)) for x in range(0, width + 1, 4)]
        ground = ImageColor.getrgb(f"hsl({(70 + hue // 2 + 20 * layer) % 360}, 35%, {55 - 14 * layer}%)")
        draw.polygon([(0, height), *line, (width, height)], ground)
    return image


def _jpeg_of(picture: Image.Image, min_bytes: int, seed: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    plain = target.getvalue()
    padding = b"".join(_jpeg_comments(max(min_bytes - len(plain), 0), seed))
    return plain[:2] + padding + plain[2:]


def _jpeg_comments(size: int, seed: int) -> Iterator[bytes]:
    """COM segments of at least `size` bytes in total. They hold noise, which a zip does not make smaller."""
    maximum = 0xFFFF - 2
    for number, start in enumerate(range(0, size, maximum)):
        text = shake_256(f"{seed}/{number}".encode()).digest(min(maximum, size - start))
        yield b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text


def png(width: int, height: int, *, seed: int = 0) -> bytes:
    """A PNG of this many pixels."""
    target = io.BytesIO()
    _picture(width, height, seed).save(target, "PNG", compress_level=1)
    return target.getvalue()


def zip_of(members: Mapping[str, bytes], *, gbk: bool = False) -> bytes:
    """A zip. Names are UTF-8 and say so, or, as older Chinese Windows tools write them, GBK without saying so."""
    entries, directory = bytearray(), bytearray()
    for name, content in members.items():
        raw_name = name.encode("gb18030" if gbk else "utf-8")
        packed = _deflate(content)
        flags, method, day_2023_05_17 = (0 if gbk else 0x800), 8, (2023 - 1980) << 9 | 5 << 5 | 17
        crc, sizes = zlib.crc32(content), (len(packed), len(content))
        common = struct.pack("<5H3L2H", 20, flags, method, 0, day_2023_05_17, crc, *sizes, len(raw_name), 0)
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<3H2L", 0, 0, 0, 0, len(entries))
        directory += raw_name
        entries += b"PK\x03\x04" + common + raw_name + packed
    count = len(members)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(entries), 0)
    return bytes(entries + directory + end)


def _deflate(content: bytes) -> bytes:
    raw_deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    return raw_deflate.compress(content) + raw_deflate.flush()


def docx(
    paragraphs: Sequence[str],
    pictures: Sequence[bytes] = (),
    links: Sequence[str] = (),
    table: Sequence[Sequence[str]] | None = None,
) -> bytes:
    """A Word document: the paragraphs, a table, pictures (JPEG), hyperlinks shown as 报道链接."""
    body = "".join(_paragraph(text) for text in paragraphs)
    if table:
        body += _table(table)
    body += "".join(_inline_picture(number) for number in range(1, len(pictures) + 1))
    body += "".join(
        f'<w:p><w:hyperlink r:id="link{number}"><w:r><w:t>报道链接</w:t></w:r></w:hyperlink></w:p>'
        for number in range(1, len(links) + 1)
    )
    document = (
        f'{_DECLARATION}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        f' xmlns:r="{_OFFICE}/relationships" xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main"'
        f' xmlns:pic="{_DRAWING}/picture"><w:body>{body}</w:body></w:document>'
    )
    relations = [("image", f"picture{n}", f"media/image{n}.jpeg") for n in range(1, len(pictures) + 1)]
    relations += [("hyperlink", f"link{n}", link) for n, link in enumerate(links, 1)]
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": _content_types({"/word/document.xml": main}),
        "_rels/.rels": _relations([("officeDocument", "main", "word/document.xml")]),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": _relations(relations),
    }
    parts.update({f"word/media/image{n}.jpeg": picture for n, picture in enumerate(pictures, 1)})
    return zip_of(parts)


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _table(rows: Sequence[Sequence[str]]) -> str:
    filled = "".join("<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    columns = "<w:gridCol/>" * max(len(row) for row in rows)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{filled}</w:tbl>'


def _inline_picture(number: int) -> str:
    size = 'cx="3600000" cy="2400000"'
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:extent {size}/><wp:docPr id="{number}" name="图片{number}"/>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="图片{number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="picture{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def xlsx(rows: Sequence[Sequence[str]], sheet: str = "Sheet1") -> bytes:
    """An Excel workbook of one sheet, all cells text."""
    strings = [cell for row in rows for cell in row]
    index = iter(range(len(strings)))
    filled = "".join(
        f'<row r="{number}">' + "".join(f'<c t="s"><v>{next(index)}</v></c>' for _ in row) + "</row>"
        for number, row in enumerate(rows, 1)
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    workbook = (
        f'{_DECLARATION}<workbook {main} xmlns:r="{_OFFICE}/relationships"><sheets>'
        f'<sheet name={quoteattr(sheet)} sheetId="1" r:id="sheet1"/></sheets></workbook>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = {
        "/xl/workbook.xml": f"{kind}.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{kind}.worksheet+xml",
        "/xl/sharedStrings.xml": f"{kind}.sharedStrings+xml",
    }
    relations = [("worksheet", "sheet1", "worksheets/sheet1.xml"), ("sharedStrings", "strings", "sharedStrings.xml")]
    return zip_of(
        {
            "[Content_Types].xml": _content_types(types),
            "_rels/.rels": _relations([("officeDocument", "main", "xl/workbook.xml")]),
            "xl/workbook.xml": workbook.encode(),
            "xl/_rels/workbook.xml.rels": _relations(relations),
            "xl/worksheets/sheet1.xml": (
                f"{_DECLARATION}<worksheet {main}><sheetData>{filled}</sheetData></worksheet>"
            ).encode(),
            "xl/sharedStrings.xml": f"{_DECLARATION}<sst {main}>{shared}</sst>".encode(),
        }
    )


def _content_types(parts: Mapping[str, str]) -> bytes:
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in parts.items())
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="jpeg" ContentType="image/jpeg"/>{overrides}</Types>'
    ).encode()


def _relations(relations: Sequence[tuple[str, str, str]]) -> bytes:
    """Each relation is a type, an id and a target; a hyperlink's target lies outside the file."""
    filled = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/relationships/{kind}" Target={quoteattr(target)}'
        + (' TargetMode="External"/>' if kind == "hyperlink" else "/>")
        for kind, name, target in relations
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{filled}</Relationships>'.encode()


_FRAMES_PER_SECOND = 25
_FRAME_BYTES = 64


def mp4(width: int, height: int, seconds: float, *, size: int = 0, codec: str = "avc1", brand: str = "isom") -> bytes:
    """A video whose tables are right and whose frames are empty: MediaInfo measures it, a player shows nothing.

    `size` is the whole file's size in bytes, where the tables alone need less. `codec` is the sample entry
    (avc1, hvc1), `brand` the four letters of the container (isom, mp42; "qt  " makes it a MOV).
    """
    count = max(round(seconds * _FRAMES_PER_SECOND), 1)
    file_type = _box("ftyp", brand.encode(), b"\0\0\2\0", brand.encode())
    tables = len(file_type) + len(_movie(width, height, seconds, count, 0, codec))
    frames = max(count * _FRAME_BYTES, size - tables - 8)
    movie = _movie(width, height, seconds, count, tables + 8, codec)
    return file_type + movie + _box("mdat", bytes(frames))


def _box(name: str, *content: bytes) -> bytes:
    """An ISO 14496-12 box."""
    body = b"".join(content)
    return struct.pack(">L", len(body) + 8) + name.encode() + body


def _movie(width: int, height: int, seconds: float, count: int, first_frame: int, codec: str) -> bytes:
    ticks = round(seconds * 1000)
    matrix = struct.pack(">9L", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie_header = struct.pack(">LLLLLLHHLL", 0, 0, 0, 1000, ticks, 0x10000, 0x100, 0, 0, 0) + matrix + bytes(24)
    movie_header += struct.pack(">L", 2)
    track_header = struct.pack(">LLLLLLLLHHHH", 7, 0, 0, 1, 0, ticks, 0, 0, 0, 0, 0, 0) + matrix
    track_header += struct.pack(">LL", width << 16, height << 16)
    sample_entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", width, height)
    sample_entry += struct.pack(">LLLH", 0x480000, 0x480000, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    table = _box(
        "stbl",
        _box("stsd", struct.pack(">LL", 0, 1), _box(codec, sample_entry)),
        _box("stts", struct.pack(">LLLL", 0, 1, count, 1000 // _FRAMES_PER_SECOND)),
        _box("stsc", struct.pack(">LLLLL", 0, 1, 1, count, 1)),
        _box("stsz", struct.pack(">LLL", 0, _FRAME_BYTES, count)),
        _box("stco", struct.pack(">LLL", 0, 1, first_frame)),
    )
    data_here = _box("dinf", _box("dref", struct.pack(">LL", 0, 1), _box("url ", b"\0\0\0\1")))
    media = _box(
        "mdia",
        _box("mdhd", struct.pack(">LLLLLHH", 0, 0, 0, 1000, ticks, 0x55C4, 0)),
        _box("hdlr", bytes(8), b"vide", bytes(12), b"\0"),
        _box("minf", _box("vmhd", b"\0\0\0\1", bytes(8)), data_here, table),
    )
    return _box("moov", _box("mvhd", movie_header), _box("trak", _box("tkhd", track_header), media))
