"""Finds parts of one material that the same file could serve. A file serves one part only: a school must send two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from intake_bot.config.document import Document
from intake_bot.errors import ConfigFault
from intake_bot.notices.spelling import compact

_KINDS = {"text": "文字", "photo": "图片", "video": "视频", "form": "表格"}


def find_part_overlaps(document: Document) -> Iterator[ConfigFault]:
    """Yields a remark on each part that a file of an earlier part of its material could serve, too."""
    for key_path, parts in document.find("materials", "*", "parts"):
        listed = enumerate(parts) if isinstance(parts, list) else ()
        known = [(number, part) for number, part in listed if isinstance(part, Mapping)]
        for (_, one), (number, other) in combinations(known, 2):
            if _may_share_file(one, other):
                names = f"“{one.get('name', '')}”和“{other.get('name', '')}”"
                yield document.fault_at_value(
                    (*key_path, number, "kind"),
                    f"{names}都是{_KINDS[str(other['kind'])]}，一个文件两个部分都能用；"
                    "收件程序只算一个部分，学校要分别发来。如果不是这个意思，请合成一个部分。",
                )


def _may_share_file(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    kind = one.get("kind")
    if kind != other.get("kind") or kind not in _KINDS:
        return False
    if kind == "form":
        return any(title in longer or longer in title for title in _titles(one) for longer in _titles(other))
    return kind != "text" or _lengths_meet(one.get("length"), other.get("length"))


def _titles(part: Mapping[str, Any]) -> list[str]:
    aliases = part.get("aliases")
    words = [part.get("title"), *(aliases if isinstance(aliases, list) else ())]
    return [compact(word) for word in words if isinstance(word, str) and compact(word)]


def _lengths_meet(one: object, other: object) -> bool:
    """True where a text of some length fits both. Without a required length every text fits."""
    lowest = max(_bound(length, "at_least", 0) for length in (one, other))
    highest = min(_bound(length, "at_most", float("inf")) for length in (one, other))
    return lowest <= highest


def _bound(length: object, key: str, default: float) -> float:
    value = length.get(key) if isinstance(length, Mapping) else None
    return value if isinstance(value, int) else default
