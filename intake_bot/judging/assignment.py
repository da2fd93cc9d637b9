"""Assigns every file of a mail to a part of a material.

A file goes to the part that it fits best: a part of its kind with the fewest errors, the first of equals. It serves
this part alone, and once: a part that would stay empty takes a file from a part that can spare it, and a copy under
another name serves nothing. Only the pictures that two materials ask for may be the same (图片新闻 and 照片).
The bytes of a file say what kind it is. Its name decides only where they do not (a damaged .jpg is a damaged photo),
and where its kind is not what its name promises (短片.mp4 that is a picture is a wrong video).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from intake_bot.files.facts import (
    ARCHIVES,
    DANGEROUS,
    PHOTOS,
    TEXTS,
    VIDEOS,
    FileFacts,
    Kind,
    MailFacts,
    TextFacts,
    Trouble,
)
from intake_bot.judging.captions import picture_name
from intake_bot.judging.forms import check_form, find_title_lines, is_form, is_named_form
from intake_bot.judging.prior_mail.duplicate_files import FileCopy, find_copies
from intake_bot.judging.prose.reader import ProseReader, Purport
from intake_bot.judging.rules.photo import check_photo
from intake_bot.judging.rules.text import BODY_NAME, body_as_file, check_text
from intake_bot.judging.rules.video import check_video
from intake_bot.judging.rules.wrong_kind import claimed_kinds, kinds_of, report_wrong_kind
from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import FormPart, Material, Part, PartBase, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.spelling import compact

MINIMUM_INLINE_BYTES = 100_000
"""Smaller pictures inside the mail's HTML are logos and signatures."""
MINIMUM_INLINE_SIDE = 450
"""Pixels of the shorter side, below which such a picture is a logo: the QR code of a business card has 430."""
MINIMUM_PICTURE_SIDE = 150
"""The same for a picture that the HTML does not show, and that has a Content-ID all the same."""

NOT_PROSE = frozenset({Kind.XLS, Kind.XLSX, Kind.XLSB, Kind.SPREADSHEETML, Kind.PPT, Kind.PPTX, Kind.IWORK})
"""Tables and slides, which are no text however many 字 they hold, and documents that no clerk's machine opens."""

_MINIMUM_REPORT = 20
"""字 of a report in a mail body that a letter speaks of. A shorter one was hardly meant as a text."""

KIND_BY_SUFFIX = {
    ".jpg": Kind.JPEG, ".jpeg": Kind.JPEG, ".png": Kind.PNG, ".heic": Kind.HEIC,
    ".mp4": Kind.MP4, ".mov": Kind.MOV, ".avi": Kind.AVI,
    ".docx": Kind.DOCX, ".doc": Kind.DOC, ".wps": Kind.DOC, ".pdf": Kind.PDF, ".xlsx": Kind.XLSX, ".xls": Kind.XLS,
    ".zip": Kind.ZIP, ".rar": Kind.RAR, ".7z": Kind.SEVEN_ZIP,
}  # fmt: skip
_RARE_ARCHIVES = frozenset(
    f".{suffix}"
    for suffix in (
        *("tar", "tgz", "gz", "bz2", "tbz", "tbz2", "xz", "txz", "lzma", "tlz", "lz", "lz4", "lzo", "zst", "z", "br"),
        *("cpio", "shar", "zipx", "cab", "arj", "ace", "lzh", "lha", "alz", "egg", "kz", "uha", "zoo", "arc"),
        *("sit", "sitx", "zpaq"),
    )
)
"""Names of archives that the program does not know by their bytes. A clerk's machine may open them."""


@dataclass
class Assignment:
    """A part of a material, and the files that are assigned to it."""

    material: Material
    part: Part
    files: list[FileFacts] = field(default_factory=list)
    shared_with: Assignment | None = None
    """The part of another material that these pictures were assigned to first."""

    @property
    def is_short(self) -> bool:
        """True for fewer files than the notice asks for."""
        return len(self.files) < self.part.at_least

    @property
    def is_needed(self) -> bool:
        """True for a part without which the material is rejected."""
        return self.part.missing is Severity.ERROR

    @property
    def can_spare_file(self) -> bool:
        """True where the material would still be accepted with one file less."""
        return not self.is_needed or len(self.files) > self.part.at_least


@dataclass(frozen=True)
class UnusedBody:
    """What a mail body is that serves no part, and its 字."""

    purport: Purport
    words: int


