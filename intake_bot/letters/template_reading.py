"""A template as it is written: what it names and does not exist, and what mailboxes will not show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from intake_bot.errors import ConfigFault
from intake_bot.letters.template_values import BLOCKS, VALUES, parts_of
from intake_bot.letters.template_words import NOT_UTF8, syntax_words

Nearest = Callable[[str, Iterable[str]], str | None]
"""The valid word that looks most like a given one, or None."""

_NOT_SHOWN = (
    (
        re.compile(r"<\s*(?:script|iframe|object|embed|form|input|button)\b|\bon\w+\s*=|javascript:", re.IGNORECASE),
        "邮箱会删掉脚本、表单和嵌入的网页，这封信还可能被当成垃圾邮件",
    ),
    (
        re.compile(r"<\s*(?:img|link)\b|\bbackground\s*=|url\(|@import", re.IGNORECASE),
        "邮箱一般不显示外来的图片和样式，对方看到的会缺一块",
    ),
    (re.compile(r"<\s*a\b[^>]*\bhref", re.IGNORECASE), "学校分不清链接的真假，最好只写文字"),
)
_RAW = "来信人写的内容会原样放进网页，可能夹带脚本，请去掉"
_REFERENCES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


@dataclass(frozen=True)
class Reading:
    """What was found in one template."""

    faults: tuple[ConfigFault, ...]
    remarks: tuple[ConfigFault, ...] = ()
    uses: frozenset[str] = frozenset()
    """The other templates that it includes or extends."""
    compiles: bool = False
    """It can be rendered, be it with faults."""


@dataclass(frozen=True)
class Surroundings:
    """What there is beside the template that is read."""

    environment: Environment
    names: Set[str]
    """Of all templates."""
    frame_blocks: Set[str]
    """The blocks that an HTML letter may fill."""
    nearest: Nearest


def read_template(name: str, raw: bytes, around: Surroundings) -> Reading:
    """Reads one template without rendering it."""
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Reading((_fault(name, 0, NOT_UTF8),))
    try:
        tree = around.environment.parse(source, name)
    except TemplateSyntaxError as error:
        return Reading((_fault(name, error.lineno, syntax_words(error.message or "")),))
    reader = _Reader(name, tree, around)
    uncompilable = tuple(reader.words())
    # Jinja2 tells no undeclared names of a template that it refuses.
    names = () if uncompilable else reader.names()
    faults = (*names, *reader.parts(), *reader.blocks(), *reader.references())
    return Reading(
        uncompilable + faults, (*reader.raw(), *_not_shown(name, source)), reader.uses(), compiles=not uncompilable
    )


class _Reader:
    """The syntax tree of one template."""

    def __init__(self, name: str, tree: nodes.Template, around: Surroundings) -> None:
        self._name = name
        self._tree = tree
        self._around = around

    def words(self) -> Iterator[ConfigFault]:
        """Filters and tests that there are none of: with them Jinja2 refuses the whole template."""
        environment = self._around.environment
        for node in self._tree.find_all((nodes.Filter, nodes.Test)):
            known, what = (
                (environment.filters, "过滤词（竖线“|”后面的词）")
                if isinstance(node, nodes.Filter)
                else (environment.tests, "判断词（is 后面的词）")
            )
            if node.name not in known:
                yield self._fault(node, f"没有“{node.name}”这个{what}{self._meant(node.name, known)}")

    def names(self) -> Iterator[ConfigFault]:
        """Names that the template is not rendered with."""
        known = VALUES.get(self._name)
        if known is None:
            return
        # A block sees what its template sets and defines outside of it; Jinja2's own search does not.
        own = {node.name for node in self._tree.find_all(nodes.Name) if node.ctx == "store"}
        own |= {macro.name for macro in self._tree.find_all(nodes.Macro)}
        given = known.keys() | own | self._around.environment.globals.keys()
        unknown = meta.find_undeclared_variables(self._tree) - given
        for node in self._tree.find_all(nodes.Name):
            if node.name in unknown and node.ctx == "load":
                yield self._fault(node, f"没有“{node.name}”这个名称{self._meant(node.name, known)}")

    def parts(self) -> Iterator[ConfigFault]:
        """`letter.recipt`: what stands behind the dot of a value whose parts are known."""
        known = VALUES.get(self._name, {})
        for node in self._tree.find_all(nodes.Getattr):
            owner = known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
            if owner is not None and node.attr not in (parts := parts_of(owner)):
                yield self._fault(node, f"没有“{node.attr}”这个名称{self._meant(node.attr, parts)}")

    def blocks(self) -> Iterator[ConfigFault]:
        """Blocks that nothing shows, and those that a letter cannot do without."""
        written = {block.name: block for block in self._tree.find_all(nodes.Block)}
        wanted = BLOCKS.get(self._name, frozenset())
        extends = self._tree.find(nodes.Extends) is not None
        known = wanted or (self._around.frame_blocks if extends else frozenset(written))
        for name in sorted(written.keys() - known):
            yield self._fault(written[name], f"没有地方用到段落“{name}”{self._meant(name, known)}")
        for name in sorted(wanted - written.keys()):
            yield _fault(self._name, 0, f"缺少段落“{name}”，要写成 {{% block {name} %}}……{{% endblock %}}")

    def references(self) -> Iterator[ConfigFault]:
        """Other templates that are not there."""
        for node in self._tree.find_all(_REFERENCES):
            for name in _constants(node):
                if name not in self._around.names:
                    yield self._fault(node, f"找不到模板“{name}”{self._meant(name, self._around.names)}")

    def uses(self) -> frozenset[str]:
        """The other templates that it includes or extends."""
        return frozenset(name for node in self._tree.find_all(_REFERENCES) for name in _constants(node))

    def raw(self) -> Iterator[ConfigFault]:
        """Where escaping is switched off."""
        for node in self._tree.find_all(nodes.Filter):
            if node.name == "safe":
                yield self._fault(node, f"“|safe”：{_RAW}")
        for block in self._tree.find_all(nodes.ScopedEvalContextModifier):
            yield self._fault(block, f"“autoescape”：{_RAW}")

    def _meant(self, word: str, known: Iterable[str]) -> str:
        near = self._around.nearest(word, known)
        return f"，是不是想写“{near}”？" if near else ""

    def _fault(self, node: nodes.Node, message: str) -> ConfigFault:
        return _fault(self._name, node.lineno, message)


def _constants(node: nodes.Node) -> Iterator[str]:
    template = getattr(node, "template", None)
    if isinstance(template, nodes.Const) and isinstance(template.value, str):
        yield template.value


def _not_shown(name: str, source: str) -> Iterator[ConfigFault]:
    """What an admin may add to a page that mailboxes remove, hide or distrust. Comments are not looked at."""
    if name.endswith(".txt"):
        return
    without_comments = re.sub(r"\{#.*?#\}", lambda comment: "\n" * comment[0].count("\n"), source, flags=re.DOTALL)
    for number, line in enumerate(without_comments.splitlines(), 1):
        for pattern, why in _NOT_SHOWN:
            if found := pattern.search(line):
                yield _fault(name, number, f"“{found[0].strip()}”：{why}")


def _fault(name: str, line: int, message: str) -> ConfigFault:
    return ConfigFault(f"templates/{name}", line, 0, message)
