"""Translates the errors of pydantic into Chinese faults, each at its position in the file."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from intake_bot.config.document import Document, KeyPath
from intake_bot.config.nearest import find_nearest, find_nearest_phrase, suggest_spelling
from intake_bot.errors import ConfigFault
from intake_bot.notices.severities import CHOICES

_SECRET_KEY = re.compile(
    r"pass(word|wd)?|pwd|secret|token|auth_?(code|key)|credentials?|密码|授权码|口令", re.IGNORECASE
)
_DUE_EXAMPLES = (
    "每天16:00前",
    "次日10:00前",
    "活动周结束后3日内",
    "活动周结束后一周内",
    "5月28日前",
    "5月28日17:00前",
    "活动周期间",
)
_FULL_WIDTH = "这里用了中文冒号“：”。请换成英文冒号“:”，后面再加一个空格。"
_HABITS = {"ssl": "tls", "ssl/tls": "tls", "plain": "none"}
_PLAIN = {
    "int_type": "要写整数，不带单位，不加引号",
    "int_parsing": "要写整数，不带单位，不加引号",
    "int_from_float": "要写整数，不带小数",
    "float_type": "要写数字，不带单位和百分号，不加引号",
    "float_parsing": "要写数字，不带单位和百分号，不加引号",
    "bool_type": "要写 true 或 false",
    "bool_parsing": "要写 true 或 false",
    "string_type": "要写文字；全是数字或日期时，请加上引号",
    "string_too_short": "不能为空",
    "tuple_type": "要写成列表，例如 [甲, 乙]；只有一项也要加方括号",
    "too_short": "至少要写一项",
    "dict_type": "要写成“键: 值”的一组",
    "model_type": "要写成“键: 值”的一组",
    "model_attributes_type": "要写成“键: 值”的一组",
    "time_type": '要写成带引号的时刻，例如 "17:30"',
    "is_instance_of": "要写名册文件的路径，例如 rosters/puyang.csv",
}
_BOUNDS = {
    "greater_than": ("gt", "要大于 {}"),
    "greater_than_equal": ("ge", "不能小于 {}"),
    "less_than": ("lt", "要小于 {}"),
    "less_than_equal": ("le", "不能大于 {}"),
}


@dataclass(frozen=True)
class _Target:
    """What an error is about: its path in the file, the model around it, and the wanted type."""

    key_path: KeyPath
    model: type[BaseModel] | None
    wanted: object

    @property
    def label(self) -> str:
        """The key in quotes, with its number for an entry of a list."""
        names = [step for step in self.key_path if isinstance(step, str)]
        name = f"“{names[-1]}”" if names else "整个文件"
        return (
            f"{name}的第 {self.key_path[-1] + 1} 项" if self.key_path and isinstance(self.key_path[-1], int) else name
        )


def translate_errors(document: Document, model: type[BaseModel], error: ValidationError) -> Iterator[ConfigFault]:
    """Yields every error as a fault. A misspelt key is not reported as missing, too."""
    errors = [(_find_target(model, detail["loc"]), detail) for detail in error.errors(include_url=False)]
    misspelt = {
        (*target.key_path[:-1], find_nearest(re.split("[:：]", str(target.key_path[-1]))[0], _fields(target.model)))
        for target, detail in errors
        if detail["type"] == "extra_forbidden"
    }
    for target, detail in errors:
        if detail["type"] == "extra_forbidden":
            yield document.fault_at_key(target.key_path, _unknown_key(str(target.key_path[-1]), _fields(target.model)))
        elif detail["type"].startswith("union_tag"):
            yield _wrong_kind(document, target, detail["input"])
        elif detail["type"] == "too_short" and detail["input"]:
            continue  # its entries have faults of their own
        elif detail["type"] != "missing":
            yield document.fault_at_value(target.key_path, _message(target, detail))
        elif target.key_path not in misspelt:
            yield document.fault_at_value(target.key_path[:-1], f"缺少配置项“{target.key_path[-1]}”。")


def _unknown_key(key: str, valid: tuple[str, ...]) -> str:
    if "：" in key:
        return _FULL_WIDTH
    if ":" in key:
        return "冒号后面要加一个空格。"
    if key.isdecimal():
        return f"“{key}”前面多了一个逗号：数字里不要用逗号。"
    if is_secret_key(key):
        return "密码、授权码不能写在配置文件里：请改用 secret_env（环境变量的名称）或 secret_file（文件的路径）。"
    return f"不认识的配置项“{key}”{suggest_spelling(key, valid)}"


def is_secret_key(key: str) -> bool:
    """True for a key under which people write the secret itself. Its value is never shown."""
    return _SECRET_KEY.fullmatch(key) is not None


def _fields(model: type[BaseModel] | None) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name != "id") if model else ()


def _message(target: _Target, detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    context: Mapping[str, object] = detail.get("ctx", {})
    if value is None:
        return (
            _FULL_WIDTH if target.key_path and "：" in str(target.key_path[-1]) else f"{target.label}后面没有写内容。"
        )
    if kind == "model_type" and isinstance(value, str) and "：" in value:
        return _FULL_WIDTH
    if target.key_path and target.key_path[-1] == "due":
        return _unreadable_due(value, context.get("error"))
    if kind in ("enum", "literal_error"):
        said = f"不能写“{value}”" if isinstance(value, str) else "写得不对"
        return f"{target.label}{said}{_choice(str(value), _choices(target))}"
    if kind.startswith(("date_", "datetime_")):
        return f"{target.label}要写成存在的日期，例如 2023-05-14。"
    if kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        return f"{target.label}{words.format(context[key])}。"
    if kind == "value_error":
        return str(context["error"])
    # Every type of these models has its words above. The last resort is vague, but Chinese.
    return f"{target.label}{_PLAIN.get(kind, '写得不对')}。"


def _unreadable_due(value: object, error: object) -> str:
    if not isinstance(value, str):
        return f"期限要用通知里的话写，例如 {'、'.join(_DUE_EXAMPLES)}。"
    near = find_nearest_phrase(value, _DUE_EXAMPLES)
    hint = f"最接近的写法是“{near}”。" if near else ""
    return f"{error}。{hint}可以写：{'、'.join(_DUE_EXAMPLES)}。"


def _choice(value: str, choices: tuple[str, ...]) -> str:
    near = _HABITS.get(value.lower()) or find_nearest(value, choices)
    listed = f"只能写 {'、'.join(choices)} 之一。"
    return f"，是不是想写“{near}”？{listed}" if near in choices else f"，{listed}"


def _choices(target: _Target) -> tuple[str, ...]:
    if target.key_path[:1] == ("severities",) and (choice := CHOICES.get(str(target.key_path[-1]))):
        return choice.allowed
    wanted = _bare(target.wanted)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return tuple(member.value for member in wanted)
    return tuple(str(choice) for choice in get_args(wanted)) if get_origin(wanted) is Literal else ()


def _wrong_kind(document: Document, target: _Target, value: object) -> ConfigFault:
    kinds = tuple(_members(_bare(target.wanted)))
    written = value if isinstance(value, dict) else {}
    if "kind" in written:
        message = f"“kind”不能写“{written['kind']}”{_choice(str(written['kind']), kinds)}"
        return document.fault_at_value((*target.key_path, "kind"), message)
    if near := find_nearest("kind", written):
        return document.fault_at_key((*target.key_path, near), _unknown_key(near, ("kind",)))
    return document.fault_at_value(target.key_path, f"缺少配置项“kind”，可以写 {'、'.join(kinds)} 之一。")


def _find_target(model: type[BaseModel], location: tuple[str | int, ...]) -> _Target:
    """Follows a pydantic location through the models, without the tags of unions in it."""
    wanted: object = model
    around: type[BaseModel] | None = None
    key_path: list[str | int] = []
    for step in location:
        wanted = _bare(wanted)
        if members := _members(wanted):
            wanted = members.get(str(step))
            continue
        key_path.append(step)
        around, wanted = _into(wanted, step)
    return _Target(tuple(key_path), around, wanted)


def _into(wanted: object, step: str | int) -> tuple[type[BaseModel] | None, object]:
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        found = wanted.model_fields.get(str(step))
        return wanted, found.annotation if found else None
    arguments = get_args(wanted)
    if get_origin(wanted) is dict:
        return None, arguments[1]
    return None, arguments[0] if arguments else None


def _bare(wanted: object) -> object:
    """Returns the type without Annotated and None."""
    while True:
        if get_origin(wanted) is Annotated:
            wanted = get_args(wanted)[0]
        elif get_origin(wanted) in (Union, types.UnionType):
            others = [argument for argument in get_args(wanted) if argument is not types.NoneType]
            if len(others) != 1:
                return wanted
            wanted = others[0]
        else:
            return wanted


def _members(wanted: object) -> dict[str, type[BaseModel]]:
    """Returns the models of a union by their `kind`; nothing for any other type."""
    if get_origin(wanted) not in (Union, types.UnionType):
        return {}
    models = [m for m in get_args(wanted) if isinstance(m, type) and issubclass(m, BaseModel)]
    return {tag: m for m in models for tag in get_args(m.model_fields["kind"].annotation)}
