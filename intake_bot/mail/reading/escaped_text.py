"""Text that a program escaped or decoded with the wrong charset, made readable again. Pure.

Chinese comes as `%E6%B4%BB`, as `&#27963;`, as `\\u6d3b` or `%u6D3B`, as `\\xe6\\xb4\\xbb` or `=E6=B4=BB`, or as the
Latin letters that its bytes are in another charset, or in the letters of a 7-bit charset. Only what becomes Chinese is
changed: `100%` and `AT&T` stay.
"""

from __future__ import annotations

import html
import re
from base64 import b64decode
from functools import partial
from urllib.parse import unquote_to_bytes

from intake_bot.text.decoding import GB18030, decode_utf8, reads_as_big5, reads_as_simplified

_PERCENT = re.compile(r"(?:%(?:25)?[0-9A-Fa-f]{2}){2,}(?:[\w.+-]*(?:%(?:25)?[0-9A-Fa-f]{2})+)*", re.ASCII)
_TWICE = re.compile(r"&amp;(?=#(?:\d{4,7}|[xX][0-9A-Fa-f]{4,6})\b)")
_ENTITY = re.compile(
    r"&(?:#\d{4,7}(?=&#|\Z)|#[xX][0-9A-Fa-f]{4}(?=&#|\Z)|(?:#\d{2,7}|#[xX][0-9A-Fa-f]{2,6}|amp|quot|lt|gt|nbsp|middot|[lr][sd]quo|hellip|mdash);)"
)
_LITERAL = re.compile(r"(?:[\\%]u[0-9A-Fa-f]{4})+|(?:\\u\{[0-9A-Fa-f]{4}\})+|(?:U\+[0-9A-Fa-f]{4}[ ,]?){2,}")
_BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2}){2,}|(?:=[0-9A-F]{2}){2,}")
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2}){2,}")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NOT_HEXADECIMAL = re.compile(r"[^0-9A-Fa-f]")
# 7-bit charsets without a label (RFC 1843, RFC 2152). Only usual Chinese is taken for text in them.
_HZ = re.compile(r"~\{(?:[!-w][!-~]){1,200}~\}")
_UTF7 = re.compile(r"\+[A-Za-z0-9+/]{11,2000}-?")
_CHINESE = re.compile("[\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]")
_UNUSUAL = re.compile("[^\t\n -~\u00b7\u2010-\u2026\u3000-\u9fff\uff00-\uffef]")
_LATIN = re.compile("[\u0080-\u00ff]")
_MAXIMUM_LAYERS = 2
_MAXIMUM_LENGTH = 4000


def unescape(text: str) -> str:
    """The text with Chinese characters in place of their escapes."""
    if len(text) > _MAXIMUM_LENGTH:
        return text
    text = _PERCENT.sub(_percent, text)
    text = _BYTES.sub(lambda found: _chinese(_hexadecimal(found.group())) or found.group(), text)
    text = _OCTAL.sub(lambda found: _chinese(_octal(found.group())) or found.group(), text)
    text = _TWICE.sub("&", text)
    if _ENTITY.search(text) and _CHINESE.search(html.unescape(text)):
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    text = _LITERAL.sub(_literal, text)
    text = _HZ.sub(partial(_seven_bit, "hz"), _UTF7.sub(partial(_seven_bit, "utf-7"), text))
    for _ in range(_MAXIMUM_LAYERS):
        text = _repair_misread(text)
    return _whole_base64(text)


def _percent(found: re.Match[str]) -> str:
    """The Chinese of percent codes, also where the codes themselves were encoded once more."""
    once = unquote_to_bytes(found.group())
    return _chinese(once) or _chinese(unquote_to_bytes(once)) or found.group()


def _hexadecimal(codes: str) -> bytes:
    return bytes.fromhex(codes.replace("\\x", "").replace("=", ""))


def _octal(codes: str) -> bytes:
    return bytes(int(code, 8) for code in codes[1:].split("\\"))


def _whole_base64(text: str) -> str:
    """The Chinese of a text that is nothing but base64 of UTF-8."""
    if _BASE64.fullmatch(text) is None:
        return text
    again = decode_utf8(b64decode(text))
    return again if again and _CHINESE.search(again) and not _UNUSUAL.search(again) else text


def _literal(found: re.Match[str]) -> str:
    units = bytes.fromhex(_NOT_HEXADECIMAL.sub("", found.group()))
    text = units.decode("utf-16-be", "replace")
    return text if _CHINESE.search(text) and "\ufffd" not in text else found.group()


def _seven_bit(codec: str, found: re.Match[str]) -> str:
    try:
        text = found.group().encode("ascii").decode(codec)
        data = text.encode(GB18030)
    except UnicodeError:
        return found.group()
    is_usual = reads_as_simplified(data) and not _UNUSUAL.search(text)
    return text if is_usual else found.group()


def _chinese(data: bytes) -> str | None:
    """The bytes as Chinese text, without a rare character; None if they are none."""
    text = decode_utf8(data)
    if text is None and not reads_as_big5(data):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = _gb(data)
    return text if text and _CHINESE.search(text) and not _UNUSUAL.search(text) else None


def _gb(data: bytes) -> str | None:
    try:
        return data.decode(GB18030)
    except UnicodeDecodeError:
        return None


def _repair_misread(text: str) -> str:
    """The text whose bytes were decoded as Latin or as GBK, decoded right; unchanged if it reads otherwise."""
    if _CHINESE.search(text):
        return _utf8_read_as_gbk(text) or text
    if len(_LATIN.findall(text)) < 4:
        return text
    for codec in ("latin-1", "cp1252"):
        try:
            data = text.encode(codec)
        except UnicodeEncodeError:
            continue
        try:
            again = data.decode("utf-8")
        except UnicodeDecodeError:
            again = _chinese(data) or ""
        if again and len(again) < len(text):
            return again
    return text


def _utf8_read_as_gbk(text: str) -> str | None:
    """The text whose UTF-8 was decoded as GBK (娲诲姩 is 活动); None for any other, whose bytes are no UTF-8."""
    again = decode_utf8(text.encode(GB18030, "replace"))
    return again if again and not _UNUSUAL.search(again) else None
