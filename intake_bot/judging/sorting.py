"""Which file serves which part of which material.

A file goes to the part it fits best: a part of its kind, with the fewest faults, the earlier one of equals. A part
that is left with nothing may share a file that fits it without fault: the pictures of a 图片新闻 may well be those
of the 照片 in the same mail. What a file is was read from its bytes; its name only helps where the bytes say nothing
(a broken .jpg is a broken photo, not an unknown thing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from intake_bot.files.facts import ARCHIVES, DANGEROUS, PHOTOS, TEXTS, VIDEOS, FileFacts, Kind, MailFacts, Trouble
from intake_bot.judging.captions import picture_name
from intake_bot.judging.forms import check_form, is_form
from intake_bot.judging.rules.photo import check_photo
from intake_bot.judging.rules.text import BODY_NAME, body_as_file, check_text
from intake_bot.judging.rules.video import check_video
from intake_bot.judging.verdict import Finding
from intake_bot.mail.body import says_something
from intake_bot.notices.notice import FormPart, Material, Part, PartBase, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.spelling import compact

SMALL_INLINE_BYTES = 100_000
"""Pictures shown inside the mail's HTML below this size are logos and signatures, not material."""

BODY_TEXT_WORDS = 50
"""A mail body of fewer 字 accompanies files and is no text of its own."""

NO_PROSE = frozenset({Kind.XLS, Kind.XLSX, Kind.PPT, Kind.PPTX, Kind.IWORK})
"""A table or slides are no prose, whatever they weigh in 字; nor is what no clerk's machine can open."""

_CLAIMS = {
    ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".png": Kind.PNG, ".heic": Kind.HEIC,
    ".mp4": Kind.MP4, ".mov": Kind.MOV, ".avi": Kind.AVI,
    ".docx": Kind.DOCX, ".doc": Kind.DOC, ".wps": Kind.DOC, ".pdf": Kind.PDF, ".xlsx": Kind.XLSX, ".xls": Kind.XLS,
    ".zip": Kind.ZIP, ".rar": Kind.RAR, ".7z": Kind.SEVEN_ZIP,
}  # fmt: skip


@dataclass
class Place:
    """One part of one material, and the files that serve it."""

    material: Material
    part: Part
    files: list[FileFacts] = field(default_factory=list)

    @property
    def short(self) -> bool:
        return len(self.files) < self.part.at_least


@dataclass(frozen=True)
class Sorted:
    """The files of a mail, each in its place. `spare` serves no part; a text among them accompanies the pictures."""

    places: tuple[Place, ...]
    archives: tuple[FileFacts, ...]
    dangerous: tuple[FileFacts, ...]
    empty: tuple[FileFacts, ...]
    spare: tuple[FileFacts, ...]
    texts: tuple[FileFacts, ...]

    @property
    def any_came(self) -> bool:
        """The mail brought at least one file."""
        served = [file for place in self.places for file in place.files if file.name != BODY_NAME]
        return bool(served or self.archives or self.dangerous or self.empty or self.spare)

    def of(self, material: Material) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.material is material)


def sort_files(facts: MailFacts, materials: Sequence[Material]) -> Sorted:
    """Puts every file of a mail into its place."""
    files = [_as_claimed(file) for file in facts.files if not is_decoration(file)]
    places = tuple(Place(material, part) for material in materials for part in material.parts)
    content = [f for f in files if f.kind not in ARCHIVES | DANGEROUS | {Kind.EMPTY}]
    texts = [f for f in content if f.kind in TEXTS]
    forms = {id(file) for file in _place_forms(places, texts)}
    free_texts = [file for file in texts if id(file) not in forms]
    _place(places, [f for f in content if f.kind in PHOTOS], PhotoPart)
    _place(places, [f for f in content if f.kind in VIDEOS], VideoPart)
    _place(places, _without_descriptions(free_texts, places), TextPart)
    _leave_out_extras(places)
    _place_body(places, facts)
    served = {id(file) for place in places for file in place.files}
    return Sorted(
        places,
        archives=tuple(f for f in files if f.kind in ARCHIVES),
        dangerous=tuple(f for f in files if f.kind in DANGEROUS),
        empty=tuple(f for f in files if f.kind is Kind.EMPTY),
        spare=tuple(f for f in content if id(f) not in served),
        texts=tuple(texts),
    )


def later_volumes(files: Iterable[FileFacts], archives: Iterable[FileFacts]) -> list[FileFacts]:
    """Of these archives, the later volumes of those that the files came out of."""
    names = [file.shown_name for file in files]
    return [one for one in archives if one.volume_of and any(name.startswith(f"{one.volume_of}/") for name in names)]


