"""Hostile mails: with too much of something, or with names and texts that are commands for a disk, a browser, a
spreadsheet, a mail server or a log. All are submissions to 濮阳.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping

SUBJECT = "活动周濮阳县教育局文字材料"
SENDER = "zhang@qq.com"
VICTIM = "victim@example.com"
_HEAD = f"Subject: {SUBJECT}\r\nFrom: <{SENDER}>\r\n".encode()
_MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
_FROM = b"\r\nFrom: <" + SENDER.encode() + b">\r\n\r\ntext"
_FILE = b"--b\r\nContent-Type: application/octet-stream; name=%s\r\n\r\n%s\r\n"


def word(text: str) -> bytes:
    """The text as an encoded word, which may contain any character."""
    return b"=?utf-8?B?" + b64encode(text.encode()) + b"?="


def _with_files(*names: str) -> bytes:
    """A mail with one file for each name; their contents differ."""
    files = b"".join(_FILE % (b'"' + word(name) + b'"', b"%d" % number) for number, name in enumerate(names))
    return _HEAD + _MIXED + files + b"--b--\r\n"


def _page(html: str) -> bytes:
    return _HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()


OVERSIZED: Mapping[str, Callable[[], bytes]] = {
    "field of 8 MB": lambda: _HEAD + b"X-Junk: " + b"x" * 8_000_000 + b"\r\n\r\ntext",
    "folded field of 8 MB": lambda: _HEAD + b"X-Junk: " + b"x y z\r\n " * 1_000_000 + b"\r\n\r\ntext",
    "million fields": lambda: _HEAD + b"a:\r\n" * 1_000_000 + b"\r\ntext",
    "second subject of 2 MB": lambda: _HEAD + b"Subject: " + b"a b" * 700_000 + b"\r\n\r\ntext",
    "subject of 60 000 words": lambda: (
        b"From: <%s>\r\nSubject: " % SENDER.encode()
        + word(SUBJECT)
        + b"=?utf-8?B?5L2g?=\r\n " * 60_000
        + b"\r\n\r\ntext"
    ),
    "100 000 recipients": lambda: b"To: " + b"a@b.cn, " * 100_000 + b"\r\n" + _HEAD + b"\r\ntext",
    "10 000 references": lambda: _HEAD + b"References: " + b"<a@b.cn> " * 10_000 + b"\r\n\r\ntext",
    "10 000 parts": lambda: _HEAD + _MIXED + b"--b\r\nContent-Type: image/jpeg; name=a.jpg\r\n\r\nx\r\n" * 10_000,
    "10 000 parts that differ": lambda: (
        _HEAD + _MIXED + b"".join(_FILE % (b"a.txt", b"%06d" % number) for number in range(10_000))
    ),
    "10 000 nameless texts": lambda: _HEAD + _MIXED + b"--b\r\n\r\ntext\r\n" * 10_000,
    "100 levels": lambda: (
        _HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(100))
        + b"Content-Type: image/jpeg; name=a.jpg\r\n\r\nx"
    ),
    "100 nested mails": lambda: (_HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 100 + b"\r\ntext",
    "200 attached mails": lambda: (
        _HEAD + _MIXED + (b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + _HEAD + b"\r\ntext\r\n") * 200
    ),
    "200 000 boundaries": lambda: _HEAD + _MIXED + b"--b\r\n" * 200_000,
    "200 000 closing boundaries": lambda: _HEAD + _MIXED + b"--b--\r\n" * 200_000,
    "lines like boundaries": lambda: _HEAD + _MIXED + b"--c\r\n" * 500_000,
    "10 000 boundaries that no header declares": lambda: (
        _HEAD + b"\r\n" + b"".join(b"--b%d\r\nContent-Type: text/plain\r\n\r\nx\r\n" % n for n in range(10_000))
    ),
    "200 000 boundaries that no header declares": lambda: (
        _HEAD + b"\r\n" + b"--b\r\nContent-Type: image/png\r\n\r\n" * 200_000
    ),
    "parameters without end": lambda: _HEAD + b"Content-Type: a/b" + b'; name="a' * 20_000 + b"\r\n\r\ntext",
    "words without end": lambda: _HEAD.replace(b"\r\n", b" " + b"=?utf-8?B?5L2g" * 10_000 + b"\r\n", 1) + b"\r\ntext",
    "100 000 files in the text": lambda: _HEAD + b"\r\n" + b"begin 644 a\r\n#0V%T\r\n`\r\nend\r\n" * 100_000,
    "file of 20 MB in the text": lambda: _HEAD + b"\r\nbegin 644 a\r\n" + (b"M" + b"8" * 60 + b"\r\n") * 330_000,
    "base64 of 20 MB in the text": lambda: _HEAD + b"\r\n" + (b"UEsDBBQA" + b"A" * 68 + b"\r\n") * 260_000,
    "base64 of nothing known": lambda: _HEAD + b"\r\n" + (b"q" * 76 + b"\r\n") * 260_000,
    "BinHex of a long run": lambda: (
        _HEAD
        + b"\r\n(This file must be converted with BinHex 4.0)\r\n\r\n:"
        + b"\r\n".join([b"!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i[!(i["] * 50_000)
    ),
    "yEnc of escapes": lambda: _HEAD + b"\r\n=ybegin line=128 size=9 name=a\r\n" + b"=" * 4_000_000,
    "PGP of 8 MB": lambda: _HEAD + b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + (b"q" * 64 + b"\r\n") * 120_000,
    "NULs": lambda: _HEAD + b"\r\n" + bytes(4_000_000),
    "bare CRs": lambda: _HEAD + b"\r\n" + b"\r" * 4_000_000,
    "empty lines": lambda: _HEAD + b"\r\n" + b"\r\n" * 2_000_000,
    "line of 4 MB": lambda: _HEAD + b"\r\n" + b"x" * 4_000_000,
    "line of blanks": lambda: _HEAD + b"\r\n1" + b" " * 2_000_000 + b"x",
    "deeply quoted lines": lambda: _HEAD + b"\r\n" + (b">" * 300 + b" x\r\n") * 10_000,
    "40 000 introductions": lambda: _HEAD + b"\r\n" + "在 2023年5月17日，张三 写道：\r\n".encode() * 40_000,
    "tags that never close": lambda: _page("<div>" * 300_000),
    "tags that never end": lambda: _page("<a href='" * 200_000),
    "comments that never end": lambda: _page("<!--" * 400_000),
    "entities": lambda: _page("&#x10ffff;&amp" * 120_000),
    "links": lambda: _page("<a href='https://u.163.com/x'>x</a>" * 40_000),
}
"""By what there is too much of."""

HOSTILE: Mapping[str, Callable[[], bytes]] = {
    "dates": lambda: (
        b"Received: x; Fri, 31 Dec 9999 23:59:59 -2359\r\nDate: Wed, 99 Foo 99999 99:99:99 +9999\r\n" + _HEAD + b"\r\nx"
    ),
    "charsets": lambda: (
        b"Subject: =?punycode?Q?a-b?= "
        + word(SUBJECT)
        + b"\r\nFrom: =?undefined?B?YQ==?= <%s>\r\n" % SENDER.encode()
        + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\N{x} \xff\xfe"
    ),
    "path": lambda: _with_files("../../x", "..\\..\\y", "/etc/passwd", "C:\\Windows\\win.ini", "..", "."),
    "device": lambda: _with_files("CON", "nul.txt", "COM1.tar.gz", "LPT1 .jpg", "aux", "a:b", "prn."),
    "direction": lambda: _with_files("a\u202egpj.exe", "\u2066x\u2069.txt", "a\u200b.txt", "\ufeff.txt"),
    "length": lambda: _with_files("a" * 300 + ".txt", "长" * 300 + ".txt", "." * 300, "a." + "b" * 300),
    "line ends": lambda: _with_files(
        "a\r\nBcc: " + VICTIM + "\r\n.txt", "b\nlevel=ERROR x.txt", "c\u2028d.txt", "e\x1b[2J.txt"
    ),
    "formula": lambda: _with_files(
        "=cmd|' C calc'!A0", "@SUM(1)", "+1-1", "-2", "\t=1", '=HYPERLINK("http://evil.example")'
    ),
    "markup": lambda: _with_files(
        "<script>alert(1)</script>.jpg", '"onload=alert(1) x=".txt', "{{ 7*7 }}.txt", "[red]x[ red].txt"
    ),
    "link": lambda: _with_files("http://evil.example/a.txt", "www.evil.example.txt", "mailto:" + VICTIM),
    "names that differ by case only": lambda: _with_files("A.txt", "a.txt", "a.TXT", "a (2).txt"),
    "subject that injects": lambda: (
        b"Subject: " + word(f"{SUBJECT}\r\nBcc: {VICTIM}\r\n\r\n<script>alert(1)</script>") + _FROM
    ),
    "subject with markup": lambda: (
        _HEAD.replace(b"\r\n", b"<img src=x onerror=alert(1)>{{ 7*7 }}\r\n", 1) + b"\r\ntext"
    ),
    "sender that injects": lambda: (
        f"Subject: {SUBJECT}\r\nFrom: ".encode()
        + word(f"张三\r\nBcc: {VICTIM}")
        + b" <%s>\r\n\r\ntext" % SENDER.encode()
    ),
    "sender with markup": lambda: (
        f'Subject: {SUBJECT}\r\nFrom: "<script>alert(1)</script>" <{SENDER}>\r\n\r\ntext'.encode()
    ),
    "ids that inject": lambda: (
        _HEAD
        + f"Message-ID: <a@b>\r\n\tBcc: {VICTIM}\r\nReferences: ".encode()
        + word(f"<x@y>\r\nBcc: {VICTIM}")
        + b" <c\x01d@e>\r\n\r\ntext"
    ),
    "reply-to that injects": lambda: (
        _HEAD + b"Reply-To: " + word(f"a@b.cn\r\nBcc: {VICTIM}") + b", <a@b.cn\x00>\r\n\r\ntext"
    ),
    "text that is an order": lambda: (
        _HEAD
        + b"\r\n<script>alert(1)</script>\n=1+1\n\x1b[2J\nlevel=ERROR\n.\r\nQUIT\r\n{{ 7*7 }}\nhttp://evil.example/"
    ),
    "page that is a program": lambda: _page(
        "<p onclick=alert(1)>正文</p><script>alert(1)</script><iframe src=//evil.example>"
    ),
}
"""By the part that is hostile."""
