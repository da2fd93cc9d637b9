"""The templates: an admin's own first, then the packaged ones.

A template is the admin's data, so it runs in Jinja2's sandbox; a fault in one is a ConfigError with file and line.
`words/*.txt` hold what each letter says in sentences, block by block, once for text and HTML; the other templates
arrange it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import css_inline
from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters import chinese
from intake_bot.letters.template_words import NOT_UTF8, syntax_words

SUFFIXES = (".txt", ".html", ".css")
_BLANK_LINES = re.compile(r"\n{3,}")


def letter_environment(
    loader: BaseLoader, undefined: type[Undefined] = StrictUndefined
) -> ImmutableSandboxedEnvironment:
    """Jinja2 as letters use it: HTML is escaped, dates and sizes have filters, and nothing reaches the program."""
    environment = ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=undefined,
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
    return environment


def read_templates(folders: Sequence[Path]) -> Templates:
    """The templates of several folders, in order of precedence. Raises ConfigError naming every one that cannot be
    read."""
    loader = FileSystemLoader(folders, encoding="utf-8-sig")  # Notepad writes a byte order mark
    return Templates(letter_environment(loader))


class Templates:
    """Renders by name. Every template is compiled once, when this is made; ConfigError names those that cannot be."""

    def __init__(self, environment: ImmutableSandboxedEnvironment) -> None:
        self._templates = _compiled(environment)
        # No letter may fetch anything while it is made, whatever a template asks for.
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def text(self, name: str, /, **values: object) -> str:
        """A plain text letter. More than one blank line in a row becomes one."""
        rendered = self._rendered(name, _whole(values))
        return _BLANK_LINES.sub("\n\n", rendered).strip() + "\n"

    def html(self, name: str, /, **values: object) -> str:
        """An HTML letter, its styles written into the elements, since mail programs drop style sheets."""
        rendered = self._rendered(name, _whole(values))
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
        except Exception as error:  # a template is a program of the admin's: its expressions raise anything at all
            raise ConfigError((_fault(error, name),)) from error


def _compiled(environment: ImmutableSandboxedEnvironment) -> dict[str, Template]:
    templates, faults = {}, []
    for name in template_names(environment):
        try:
            templates[name] = environment.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(ConfigFault(f"templates/{error.name}", error.lineno, 0, syntax_words(error.message or "")))
        except UnicodeDecodeError:
            faults.append(ConfigFault(f"templates/{name}", 0, 0, NOT_UTF8))
    if faults:
        raise ConfigError(tuple(faults))
    return templates


def template_names(environment: Environment) -> list[str]:
    """The names of all templates that letters may be made of."""
    return environment.list_templates(filter_func=lambda name: name.endswith(SUFFIXES))


def _whole(values: Mapping[str, object]) -> Callable[[Template], str]:
    # Not `render`: that rewrites tracebacks, in which a fault is then no longer told from the template it came from.
    return lambda template: "".join(template.root_render_func(template.new_context(dict(values))))


def _fault(error: Exception, name: str) -> ConfigFault:
    """In the template and line where it happened: what `name` includes or extends is a template of its own."""
    place, line = _place(error) or (name, 0)
    if isinstance(error, TemplateNotFound):
        return ConfigFault(f"templates/{place}", line, 0, f"找不到模板“{error.name}”")
    if isinstance(error, TemplateError):
        return ConfigFault(f"templates/{place}", line, 0, f"模板出错：{error}")
    return ConfigFault(f"templates/{place}", line, 0, f"这一行算不出结果（{type(error).__name__}：{error}）")


def _place(error: Exception) -> tuple[str, int] | None:
    """Name and line of the innermost template at work."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template) and template.name:
            found = (template.name, template.get_corresponding_lineno(trace.tb_lineno))
        trace = trace.tb_next
    return found
