"""Pictures that stand in the HTML itself."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from pathlib import Path

import pytest

from intake_bot.mail.message import ReadingLimits
from intake_bot.mail.reading.content.data_urls import DataUrlExtractor
from intake_bot.mail.reading.content.transfer_encodings import Sink
from tests.mail.samples import raw_mail, read
from tests.work import assert_grows_linearly

PICTURE, OTHER = bytes(range(256)) * 20, b"\x89PNG" + bytes(99)


def address(content: bytes, content_type: str = "image/jpeg") -> bytes:
    return f"data:{content_type};base64,".encode() + b64encode(content)


def taken_out(html: bytes, block: int) -> tuple[bytes, list[tuple[str, bytes]]]:
    """What is left of HTML that is fed in blocks of this size, and the pictures, each with its type."""
    rest = bytearray()
    pictures: list[tuple[str, bytearray]] = []
    ended: list[int] = []

    def begin(content_type: str) -> tuple[str, Sink]:
        pictures.append((content_type, bytearray()))
        return f"p{len(pictures)}", pictures[-1][1].extend

    reader = DataUrlExtractor(rest.extend, begin, lambda: ended.append(len(pictures)))
    for start in range(0, len(html), block):
        reader.feed(html[start : start + block])
    reader.close()
    assert ended == list(range(1, len(pictures) + 1))
    return bytes(rest), [(content_type, bytes(content)) for content_type, content in pictures]


CASES: dict[str, tuple[bytes, bytes, list[tuple[str, bytes]]]] = {
    "none": (b"<p>data: image</p>", b"<p>data: image</p>", []),
    "one": (b'<img src="' + address(PICTURE) + b'"> after', b'<img src="cid:p1"> after', [("image/jpeg", PICTURE)]),
    "two": (
        b"<img src='" + address(PICTURE) + b"'><img src=" + address(OTHER, "image/png") + b">",
        b"<img src='cid:p1'><img src=cid:p2>",
        [("image/jpeg", PICTURE), ("image/png", OTHER)],
    ),
    "in lines": (
        b'<img src="data:image/jpeg;charset=utf-8;base64,' + encodebytes(PICTURE) + b'">',
        b'<img src="cid:p1">',
        [("image/jpeg", PICTURE)],
    ),
    "capital letters": (b'"DATA:IMAGE/JPEG;BASE64,' + b64encode(OTHER), b'"cid:p1', [("image/jpeg", OTHER)]),
    "never ending": (b'<img src="' + address(PICTURE), b'<img src="cid:p1', [("image/jpeg", PICTURE)]),
    "no picture": (b"data:text/html;base64,PGI+", b"data:text/html;base64,PGI+", []),
    "no base64": (b"data:image/svg+xml,%3Csvg", b"data:image/svg+xml,%3Csvg", []),
}


@pytest.mark.parametrize("block", [1, 7, 1000, 100_000])
@pytest.mark.parametrize(("html", "rest", "pictures"), CASES.values(), ids=CASES)
def test_pictures_in_html_are_extracted(
    html: bytes, rest: bytes, pictures: list[tuple[str, bytes]], block: int
) -> None:
    assert taken_out(html, block) == (rest, pictures)


@pytest.mark.slow
def test_many_pictures_are_extracted_in_linear_time() -> None:
    small = b'<img src="' + address(b"x") + b'">'
    assert_grows_linearly(lambda size: taken_out(small * size, 1_000_000), 16_000)


def html_mail(html: bytes) -> bytes:
    return raw_mail("From: a@b.cn", "Subject: x", "Content-Type: text/html; charset=utf-8", "", html.decode())


def test_picture_in_html_becomes_an_inline_attachment(tmp_path: Path) -> None:
    message = read(html_mail(b"<p>one</p><img src='" + address(PICTURE) + b"'><p>two</p>"), tmp_path)
    [picture] = message.attachments
    assert (picture.name, picture.content_type, picture.is_inline) == ("附件1.jpg", "image/jpeg", True)
    assert picture.path.read_bytes() == PICTURE
    assert message.html.strip() == "<p>one</p><img src='cid:picture-1@html'><p>two</p>"


def test_picture_larger_than_the_text_limit_is_complete(tmp_path: Path) -> None:
    message = read(html_mail(b"<p>one</p>" + address(PICTURE)), tmp_path, ReadingLimits(text_bytes=300))
    assert ([one.bytes for one in message.attachments], message.exceeded_limits) == ([len(PICTURE)], ())


def test_pictures_in_html_count_as_parts(tmp_path: Path) -> None:
    message = read(html_mail(b"<img>".join([address(OTHER, "image/png")] * 9)), tmp_path, ReadingLimits(parts=5))
    assert (len(message.attachments), message.exceeded_limits) == (4, ("parts",))