def is_decoration(file: FileFacts) -> bool:
    """True for a logo or a signature: a small picture that the mail's HTML shows."""
    return file.inline and file.bytes < SMALL_INLINE_BYTES


def _as_claimed(file: FileFacts) -> FileFacts:
    """A file whose bytes are nothing known, as the damaged thing that its name says it was meant to be."""
    claim = _CLAIMS.get(PurePosixPath(file.name).suffix.lower())
    shapeless = file.kind is Kind.UNKNOWN or (
        file.kind in (Kind.TEXT, Kind.HTML) and claim in PHOTOS | VIDEOS | {Kind.DOCX}
    )
    if claim is None or not shapeless:
        return file
    trouble = Trouble.DAMAGED if file.trouble in (None, Trouble.UNSUPPORTED) else file.trouble
    return replace(file, kind=claim, trouble=trouble, text=None)


def faults(part: Part, file: FileFacts) -> list[Finding]:
    """Everything wrong with one file in this part."""
    match part:
        case PhotoPart():
            return check_photo(part, file)
        case VideoPart():
            return check_video(part, file)
        case TextPart():
            return check_text(part, file)
        case FormPart():
            return check_form(part, file)


def _place(places: Iterable[Place], files: Sequence[FileFacts], kind: type[Part]) -> None:
    """Puts each file into the fitting place with the fewest faults, then lets empty places share."""
    open_places = [place for place in places if isinstance(place.part, kind)]
    for file in files:
        fitting = [place for place in open_places if _may_serve(place.part, file)]
        if fitting:
            best = min(fitting, key=lambda place: (_errors(place.part, file), not _named_for(place.material, file)))
            best.files.append(file)
    for place in open_places:
        if not place.files:
            place.files.extend(file for file in files if _may_serve(place.part, file) and not _errors(place.part, file))


def _may_serve(part: Part, file: FileFacts) -> bool:
    return not (wants_prose(part) and file.kind in NO_PROSE)


def wants_prose(part: PartBase) -> bool:
    """A text that has to be so long must be written as one."""
    return isinstance(part, TextPart) and part.length is not None


def _leave_out_extras(places: Iterable[Place]) -> None:
    """Where enough texts are right as they are, the others (a scan of the same text, a note on its author) are extras:
    they are no reason to send anything back."""
    for place in places:
        if isinstance(place.part, TextPart):
            right = [file for file in place.files if not _doubts(place.part, file)]
            if right and len(right) >= place.part.at_least:
                place.files[:] = right


def _doubts(part: Part, file: FileFacts) -> bool:
    return any(finding.severity is Severity.ERROR or finding.holds for finding in faults(part, file))


def _errors(part: Part, file: FileFacts) -> int:
    return sum(finding.severity is Severity.ERROR for finding in faults(part, file))


def _named_for(material: Material, file: FileFacts) -> bool:
    name = compact(file.shown_name)
    return any(compact(word) in name for word in (material.name, *material.aliases))


def _place_forms(places: Iterable[Place], texts: Sequence[FileFacts]) -> list[FileFacts]:
    """Puts every form into its place and returns all that are one. Beside a form that is filled in, the template that
    came with it serves no part."""
    forms = []
    for place in places:
        if isinstance(place.part, FormPart):
            mine = [file for file in texts if is_form(place.part, file)]
            place.files.extend([file for file in mine if not faults(place.part, file)] or mine)
            forms += mine
    return forms


def _without_descriptions(texts: Sequence[FileFacts], places: Iterable[Place]) -> list[FileFacts]:
    """Leaves out 图片说明.docx beside photos or videos, and what is named like one of them, if another text is there to
    be the material."""
    pictured = [place for place in places if isinstance(place.part, PhotoPart | VideoPart)]
    pictures = {picture_name(file.name) for place in pictured for file in place.files}
    main = [
        file
        for file in texts
        if not (pictured and (re.search(r"说明|图注|解说", file.name) or picture_name(file.name) in pictures))
    ]
    return main or list(texts)


def _place_body(places: Iterable[Place], facts: MailFacts) -> None:
    """The mail body is the text where no file is, or where it is right and no file is."""
    if not says_something(facts.body.text):
        return
    body = body_as_file(facts.body)
    for place in places:
        part = place.part
        if not isinstance(part, TextPart) or (part.length is not None and facts.body.words < BODY_TEXT_WORDS):
            continue
        if not place.files or (not _errors(part, body) and all(_errors(part, file) for file in place.files)):
            place.files[:] = [body]
