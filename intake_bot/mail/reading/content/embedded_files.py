"""Files in a text body itself: uuencode, yEnc, BinHex, bare base64; and PGP messages, which nobody can open."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from intake_bot.mail.reading.content.content_decoding import type_of_base64, type_of_file
from intake_bot.mail.reading.content.older_encodings import (
    BEGIN_BASE64,
    BEGIN_BINHEX,
    BEGIN_UU,
    BEGIN_YENC,
    BinHex,
    Uuencode,
    YEnc,
    decode_uu_line,
)
from intake_bot.mail.reading.content.transfer_encodings import Base64, Decoder, Identity, Sink

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r(?!\Z))")
_BEGIN = re.compile(
    rb"(?:(?<=[\r\n])|\A)(?:begin|=ybegin |\(This file|-----BEGIN PGP|-----END PGP|[A-Za-z0-9+/]{60})", re.IGNORECASE
)
_MAXIMUM_LINE_BYTES = 8 * 1024
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{60,}={0,2}")
_BASE64_END = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_TYPE_LENGTH = 400
"""Characters of base64 by which the file in it is recognised."""
_PGP = re.compile(rb"-----(BEGIN|END) PGP (MESSAGE|SIGNED MESSAGE|SIGNATURE|PUBLIC KEY BLOCK|PRIVATE KEY BLOCK)")
_SIGNATURE_BYTES = 16


class Receiver(Protocol):
    """Takes what is found in a text."""

    def begin_file(self, name: bytes, content_type: str) -> Sink:
        """Begins a file; the name is undecoded, and may be empty. Returns the sink for its bytes."""

    def end_file(self, is_whole: bool, name: bytes) -> None:
        """Ends the file begun last, with a name if only its content has one.

        It is not whole if the encoding shows that bytes are missing or wrong.
        """

    def find_pgp_message(self) -> None:
        """An encrypted PGP message stands in the text."""


@dataclass
class _Run:
    """Lines of base64 of one length, of which it is not yet known whether they are a file."""

    lines: list[bytes]
    text: bytes


class EmbeddedFileExtractor:
    """Passes a text on without the files in it. Their content is decoded as a stream; nothing else is changed."""

    def __init__(self, into: Sink, receiver: Receiver) -> None:
        self._into = into
        self._receiver = receiver
        self._rest = b""
        self._has_begun = False
        self._read: Callable[[bytes], None] = self._read_text
        self._begin: tuple[bytes, re.Match[bytes]] | None = None
        """The line that may begin a file in uuencode."""
        self._run: _Run | None = None
        self._decoder: Decoder | None = None
        self._is_end: Callable[[bytes], bool] = bool

    def feed(self, block: bytes) -> None:
        """Takes the next bytes of the text."""
        data = self._rest + block
        if not self._has_begun:
            if len(data) < _SIGNATURE_BYTES:
                self._rest = data
                return
            self._recognise(data)
        at = self._pass_on_prose(data, 0)
        while (found := _LINE.match(data, at)) is not None:
            self._read(found.group())
            at = self._pass_on_prose(data, found.end())
        while len(data) - at > _MAXIMUM_LINE_BYTES:
            self._read(data[at : at + _MAXIMUM_LINE_BYTES])
            at += _MAXIMUM_LINE_BYTES
        self._rest = data[at:]

    def close(self) -> None:
        """Passes on what is left. Nothing is fed afterwards."""
        if not self._has_begun:
            self._recognise(self._rest)
        if self._rest:
            self._read(self._rest)
        self._rest = b""
        if self._begin:
            self._into(self._begin[0])
        self._end_run()
        self._end_file()

    def _pass_on_prose(self, data: bytes, at: int) -> int:
        """Passes on the complete lines up to one that may begin something; returns the position reached."""
        if self._read != self._read_text:
            return at
        found = _BEGIN.search(data, at)
        last = max(data.rfind(b"\n", at), data.rfind(b"\r", at, -1)) + 1
        end = found.start() if found else last
        if end > at:
            self._into(data[at:end])
        return max(at, end)

    def _recognise(self, data: bytes) -> None:
        """A body that is a file throughout is one, whatever its type says."""
        self._has_begun = True
        if kind := type_of_file(data):
            self._begin_file(b"", kind, Identity, lambda _line: False)

    def _read_text(self, line: bytes) -> None:
        content = line.rstrip(b"\r\n")
        if found := BEGIN_UU.fullmatch(content) or BEGIN_BASE64.fullmatch(content):
            self._begin = line, found
            self._read = self._read_first
        elif found := BEGIN_YENC.fullmatch(content):
            self._begin_file(found[1] or b"", "", YEnc, lambda line: line.startswith(b"=yend "))
            self._read(line)
        elif BEGIN_BINHEX.match(content):
            self._begin_file(b"", "", BinHex, lambda line: line.rstrip().endswith(b":") and len(line.strip()) > 1)
        elif found := _PGP.match(content):
            self._read_armour(found)
        elif _BASE64_LINE.fullmatch(content.rstrip()):
            self._run = _Run([line], content.rstrip())
            self._read = self._read_run
        else:
            self._into(line)

    def _read_first(self, line: bytes) -> None:
        """Reads the line after a `begin`, which is a line of prose unless data follows."""
        assert self._begin
        (begin, found), self._begin = self._begin, None
        content = line.rstrip(b"\r\n")
        self._read = self._read_text
        if found.re is BEGIN_BASE64 and _BASE64_END.fullmatch(content.strip()):
            self._begin_file(found[1], "", Base64, lambda line: line.strip() == b"====")
        elif found.re is BEGIN_UU and decode_uu_line(content) is not None:
            self._begin_file(found[1], "", Uuencode, lambda line: line.strip() == b"end")
            self._read_file(begin)
        else:
            self._into(begin)
        self._read(line)

    def _read_armour(self, found: re.Match[bytes]) -> None:
        if found[1] == b"BEGIN" and found[2] == b"SIGNED MESSAGE":
            self._read = self._skip_fields
        elif found[1] == b"BEGIN":
            if found[2] == b"MESSAGE":
                self._receiver.find_pgp_message()
            self._read = self._skip_armour

    def _skip_fields(self, line: bytes) -> None:
        """Skips the fields ahead of a signed text, up to a blank line."""
        if not line.strip():
            self._read = self._read_text

    def _skip_armour(self, line: bytes) -> None:
        if (found := _PGP.match(line)) and found[1] == b"END":
            self._read = self._read_text

    def _read_run(self, line: bytes) -> None:
        run = self._run
        assert run
        content = line.strip()
        is_full = len(content) == len(run.lines[0].strip())
        if _BASE64_END.fullmatch(content) and len(content) <= len(run.lines[0].strip()):
            run.lines.append(line)
            run.text += content
            if not is_full or len(run.text) >= _TYPE_LENGTH:
                self._end_run()
            return
        self._end_run()
        self._read(line)

    def _end_run(self) -> None:
        """Begins a file with the lines read so far, or passes them on."""
        run, self._run = self._run, None
        if run is None:
            return
        self._read = self._read_text
        kind = type_of_base64(run.text)
        if kind is None:
            self._into(b"".join(run.lines))
            self._read = self._read_unknown_run
            return
        length = len(run.lines[0].strip())
        self._begin_file(b"", kind, Base64, lambda line: len(line.strip()) != length)
        for line in run.lines:
            self._read(line)

    def _read_unknown_run(self, line: bytes) -> None:
        """Passes on the rest of lines in base64 that are no known file."""
        if _BASE64_LINE.fullmatch(line.strip()):
            self._into(line)
        else:
            self._read = self._read_text
            self._read(line)

    def _begin_file(
        self, name: bytes, content_type: str, decoder: Callable[[Sink], Decoder], is_end: Callable[[bytes], bool]
    ) -> None:
        self._decoder = decoder(self._receiver.begin_file(name.strip(), content_type))
        self._is_end = is_end
        self._read = self._read_file

    def _read_file(self, line: bytes) -> None:
        assert self._decoder
        if isinstance(self._decoder, Base64) and not _BASE64_END.fullmatch(line.strip()):
            # No base64: a blank line, or text again.
            self._end_file()
            if not self._is_end(line) or line.strip(b"=\r\n\t "):
                self._read(line)
            return
        if isinstance(self._decoder, Uuencode) and not self._is_uu(line):
            self._end_file()
            self._read(line)
            return
        self._decoder.feed(line)
        if self._is_end(line):
            self._end_file()

    @staticmethod
    def _is_uu(line: bytes) -> bool:
        content = line.rstrip(b"\r\n")
        return (
            not content.strip()
            or content.strip() == b"end"
            or BEGIN_UU.match(content) is not None
            or decode_uu_line(content) is not None
        )

    def _end_file(self) -> None:
        if self._decoder:
            self._decoder.close()
            name = self._decoder.name if isinstance(self._decoder, BinHex) else b""
            self._receiver.end_file(self._decoder.is_whole, name)
        self._decoder = None
        self._read = self._read_text
