"""The header of a MIME part."""

from __future__ import annotations

import pytest

from intake_bot.mail.reading.headers import Field
from intake_bot.mail.reading.mime import PartHeader, read_part_header
from tests.mail.samples import encoded_word


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        pytest.param([b'attachment; filename="a b.doc"'], "a b.doc", id="quoted"),
        pytest.param([b"attachment; filename=a b.doc ; x=y"], "a b.doc", id="unquoted"),
        pytest.param([b'attachment; filename="a.doc'], "a.doc", id="quote never closed"),
        pytest.param([b'attachment; filename="a;\\"b\\".doc"; x=y'], 'a;"b".doc', id="escapes"),
        pytest.param([b'attachment; filename="C:\\dir\\a.doc"'], "C:\\dir\\a.doc", id="backslashes"),
        pytest.param([b"attachment; filename=" + encoded_word("镕.doc".encode("gbk"))], "镕.doc", id="RFC 2047"),
        pytest.param(
            [b'attachment; filename="' + encoded_word(b"\xd6") + b"\t" + encoded_word(b"\xd0.doc") + b'"'],
            "中.doc",
            id="folded",
        ),
        pytest.param([b"attachment; filename*=gb2312'zh'%E9F.doc"], "镕.doc", id="RFC 2231 with GBK bytes"),
        pytest.param([b"attachment; filename*=%E4%B8%AD.doc"], "中.doc", id="RFC 2231 without charset"),
        pytest.param([b"attachment; filename*1*=%AD.doc; filename*0*=utf-8''%E4%B8"], "中.doc", id="cut, reversed"),
        pytest.param([b'attachment; filename*0="a"; filename*1="b.doc"'], "ab.doc", id="continued plainly"),
        pytest.param([b"attachment; filename=x; filename*=utf-8''%E4%B8%AD"], "中", id="both forms"),
        pytest.param([b"attachment; filename=zhong; filename*=utf-8''%FF%FF%FF%FF"], "zhong", id="broken one"),
        pytest.param([b"attachment", b"image/png; name=b.png"], "b.png", id="name of the type"),
        pytest.param([b'attachment; filename=""', b"image/png; name=b.png"], "b.png", id="empty file name"),
        pytest.param([b"attachment; filename=a.png", b"image/png; name=b.png"], "a.png", id="disposition first"),
        pytest.param([b"attachment"], "", id="none"),
    ],
)
def test_part_name_is_decoded(fields: list[bytes], name: str) -> None:
    names = ("content-disposition", "content-type")
    assert read_part_header(tuple(Field(n, v) for n, v in zip(names, fields, strict=False))).name == name


@pytest.mark.parametrize(
    ("content_type", "part"),
    [
        (b"", ("text/plain", "", ())),
        (b"text", ("text/plain", "", ())),
        (b'Text/HTML; Charset="GB2312"', ("text/html", "GB2312", ())),
        (b"nonsense", ("application/octet-stream", "", ())),
        (b"image/\xff", ("application/octet-stream", "", ())),
        (b'multipart/mixed; boundary="----=_Part:1 "', ("multipart/mixed", "", (b"----=_Part:1",))),
        (b"multipart/mixed", ("text/plain", "", ())),
        (b"multipart/mixed; boundary=" + b"x" * 501, ("text/plain", "", ())),
    ],
)
def test_part_type_is_completed_if_malformed(content_type: bytes, part: tuple[str, str, tuple[bytes, ...]]) -> None:
    kind, charset, boundaries = part
    header = read_part_header(
        (Field("content-type", content_type), Field("content-transfer-encoding", b' "BASE64" ; x'))
    )
    is_container = content_type.startswith(b"multipart/")
    assert header == PartHeader(kind, charset, boundaries, '"base64" ; x', "", "", "", is_container)
