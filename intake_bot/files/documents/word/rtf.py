"""Reads RTF (Rich Text Format 1.9.1), which Word and WordPad also save under the name .doc.

Our own reader, because tables, links, deleted text, and Chinese as \\'d6\\'d0 or \\u20013, must be recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from intake_bot.files.documents.budget import CharacterBudget
from intake_bot.files.documents.layout import Layout
from intake_bot.files.documents.word.characters import decode_western_or_chinese
from intake_bot.files.documents.word.marked_text import CELL_END, CELL_PARAGRAPH, PARAGRAPH_END, ROW_END, Edges, lay_out
from intake_bot.files.documents.words import read_field_link
from intake_bot.files.facts import TextFacts, Trouble, Unreadable
from intake_bot.files.limits import FileLimits

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)"
)
"""Control word with its number, byte, symbol, brace, plain text. Other bytes are skipped one by one."""

_INVISIBLE = frozenset(
    b"fonttbl colortbl stylesheet info header headerl headerr headerf footer footerl footerr footerf object objdata "
    b"nonshppict shprslt sp pict themedata colorschememapping datastore latentstyles listtable listoverridetable "
    b"listtext pntext rsidtbl revtbl xmlnstbl mmathPr annotation atnid atnauthor atndate atnref bkmkstart bkmkend "
    b"generator filetbl userprops xe tc fchars lchars ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn background "
    b"pnseclvl template operator author company title subject keywords comment doccomm".split()
)
"""Groups without visible text."""

_KNOWN_OPTIONAL = frozenset({b"shppict", b"shpinst", b"fldinst", b"footnote"})
"""Groups that are read although they are marked as optional, with a star."""

_OWN_STORY = frozenset({b"footnote", b"shptxt"})
"""Groups whose text is no part of the paragraph that contains them."""

_CHARACTERS = {
    b"tab": "\t", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5"}
_CODE_PAGES = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "big5", 54936: "gb18030", 65001: "utf-8"}


class _Part(Enum):
    """The use of the text in a group."""

    VISIBLE = auto()
    INVISIBLE = auto()
    FIELD_CODE = auto()
    FONTS = auto()


@dataclass(frozen=True)
class _State:
    """The state that a group inherits from the group around it, and that ends with the group."""

    part: _Part
    story: list[str]
    deleted: bool = False
    hidden: bool = False
    """Text that Word does not show, and does not count."""
    in_table: bool = False
    fallback: int = 1
    """Number of characters that follow a \\u for readers without Unicode."""
    font: int = 0


def read_rtf(path: Path, limits: FileLimits) -> TextFacts:
    """Returns text, tables, links and pictures, as `read_doc` does. Raises Unreadable."""
    if path.stat().st_size > 4 * limits.document_bytes:  # pictures are hexadecimal text in it
        raise Unreadable(Trouble.BOMB)
    reader = _Reader(limits.text_length)
    content = path.read_bytes()
    reader.read(content[max(content.find(b"{\\rtf"), 0) :])
    layout = Layout(limits.text_length)
    for story in reader.stories:
        text = "".join(story).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        lay_out(text, iter(reader.rows if story is reader.stories[0] else ()), layout)
    return layout.facts(reader.pictures, reader.links)


class _Reader:
    """Collects stories, table rows, links and pictures from the tokens of a file."""

    def __init__(self, maximum_characters: int) -> None:
        self.stories: list[list[str]] = [[]]
        self.rows: list[Edges] = []
        self.links: dict[str, None] = {}
        self.pictures = 0
        self._budget = CharacterBudget(maximum_characters)
        self._state = _State(_Part.VISIBLE, self.stories[0])
        self._around: list[_State] = []
        self._is_optional = False
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
                self._read_word(word, int(number) if number else None)
            elif byte:
                self._add_bytes(bytes.fromhex(byte.decode()))
            elif symbol:
                self._read_symbol(symbol)
            elif brace:
                self._read_group(brace)
            elif plain:
                self._add_bytes(plain)
        self._decode_bytes()

    def _read_group(self, brace: bytes) -> None:
        self._decode_bytes()
        self._to_skip = 0
        self._is_optional = False
        if brace == b"{":
            self._around.append(self._state)
        elif self._around:
            ended, self._state = self._state, self._around.pop()
            if ended.part is _Part.FIELD_CODE is not self._state.part and (
                link := read_field_link("".join(ended.story))
            ):
                self.links[link] = None

    def _read_symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._is_optional = True
        elif symbol in b"\\{}":
            self._add_bytes(symbol)
        else:
            self._decode_bytes()
            self._add_text({b"~": "\u00a0", b"_": "-", b"\r": PARAGRAPH_END, b"\n": PARAGRAPH_END}.get(symbol, ""))

    def _read_word(self, word: bytes, number: int | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        if word == b"u" and number is not None:
            self._decode_bytes()
            self._add_text(chr(number & 0xFFFF))
            self._to_skip = self._state.fallback
            return
        if self._to_skip:
            self._to_skip -= 1
            return
        self._decode_bytes()
        if word == b"pict" and self._state.part is _Part.VISIBLE:
            self.pictures += 1
        if (is_optional and word not in _KNOWN_OPTIONAL) or word in _INVISIBLE:
            self._set_part(_Part.FONTS if word == b"fonttbl" else _Part.INVISIBLE)
        elif word == b"fldinst":
            self._set_part(_Part.FIELD_CODE, [])
        elif word in _OWN_STORY and self._state.part is _Part.VISIBLE:
            self.stories.append([])
            self._set_part(_Part.VISIBLE, self.stories[-1])
        else:
            self._read_structure(word)
            self._read_formatting(word, number)

    def _set_part(self, part: _Part, story: list[str] | None = None) -> None:
        """Changes the use of the text in this group. Groups within an invisible group stay invisible."""
        if self._state.part in (_Part.VISIBLE, _Part.FIELD_CODE):
            self._state = replace(self._state, part=part, story=self._state.story if story is None else story)

    def _read_structure(self, word: bytes) -> None:
        match word:
            case b"par" | b"sect" | b"page" | b"column":
                self._add_text(CELL_PARAGRAPH if self._state.in_table else PARAGRAPH_END)
            case b"nestcell":
                self._add_text(CELL_PARAGRAPH)
            case b"cell":
                self._add_text(CELL_END)
            case b"row":
                self._end_row()
            case b"pard":
                self._state = replace(self._state, in_table=False)
            case b"intbl":
                self._state = replace(self._state, in_table=True)
            case b"trowd":
                self._edges = [-1 << 31]
            case _ if word in _CHARACTERS:
                self._add_text(_CHARACTERS[word])

    def _end_row(self) -> None:
        self._add_text(ROW_END)
        if self._state.part is _Part.VISIBLE and not self._state.deleted and self._state.story is self.stories[0]:
            self.rows.append(tuple(self._edges))

    def _read_formatting(self, word: bytes, number: int | None) -> None:
        match word, number:
            case b"uc", int():
                self._state = replace(self._state, fallback=number)
            case b"deleted", _:
                self._state = replace(self._state, deleted=number != 0)
            case b"v", _:
                self._state = replace(self._state, hidden=number != 0)
            case b"plain", _:
                self._state = replace(self._state, deleted=False, hidden=False)
            case b"f", int():
                self._state = replace(self._state, font=number)
            case b"fcharset", int() if self._state.part is _Part.FONTS:
                self._fonts[self._state.font] = _CHARSETS.get(number, "")
            case b"ansicpg", int():
                self._code_page = _CODE_PAGES.get(number, "")
            case b"cellx", int() if len(self._edges) < 200:
                self._edges.append(number)

    def _add_bytes(self, content: bytes) -> None:
        skipped = min(self._to_skip, len(content))
        self._to_skip -= skipped
        self._bytes.append(content[skipped:])

    def _decode_bytes(self) -> None:
        """Decodes the bytes since the last control word together: a Chinese character may have two."""
        content = b"".join(self._bytes)
        self._bytes.clear()
        if content and self._state.part in (_Part.VISIBLE, _Part.FIELD_CODE):
            codec = self._fonts.get(self._state.font) or self._code_page
            self._add_text(content.decode(codec, "replace") if codec else decode_western_or_chinese(content))

    def _add_text(self, text: str) -> None:
        if self._state.part in (_Part.VISIBLE, _Part.FIELD_CODE) and not (self._state.deleted or self._state.hidden):
            self._budget.spend(len(text))
            self._state.story.append(text)
