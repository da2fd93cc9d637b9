"""Findings about the author of a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from intake_bot.files.facts import PhotoFacts
from intake_bot.judging.author import Author, Relation
from intake_bot.judging.judge import judge
from intake_bot.judging.sender import AcceptedItem, check_doubt, check_first_mail, check_sender, find_filled_days
from intake_bot.judging.verdict import Decision, Disposition, Verdict
from intake_bot.notices.roster import Unit
from tests.judging.cases import archive, case, moment, photo

UNIT = "濮阳县教育局"
DAY = date(2023, 5, 17)
COUNTY = Unit(UNIT, addresses=("one@county.example", "@county.edu.example"))


@pytest.mark.parametrize(
    ("author", "unit", "codes"),
    [
        (Author("One@county.example", Relation.UNITS), COUNTY, []),
        (Author("any@county.edu.example", Relation.UNITS), COUNTY, []),
        (Author("x@qq.com"), COUNTY, ["sender.unknown"]),
        (Author("x@qq.com", Relation.UNITS), COUNTY, []),
        (Author(""), COUNTY, ["sender.unknown"]),
        (Author("x@qq.com"), Unit(UNIT), []),
        (Author("x@qq.com"), None, []),
        (Author("one@county.example", Relation.DOUBTFUL, UNIT), COUNTY, []),
        (Author("x@qq.com", Relation.DOUBTFUL, "范县教育局"), COUNTY, ["sender.unknown"]),
    ],
)
def test_check_sender_reports_foreign_addresses(author: Author, unit: Unit | None, codes: list[str]) -> None:
    found = check_sender(author, unit)
    assert [finding.code for finding in found] == codes
    assert all(finding.private for finding in found)


def test_check_sender_names_unit_of_foreign_address() -> None:
    (finding,) = check_sender(Author("x@fan.example", registered_unit="范县教育局"), COUNTY)
    assert finding.found == "发件邮箱 x@fan.example 登记在“范县教育局”名下"


@pytest.mark.parametrize(
    ("relation", "first", "doubted"),
    [
        (Relation.UNITS, False, False),
        (Relation.KNOWN, False, False),
        (Relation.OTHER_UNITS, True, False),
        (Relation.UNKNOWN, True, False),
        (Relation.DOUBTFUL, False, True),
    ],
)
def test_notes_about_first_and_doubtful_addresses_are_private(relation: Relation, first: bool, doubted: bool) -> None:
    author = Author("x@qq.com", relation)
    notes, doubts = check_first_mail(author), check_doubt(author)
    assert ([one.found for one in notes], len(doubts)) == (["首次来信的地址：x@qq.com"] if first else [], int(doubted))
    assert all(one.private for one in (*notes, *doubts)) and all(one.holds for one in doubts)


def accepted(sender: str, received: str = "2023-05-17T14:00:00", *, late: bool = False) -> AcceptedItem:
    return AcceptedItem("照片", DAY, sender, "1001-9", moment(received), late)


def second(author: Author, *items: AcceptedItem, received: str = "2023-05-17T15:00:00", pixels: int = 4000) -> Verdict:
    """The verdict on one photo for a day that has these accepted items."""
    picture = photo("学生技能展示现场.jpg", photo=PhotoFacts(pixels, pixels * 3 // 4))
    of = case("puyang-2023", "活动周濮阳县教育局照片", archive(), picture, received=received)
    return judge(replace(of, author=author, accepted_items=items))


ME = Author("me@qq.com", Relation.KNOWN)


def told(verdict: Verdict) -> list[str]:
    """Codes about author and time."""
    return [finding.code for finding in verdict.all_findings if finding.code.startswith(("sender.", "deadline."))]


@pytest.mark.parametrize(
    ("author", "first", "decision", "codes"),
    [
        (ME, "me@qq.com", Decision.ACCEPTED, []),
        (ME, "other@qq.com", Decision.HELD, ["sender.contested", "sender.contested"]),
        (Author("me@qq.com"), "other@qq.com", Decision.HELD, ["sender.contested", "sender.contested"]),
        (Author("me@qq.com", Relation.UNITS), "other@qq.com", Decision.ACCEPTED, []),
        (
            Author("me@qq.com", Relation.DOUBTFUL),
            "me@qq.com",
            Decision.HELD,
            ["sender.unauthenticated", "sender.contested", "sender.contested"],
        ),
    ],
)
def test_accepted_item_is_replaced_by_its_author_or_the_unit(
    author: Author, first: str, decision: Decision, codes: list[str]
) -> None:
    verdict = second(author, accepted(first))
    assert ([item.decision for item in verdict.items], told(verdict)) == ([decision], codes)


@pytest.mark.parametrize("author", [Author("me@qq.com"), Author("me@qq.com", Relation.DOUBTFUL)])
@pytest.mark.parametrize("pixels", [4000, 900])
def test_contested_and_doubtful_items_are_held_whatever_is_wrong_with_them(author: Author, pixels: int) -> None:
    items = () if author.relation is Relation.DOUBTFUL else (accepted("other@qq.com"),)
    assert second(author, *items, pixels=pixels).disposition is Disposition.HELD


def test_school_reads_nothing_of_the_first_mail_and_the_clerk_both_addresses() -> None:
    public, private = (one for one in second(ME, accepted("other@qq.com")).items[0].findings if one.holds)
    assert (public.private, private.private) == (False, True)
    assert all(words not in public.message for words in ("other", "1001-9", "已收"))
    assert all(words in private.found for words in ("other@qq.com", "me@qq.com", "1001-9"))


@pytest.mark.parametrize(
    ("items", "received", "late", "codes"),
    [
        ((), "2023-05-17T17:00:00", True, ["deadline.late"]),
        ((accepted("me@qq.com"),), "2023-05-17T17:00:00", False, ["deadline.kept"]),
        ((accepted("me@qq.com", "2023-05-17T16:30:00", late=True),), "2023-05-17T17:00:00", True, ["deadline.late"]),
        (
            (replace(accepted("me@qq.com"), superseded=True), accepted("me@qq.com", "2023-05-17T16:30:00")),
            "2023-05-17T17:00:00",
            False,
            ["deadline.kept"],
        ),
        ((accepted("me@qq.com"),), "2023-05-17T15:59:00", False, []),
        (
            (accepted("other@qq.com"),),
            "2023-05-17T17:00:00",
            True,
            ["deadline.late", "sender.contested", "sender.contested"],
        ),
    ],
    ids=["nothing", "in time", "late", "in time twice", "second in time", "somebody else"],
)
def test_late_item_that_replaces_one_in_time_stays_in_time(
    items: tuple[AcceptedItem, ...], received: str, late: bool, codes: list[str]
) -> None:
    verdict = second(ME, *items, received=f"{received}")
    assert (verdict.items[0].late, told(verdict)) == (late, codes)


def test_late_item_that_stays_in_time_reports_both_times() -> None:
    (kept,) = (one for one in second(ME, accepted("me@qq.com"), received="2023-05-17T17:00:00").items[0].findings)
    assert kept.found == (
        "照片5月17日14:00已经按时收到，5月17日17:00又收到这一封；这一封收下后替换原来的文件，仍算按时"
    )
    unit = Author("jyj@county.example", Relation.UNITS)
    (kept,) = (one for one in second(unit, accepted("me@qq.com"), received="2023-05-17T17:00:00").items[0].findings)
    assert "14:00" not in kept.found


@pytest.mark.parametrize(
    ("author", "is_filled"),
    [
        (Author("one@qq.com", Relation.KNOWN), True),
        (Author("ONE@qq.com", Relation.UNITS), True),
        (Author("two@qq.com", Relation.KNOWN), False),
        (Author("two@qq.com", Relation.UNKNOWN), False),
        (Author("two@county.edu.example", Relation.UNITS), False),
    ],
)
def test_day_is_filled_by_the_author_s_own_item(author: Author, is_filled: bool) -> None:
    assert bool(find_filled_days([accepted("one@qq.com")], author, COUNTY)) is is_filled


def test_day_is_filled_for_an_address_of_the_unit_by_its_others() -> None:
    items = [accepted("one@county.example")]
    own, teacher = Author("two@county.edu.example", Relation.UNITS), Author("x@qq.com", Relation.KNOWN)
    assert find_filled_days(items, own, COUNTY) == {"照片": {DAY}}
    assert find_filled_days(items, teacher, COUNTY) == {}


def test_superseded_items_fill_a_day_and_later_mails_do_not() -> None:
    author, item = Author("one@qq.com", Relation.KNOWN), accepted("one@qq.com")
    assert find_filled_days([replace(item, superseded=True)], author, COUNTY) == {"照片": {DAY}}
    assert find_filled_days([replace(item, is_prior=False)], author, COUNTY) == {}
    assert find_filled_days([replace(item, day=None)], author, COUNTY) == {}