@dataclass(frozen=True)
class AssignedFiles:
    """All files of a mail. `unused` are assigned to no part; texts among them may accompany pictures."""

    assignments: tuple[Assignment, ...]
    archives: tuple[FileFacts, ...]
    dangerous: tuple[FileFacts, ...]
    empty: tuple[FileFacts, ...]
    unused: tuple[FileFacts, ...]
    texts: tuple[FileFacts, ...]
    """Texts that say something of their own, copies among them."""
    excuses: tuple[FileFacts, ...] = ()
    """Texts that only speak to the office, or repeat the notice or a letter of ours. They are unused, too."""
    copies: tuple[FileCopy, ...] = ()
    """Files with the bytes of another file of this mail."""
    unused_body: UnusedBody | None = None
    """A mail body that says something and serves no part."""

    @property
    def has_files(self) -> bool:
        """True for a mail with at least one file."""
        served = [file for assignment in self.assignments for file in assignment.files if file.name != BODY_NAME]
        return bool(served or self.archives or self.dangerous or self.empty or self.unused)

    def for_material(self, material: Material) -> tuple[Assignment, ...]:
        """Returns one assignment for each part of the material."""
        return tuple(assignment for assignment in self.assignments if assignment.material is material)


def assign_files(facts: MailFacts, materials: Sequence[Material], reader: ProseReader) -> AssignedFiles:
    """Assigns every file of a mail."""
    files = [_as_claimed(file) for file in facts.files if not is_decoration(file)]
    every_content = [f for f in files if f.kind not in ARCHIVES | DANGEROUS | {Kind.EMPTY}]
    copies = find_copies(every_content)
    copied = {id(one.copy) for one in copies}
    content = [file for file in every_content if id(file) not in copied]
    texts = [file for file in every_content if file.kind in TEXTS]
    excuses = {id(file) for file in texts if reader.is_excuse(file)}
    assignments = tuple(Assignment(material, part) for material in materials for part in material.parts)
    _assign_content([file for file in content if id(file) not in excuses], assignments)
    _assign_body(assignments, facts, reader)
    served = {id(file) for assignment in assignments for file in assignment.files}
    return AssignedFiles(
        assignments,
        archives=tuple(f for f in files if f.kind in ARCHIVES),
        dangerous=tuple(f for f in files if f.kind in DANGEROUS),
        empty=tuple(f for f in files if f.kind is Kind.EMPTY),
        unused=tuple(f for f in content if id(f) not in served),
        texts=tuple(f for f in texts if id(f) not in excuses),
        excuses=tuple(f for f in texts if id(f) in excuses),
        copies=copies,
        unused_body=_find_unused_body(assignments, facts.body, reader),
    )


def _find_unused_body(assignments: Iterable[Assignment], body: TextFacts, reader: ProseReader) -> UnusedBody | None:
    if any(file.name == BODY_NAME for assignment in assignments for file in assignment.files):
        return None
    purport = reader.find_purport(body)
    is_short = purport is Purport.REPORT and body.words < _MINIMUM_REPORT
    return None if is_short or purport is Purport.NOTHING else UnusedBody(purport, body.words)


def _assign_content(content: Sequence[FileFacts], assignments: tuple[Assignment, ...]) -> None:
    misnamed = [file for file in content if _find_claimed(file, assignments)]
    named_wrong = {id(file) for file in misnamed}
    honest = [file for file in content if id(file) not in named_wrong]
    texts = [f for f in honest if f.kind in TEXTS]
    forms = {id(file) for file in _assign_forms(assignments, texts)}
    _assign(assignments, [f for f in honest if f.kind in PHOTOS], PhotoPart)
    _assign(assignments, [f for f in honest if f.kind in VIDEOS], VideoPart)
    free_texts = [file for file in texts if id(file) not in forms]
    _assign(assignments, _without_descriptions(free_texts, assignments), TextPart)
    _leave_out_extras(assignments)
    _assign_misnamed(misnamed, assignments)
    _share_pictures(assignments)


def find_later_volumes(files: Iterable[FileFacts], archives: Iterable[FileFacts]) -> list[FileFacts]:
    """Returns those archives that are later volumes of an archive that the files came out of."""
    names = [file.shown_name for file in files]
    return [one for one in archives if one.volume_of and any(name.startswith(f"{one.volume_of}/") for name in names)]


def is_decoration(file: FileFacts) -> bool:
    """True for what nobody sent as material: a part that a program added, a logo, the picture of a signature.

    Logos and the like are small in bytes and in pixels, and shown by the mail's HTML; smaller ones need only a
    Content-ID. A picture that was not measured counts as small.
    """
    if file.is_program_part:
        return True
    if file.bytes >= MINIMUM_INLINE_BYTES or not (file.inline or file.has_content_id):
        return False
    side = min(file.photo.width, file.photo.height) if file.photo else 0
    if file.inline:
        return side < MINIMUM_INLINE_SIDE
    return file.kind in PHOTOS and 0 < side < MINIMUM_PICTURE_SIDE


