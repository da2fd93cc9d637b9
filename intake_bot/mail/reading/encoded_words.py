"""Encoded words (RFC 2047) and raw 8-bit bytes in header fields, decoded as Chinese mail needs it. Pure.

The standard library's header classes are not used: they lose characters of GBK text labelled gb2312, and characters
that the end of an encoded word cuts in two.
"""

from __future__ import annotations

import re
from binascii import a2b_qp, b2a_base64
from collections.abc import Iterator

from intake_bot.mail.reading.charsets import decode, find_codec, is_valid
from intake_bot.mail.reading.content.transfer_encodings import decode_base64
from intake_bot.text.decoding import decode_utf8

# The charset may be empty, in quotes or beside blanks. Q text may contain a few stray question marks; the maximum keeps
# the search linear. A word that lacks its end reaches to the next word, or to a blank. The letter of the encoding may
# be missing, or be one that nobody knows.
_WORD = re.compile(
    rb"=\?[\s\"']{0,3}(?P<charset>[\w.:+-]{0,60})(?:\*[\w-]{0,20})?[\s\"']{0,3}\?"
    rb"(?:\s?[bB]\s?\?(?P<base64>[^?]*)\?=|\s?[qQ]\s?\?(?P<q>[^?]*(?:\?(?!=)[^?]*){0,8})\?="
    rb"|(?:[AC-PR-Zac-pr-z0-9]?\?)?(?P<unknown>[A-Za-z0-9+/=_%-]{4,2000})\?="
    rb"|[bB]\?(?P<cut_base64>[A-Za-z0-9+/=]{4,})\??(?=\s*=\?|\s|\Z)"
    rb"|[qQ]\?(?P<cut_q>(?:(?!=\?)[^?\s]){1,2000})\??(?=\s*=\?|\s|\Z))"
)
_WORD_AGAIN = re.compile(r"=\?[\w.:+-]{1,60}\?[bBqQ]\?[^?\s]*\?=")
_HEADLESS = re.compile(rb"(?<![^\s])[=?](?=[A-Za-z][\w.:+-]{2,20}\?[bBqQ]\?[^?\s]{4,2000}\?=)")
"""A word of whose first two characters one is missing."""
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4}){3,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_Q_ESCAPE = re.compile(rb"=[0-9A-Fa-f]{2}")
_MAXIMUM_LAYERS = 3
"""Words inside words, each layer by one more gateway."""


def decode_words(value: bytes) -> str:
    """Text of an unfolded value: encoded words and the raw bytes between them.

    White space between two words is dropped. Adjacent words of one charset are merged as bytes before decoding, since
    the end of a word may cut a character. Words need no space around them. A word without its end is read as far as it
    goes, one with the letter of the other encoding by what it holds.
    """
    return "".join(_decode_parts(_HEADLESS.sub(b"=?", value)))


def decode_nested_words(value: bytes) -> str:
    """The same with the words that come out decoded again, up to three times, since some gateways encode twice."""
    text = decode_words(value)
    for _ in range(1, _MAXIMUM_LAYERS):
        if _WORD_AGAIN.search(text) is None:
            break
        text = decode_words(text.encode("utf-8"))
    return text


def encode_word(text: str) -> bytes:
    """The text as one encoded word in UTF-8.

    Its length is not limited: with the RFC's 75 characters a word, parsers take quadratic time.
    """
    return b"=?utf-8?b?" + b2a_base64(text.encode("utf-8"), newline=False) + b"?="


def _decode_parts(value: bytes) -> Iterator[str]:
    run: list[re.Match[bytes]] = []
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        if run and (between.strip() or _codec(word) != _codec(run[-1])):
            yield _decode_run(run)
            run = []
        if between.strip() or (at == 0 and between):
            yield decode(between)
        run.append(word)
        at = word.end()
    if run:
        yield _decode_run(run)
    yield decode(value[at:])


def _codec(word: re.Match[bytes]) -> str:
    label = word["charset"].decode("ascii", "replace")
    return find_codec(label) or ""


def _decode_run(words: list[re.Match[bytes]]) -> str:
    codec = _codec(words[0])
    data = b"".join(map(_word_bytes, words))
    texts = [_base64_of(word) for word in words]
    if not is_valid(data, codec) and all(text is not None for text in texts):
        # Some mailers cut the base64 text itself, at any character.
        merged = decode_base64(b"".join(text or b"" for text in texts))
        if is_valid(merged, codec):
            return decode(merged, codec)
    return decode(data, codec)


def _base64_of(word: re.Match[bytes]) -> bytes | None:
    if (q := word["q"]) is not None:
        return q if _is_base64_called_q(q) else None
    if _Q_ESCAPE.search(word["base64"] or b""):
        return None
    if (unknown := word["unknown"]) is not None and not _Q_ESCAPE.search(unknown):
        return unknown
    return word["cut_base64"] if word["base64"] is None else word["base64"]


def _is_base64_called_q(text: bytes) -> bool:
    if _BASE64.fullmatch(text) is None:
        return False
    data = decode_base64(text)
    return not data.isascii() and decode_utf8(data) is not None


def _word_bytes(word: re.Match[bytes]) -> bytes:
    text = _base64_of(word)
    if text is None:
        return a2b_qp(word["q"] or word["base64"] or word["cut_q"] or word["unknown"] or b"", header=True)
    return decode_base64(text) if text.isascii() else text  # some programs write the text itself
