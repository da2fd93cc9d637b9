"""Decodes text files, web pages and XML of any charset that Chinese programs write, also with a few odd bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from intake_bot.text.decoding import GB18030

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE_BYTES = 1 << 16
_DECLARED = re.compile(
    rb"""<meta[^<>]{0,200}charset\s*=\s*["']?([a-zA-Z0-9_-]{1,40})|<\?xml[^<>]{0,200}encoding\s*=\s*["']([a-zA-Z0-9_-]{1,40})""",
    re.I,
)

_LATIN = re.compile(r"iso-?8859|windows-125|cp125|latin|us-ascii|ascii")
"""Charsets that editors declare without being asked; Chinese text is not believed to be in one."""

_USUAL = re.compile(r"[\t\n\r -~\xb7\u2010-\u2030\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_PRINTABLE = re.compile(rb"[\t\n\r -~]")

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_CLEANED = dict.fromkeys((*range(9), *range(14, 32), 127)) | {0x0B: "\n", 0x0C: "\n"}


def decode_text(content: bytes) -> str:
    """Decodes text without a declared charset: by its byte order mark, else as UTF-16, UTF-8 or GB18030, which are the
    encodings of Notepad in China.

    Bytes that no character explains become U+FFFD; control characters are removed, and some end a line.
    """
    return _decode(content).translate(_CLEANED)


def decode_marked_up(content: bytes) -> str:
    """Decodes a web page or XML: by its byte order mark, else by the charset that it declares, else as `decode_text`.

    Valid UTF-8 counts more than a declared charset, because pages are often converted without their declaration; so
    does GBK where a Western one is declared.
    """
    name = _find_declared(content)
    if name is None or content.startswith(tuple(bom for bom, _ in _BOMS)) or _is_utf8(content):
        return decode_text(content)
    if name.startswith("gb") or (_LATIN.match(name) and _is_gb(content)):
        return _decode_gb(content.replace(b"\0", b"")).translate(_CLEANED)
    try:
        return content.decode(name).translate(_CLEANED)
    except (LookupError, ValueError):
        return decode_text(content)


def decode_head(head: bytes) -> str | None:
    """Returns the beginning of a file as text, with its control characters; None when it is no text.

    A text may have an odd byte, and one in fifty of a long one. Bytes behind its end, with which old programs fill the
    last block, do not count.
    """
    text = _decode(head).rstrip("\0\x1a")
    odd = len(_CONTROL.findall(text))
    return text if odd <= max(1, len(text) // 50) and 3 * odd <= len(text) and text else None


def _find_declared(content: bytes) -> str | None:
    """Returns the name of the declared charset; None for forms of Unicode, which are recognised by their bytes."""
    found = _DECLARED.search(content[:5000])
    name = (found[1] or found[2]).decode().lower() if found else ""
    return name if name and not name.startswith(("utf", "ucs", "unicode")) else None


def _is_utf8(content: bytes) -> bool:
    """True for valid UTF-8 with several characters beyond ASCII, which other text is by chance only when short."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(content) - len(text) >= 6


def _is_gb(content: bytes) -> bool:
    try:
        content.decode(GB18030)
    except UnicodeDecodeError:
        return False
    return True


def _decode(content: bytes) -> str:
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(codec, "replace")
    if b"\0" not in content:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if utf16 := _find_utf16(content[:_SAMPLE_BYTES]):
        return content.decode(utf16, "replace")
    as_utf8 = content.decode("utf-8", "replace")
    bad = as_utf8.count("\ufffd")
    good = sum(character > "\x7f" for character in as_utf8) - bad
    # GBK read as UTF-8 has more faults than characters.
    return as_utf8 if good >= bad else _decode_gb(content)


def _find_utf16(sample: bytes) -> str | None:
    """Returns the form of UTF-16 in which nearly all characters are usual ones; None for other text.

    English text in ASCII has such a form too, but nearly all its bytes are printable; GBK has none.
    """
    sample = sample[: len(sample) // 2 * 2]
    if len(sample) < 8 or (b"\0" not in sample and len(_PRINTABLE.findall(sample)) > 0.75 * len(sample)):
        return None
    for codec in ("utf-16-le", "utf-16-be"):
        text = sample.decode(codec, "replace")
        if len(_USUAL.findall(text)) >= 0.95 * len(text):
            return codec
    return None


# ---- GB18030 with odd bytes -----------------------------------------------------------------------------------------

_TOKEN = re.compile(rb"(?:[\x81-\xfe][0-9]){2}|([\x80-\xff]{1,100000})([@-~]?)|[\x00-\x7f]+")
"""Within a line: a character of four bytes; a run of other bytes beyond ASCII, and what may end its last character;
ASCII."""


def _replace_odd_byte(error: UnicodeError) -> tuple[str, int]:
    """Reads the byte 0x80 as Windows does. The decoder goes on with the next byte."""
    assert isinstance(error, UnicodeDecodeError)
    return "€" if error.object[error.start] == 0x80 else "\ufffd", error.start + 1


_ODD_BYTES = "intake_bot.gb_with_odd_bytes"
codecs.register_error(_ODD_BYTES, _replace_odd_byte)


def _decode_gb(content: bytes) -> str:
    """Decodes GB18030. A stray byte within a line costs itself and not every character up to the end of the line."""
    try:
        return content.decode(GB18030)
    except UnicodeDecodeError:
        return "".join(text for line in content.splitlines(keepends=True) for text in _decode_gb_line(line))


def _decode_gb_line(line: bytes) -> Iterator[str]:
    try:
        yield line.decode(GB18030)
        return
    except UnicodeDecodeError:
        pass
    for token in _TOKEN.finditer(line):
        run, tail = token.groups()
        if run is None or len(run) % 2 == 0:
            yield token[0].decode(GB18030, _ODD_BYTES)
            continue
        at = _find_stray_byte(run)
        if at == len(run) - 1 and tail:  # no stray byte: a character of GBK whose second byte is a letter
            yield token[0].decode(GB18030, _ODD_BYTES)
        else:
            yield run[:at].decode(GB18030, _ODD_BYTES)
            yield "€" if run[at] == 0x80 else "\ufffd"
            yield run[at + 1 :].decode(GB18030, _ODD_BYTES) + tail.decode()


def _find_stray_byte(run: bytes) -> int:
    """Returns the place of the byte in an odd number of bytes without which most characters are frequent ones; the last
    such place."""
    starts = [byte in range(0xB0, 0xD8) or byte in range(0xA1, 0xA4) for byte in run]
    before, after = 0, sum(starts[1::2])
    best, place = after, 0
    for at in range(2, len(run), 2):
        before += starts[at - 2]
        after -= starts[at - 1]
        if before + after >= best:
            best, place = before + after, at
    return place
