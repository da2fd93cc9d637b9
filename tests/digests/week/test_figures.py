from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest

from intake_bot.digests.sums import ROWS
from intake_bot.digests.week.document import write_document
from intake_bot.digests.week.figures import Count, WeekFigures, count_week
from intake_bot.digests.week.sentences import write_sentences
from intake_bot.letters.digest_lines import MediaLine, SumLine
from intake_bot.letters.missing_reports import QuotaRow
from intake_bot.notices.roster import Roster
from tests.digests.standings import NOW, PUYANG
from tests.digests.workbook.test_sheets import COUNTY, FAN, MAIL, NAMELESS, RETURNED, TAIQIAN, view
from tests.judging.cases import notice

FIGURES = WeekFigures(
    bureau="濮阳市教育局",
    event="职教活动周",
    first_day="2023年5月14日",
    last_day="5月20日",
    expected_units=3,
    reporting_units=2,
    files=14,
    materials=(Count("文字材料", 7, 1, 2, 0), Count("照片", 5, 0, 3, 1), Count("视频", 0, 0, 0, 0)),
    units=(Count(COUNTY, 7, 0, 0, 0), Count(FAN, 5, 1, 2, 1), Count(TAIQIAN, 0, 0, 3, 0)),
    sums=(SumLine("活动情况日报表", "参与人数", "1,240", 2), SumLine("活动情况日报表", "场次", "8", 1)),
    media=(MediaLine(COUNTY, "濮阳日报", "工匠进校园", "x.cn/1"), MediaLine(FAN, "", "", "x.cn/2")),
    quotas=(QuotaRow(COUNTY, "宣传材料", 2, 2), QuotaRow(FAN, "宣传材料", 0, 2)),
)
SENTENCES = (
    "2023年5月14日至5月20日职教活动周期间，濮阳市教育局组织 3 个单位报送材料，有 2 个单位报送，"
    "共收到符合要求的材料 12 项、文件 14 个，其中按时报送 11 项、迟报 1 项，按时率 91%。",
    "按材料看，文字材料 7 项（迟报 1 项），照片 5 项。",
    "报送最多的是濮阳县教育局，7 项。",
    "应报的全部按时报齐的有 1 个单位：濮阳县教育局。",
    "据各单位报送的活动情况日报表统计：参与人数 1,240（2 个单位），场次 8（1 个单位）。",
    "2 个单位报来媒体报道 2 篇，如濮阳日报《工匠进校园》。",
    "宣传材料按篇数要求，2 个单位中 1 个已报够，没有报够的：范县教育局（差 2 篇）。",
    "到期还没有报送的共 5 项，涉及 2 个单位：范县教育局（2 项）、台前县教育局（3 项）。",
    "退回后还没有改好的，涉及 1 个单位：范县教育局（1 项）。",
)


def test_sentences_say_what_the_week_came_to() -> None:
    assert write_sentences(FIGURES) == SENTENCES


def test_forms_of_which_only_the_rows_are_counted_are_not_named() -> None:
    sums = (
        SumLine("联络员信息表", ROWS, "16", 16),
        SumLine("活动情况日报表", ROWS, "140", 17),
        SumLine("活动情况日报表", "参与人数", "30,940", 17),
    )
    said = [one for one in write_sentences(replace(FIGURES, sums=sums)) if one.startswith("据")]
    assert said == ["据 17 个单位报送的活动情况日报表统计：填写行数 140，参与人数 30,940。"]


def test_week_without_anything_says_so_and_nothing_that_is_untrue() -> None:
    nothing = replace(
        FIGURES,
        materials=(Count("照片", 0, 0, 3, 0),),
        units=(Count(COUNTY, 0, 0, 3, 0),),
        sums=(),
        media=(),
        quotas=(),
        files=0,
        reporting_units=0,
    )
    assert write_sentences(nothing) == (
        "2023年5月14日至5月20日职教活动周期间，濮阳市教育局还没有收到符合要求的材料。",
        "到期还没有报送的共 3 项，涉及 1 个单位：濮阳县教育局（3 项）。",
    )


def test_all_in_time_needs_no_percent() -> None:
    whole = replace(FIGURES, materials=(Count("照片", 5, 0, 0, 0),), units=(Count(COUNTY, 5, 0, 0, 0),))
    assert write_sentences(whole)[0].endswith("材料 5 项、文件 14 个，全部按时。")


@pytest.mark.parametrize(("accepted", "late", "percent"), [(0, 0, 0), (3, 0, 100), (3, 1, 66), (200, 1, 99)])
def test_share_in_time_is_rounded_down(accepted: int, late: int, percent: int) -> None:
    assert replace(FIGURES, materials=(Count("照片", accepted, late, 0, 0),)).in_time_percent == percent


def test_figures_count_standing_accepted_items_only() -> None:
    figures = count_week(view(MAIL, RETURNED, NAMELESS), notice("puyang-2023"), PUYANG, "濮阳市教育局")
    photo = next(one for one in figures.materials if one.name == "照片")
    assert (photo.accepted, photo.late, photo.in_time, photo.returned) == (1, 1, 0, 1)
    assert photo.missing == 10  # three units, four days, without the one that came and the one that was sent back
    assert (figures.reporting_units, figures.expected_units, figures.files) == (1, 3, 1)
    assert [one.accepted for one in figures.units] == [1, 0, 0]
    assert {line.media for line in figures.media} == {"濮阳日报"}


def test_empty_roster_gives_a_report_too() -> None:
    empty = replace(view(), standings=(), forms=())
    assert write_sentences(count_week(empty, notice("puyang-2023"), Roster(()), "濮阳市教育局"))


def test_document_opens_in_word_and_holds_sentences_and_tables() -> None:
    strange = replace(FIGURES, media=(MediaLine(COUNTY, "日报\x00\x07", "<b>&\udcff", "x"),))
    document = docx.Document(io.BytesIO(write_document(strange, NOW)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "濮阳市教育局职教活动周材料报送情况"
    assert texts[1:6] == list(SENTENCES[:5])
    assert [cell.text for cell in document.tables[0].rows[2].cells] == [FAN, "5", "4", "1", "2", "1"]
    assert [cell.text for cell in document.tables[1].rows[1].cells] == [COUNTY, "日报", "<b>&", "x"]
