"""Finds words that no school wrote: those of the notice and of our own letters, copied into a mail or a file. Pure.

Mail programs do not mark every quotation, and people paste. A letter of ours is known by its labels, which stand at the
beginning of a line; the notice by its title and by the clauses that its file quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from intake_bot.notices.notice import FormPart, Notice, Rule
from intake_bot.notices.spelling import normalise

_MAXIMUM_LENGTH = 20_000
"""Characters that are searched. A longer text is a text of its own."""
_MINIMUM_QUOTE = 10
"""Characters of a clause, without punctuation, that are recognised. Shorter ones are ordinary words: 配文字说明."""
_MINIMUM_NAME = 6
_MINIMUM_SHARE = 0.6
"""Share of a sentence that the words of the notice must fill."""
_COPIED_SHARE = 0.5
"""Share of the clauses of a notice that make a text a copy of it. A school's own plan repeats some of them."""
_MINIMUM_QUOTES = 3

_LETTER_LINE = re.compile(
    r"[>\s|]*(?:"
    r"【(?:已收|请补正|部分收下|待人工查看|您的问题已转|提醒|预检|没有收下|请在网上报送"
    r"|请 ?\d+月\d+日 ?起再报)[^】]{0,20}】"
    r"|回执编号[:：]|报送单位[:：]|您的主题[:：]|收到时间[:：].*为准|一起查看的邮件[:：]|接着用的文件[（(]"
    r"|请改这 ?\d+ ?处|怎样补发$|怎么改[:：]|通知要求[:：]|见?通知.{0,12}[:：]“|建议[:：]|说明[:：]想更快收到答复"
    r"|收件情况$|收到的(?:其他)?文件(?:$|[（(])"
    r"|\[(?:合格|不合格|未使用|待人工查看|请改)\]|SHA-256 [0-9a-f]{16}|提示[（(]不影响收件"
    r"|工作人员要看的内容|“未使用”的文件没有计入|如果另写新邮件，主题请照抄|直接回复这封信就行|这封信就是收件回执"
    r"|您的邮件.{0,40}就到了邮箱，是否按时|您(?:的|补发的).{0,60}收到了，"
    r"|合格的 ?\d+ ?个文件我们已经留存|有疑问请联系.{0,60}说回执编号"
    r"|[（(]这封信由收件程序自动发出[）)])",
)
_MINIMUM_LETTER_LINES = 3
_SENTENCE = re.compile(r"[^。；;！？!?]+[。；;！？!?]*")
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class OfficialWords:
    """The sentences of a notice, without punctuation, as far as its file quotes them."""

    names: tuple[str, ...]
    """The title of the notice, without the bureau before it, and its number."""
    quotes: tuple[str, ...]
    """The shortest first, as all titles."""
    titles: tuple[str, ...]
    """Titles of forms. The notice quotes them too, and a form that a school fills in begins with one."""

    @classmethod
    def of(cls, notice: Notice) -> OfficialWords:
        title = notice.title[max(0, notice.title.find("关于")) :]
        names = [_bare(name) for name in (title, notice.number)]
        pieces = [_bare(piece) for quote in _quotes(notice) for piece in re.split("…+", quote)]
        return cls(
            tuple(name for name in names if len(name) >= _MINIMUM_NAME),
            _shortest_first(piece for piece in pieces if len(piece) >= _MINIMUM_QUOTE),
            _shortest_first(
                _bare(part.title) for one in notice.materials for part in one.parts if isinstance(part, FormPart)
            ),
        )

    def remove(self, text: str) -> str:
        """Returns the text without copied parts of the notice and of our letters. A text without any stays the same.

        The first 20,000 characters are searched.
        """
        if len(text) > _MAXIMUM_LENGTH:
            return text
        lines = text.split("\n")
        own = self._without_notice(_without_letter(lines))
        return text if own == lines else "\n".join(own).strip()

    def _without_notice(self, lines: list[str]) -> list[str]:
        """Drops a copy of the notice, from its title to the end, and single sentences of it from all other lines."""
        bare = [_bare(line) for line in lines]
        title = next((number for number, line in enumerate(bare) if any(name in line for name in self.names)), None)
        if title is not None and self._is_copy("".join(bare[title:])):
            lines = lines[:title]
        kept = [(line, self._without_quotes(line)) for line in lines]
        return [rest for line, rest in kept if rest or not line]

    def _is_copy(self, text: str) -> bool:
        return sum(quote in text for quote in self.quotes) >= max(_MINIMUM_QUOTES, len(self.quotes) * _COPIED_SHARE)

    def _without_quotes(self, line: str) -> str:
        sentences = _SENTENCE.findall(line)
        kept = [sentence for sentence in sentences if not self._is_official(_bare(sentence))]
        return line if len(kept) == len(sentences) else "".join(kept)

    def _is_official(self, sentence: str) -> bool:
        if len(sentence) < _MINIMUM_QUOTE or _fills_most(self.titles, sentence):
            return False
        return sentence in self._whole or _fills_most(self.quotes, sentence)

    @cached_property
    def _whole(self) -> str:
        """All quotes and names, in lines: a sentence without punctuation is inside one of them or none."""
        return "\n".join((*self.quotes, *self.names))


def _fills_most(parts: tuple[str, ...], sentence: str) -> bool:
    """True where one of the parts, the shortest first, is inside a sentence and fills most of it."""
    first = bisect_left(parts, len(sentence) * _MINIMUM_SHARE, key=len)
    end = bisect_right(parts, len(sentence), key=len)
    return any(part in sentence for part in parts[first:end])


def _shortest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=len))


def _without_letter(lines: list[str]) -> list[str]:
    """Drops what stands from the first to the last line of a letter. A few such lines alone are dropped one by one."""
    found = [number for number, line in enumerate(lines) if _LETTER_LINE.match(line)]
    if len(found) < _MINIMUM_LETTER_LINES:
        return [line for number, line in enumerate(lines) if number not in found]
    return [*lines[: found[0]], *lines[found[-1] + 1 :]]


def _quotes(notice: Notice) -> Iterator[str]:
    yield notice.subject.quote
    for material in notice.materials:
        yield material.quote
        yield from (quota.quote for quota in material.quotas)
        for part in material.parts:
            yield part.quote
            rules = (getattr(part, field) for field in type(part).model_fields)
            yield from (rule.quote for rule in rules if isinstance(rule, Rule))


def _bare(text: str) -> str:
    return _PUNCTUATION.sub("", normalise(text))
