"""Checks an admin's templates before a school gets a letter: every fault at once.

Every letter is rendered with sample values; what that cannot show is read from the source.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from traceback import walk_stack

from jinja2 import BaseLoader, ChainableUndefined, DictLoader, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters.reply import ReplyPage
from intake_bot.letters.template_check.digest_samples import MARKUP
from intake_bot.letters.template_check.samples import LETTERS
from intake_bot.letters.template_check.source import Nearest, TemplateSource, parts_of
from intake_bot.letters.template_faults import innermost_template, template_fault
from intake_bot.letters.templates import Templates, letter_environment
from intake_bot.mail.reading.html_page import read_page

Sources = Mapping[str, bytes]
"""Templates as they are written, by name, with slashes."""

_FRAME = "letter.html"
"""The other HTML templates extend it: its blocks are all that they may fill."""
_REMARKS = (
    (
        re.compile(r"<\s*(?:script|iframe|object|embed|form|input|button)\b|\bon\w+\s*=|javascript:", re.IGNORECASE),
        "邮箱会删掉脚本、表单和嵌入的网页，这封信还可能被当成垃圾邮件",
    ),
    (
        re.compile(r"<\s*(?:img\b(?![^>]*\bsrc=\"cid:)|link\b)|\bbackground\s*=|url\(|@import", re.IGNORECASE),
        "邮箱一般不显示外来的图片和样式，对方看到的会缺一块",
    ),
    (
        re.compile(r"<\s*a\b[^>]*\bhref\s*=(?!\s*[\"']?(?:tel|mailto):)", re.IGNORECASE),
        "学校分不清链接的真假，最好只写文字（打电话的 tel: 可以）",
    ),
    (re.compile(MARKUP), "来信人写的内容会原样放进网页，可能夹带脚本，请去掉“|safe”或“autoescape”"),
)
"""What mailboxes remove, hide or distrust in a page, and the markup of a stranger."""


@dataclass(frozen=True)
class TemplateReport:
    """`faults` stop the program, `remarks` are advice; both in the order of files and lines."""

    faults: tuple[ConfigFault, ...]
    remarks: tuple[ConfigFault, ...]


def check_templates(theirs: Sources, ours: Sources, nearest: Nearest) -> TemplateReport:
    """Checks the templates of a home. Where it has none of its own, or one that cannot be compiled, letters are
    rendered with the packaged one of `ours`."""
    environment = letter_environment(BaseLoader())
    read, compiled, faults = [], {}, list[ConfigFault]()
    for name, raw in theirs.items():
        try:
            read.append(source := TemplateSource(name, raw, environment, nearest))
            source.compile()
            compiled[name] = raw
        except ConfigError as error:
            faults += error.faults
    rendering = _render_all({**ours, **compiled}, nearest)
    blocks = {
        name: TemplateSource(name, raw, environment, nearest).blocks
        for name, raw in ours.items()
        if name == _FRAME or (name in theirs and name.startswith("words/"))
    }
    for source in read:
        values = rendering.values.get(source.name, {})
        needed = blocks.get(source.name, frozenset()) if source.name != _FRAME else frozenset()
        faults += (*source.find_unknown_parts(values), *source.find_wrong_blocks(needed, blocks[_FRAME]))
        faults += source.find_missing_templates(ours.keys() | theirs.keys())
        if values and source.name in compiled:
            faults += source.find_unknown_names(values)
    known = {(fault.file, fault.line) for fault in (*faults, *rendering.noted)}
    failed = [fault for fault in rendering.failed if (fault.file, fault.line) not in known]
    faults += [fault for fault in rendering.noted if fault not in faults]
    files = {fault.file for fault in (*faults, *failed)}
    faults += (*failed, *(fault for fault in rendering.empty if fault.file not in files))
    unused = theirs.keys() - ours.keys() - {name for source in read for name in source.uses}
    remarks = [*rendering.remarks, *(_report_unused(name, nearest(name, ours)) for name in unused)]
    return TemplateReport(_in_order(faults), _in_order(remarks))


def _report_unused(name: str, near: str | None) -> ConfigFault:
    hint = f"，是不是想写“{near}”？" if near else ""
    return template_fault(name, 0, f"没有信件用到这个文件{hint}")


def _in_order(found: Iterable[ConfigFault]) -> tuple[ConfigFault, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda fault: (fault.file, fault.line)))


@dataclass
class _Rendering:
    """What came to light while letters were rendered."""

    noted: list[ConfigFault] = field(default_factory=list)
    """Names that do not exist."""
    failed: list[ConfigFault] = field(default_factory=list)
    """What stopped a template."""
    empty: list[ConfigFault] = field(default_factory=list)
    """Templates that wrote nothing."""
    remarks: list[ConfigFault] = field(default_factory=list)
    values: dict[str, Mapping[str, object]] = field(default_factory=dict)
    """By template, what it was rendered with; nothing for those that another one includes or extends."""
    pages: dict[tuple[str, str], str] = field(default_factory=dict)
    """By template and page, the words that it shows: a page that comes out twice is read once."""


def _render_all(sources: Sources, nearest: Nearest) -> _Rendering:
    """Every letter twice: leniently, which shows every name that does not exist, then as strictly as at work."""
    loader = DictLoader({name: source.decode("utf-8-sig") for name, source in sources.items()})
    rendering = _Rendering()
    for undefined in (_noting(rendering, nearest), StrictUndefined):
        templates = _RecordingTemplates(letter_environment(loader, undefined), rendering)
        for compose in LETTERS.values():
            try:
                compose(templates)
            except ConfigError as error:
                rendering.failed += error.faults
    return rendering


def _noting(rendering: _Rendering, nearest: Nearest) -> type[Undefined]:
    """The class of what does not exist: each time one comes up it is noted with its place, and rendering goes on."""

    class Noting(ChainableUndefined):
        def __init__(self, hint: str | None = None, obj: object = missing, name: str | None = None, *more: object):
            super().__init__(hint, obj, name)
            place = innermost_template(walk_stack(sys._getframe()))
            if name is None or place is None:
                return
            template, line = place
            near = nearest(name, rendering.values.get(template, {}) if obj is missing else parts_of(obj))
            words = f"没有“{name}”这个名称{f'，是不是想写“{near}”？' if near else ''}"
            rendering.noted.append(template_fault(template, line, words))

    return Noting


class _RecordingTemplates(Templates):
    """Templates that record what they are rendered with, and look at what comes of it."""

    def __init__(self, environment: ImmutableSandboxedEnvironment, rendering: _Rendering) -> None:
        super().__init__(environment)
        self._rendering = rendering

    def render_text(self, name: str, /, **values: object) -> str:
        self._rendering.values[name] = values
        written = super().render_text(name, **values)
        self._look_at(name, written, values)
        return written

    def render_html(self, name: str, /, **values: object) -> str:
        self._rendering.values[name] = values
        written = super().render_html(name, **values)
        pages, page = self._rendering.pages, (name, written)
        if page not in pages:
            pages[page] = read_page(written).text
            for pattern, why in _REMARKS:
                for found in pattern.finditer(written):
                    self._rendering.remarks.append(template_fault(name, 0, f"“{found[0].strip()}”：{why}"))
        self._look_at(name, pages[page], values)
        return written

    def render_paragraphs(self, name: str, block: str, /, **values: object) -> tuple[str, ...]:
        self._rendering.values[name] = values
        try:
            written = super().render_paragraphs(name, block, **values)
        except ConfigError as error:  # what shows the paragraphs has faults of its own
            self._rendering.failed += error.faults
            return ()
        if not written:
            self._rendering.empty.append(template_fault(name, 0, f"段落“{block}”写出来是空的"))
        return written

    def _look_at(self, name: str, shown: str, values: Mapping[str, object]) -> None:
        letter = values.get("letter")
        if not shown.strip():
            self._rendering.empty.append(template_fault(name, 0, "写出来是空的"))
        elif isinstance(letter, ReplyPage) and letter.receipt not in shown:  # of a trial it is empty
            words = "信里没有回执编号（letter.receipt）：学校打电话来问时，查不到是哪一封"
            self._rendering.remarks.append(template_fault(name, 0, words))
