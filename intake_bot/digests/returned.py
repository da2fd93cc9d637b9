"""What was returned and not mended, with the faults of each kind in one sentence. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from intake_bot.digests.day_lists import name_items
from intake_bot.judging.verdict import Decision, Finding
from intake_bot.ledger.values.records import FiledItem, FiledMail, Outcome
from intake_bot.ledger.values.states import LetterState
from intake_bot.letters.digest_lines import ReplyStatus, ReturnedLine
from intake_bot.notices.day_words import item_name
from intake_bot.notices.notice import Severity

_LONG_SIDE = re.compile(r"长边 ?(\d+) ?像素")
_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<measure>字节|KB|MB|GB)")
_PICTURES = ("图片", "照片")
_MEASURES = {"字节": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}

Settled = Collection[tuple[str, str, date | None]]
"""Unit, material and day of what is in, so that an earlier return needs no mending."""


@dataclass(frozen=True)
class _Return:
    """One item that was returned, or a whole mail in which none was found."""

    line: ReturnedLine
    material: str
    day: date | None


def returned_lines(mails: Iterable[FiledMail], settled: Settled) -> tuple[ReturnedLine, ...]:
    """The newest return of each unit, material and day, newest first; those of one unit with the same faults in one
    line: 照片（5月14—16日）."""
    newest: dict[tuple[str, ...], _Return] = {}
    for mail in mails:
        for found, key in _returns(mail, settled):
            newest.pop(key, None)
            newest[key] = found
    alike: dict[object, list[_Return]] = {}
    for found in reversed(newest.values()):
        line = found.line
        alike.setdefault((line.unit or line.receipt, line.faults, line.answered), []).append(found)
    return tuple(map(_one_line, alike.values()))


def _returns(mail: FiledMail, settled: Settled) -> Iterator[tuple[_Return, tuple[str, ...]]]:
    if mail.supplemented:
        return
    for item in mail.items:
        open_return = item.decision is Decision.REJECTED and not item.superseded
        if open_return and (mail.unit or "", item.material, item.day) not in settled:
            name = item_name(item.material, item.day)
            yield _Return(_line(mail, item, name), item.material, item.day), (mail.unit or mail.sender, name)
    if not mail.items and mail.merged_into is None and mail.outcome is Outcome.REJECTED:
        yield _Return(_line(mail, None, "材料"), "材料", None), (mail.receipt,)


def _one_line(alike: Sequence[_Return]) -> ReturnedLine:
    return replace(
        alike[0].line,
        name=name_items((one.material, one.day) for one in alike),
        receipt="、".join(dict.fromkeys(one.line.receipt for one in reversed(alike))),
        items=len(alike),
    )


def _line(mail: FiledMail, item: FiledItem | None, name: str) -> ReturnedLine:
    return ReturnedLine(
        unit=mail.unit or "",
        name=name,
        receipt=mail.receipt,
        sender=mail.sender,
        received=mail.received,
        faults=sum_up_faults((*mail.findings, *(item.findings if item else ()))),
        answered=reply_status(mail.answer),
    )


def sum_up_faults(findings: Iterable[Finding]) -> tuple[str, ...]:
    """One sentence for each kind of error: 12 张照片都太小：最大 1440 像素."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR:
            # What has no file is a fault of its own: 缺照片 and 缺视频.
            kinds.setdefault(finding.code if finding.file else f"{finding.code} {finding.found}", []).append(finding)
    return tuple(_sentence(same) for same in kinds.values())


def _sentence(same: list[Finding]) -> str:
    first, count = same[0], len({finding.file for finding in same})
    if count == 1:
        return first.found
    sides = [int(found[1]) for one in same if (found := _LONG_SIDE.search(one.found))]
    if first.code == "photo.too_few_pixels" and sides:
        return f"{count} 张照片像素不够：最大 {max(sides)} 像素"
    sizes = [found for one in same if (found := _SIZE.search(one.found))]
    if first.code == "photo.too_small" and sizes:
        largest = max(sizes, key=lambda found: float(found["number"]) * _MEASURES[found["measure"]])
        return f"{count} 张照片文件太小：最大 {largest['number']} {largest['measure']}"
    if len({finding.found for finding in same}) == 1:
        return f"{count} 张{first.found}" if first.found.startswith(_PICTURES) else f"{count} 个文件：{first.found}"
    return f"{count} 个文件，例如“{first.file}”：{first.found}"


def reply_status(answer: LetterState | None) -> ReplyStatus:
    """Whether the school read what to mend."""
    match answer:
        case None:
            return ReplyStatus.NONE
        case LetterState.WITHHELD:
            return ReplyStatus.WITHHELD
        case LetterState.BOUNCED:
            return ReplyStatus.BOUNCED
        case LetterState.DEFERRED | LetterState.FAILED:
            return ReplyStatus.UNDELIVERED
        case _:
            return ReplyStatus.SENT
