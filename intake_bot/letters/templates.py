"""The templates: an admin's own first, then the packaged ones.

A template is the admin's data, so it runs in Jinja2's sandbox; a fault in one is a ConfigError with file and line.
`words/*.txt` hold what each letter says in sentences, block by block, once for text and HTML; the other templates
arrange it.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters import chinese

_SUFFIXES = (".txt", ".html", ".css")
_BLANK_LINES = re.compile(r"\n{3,}")


class Templates:
    """Renders by name. Every template is compiled once, when this is made.

    `folders` in order of precedence. Raises ConfigError naming every template that cannot be read.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folders, encoding="utf-8-sig"),  # Notepad writes a byte order mark
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        environment.filters.update(
            month_day=chinese.month_day,
            weekday_date=chinese.weekday_date,
            moment=chinese.moment,
            short_moment=chinese.short_moment,
            deadline=chinese.deadline,
            size=chinese.size,
        )
        self._templates = _compiled(environment)
        # No letter may fetch anything while it is made, whatever a template asks for.
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def text(self, name: str, /, **values: object) -> str:
        """A plain text letter. More than one blank line in a row becomes one."""
        rendered = self._rendered(name, lambda template: template.render(values))
        return _BLANK_LINES.sub("\n\n", rendered).strip() + "\n"

    def html(self, name: str, /, **values: object) -> str:
        """An HTML letter, its styles written into the elements, since mail programs drop style sheets."""
        rendered = self._rendered(name, lambda template: template.render(values))
        try:
            return self._inliner.inline(rendered)
        except css_inline.InlineError as error:
            raise ConfigError((ConfigFault(f"templates/{name}", 0, 0, f"样式无法处理：{error}"),)) from error

    def paragraphs(self, name: str, block: str, /, **values: object) -> tuple[str, ...]:
        """One block of a `words/` template, a paragraph a line; as plain text, never as markup."""

        def render(template: Template) -> str:
            return "".join(template.blocks[block](template.new_context(values)))

        if block not in self._found(name).blocks:
            raise ConfigError((ConfigFault(f"templates/{name}", 0, 0, f"缺少段落 {block}"),))
        return tuple(line.strip() for line in self._rendered(name, render).splitlines() if line.strip())

    def line(self, name: str, block: str, /, **values: object) -> str:
        """One block of a `words/` template, joined to a single line."""
        return "".join(self.paragraphs(name, block, **values))

    def _found(self, name: str) -> Template:
        if name not in self._templates:
            raise ConfigError((ConfigFault(f"templates/{name}", 0, 0, "缺少这个模板"),))
        return self._templates[name]

    def _rendered(self, name: str, render: Callable[[Template], str]) -> str:
        template = self._found(name)
        try:
            return render(template)
        except TemplateError as error:
            fault = ConfigFault(f"templates/{name}", _failing_line(error, template), 1, f"模板出错：{error}")
            raise ConfigError((fault,)) from error


def _compiled(environment: ImmutableSandboxedEnvironment) -> dict[str, Template]:
    templates, faults = {}, []
    for name in environment.list_templates(filter_func=lambda name: name.endswith(_SUFFIXES)):
        try:
            templates[name] = environment.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(ConfigFault(f"templates/{error.name}", error.lineno, 1, f"模板出错：{error.message}"))
        except UnicodeDecodeError:
            faults.append(ConfigFault(f"templates/{name}", 0, 0, "模板不是 UTF-8 编码"))
    if faults:
        raise ConfigError(tuple(faults))
    return templates


def _failing_line(error: TemplateError, template: Template) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((f.lineno for f in reversed(frames) if f.filename == template.filename and f.lineno), 1)
