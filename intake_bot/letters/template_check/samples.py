"""Sample values for every letter, with which `check` renders the templates.

Between them they reach every expression of the shipped templates; a test sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import partial

from intake_bot.judging.verdict import Decision
from intake_bot.letters.alert import AlertContext, AlertEvent, compose_alert
from intake_bot.letters.clerk_answer import ClerkAnswerContext, compose_clerk_answer
from intake_bot.letters.confirmation import Confirmation, OrderLine, OrderOutcome, compose_confirmation
from intake_bot.letters.digest import compose_digest, compose_digest_page, compose_note
from intake_bot.letters.file_table import FileCategory, FileState, FileTable
from intake_bot.letters.finding_groups import AffectedFile, FindingGroup
from intake_bot.letters.missing_reports import QuotaLine
from intake_bot.letters.reply import Clause, ReplyItem, ReplyKind, ReplyPage, Revision, render_reply
from intake_bot.letters.resubmission import Refusal
from intake_bot.letters.template_check.digest_samples import DIGEST_CUT, DIGESTS, MARKUP, NOTES
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.unasked.contest import ContestContext, compose_contest
from intake_bot.letters.unasked.reminder import ReminderContext, ReminderLine, compose_reminder
from intake_bot.notices.notice import OnlineChannel

_DAY = date(2023, 5, 17)
_RECEIVED = datetime(2023, 5, 17, 15, 58, 41, tzinfo=timezone(timedelta(hours=8)))
_DEADLINE = _RECEIVED.replace(hour=16, minute=0, second=0)
_BUREAU, _UNIT, _OTHER_UNIT = "濮阳市教育局", "濮阳县教育局", "清丰县教育局"

# ---- replies -------------------------------------------------------------------------------------------------------

_ONE_FILE = FindingGroup(
    code="photo.too_small",
    material="照片（5月17日）",
    found="照片太小：长边 1280 像素；要求 2000 像素以上",
    places=(AffectedFile("IMG_0001.jpg", ""),),
    count=1,
    asked="",
    clause="四（三）2",
    quote="不低于2000像素、2M",
    todo="请发原图",
)
_SAME_FAULT = replace(
    _ONE_FILE,
    code="photo.not_jpeg",
    found="3 张照片实际是PNG图片",
    places=(AffectedFile("IMG_0001.jpg", ""), AffectedFile("IMG_0002.jpg", "")),
    count=3,
    asked="JPG格式",
    quote="",
)
_OWN_FAULTS = replace(
    _ONE_FILE, places=tuple(replace(place, found="长边 1280 像素") for place in _SAME_FAULT.places), count=2
)
_NO_FILE = replace(_ONE_FILE, code="photo.no_caption", found="没有文字说明", places=(), count=0, material="")
_QUOTED = replace(_NO_FILE, asked="文字说明", quote="配文字说明")
_ENTRIES = (_ONE_FILE, _SAME_FAULT, _OWN_FAULTS, _NO_FILE, _QUOTED)
_FILES = FileTable(
    tuple(FileCategory(state, (f"照片{number}.jpg",), 3) for number, state in enumerate(FileState, 1)),
    good=1,
)


def _item(decision: Decision, refusal: Refusal | None = None, late: bool = False) -> ReplyItem:
    timing = "截止 16:00，按时"
    return ReplyItem("照片（5月17日）", timing, late, extended=late, decision=decision, refusal=refusal)


_TAKEN_IN = _item(Decision.ACCEPTED)
_LATE = _item(Decision.ACCEPTED, late=True)
_TO_MEND = _item(Decision.REJECTED)
_HELD = _item(Decision.HELD)
_TOO_EARLY, _TOO_LATE, _TO_ONLINE, _OVER = (
    _item(Decision.REJECTED, refusal) for refusal in (Refusal.EARLY, Refusal.LATE, Refusal.ONLINE, Refusal.OVER)
)

_ACCEPTED = ReplyPage(
    kind=ReplyKind.ACCEPTED,
    bureau=_BUREAU,
    about=f"活动周{_UNIT}照片",
    greeted=_UNIT,
    greets_unit=True,
    unit=_UNIT,
    receipt="1042-9",
    received=_RECEIVED,
    arrived="2023年5月17日（周三）15:58",
    subject=f"活动周{_UNIT}照片{MARKUP}",
    items=(_TAKEN_IN,),
    mend=(),
    mend_later=(),
    missed=(),
    look_at=(),
    know=(),
    until=("请在今天（5月17日）16:00 前发来，过后也照收，记为迟报。",),
    subject_to_copy="",
    subject_for_later="",
    subject_wrong=False,
    files_wrong=False,
    many_units=False,
    files=_FILES,
    taken_over="",
    supplements="",
    together=(),
    decided=False,
    revision=None,
    mentions_arrival=False,
    is_trial=False,
    first_day=date(2023, 5, 14),
    online=OnlineChannel(
        name="网上报送系统", address="https://zjhdz.example.cn", clause="五（四）", quote="在网上报送"
    ),
    online_clauses=(),
    quota_lines=(),
    contact="职成科 0393-8991718",
)
_REJECTED = replace(
    _ACCEPTED,
    kind=ReplyKind.REJECTED,
    items=(_TO_MEND,),
    mend=_ENTRIES,
    files_wrong=True,
    subject_to_copy=f"活动周{_UNIT}照片材料5月17日",
)
_SUBJECT_WRONG = replace(
    _REJECTED, mend=_ENTRIES[3:], files_wrong=False, subject_wrong=True, subject_to_copy="活动周【单位】材料"
)
_CLAUSES = (Clause("五（四）", "在网上报送"),)
_ONLINE = replace(_ACCEPTED, kind=ReplyKind.ONLINE, items=(_TO_ONLINE,), online_clauses=_CLAUSES)
_EARLY = replace(_ACCEPTED, kind=ReplyKind.EARLY, items=(_TOO_EARLY,), mend_later=_ENTRIES)
_CLOSED = replace(_ACCEPTED, kind=ReplyKind.CLOSED, items=(_TOO_LATE,), missed=_ENTRIES)

_PARTIAL = replace(_REJECTED, kind=ReplyKind.PARTIAL, items=(_HELD, _TO_MEND), mend=_ENTRIES[:1])
_REVISION = Revision(("照片（5月17日）原来退回补正，现在改为收下",), _RECEIVED)

_PAGES = {
    "accepted": _ACCEPTED,
    "accepted_late": replace(_ACCEPTED, items=(_LATE,), know=_ENTRIES, quota_lines=(QuotaLine("宣传材料", 1, 2),)),
    "accepted_supplement": replace(_ACCEPTED, supplements="1046-2", taken_over="IMG_0003.jpg 等 3 个"),
    "accepted_by_a_person": replace(_ACCEPTED, decided=True, files=FileTable(()), contact=""),
    "accepted_pieces": replace(_ACCEPTED, together=("1061-4", "1062-3")),
    "partial": replace(
        _REJECTED,
        kind=ReplyKind.PARTIAL,
        items=(_TAKEN_IN, _TO_MEND, _HELD, _TOO_EARLY, _TOO_LATE, _TO_ONLINE),
        mend_later=_ENTRIES,
        missed=_ENTRIES,
        look_at=_ENTRIES,
        know=_ENTRIES,
        online_clauses=_CLAUSES,
        subject_for_later=f"活动周{_UNIT}照片",
    ),
    "partial_one_fault": _PARTIAL,
    "partial_nothing_to_mend": replace(_ACCEPTED, kind=ReplyKind.PARTIAL, items=(_TAKEN_IN, _HELD), look_at=_ENTRIES),
    "rejected": _REJECTED,
    "rejected_one_fault": replace(_REJECTED, mend=_ENTRIES[:1], taken_over="IMG_0003.jpg", files=FileTable(())),
    "rejected_by_a_person": replace(_REJECTED, decided=True),
    "rejected_both": replace(_REJECTED, subject_wrong=True),
    "rejected_other_faults": replace(
        _REJECTED,
        mend=tuple(replace(_NO_FILE, code=code) for code in ("photo.not_in_archive", "video.too_large")),
    ),
    "rejected_subject": replace(_SUBJECT_WRONG, subject_to_copy=f"活动周{_UNIT}材料"),
    "rejected_no_unit": replace(
        _SUBJECT_WRONG, items=(), unit="", greeted="", greets_unit=False, subject="", subject_to_copy=""
    ),
    "rejected_unknown_unit": replace(_SUBJECT_WRONG, items=(), unit="", subject_to_copy=f"活动周{_UNIT}材料"),
    "rejected_many_units": replace(_SUBJECT_WRONG, items=(), unit="", many_units=True),
    "rejected_placeholder": _SUBJECT_WRONG,
    "held": replace(_ACCEPTED, kind=ReplyKind.HELD, items=(_HELD,), look_at=_ENTRIES),
    "question": replace(_ACCEPTED, kind=ReplyKind.QUESTION, items=(), files=FileTable(())),
    **{
        f"trial_{page.kind}": replace(page, is_trial=True, receipt="", subject_to_copy=subject)
        for page in (_ACCEPTED, _REJECTED, _ONLINE, _EARLY, _CLOSED)
        for subject in (f"活动周{_UNIT}照片材料",)
    },
    "trial_of_everything": replace(
        _REJECTED,
        kind=ReplyKind.PARTIAL,
        is_trial=True,
        receipt="",
        items=(_LATE, _TO_MEND, _HELD, _TOO_EARLY, _TOO_LATE, _OVER, _TO_ONLINE),
        subject_to_copy="活动周【单位全称】照片",
    ),
    "trial_of_a_question": replace(
        _ACCEPTED, kind=ReplyKind.QUESTION, is_trial=True, receipt="", items=(), files=FileTable(())
    ),
    "held_as_a_whole": replace(_ACCEPTED, kind=ReplyKind.HELD, items=()),
    "online": _ONLINE,
    "online_without_address": replace(_ONLINE, online=OnlineChannel(name="网上系统", clause="五", quote="")),
    "early": _EARLY,
    "early_with_subject": replace(_EARLY, subject_for_later=f"活动周{_UNIT}照片", mend_later=()),
    "accepted_and_sent_late": replace(_ACCEPTED, mentions_arrival=True),
    "accepted_after_a_revision": replace(_ACCEPTED, decided=True, revision=_REVISION),
    "partial_after_a_revision": replace(_PARTIAL, decided=True, revision=_REVISION),
    "rejected_after_a_revision": replace(_REJECTED, decided=True, revision=replace(_REVISION, replaced=None)),
    "closed_after_a_revision": replace(_CLOSED, decided=True, revision=_REVISION),
    "closed": _CLOSED,
    "closed_by_a_person": replace(_CLOSED, decided=True, items=(_OVER,)),
}

# ---- alerts and contests --------------------------------------------------------------------------------------------

_ALERTS = {
    f"alert_{event}": AlertContext(
        _BUREAU,
        "py8991718@126.com",
        event,
        _RECEIVED,
        _RECEIVED + timedelta(hours=1),
        "" if event is AlertEvent.RECOVERED else MARKUP,
    )
    for event in AlertEvent
}
_CONTEST = ContestContext(_BUREAU, "李老师 0393-8991718", "活动周", _UNIT, "照片", _DAY, "1042-9", _RECEIVED)
_CONTESTS = {"contested": _CONTEST, "contested_without_contact": replace(_CONTEST, contact="")}
_REMINDED = ReminderLine("照片（5月17日）", _DEADLINE, _RECEIVED, False, f"活动周{_UNIT}照片材料5月17日")
_REMINDER = ReminderContext(_BUREAU, "职成科 0393-8991718", "职教活动周", _UNIT, (_REMINDED,))
_REMINDERS = {
    "reminder": _REMINDER,
    "reminder_of_several": replace(
        _REMINDER,
        contact="",
        lines=(_REMINDED, replace(_REMINDED, is_returned=True, deadline=_RECEIVED - timedelta(1))),
    ),
}

_CONFIRMATION = Confirmation(
    _BUREAU,
    (
        OrderLine("收 1042-9", OrderOutcome.DONE, ("1042-9 濮阳县教育局：照片（5月17日）现在改为收下",), "撤销 7"),
        OrderLine(f"退 1030-1 {MARKUP}", OrderOutcome.REFUSED, ("1030-1 已经收下了，不用再办",)),
        OrderLine("受 1030-1", OrderOutcome.MISREAD, (), "收 1030-1"),
    ),
    ("张老师",),
    _RECEIVED,
)
_CONFIRMATIONS = {
    "confirmation": _CONFIRMATION,
    "confirmation_done": replace(_CONFIRMATION, lines=_CONFIRMATION.lines[:1], unread=()),
    "confirmation_all_done": replace(_CONFIRMATION, lines=_CONFIRMATION.lines[:1] * 2, unread=()),
    "confirmation_refused": replace(_CONFIRMATION, lines=_CONFIRMATION.lines[1:], unread=()),
    "confirmation_asked": replace(
        _CONFIRMATION, lines=(OrderLine("催", OrderOutcome.ASKED, ("会写信给 38 个单位",), "好"),), unread=()
    ),
    "confirmation_told": replace(
        _CONFIRMATION, lines=(OrderLine("谁没报", OrderOutcome.ANSWERED, ("该报的都报了",)),), unread=()
    ),
}
_ANSWER = ClerkAnswerContext(
    _BUREAU, "李老师 0393-8991718", _UNIT, "1020-2", f"照片可以晚点交吗{MARKUP}", ("可以明天上午交。",)
)
_ANSWERS = {"answered": _ANSWER, "answered_without_contact": replace(_ANSWER, contact="", greeted="", subject="")}


def _digest_page(templates: Templates) -> Letter:
    """The digest as it lies on the disk."""
    page = compose_digest_page(DIGESTS["digest_busy"], templates)
    return replace(compose_digest(DIGESTS["digest_busy"], templates), html=page)


Compose = Callable[[Templates], Letter]
LETTERS: dict[str, Compose] = {
    **{name: partial(render_reply, page) for name, page in _PAGES.items()},
    **{name: partial(compose_digest, context) for name, context in DIGESTS.items()},
    "digest_cut": partial(compose_digest, DIGEST_CUT, shown=((1, 1),)),
    "digest_page": _digest_page,
    **{name: partial(compose_note, context) for name, context in NOTES.items()},
    **{name: partial(compose_alert, context) for name, context in _ALERTS.items()},
    **{name: partial(compose_contest, context) for name, context in _CONTESTS.items()},
    **{name: partial(compose_reminder, context) for name, context in _REMINDERS.items()},
    **{name: partial(compose_confirmation, context) for name, context in _CONFIRMATIONS.items()},
    **{name: partial(compose_clerk_answer, context) for name, context in _ANSWERS.items()},
}
"""Every letter there is, waiting for templates."""
