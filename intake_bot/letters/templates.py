"""Renders letters from templates: the admin's own first, then the packaged ones.

Templates run in Jinja2's sandbox, and a fault in one is a ConfigError with file and line. `words/*.txt` hold the
sentences of each letter in blocks, for text and HTML alike; the other templates are their layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import css_inline
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake_bot.errors import ConfigError
from intake_bot.letters import chinese
from intake_bot.letters.telephones import telephones
from intake_bot.letters.template_faults import encoding_fault, rendering_fault, syntax_fault, template_fault
from intake_bot.notices.day_words import month_day, weekday_date

SUFFIXES = (".txt", ".html", ".css")
_BLANK_LINES = re.compile(r"\n{3,}")


class _Compiled(BytecodeCache):
    """The last version of each template that this process compiled: most are read again without an edit."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType | None]] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Not the file: what it says makes the code."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.checksum, bucket.code


_compiled_before = _Compiled()


class _Sandbox(ImmutableSandboxedEnvironment):
    """Asks once what a template may read: it depends on the type of the object and on the name, and a letter reads a
    hundred attributes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        asked = (type(obj), attr)
        if asked not in self._is_safe:
            self._is_safe[asked] = super().is_safe_attribute(obj, attr, value)
        return self._is_safe[asked]


def letter_environment(
    loader: BaseLoader, undefined: type[Undefined] = StrictUndefined
) -> ImmutableSandboxedEnvironment:
    """Jinja2 in its sandbox, with HTML escaped and with filters for dates and sizes."""
    environment = _Sandbox(
        loader=loader,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=undefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled_before,
    )
    environment.filters.update(
        month_day=month_day,
        weekday_date=weekday_date,
        moment=chinese.full_time,
        short_moment=chinese.short_time,
        tight_moment=chinese.tight_time,
        clock=chinese.clock_time,
        deadline=chinese.deadline,
        size=chinese.size,
        telephones=telephones,
    )
    return environment


def read_templates(folders: Sequence[Path], tested: Path | None = None, left_out: Collection[Path] = ()) -> Templates:
    """Reads the templates of several folders, in order of precedence, but for the files `left_out`. Raises ConfigError
    with a fault for each that cannot be compiled.

    Templates that are the same in the folder `tested` have no fault, and are compiled when a letter needs them: to
    compile all takes as long as to read everything under config/.
    """
    read = {folder: _read(folder) for folder in (*folders, *((tested,) if tested else ()))}
    known = read[tested] if tested else {}
    snapshot = _Snapshot({folder: read[folder] for folder in folders}, frozenset(left_out))
    unchanged = [name for name, raw in snapshot.raw.items() if known.get(name) == raw]
    return Templates(letter_environment(snapshot), unchanged)


def _read(folder: Path) -> Mapping[str, bytes]:
    """The templates of a folder by name, with slashes."""
    found = (path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


class _Snapshot(BaseLoader):
    """Templates as they were when they were read, the first folder first: a later edit is seen by whoever reads them
    anew."""

    def __init__(self, folders: dict[Path, Mapping[str, bytes]], left_out: Set[Path]) -> None:
        self.raw = {
            name: raw
            for folder, templates in reversed(folders.items())
            for name, raw in templates.items()
            if folder / name not in left_out
        }

    def get_source(self, environment: Environment, template: str) -> tuple[str, None, None]:
        if template not in self.raw:
            raise TemplateNotFound(template)
        return self.raw[template].decode("utf-8-sig"), None, None  # Notepad writes a byte order mark

    def list_templates(self) -> list[str]:
        return sorted(self.raw)


@dataclass(frozen=True)
class Letter:
    """A finished letter, as it is stored in the outbox and sent word for word.

    `text` and `html` say the same; `subject` is one line. None of them holds raw text from a mail.
    """

    subject: str
    text: str
    html: str


class Templates:
    """Renders templates by name. All but those that are `known_good` are compiled when it is made, which raises
    ConfigError where one cannot be."""

    def __init__(self, environment: ImmutableSandboxedEnvironment, known_good: Collection[str] = ()) -> None:
        self._environment = environment
        self._known_good = frozenset(known_good)
        self._templates = _compile_all(environment, self._known_good)
        # A template must not make the program fetch anything.
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def render_text(self, name: str, /, **values: object) -> str:
        """A plain text letter. Several blank lines in a row become one. Raises ConfigError."""
        rendered = self._render(name, _render_with(values))
        return _BLANK_LINES.sub("\n\n", rendered).strip() + "\n"

    def render_html(self, name: str, /, **values: object) -> str:
        """An HTML letter with its styles in the elements, since mail programs drop style sheets. Raises ConfigError."""
        rendered = self._render(name, _render_with(values))
        try:
            return self._inliner.inline(rendered)
        except css_inline.InlineError as error:
            raise ConfigError((template_fault(name, 0, f"样式无法处理：{error}"),)) from error

    def render_paragraphs(self, name: str, block: str, /, **values: object) -> tuple[str, ...]:
        """One block of a `words/` template as plain text, a paragraph from each line. Raises ConfigError."""

        def render(template: Template) -> str:
            return "".join(template.blocks[block](template.new_context(values)))

        if block not in self._find(name).blocks:
            raise ConfigError((template_fault(name, 0, f"缺少段落 {block}"),))
        return tuple(line.strip() for line in self._render(name, render).splitlines() if line.strip())

    def render_line(self, name: str, block: str, /, **values: object) -> str:
        """One block of a `words/` template on a single line. Raises ConfigError."""
        return "".join(self.render_paragraphs(name, block, **values))

    def find_paragraphs(self, name: str, block: str, /, **values: object) -> tuple[str, ...]:
        """The same of a block that need not be there: then nothing. Raises ConfigError."""
        return self.render_paragraphs(name, block, **values) if block in self._find(name).blocks else ()

    def _find(self, name: str) -> Template:
        if name in self._known_good and name not in self._templates:
            self._templates[name] = self._environment.get_template(name)
        if name not in self._templates:
            raise ConfigError((template_fault(name, 0, "缺少这个模板"),))
        return self._templates[name]

    def _render(self, name: str, render: Callable[[Template], str]) -> str:
        template = self._find(name)
        try:
            return render(template)
        except Exception as error:  # expressions of a template can raise anything
            raise ConfigError((rendering_fault(error, name),)) from error


def write_letter(name: str, context: object, templates: Templates) -> Letter:
    """Writes a letter with headline and opening, whose words and layout have this name. Templates see the context as
    `letter`. Raises ConfigError for a broken template."""
    words = f"words/{name}.txt"
    values = {
        "letter": context,
        "headline": templates.render_line(words, "headline", letter=context),
        "opening": templates.render_paragraphs(words, "opening", letter=context),
    }
    return Letter(
        subject=templates.render_line(words, "subject", letter=context),
        text=templates.render_text(f"{name}.txt", **values),
        html=templates.render_html(f"{name}.html", **values),
    )


def _compile_all(environment: ImmutableSandboxedEnvironment, known_good: Set[str]) -> dict[str, Template]:
    templates, faults = {}, []
    for name in template_names(environment):
        if name in known_good:
            continue
        try:
            templates[name] = environment.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(syntax_fault(error))
        except UnicodeDecodeError:
            faults.append(encoding_fault(name))
    if faults:
        raise ConfigError(tuple(faults))
    return templates


def template_names(environment: Environment) -> list[str]:
    """The names of all templates, with slashes."""
    return environment.list_templates(filter_func=lambda name: name.endswith(SUFFIXES))


def _render_with(values: Mapping[str, object]) -> Callable[[Template], str]:
    # Not `render`, which rewrites tracebacks: they would no longer show the template of a fault.
    return lambda template: "".join(template.root_render_func(template.new_context(dict(values))))
