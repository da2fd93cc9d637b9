"""What is wrong with an admin's templates: all of it at once, before a school gets a letter.

Each template is read for names, filters and blocks that do not exist; then every letter is rendered with the sample
values, so that what only shows at work is found too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import FrameType

from jinja2 import BaseLoader, ChainableUndefined, DictLoader, Template, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters.reply import AnswerPage
from intake_bot.letters.samples import LETTERS
from intake_bot.letters.template_reading import Nearest, Surroundings, read_template
from intake_bot.letters.template_values import FRAME, VALUES, parts_of
from intake_bot.letters.templates import Templates, letter_environment
from intake_bot.mail.markup import own_page

Sources = Mapping[str, bytes]
"""Templates as they are written, by name, with slashes."""


@dataclass(frozen=True)
class TemplateReport:
    """`faults` must be mended, `remarks` should be looked at; both in the order of files and lines."""

    faults: tuple[ConfigFault, ...]
    remarks: tuple[ConfigFault, ...]


def check_templates(theirs: Sources, ours: Sources, nearest: Nearest) -> TemplateReport:
    """Reads the templates of a home, and renders every letter with them and, where it has none of its own or one that
    cannot be rendered at all, with the packaged ones, `ours`."""
    environment = letter_environment(BaseLoader())
    frame = environment.parse(ours[FRAME].decode("utf-8-sig"))
    around = Surroundings(
        environment, ours.keys() | theirs.keys(), {block.name for block in frame.find_all(nodes.Block)}, nearest
    )
    readings = {name: read_template(name, source, around) for name, source in theirs.items()}
    faults = [fault for reading in readings.values() for fault in reading.faults]
    remarks = [remark for reading in readings.values() for remark in reading.remarks]
    used = ours.keys() | {name for reading in readings.values() for name in reading.uses}
    for name in theirs.keys() - used:
        near = nearest(name, ours)
        hint = f"，是不是想写“{near}”？" if near else ""
        remarks.append(ConfigFault(f"templates/{name}", 0, 0, f"没有信件用到这个文件{hint}"))
    rendered = {name: source for name, source in theirs.items() if readings[name].compiles}
    seen = _render_all({**ours, **rendered}, nearest)
    known = {(fault.file, fault.line) for fault in faults}
    faults += [fault for fault in seen.faults if (fault.file, fault.line) not in known]
    return TemplateReport(_in_order(faults), _in_order((*remarks, *seen.remarks)))


def _in_order(found: Iterable[ConfigFault]) -> tuple[ConfigFault, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line)))


# ---- at work -------------------------------------------------------------------------------------------------------


def _render_all(sources: Sources, nearest: Nearest) -> TemplateReport:
    """Every letter twice: leniently, which shows every name that does not exist, then as strictly as in earnest."""
    texts = {name: source.decode("utf-8-sig") for name, source in sources.items()}
    loader = DictLoader(texts)
    notes: list[ConfigFault] = []
    faults: list[ConfigFault] = []
    watched = _Watched(letter_environment(loader, _noting(notes, nearest)))
    strict = Templates(letter_environment(loader))
    for templates in (watched, strict):
        for compose in LETTERS.values():
            try:
                compose(templates)
            except ConfigError as error:
                faults += error.faults
    noted = {(note.file, note.line) for note in notes}
    empty = {fault.file for fault in (*notes, *faults)}
    faults = [fault for fault in faults if (fault.file, fault.line) not in noted]
    faults += [fault for fault in watched.empty if fault.file not in empty]
    return TemplateReport((*notes, *faults), tuple(watched.remarks))


def _noting(notes: list[ConfigFault], nearest: Nearest) -> type[Undefined]:
    """The class of what does not exist: each time one comes up it is noted with its place, and rendering goes on."""

    class Noting(ChainableUndefined):
        def __init__(self, hint: str | None = None, obj: object = missing, name: str | None = None, *more: object):
            super().__init__(hint, obj, name)
            if name is None or (place := _place_at_work()) is None:
                return
            template, line = place
            known = VALUES.get(template, {}) if obj is missing else parts_of(type(obj))
            near = nearest(name, known)
            words = f"没有“{name}”这个名称{f'，是不是想写“{near}”？' if near else ''}"
            notes.append(ConfigFault(f"templates/{template}", line, 0, words))

    return Noting


def _place_at_work() -> tuple[str, int] | None:
    """Name and line of the template that is being rendered; None outside of one."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template) and template.name:
            return template.name, template.get_corresponding_lineno(frame.f_lineno)
        frame = frame.f_back
    return None


class _Watched(Templates):
    """Templates that note what comes out empty, or without the receipt number."""

    def __init__(self, environment: ImmutableSandboxedEnvironment) -> None:
        super().__init__(environment)
        self.empty: list[ConfigFault] = []
        self.remarks: list[ConfigFault] = []

    def text(self, name: str, /, **values: object) -> str:
        written = super().text(name, **values)
        self._look_at(name, written, values)
        return written

    def html(self, name: str, /, **values: object) -> str:
        written = super().html(name, **values)
        self._look_at(name, own_page(written).text, values)
        return written

    def paragraphs(self, name: str, block: str, /, **values: object) -> tuple[str, ...]:
        written = super().paragraphs(name, block, **values)
        if not written:
            self.empty.append(ConfigFault(f"templates/{name}", 0, 0, f"段落“{block}”写出来是空的"))
        return written

    def _look_at(self, name: str, shown: str, values: Mapping[str, object]) -> None:
        letter = values.get("letter")
        if not shown.strip():
            self.empty.append(ConfigFault(f"templates/{name}", 0, 0, "写出来是空的"))
        elif isinstance(letter, AnswerPage) and letter.receipt not in shown:
            words = "信里没有回执编号（letter.receipt）：学校打电话来问时，查不到是哪一封"
            self.remarks.append(ConfigFault(f"templates/{name}", 0, 0, words))
