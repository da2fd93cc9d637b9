"""Reads texts for one notice: whether they are a material or a caption, or an excuse or copied words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from intake_bot.files.documents.words import count_words
from intake_bot.files.facts import FileFacts, TextFacts
from intake_bot.judging.prose.cover_notes import describes, weigh
from intake_bot.judging.prose.official_words import OfficialWords
from intake_bot.mail.body import has_substance
from intake_bot.notices.notice import Notice

_MAXIMUM_NOTE_WORDS = 500
"""字 of a file that may be a cover note. A longer file is a document, whatever it asks its readers."""

_MINIMUM_OWN_SHARE = 0.1
"""Share of a document that is no copy of the notice or of a letter. A document with less is a copy."""


class Purport(Enum):
    """What the words of a mail body are."""

    NOTHING = auto()
    """A greeting, a name, 请查收, or no words at all."""
    REPORT = auto()
    """They report something that was done."""
    NOTE = auto()
    """They speak to the office: an excuse, a promise, where the material is."""
    COPY = auto()
    """They are copied from the notice or from a letter of ours."""


@dataclass(frozen=True)
class ProseReader:
    """The words of one notice by which a text is read."""

    official: OfficialWords
    material_names: tuple[str, ...]
    """Names of materials and parts. They say what is reported, and report nothing."""

    @staticmethod
    @lru_cache(maxsize=64)
    def of(notice: Notice) -> ProseReader:
        """The reader for a notice, made once: every text is compared with its words."""
        names = [name for one in notice.materials for name in (one.name, *one.aliases)]
        names += [part.name for one in notice.materials for part in one.parts]
        return ProseReader(OfficialWords.of(notice), tuple(dict.fromkeys(names)))

    def own_words(self, text: TextFacts) -> TextFacts:
        """Returns the text without copied parts of the notice and of our letters."""
        own = self.official.remove(text.text)
        return text if own == text.text else replace(text, text=own, words=count_words(own))

    def reports(self, text: TextFacts, minimum: int) -> bool:
        """True for a mail body that can be a material: at least this many 字, not mainly a cover note, and at least
        half of the minimum without greetings and words to the office."""
        own = self.own_words(text)
        weight = weigh(own.text, self.material_names)
        return own.words >= minimum and not weight.is_cover_note and 2 * weight.report >= minimum

    def describes(self, text: TextFacts, units: tuple[str, ...] = ()) -> bool:
        """True for words that may be the caption of a picture. Names of `units` describe nothing."""
        return describes(self.own_words(text).text, self.material_names, units)

    def find_purport(self, text: TextFacts) -> Purport:
        """Returns what a mail body mainly is."""
        own = self.own_words(text)
        if describes(own.text, self.material_names):
            weight = weigh(own.text, self.material_names)
            return Purport.NOTE if weight.is_cover_note else Purport.REPORT
        if weigh(own.text, self.material_names).note and has_substance(own.text):
            return Purport.NOTE
        return Purport.COPY if own.words < text.words and has_substance(text.text) else Purport.NOTHING

    def is_excuse(self, file: FileFacts) -> bool:
        """True for a document that says nothing of its own: a cover note, or a copy of the notice or of a letter."""
        if file.text is None or not file.text.words:
            return False
        own = self.own_words(file.text)
        if own.words < file.text.words * _MINIMUM_OWN_SHARE:
            return True
        if own.words > _MAXIMUM_NOTE_WORDS or file.text.tables or file.text.pictures:
            return False
        return weigh(own.text, self.material_names).is_cover_note
