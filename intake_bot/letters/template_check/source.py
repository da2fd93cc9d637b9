"""What is wrong with a template as it is written, where rendering cannot show it.

The sample letters do not take every branch, and a misspelt block leaves a gap instead of an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set

from jinja2 import Environment, TemplateSyntaxError, Undefined, meta, nodes

from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.letters.template_faults import encoding_fault, syntax_fault, template_fault

Nearest = Callable[[str, Iterable[str]], str | None]
"""The valid word that looks most like a given one, or None."""


class TemplateSource:
    """One template, parsed. Making it raises ConfigError where it cannot be parsed."""

    def __init__(self, name: str, raw: bytes, environment: Environment, nearest: Nearest) -> None:
        self.name = name
        self._environment = environment
        self._nearest = nearest
        try:
            self._tree = environment.parse(raw.decode("utf-8-sig"), name)
        except UnicodeDecodeError as error:
            raise ConfigError((encoding_fault(name),)) from error
        except TemplateSyntaxError as error:
            raise ConfigError((syntax_fault(error),)) from error

    @property
    def uses(self) -> frozenset[str]:
        """The names of the templates that it includes or extends."""
        return frozenset(name for name in meta.find_referenced_templates(self._tree) if name)

    @property
    def blocks(self) -> frozenset[str]:
        """The names of its blocks."""
        return frozenset(block.name for block in self._tree.find_all(nodes.Block))

    def compile(self) -> None:
        """Raises ConfigError where it cannot be compiled, and so not be rendered at all."""
        unknown = []
        for node in self._tree.find_all((nodes.Filter, nodes.Test)):
            is_filter = isinstance(node, nodes.Filter)
            known = self._environment.filters if is_filter else self._environment.tests
            if node.name not in known:
                what = "过滤词（竖线“|”后面的词）" if is_filter else "判断词（is 后面的词）"
                unknown.append(self._report_unknown(node, node.name, what, known))
        if unknown:
            raise ConfigError(tuple(unknown))
        try:
            self._environment.compile(self._tree, self.name)
        except TemplateSyntaxError as error:
            raise ConfigError((syntax_fault(error),)) from error

    def find_unknown_names(self, values: Mapping[str, object]) -> Iterator[ConfigFault]:
        """Names that are not among the values that the template is rendered with. It has to compile."""
        # A block sees what its template sets and defines outside of it; Jinja2's own search does not.
        own = {node.name for node in self._tree.find_all(nodes.Name) if node.ctx == "store"}
        own |= {macro.name for macro in self._tree.find_all(nodes.Macro)}
        known = values.keys() | own | self._environment.globals.keys()
        unknown = meta.find_undeclared_variables(self._tree) - known
        for node in self._tree.find_all(nodes.Name):
            if node.name in unknown and node.ctx == "load":
                yield self._report_unknown(node, node.name, "名称", values)

    def find_unknown_parts(self, values: Mapping[str, object]) -> Iterator[ConfigFault]:
        """`letter.recipt`: what stands behind the dot of one of these values and is none of its parts."""
        for node in self._tree.find_all(nodes.Getattr):
            if isinstance(node.node, nodes.Name) and node.node.name in values:
                value = values[node.node.name]
                if isinstance(self._environment.getattr(value, node.attr), Undefined):
                    yield self._report_unknown(node, node.attr, "名称", parts_of(value))

    def find_wrong_blocks(self, needed: Set[str], frame: Set[str]) -> Iterator[ConfigFault]:
        """`needed` blocks that are missing, and blocks that nothing shows: where none are needed, those of a template
        that extends the `frame` and fills none of its blocks."""
        written = {block.name: block for block in self._tree.find_all(nodes.Block)}
        known = needed or (frame if self._tree.find(nodes.Extends) else written.keys())
        for name in sorted(written.keys() - known):
            near = self._suggestion(name, known)
            yield template_fault(self.name, written[name].lineno, f"没有地方用到段落“{name}”{near}")
        for name in sorted(needed - written.keys()):
            words = f"缺少段落“{name}”，要写成 {{% block {name} %}}……{{% endblock %}}"
            yield template_fault(self.name, 0, words)

    def find_missing_templates(self, names: Set[str]) -> Iterator[ConfigFault]:
        """Where it includes or extends a template that is not among these names."""
        for node in self._tree.find_all((nodes.Include, nodes.Extends)):
            template = getattr(node, "template", None)
            if isinstance(template, nodes.Const) and template.value not in names:
                near = self._suggestion(template.value, names)
                yield template_fault(self.name, node.lineno, f"找不到模板“{template.value}”{near}")

    def _report_unknown(self, node: nodes.Node, word: str, what: str, known: Iterable[str]) -> ConfigFault:
        return template_fault(self.name, node.lineno, f"没有“{word}”这个{what}{self._suggestion(word, known)}")

    def _suggestion(self, word: str, known: Iterable[str]) -> str:
        near = self._nearest(word, known)
        return f"，是不是想写“{near}”？" if near else ""


def parts_of(value: object) -> list[str]:
    """What may stand behind the dot of a value."""
    return [name for name in dir(value) if not name.startswith("_")]
