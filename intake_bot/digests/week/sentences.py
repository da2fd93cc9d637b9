"""The report on a week in sentences, each ready to be pasted into the bureau's own summary. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from intake_bot.digests.sums import ROWS
from intake_bot.digests.week.figures import Count, WeekFigures
from intake_bot.letters.digest_lines import SumLine

_NAMED = 8
"""Maximum units or reports that a sentence names."""


def write_sentences(figures: WeekFigures) -> tuple[str, ...]:
    """One paragraph for each subject; none about what there is nothing of."""
    return tuple(
        sentence
        for part in (_overall, _materials, _most, _activities, _media, _quotas, _open)
        for sentence in part(figures)
    )


def _overall(figures: WeekFigures) -> Iterator[str]:
    span = f"{figures.first_day}至{figures.last_day}"
    if not figures.accepted:
        yield f"{span}{figures.event}期间，{figures.bureau}还没有收到符合要求的材料。"
        return
    late = (
        f"，其中按时报送 {figures.accepted - figures.late} 项、迟报 {figures.late} 项" if figures.late else "，全部按时"
    )
    percent = f"，按时率 {figures.in_time_percent}%" if figures.late else ""
    yield (
        f"{span}{figures.event}期间，{figures.bureau}组织 {figures.expected_units} 个单位报送材料，"
        f"有 {figures.reporting_units} 个单位报送，共收到符合要求的材料 {figures.accepted} 项、"
        f"文件 {figures.files} 个{late}{percent}。"
    )


def _materials(figures: WeekFigures) -> Iterator[str]:
    named = [one for one in figures.materials if one.accepted]
    if named:
        yield f"按材料看，{'，'.join(_of_material(one) for one in named)}。"


def _of_material(one: Count) -> str:
    return f"{one.name} {one.accepted} 项" + (f"（迟报 {one.late} 项）" if one.late else "")


def _most(figures: WeekFigures) -> Iterator[str]:
    most = max((one.accepted for one in figures.units), default=0)
    best = [one.name for one in figures.units if one.accepted == most]
    whole = [
        one.name for one in figures.units if one.accepted and not one.missing and not one.returned and not one.late
    ]
    if most and len(best) < len(figures.units):
        yield f"报送最多的是{_names(best)}，{'各 ' if len(best) > 1 else ''}{most} 项。"
    if whole:
        yield f"应报的全部按时报齐的有 {len(whole)} 个单位：{_names(whole)}。"


def _activities(figures: WeekFigures) -> Iterator[str]:
    forms: dict[str, list[SumLine]] = {}
    for line in figures.sums:
        forms.setdefault(line.form, []).append(line)
    for form, sums in forms.items():
        # Media have a sentence of their own, and contacts are no result.
        if any(line.name != ROWS for line in sums):
            yield f"据{_of_form(form, sums)}。"


def _of_form(form: str, sums: Sequence[SumLine]) -> str:
    if len({line.units for line in sums}) == 1:
        return f" {sums[0].units} 个单位报送的{form}统计：{'，'.join(f'{one.name} {one.total}' for one in sums)}"
    return f"各单位报送的{form}统计：{'，'.join(f'{one.name} {one.total}（{one.units} 个单位）' for one in sums)}"


def _media(figures: WeekFigures) -> Iterator[str]:
    if not figures.media:
        return
    units = len({line.unit for line in figures.media})
    named = [f"{line.media or '媒体'}《{line.title}》" if line.title else line.media for line in figures.media]
    listed = [name for name in dict.fromkeys(named) if name]
    examples = f"，如{_names(listed)}" if listed else ""
    yield f"{units} 个单位报来媒体报道 {len(figures.media)} 篇{examples}。"


def _quotas(figures: WeekFigures) -> Iterator[str]:
    for material in dict.fromkeys(row.material for row in figures.quotas):
        rows = [row for row in figures.quotas if row.material == material]
        lacking = [f"{row.unit}（差 {row.owed - row.reported} 篇）" for row in rows if row.reported < row.owed]
        met = len(rows) - len(lacking)
        rest = f"，没有报够的：{_names(lacking)}" if lacking else ""
        yield f"{material}按篇数要求，{len(rows)} 个单位中 {met} 个已报够{rest}。"


def _open(figures: WeekFigures) -> Iterator[str]:
    missing = [f"{one.name}（{one.missing} 项）" for one in figures.units if one.missing]
    returned = [f"{one.name}（{one.returned} 项）" for one in figures.units if one.returned]
    if missing:
        yield f"到期还没有报送的共 {figures.missing} 项，涉及 {len(missing)} 个单位：{_names(missing)}。"
    if returned:
        yield f"退回后还没有改好的，涉及 {len(returned)} 个单位：{_names(returned)}。"


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    return "、".join(listed[:_NAMED]) + ("等" if len(listed) > _NAMED else "")
