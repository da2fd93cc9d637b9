"""Severities that the notice sets for findings without a clause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake_bot.files.facts import FileFacts, Kind
from intake_bot.judging.author import Author, Relation
from intake_bot.judging.judge import Case, judge
from intake_bot.notices.notice import Severity
from tests.judging.cases import archive, case, form, outcome, photo, word

DAILY = "活动周合肥工业学校日报材料"

PHOTO = "活动周濮阳县教育局照片"


def sent(received: str, subject: str = PHOTO) -> Case:
    return case("puyang-2023", subject, archive(), photo("学生技能展示现场.jpg"), received=received)


def with_severities(of: Case, **severities: str) -> Case:
    chosen = {code.replace("_", ".", 1): Severity(severity) for code, severity in severities.items()}
    return replace(of, notice=of.notice.model_copy(update={"severities": chosen}))


SONG = FileFacts("歌.mp3", Kind.AUDIO, 9, "s")

TEXT = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), SONG)

HOLLOW = FileFacts("空.docx", Kind.EMPTY, 0, "s")

EMPTY = case("puyang-2023", "活动周濮阳县教育局文字材料", word(), HOLLOW)

EMPTY_ALONE = case("puyang-2023", "活动周濮阳县教育局文字材料", HOLLOW)

NOTHING = case("puyang-2023", "活动周濮阳县教育局文字材料")

SPARSE = case("hefei-2023", DAILY, form("活动情况日报表"), form("媒体宣传情况日报表", "2.docx"))


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (TEXT, ("accepted", [], ["file.unexpected"])),
        (with_severities(TEXT, file_unexpected="off"), ("accepted", [], [])),
        (with_severities(TEXT, file_unexpected="error"), ("rejected", ["file.unexpected"], [])),
        (with_severities(EMPTY, file_empty="remark"), ("accepted", [], ["file.empty"])),
        (with_severities(EMPTY, file_empty="off"), ("accepted", [], [])),
        # What is not there is said in either case.
        (EMPTY_ALONE, ("rejected", ["file.empty"], [])),
        (with_severities(EMPTY_ALONE, file_empty="remark"), ("rejected", ["part.missing"], ["file.empty"])),
        (with_severities(EMPTY_ALONE, file_empty="off"), ("rejected", ["part.missing"], [])),
        (with_severities(NOTHING, part_missing="remark"), ("accepted", [], ["part.missing"])),
        (with_severities(NOTHING, part_missing="off"), ("accepted", [], [])),
        # The parts of this notice say themselves what their lack means.
        (with_severities(SPARSE, part_missing="error"), ("accepted", [], ["part.missing"])),
    ],
    ids=[
        "default",
        "off",
        "error",
        "empty remark",
        "empty off",
        "empty alone",
        "empty alone remark",
        "empty alone off",
        "lack remark",
        "lack off",
        "the part's own word",
    ],
)
def test_finding_without_rule_gets_severity_of_notice(of: Case, expected: tuple[str, list[str], list[str]]) -> None:
    assert outcome(of) == expected


@pytest.mark.parametrize("severity", Severity)
def test_private_finding_is_hidden_from_school_at_any_severity(severity: Severity) -> None:
    of = sent("2023-05-17T11:00:00")
    unit = of.reading.unit
    assert unit is not None
    known = replace(of.reading, unit=replace(unit, addresses=("one@county.example",)))
    verdict = judge(
        with_severities(replace(of, reading=known, author=Author("x@qq.com", Relation.KNOWN)), sender_unknown=severity)
    )
    assert verdict.for_school.all_findings == ()
    reported = [] if severity is Severity.OFF else [("sender.unknown", severity, True)]
    assert [(f.code, f.severity, f.private) for f in verdict.all_findings] == reported