def _as_claimed(file: FileFacts) -> FileFacts:
    """Returns a file of unknown content as a damaged file of the kind that its name claims, or as an archive that
    nobody here can open; and sound with the name of a video as a video without a picture."""
    claim = KIND_BY_SUFFIX.get(PurePosixPath(file.name).suffix.lower())
    if file.trouble is Trouble.UNDECODED and (claim or file.kind is not Kind.UNKNOWN):
        # The mail did not give its bytes away, so no fault of the file is known.
        return replace(file, kind=claim or file.kind, trouble=Trouble.UNSUPPORTED, text=None)
    if file.kind is Kind.AUDIO and claim in VIDEOS:
        return replace(file, kind=claim, trouble=Trouble.NO_PICTURE)
    if file.kind is Kind.UNKNOWN and PurePosixPath(file.name).suffix.lower() in _RARE_ARCHIVES:
        return replace(file, kind=Kind.OTHER_ARCHIVE, trouble=Trouble.UNSUPPORTED)
    shapeless = file.kind is Kind.UNKNOWN or (
        file.kind in (Kind.TEXT, Kind.HTML, Kind.XML) and claim in PHOTOS | VIDEOS | {Kind.DOCX}
    )
    if claim is None or not shapeless:
        return file
    trouble = Trouble.DAMAGED if file.trouble in (None, Trouble.UNSUPPORTED) else file.trouble
    return replace(file, kind=claim, trouble=trouble, text=None)


def check_file(part: Part, file: FileFacts) -> list[Finding]:
    """Returns all findings about a file that is assigned to this part."""
    if (wrong_kind := report_wrong_kind(part, file)) is not None:
        return [wrong_kind]
    match part:
        case PhotoPart():
            return check_photo(part, file)
        case VideoPart():
            return check_video(part, file)
        case TextPart():
            return check_text(part, file)
        case FormPart():
            return check_form(part, file)


def _assign(assignments: Iterable[Assignment], files: Sequence[FileFacts], kind: type[Part]) -> None:
    """Assigns each file to the fitting part with the fewest errors. Then short parts take what others can spare."""
    fitting_kind = [assignment for assignment in assignments if isinstance(assignment.part, kind)]
    for file in files:
        fitting = [assignment for assignment in fitting_kind if _can_serve(assignment.part, file)]
        if fitting:
            best = min(fitting, key=lambda one: (_count_errors(one.part, file), not _is_named_for(one.material, file)))
            best.files.append(file)
    for assignment in fitting_kind:
        while assignment.is_needed and assignment.is_short and _take_spare_file(assignment, fitting_kind):
            pass


def _take_spare_file(short: Assignment, others: Sequence[Assignment]) -> bool:
    """Moves a file without errors to a part that has too few. Pictures stay: two materials may share them."""
    for other in others:
        shares = isinstance(short.part, PhotoPart) and other.material is not short.material
        if other is short or shares or not other.can_spare_file:
            continue
        for file in reversed(other.files):
            if _can_serve(short.part, file) and not _count_errors(short.part, file):
                other.files.remove(file)
                short.files.append(file)
                return True
    return False


def _share_pictures(assignments: Iterable[Assignment]) -> None:
    """Gives the pictures of one material also to another one that asks for pictures and has none."""
    asking = [assignment for assignment in assignments if isinstance(assignment.part, PhotoPart)]
    for assignment in asking:
        for other in asking:
            if assignment.files or other.material is assignment.material or other.shared_with is not None:
                continue
            assignment.files += [file for file in other.files if not _count_errors(assignment.part, file)]
            assignment.shared_with = other if assignment.files else None


def _find_claimed(file: FileFacts, assignments: Iterable[Assignment]) -> list[Assignment]:
    """Returns the parts that a file is meant for by its name, and that its kind cannot serve."""
    claimed = claimed_kinds(file)
    may_show_form = file.kind in PHOTOS | VIDEOS
    return [
        one
        for one in assignments
        if file.kind not in kinds_of(one.part)
        and (
            claimed == kinds_of(one.part)
            or (may_show_form and isinstance(one.part, FormPart) and is_named_form(one.part, file))
        )
    ]


def _assign_misnamed(files: Iterable[FileFacts], assignments: Sequence[Assignment]) -> None:
    """Assigns a file that is not what its name says to the part that it is meant for: best one that has too few.

    A part with enough texts needs no other; then the file may serve a part of its real kind.
    """
    for file in files:
        claimed = sorted(_find_claimed(file, assignments), key=lambda one: _claim_order(one, file))
        wanted = [one for one in claimed if one.is_short or isinstance(one.part, PhotoPart | VideoPart)]
        if wanted:
            wanted[0].files.append(file)
        elif file.kind in _PART_OF_KIND:
            _assign(assignments, [file], _PART_OF_KIND[file.kind])


