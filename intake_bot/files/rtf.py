"""The text of an RTF file (Rich Text Format 1.9.1), which Word and WordPad also name .doc.

An own reader: it has to tell tables, links and deleted text, and Chinese that comes as \\'d6\\'d0 or as \\u20013.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from intake_bot.files.doc_characters import western_or_chinese
from intake_bot.files.facts import TextFacts, Trouble
from intake_bot.files.layout import Layout
from intake_bot.files.limits import FileLimits
from intake_bot.files.shape import CELL_END, CELL_PARAGRAPH, PARAGRAPH_END, ROW_END, Edges, lay_out
from intake_bot.files.words import field_link
from intake_bot.files.zips import Unreadable

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)"
)
"""Word with its number, byte, symbol, brace, plain text. Anything else is skipped sign by sign."""

_UNSEEN = frozenset(
    b"fonttbl colortbl stylesheet info header headerl headerr headerf footer footerl footerr footerf object objdata "
    b"nonshppict shprslt sp pict themedata colorschememapping datastore latentstyles listtable listoverridetable "
    b"listtext pntext rsidtbl revtbl xmlnstbl mmathPr annotation atnid atnauthor atndate atnref bkmkstart bkmkend "
    b"generator filetbl userprops xe tc fchars lchars ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn background "
    b"pnseclvl template operator author company title subject keywords comment doccomm".split()
)
"""Groups with nothing for the reader in them."""

_STARRED = frozenset({b"shppict", b"shpinst", b"fldinst", b"footnote"})
"""Of the groups that a reader may skip if it does not know them, those that we know."""

_OWN_STORY = frozenset({b"footnote", b"shptxt"})
"""Groups whose text belongs nowhere in the paragraph that they stand in."""

_SIGNS = {
    b"tab": "\t", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5"}
_CODE_PAGES = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5", 54936: "gb18030", 65001: "utf-8"}


class _Part(Enum):
    """What the text of a group is for."""

    SEEN = auto()
    UNSEEN = auto()
    FIELD_CODE = auto()
    FONTS = auto()


@dataclass(frozen=True)
class _State:
    """What a group inherits from the one around it and leaves alone when it ends."""

    part: _Part
    story: list[str]
    deleted: bool = False
    in_table: bool = False
    fallback: int = 1
    """Signs that follow a \\u for readers that do not know it."""
    font: int = 0


def read_rtf(path: Path, limits: FileLimits) -> TextFacts:
    """Text, tables and links, as in `read_doc`. Raises Unreadable."""
    if path.stat().st_size > 4 * limits.document_bytes:  # pictures are in it as text
        raise Unreadable(Trouble.BOMB)
    reader = _Reader(limits.text_length)
    reader.read(path.read_bytes())
    layout = Layout(limits.text_length)
    for story in reader.stories:
        text = "".join(story).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        lay_out(text, iter(reader.rows if story is reader.stories[0] else ()), layout)
    return layout.facts(reader.pictures, reader.links)


class _Reader:
    def __init__(self, most_characters: int) -> None:
        self.stories: list[list[str]] = [[]]
        self.rows: list[Edges] = []
        self.links: dict[str, None] = {}
        self.pictures = 0
        self._characters_left = most_characters
        self._state = _State(_Part.SEEN, self.stories[0])
        self._around: list[_State] = []
        self._starred = False
        self._code_page = ""
        self._fonts: dict[int, str] = {}
        self._bytes: list[bytes] = []
        self._to_skip = 0
        self._edges: list[int] = []

    def read(self, content: bytes) -> None:
        at = 0
        while at < len(content):
            found = _TOKEN.match(content, at)
            if found is None:
                at += 1
                continue
            at = found.end()
            word, number, byte, symbol, brace, plain = found.groups()
            if word == b"bin":
                at += max(int(number or 0), 0)
            elif word:
                self._word(word, int(number) if number else None)
            elif byte:
                self._raw(bytes.fromhex(byte.decode()))
            elif symbol:
                self._symbol(symbol)
            elif brace:
                self._group(brace)
            elif plain:
                self._raw(plain)
        self._flush()

    def _group(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        self._starred = False
        if brace == b"{":
            self._around.append(self._state)
        elif self._around:
            ended, self._state = self._state, self._around.pop()
            if ended.part is _Part.FIELD_CODE is not self._state.part and (link := field_link("".join(ended.story))):
                self.links[link] = None

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol in b"\\{}":
            self._raw(symbol)
        else:
            self._flush()
            self._put({b"~": "\u00a0", b"_": "-", b"\r": PARAGRAPH_END, b"\n": PARAGRAPH_END}.get(symbol, ""))

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"u" and number is not None:
            self._flush()
            self._put(chr(number & 0xFFFF))
            self._to_skip = self._state.fallback
            return
        if self._to_skip:
            self._to_skip -= 1
            return
        self._flush()
        if word == b"pict" and self._state.part is _Part.SEEN:
            self.pictures += 1
        if (starred and word not in _STARRED) or word in _UNSEEN:
            self._become(_Part.FONTS if word == b"fonttbl" else _Part.UNSEEN)
        elif word == b"fldinst":
            self._become(_Part.FIELD_CODE, [])
        elif word in _OWN_STORY and self._state.part is _Part.SEEN:
            self.stories.append([])
            self._become(_Part.SEEN, self.stories[-1])
        else:
            self._shape(word)
            self._character(word, number)

    def _become(self, part: _Part, story: list[str] | None = None) -> None:
        """What is not seen holds nothing that is seen."""
        if self._state.part in (_Part.SEEN, _Part.FIELD_CODE):
            self._state = replace(self._state, part=part, story=self._state.story if story is None else story)

    def _shape(self, word: bytes) -> None:
        match word:
            case b"par" | b"sect" | b"page" | b"column":
                self._put(CELL_PARAGRAPH if self._state.in_table else PARAGRAPH_END)
            case b"nestcell":
                self._put(CELL_PARAGRAPH)
            case b"cell":
                self._put(CELL_END)
            case b"row":
                self._end_row()
            case b"pard":
                self._state = replace(self._state, in_table=False)
            case b"intbl":
                self._state = replace(self._state, in_table=True)
            case b"trowd":
                self._edges = [-1 << 31]
            case _ if word in _SIGNS:
                self._put(_SIGNS[word])

    def _end_row(self) -> None:
        self._put(ROW_END)
        if self._state.part is _Part.SEEN and not self._state.deleted and self._state.story is self.stories[0]:
            self.rows.append(tuple(self._edges))

    def _character(self, word: bytes, number: int | None) -> None:
        match word, number:
            case b"uc", int():
                self._state = replace(self._state, fallback=number)
            case b"deleted", _:
                self._state = replace(self._state, deleted=number != 0)
            case b"plain", _:
                self._state = replace(self._state, deleted=False)
            case b"f", int():
                self._state = replace(self._state, font=number)
            case b"fcharset", int() if self._state.part is _Part.FONTS:
                self._fonts[self._state.font] = _CHARSETS.get(number, "")
            case b"ansicpg", int():
                self._code_page = _CODE_PAGES.get(number, "")
            case b"cellx", int() if len(self._edges) < 200:
                self._edges.append(number)

    def _raw(self, content: bytes) -> None:
        skipped = min(self._to_skip, len(content))
        self._to_skip -= skipped
        self._bytes.append(content[skipped:])

    def _flush(self) -> None:
        """The bytes since the last word: a Chinese sign may have come as two of them, one by one."""
        content = b"".join(self._bytes)
        self._bytes.clear()
        if content and self._state.part in (_Part.SEEN, _Part.FIELD_CODE):
            coding = self._fonts.get(self._state.font) or self._code_page
            self._put(content.decode(coding, "replace") if coding else western_or_chinese(content))

    def _put(self, text: str) -> None:
        if self._state.part in (_Part.SEEN, _Part.FIELD_CODE) and not self._state.deleted:
            self._characters_left -= len(text)
            if self._characters_left < 0:
                raise Unreadable(Trouble.UNSUPPORTED)
            self._state.story.append(text)
