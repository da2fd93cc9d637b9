"""The report on a week, from the ledger: 周报.docx and 周报.xlsx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.digests.week.document import write_document
from intake_bot.digests.week.figures import Count, WeekFigures, count_week
from intake_bot.digests.week.photos import find_photos
from intake_bot.digests.week.sentences import write_sentences
from intake_bot.digests.workbook.gather import WORKBOOK_KIND, gather_ledger_view
from intake_bot.digests.workbook.sheet import Sheet
from intake_bot.digests.workbook.write import write_workbook
from intake_bot.home.services import Services
from intake_bot.mail.smtp.outgoing import AttachedFile

DOCUMENT_NAME, TABLES_NAME = "周报.docx", "周报.xlsx"
_DOCUMENT_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_COUNT_HEADER = ("收下", "按时", "迟报", "未报", "退回未改")


@dataclass(frozen=True)
class WeekReport:
    """The two files, and the sentences of the document for a letter."""

    document: bytes
    tables: bytes
    sentences: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    """What a clerk picked and the document does not show, in sentences."""

    @property
    def files(self) -> tuple[AttachedFile, ...]:
        return (
            AttachedFile(DOCUMENT_NAME, _DOCUMENT_KIND, self.document),
            AttachedFile(TABLES_NAME, WORKBOOK_KIND, self.tables),
        )


def make_week_report(services: Services, bureau: Bureau, now: datetime) -> WeekReport | None:
    """The report as the ledger is now; None where no notice applies. `now` is aware."""
    view, context = gather_ledger_view(services, bureau, now), services.find_notice_context(bureau, now)
    if view is None or context is None:
        return None
    figures = count_week(view, context.notice, bureau.roster, bureau.name)
    sentences = write_sentences(figures)
    photos = find_photos(services, bureau, context.notice.id, view)
    return WeekReport(
        write_document(figures, view.now, photos),
        write_workbook(_sheets(figures), view.now),
        sentences,
        photos.left_out,
    )


def _sheets(figures: WeekFigures) -> list[Sheet]:
    return [
        Sheet("说明", ("可以直接引用的句子",), tuple((sentence,) for sentence in write_sentences(figures))),
        Sheet("按单位", ("单位", *_COUNT_HEADER), tuple(map(_count_row, figures.units))),
        Sheet("按材料", ("材料", *_COUNT_HEADER), tuple(map(_count_row, figures.materials))),
        Sheet(
            "活动数据",
            ("表格", "项目", "合计", "单位数"),
            tuple((one.form, one.name, one.total, one.units) for one in figures.sums),
        ),
        Sheet(
            "媒体报道",
            ("单位", "媒体", "标题", "链接"),
            tuple((one.unit, one.media, one.title, one.link) for one in figures.media),
        ),
        Sheet(
            "篇数",
            ("单位", "材料", "已报", "应报"),
            tuple((one.unit, one.material, one.reported, one.owed) for one in figures.quotas),
        ),
    ]


def _count_row(one: Count) -> tuple[str | int, ...]:
    return (one.name, one.accepted, one.in_time, one.late, one.missing, one.returned)