_PART_OF_KIND: dict[Kind, type[Part]] = {
    **dict.fromkeys(PHOTOS, PhotoPart),
    **dict.fromkeys(VIDEOS, VideoPart),
    **dict.fromkeys(TEXTS, TextPart),
}


def _claim_order(one: Assignment, file: FileFacts) -> tuple[bool, bool, bool]:
    is_named_for = (
        is_named_form(one.part, file) if isinstance(one.part, FormPart) else _is_named_for(one.material, file)
    )
    return (not one.is_short, not is_named_for, isinstance(one.part, FormPart))


def _can_serve(part: Part, file: FileFacts) -> bool:
    return not (requires_prose(part) and file.kind in NOT_PROSE)


def requires_prose(part: PartBase) -> bool:
    """True for a text with a required length. Tables and slides cannot serve it."""
    return isinstance(part, TextPart) and part.length is not None


def _leave_out_extras(assignments: Iterable[Assignment]) -> None:
    """Drops faulty texts (a scan of the same text, a note on its author) from a part with enough texts that are right.
    They are no reason to reject anything."""
    for assignment in assignments:
        if isinstance(assignment.part, TextPart):
            right = [file for file in assignment.files if not _has_doubts(assignment.part, file)]
            if right and len(right) >= assignment.part.at_least:
                assignment.files[:] = right


def _has_doubts(part: Part, file: FileFacts) -> bool:
    return any(finding.severity is Severity.ERROR or finding.holds for finding in check_file(part, file))


def _count_errors(part: Part, file: FileFacts) -> int:
    return sum(finding.severity is Severity.ERROR for finding in check_file(part, file))


def _is_named_for(material: Material, file: FileFacts) -> bool:
    name = compact(file.shown_name)
    return any(compact(word) in name for word in (material.name, *material.aliases))


def _assign_forms(assignments: Iterable[Assignment], texts: Sequence[FileFacts]) -> list[FileFacts]:
    """Assigns the forms and returns them all. Beside a filled form, its empty template is assigned to no part.

    A file may hold several forms, each with a title of its own.
    """
    forms = []
    titles: dict[int, set[int]] = {}
    for assignment in assignments:
        if isinstance(assignment.part, FormPart):
            mine = [file for file in texts if _take_title(assignment.part, file, titles.setdefault(id(file), set()))]
            assignment.files.extend([file for file in mine if not check_file(assignment.part, file)] or mine)
            forms += mine
    return forms


def _take_title(part: FormPart, file: FileFacts, taken: set[int]) -> bool:
    """True for a file with this form, whose title stands on a line that no other form has taken. Takes the line."""
    if not is_form(part, file):
        return False
    free = [line for line in find_title_lines(part, file) if line not in taken]
    taken.update(free[:1])
    return bool(free)


def _without_descriptions(texts: Sequence[FileFacts], assignments: Iterable[Assignment]) -> list[FileFacts]:
    """Drops 图片说明.docx beside photos or videos, and texts named like one of them, if another text remains."""
    pictured = [assignment for assignment in assignments if isinstance(assignment.part, PhotoPart | VideoPart)]
    pictures = {picture_name(file.name) for assignment in pictured for file in assignment.files}
    main = [
        file
        for file in texts
        if not (pictured and (re.search(r"说明|图注|解说", file.name) or picture_name(file.name) in pictures))
    ]
    return main or list(texts)


def _assign_body(assignments: Iterable[Assignment], facts: MailFacts, reader: ProseReader) -> None:
    """Makes the mail body the text of one part, where there is no file, or where the body is right and no file is."""
    own = reader.own_words(facts.body)
    body = body_as_file(own)
    wanting = [
        one
        for one in assignments
        if isinstance(one.part, TextPart) and _is_wanted(one, body) and reader.reports(own, one.part.minimum_in_body)
        # What was to be judged may be in the part of the mail that nobody read.
        if not (facts.unread and _count_errors(one.part, body))
    ]
    if wanting:
        best = min(wanting, key=lambda one: (not _takes_body(one.part), bool(one.files), not one.is_needed,
                                             _count_errors(one.part, body)))  # fmt: skip
        best.files[:] = [body]


def _takes_body(part: Part) -> bool:
    return isinstance(part, TextPart) and part.takes_body


def _is_wanted(one: Assignment, body: FileFacts) -> bool:
    """True for a part that the body may serve. Where only the format is wrong, the body is reported as such."""
    assert isinstance(one.part, TextPart)
    if not one.part.takes_body and (one.part.in_body is False or one.part.word is None):
        return False
    if not one.files:
        return True
    return not _count_errors(one.part, body) and all(_count_errors(one.part, file) for file in one.files)
