"""Lines to copy and buttons, for what waits for a clerk."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.config.load import load
from intake_bot.digests.ready_answers import Buttons, plain_answers, ready_lines
from intake_bot.ledger.values.orders import OrderCode
from intake_bot.letters.digest_lines import OpenItem, OpenKind
from intake_bot.orders.codes import find_code, new_code, words_of_button
from intake_bot.orders.order import Answer, Reject
from intake_bot.orders.read import Known, Misread, Understood, read_orders

NOW = datetime(2023, 5, 17, 8, 30, tzinfo=UTC)


def item(kind: OpenKind, number: str = "1017-6") -> OpenItem:
    return OpenItem(kind, number, "范县教育局", "主题", "a@b.cn", NOW, "原因")


@pytest.fixture(scope="module")
def known() -> Known:
    settings = load(defaults_dir())
    bureau, notice = settings.bureau("puyang"), settings.notice_for("puyang", NOW)
    assert bureau is not None
    assert notice is not None
    return Known(notice, bureau.roster, NOW)


@pytest.mark.parametrize("kind", OpenKind)
def test_every_button_stands_for_an_order(known: Known, kind: OpenKind) -> None:
    for _, order in ready_lines(item(kind)):
        (reading,) = read_orders(words_of_button(order, "", known), known)
        needs_words = isinstance(reading, Misread) and reading.why.startswith(("退回要写原因", "答复要写内容"))
        assert isinstance(reading, Understood) or needs_words, reading


def test_line_that_is_copied_with_its_placeholder_is_no_order(known: Known) -> None:
    lines = [line for kind in OpenKind for line, order in ready_lines(item(kind)) if line != order]
    assert lines
    assert all(isinstance(one, Misread) for line in lines for one in read_orders(line, known))


def test_buttons_fill_in_the_mail_and_keep_their_codes() -> None:
    numbers = count(1)
    buttons = Buttons("Clerk@Example.edu.cn", "py@126.com", lambda: f"CODE-{next(numbers)}")
    accept, reject = buttons.answers(item(OpenKind.HELD))
    assert (accept.line, reject.line) == ("收 1017-6", "退 1017-6 原因")
    link = urlsplit(reject.link)
    assert (link.scheme, link.path) == ("mailto", "py@126.com")
    assert parse_qs(link.query, keep_blank_values=True) == {"subject": ["退 1017-6〔CODE-2〕"], "body": ["退 1017-6 "]}
    buttons.answers(item(OpenKind.HELD))
    assert buttons.codes == (
        OrderCode("CODE-1", "clerk@example.edu.cn", "收 1017-6"),
        OrderCode("CODE-2", "clerk@example.edu.cn", "退 1017-6"),
    )


def test_code_is_found_in_the_subject_that_a_button_writes() -> None:
    (accept, _) = Buttons("a@b.cn", "py@126.com", new_code).answers(item(OpenKind.HELD))
    code = find_code(unquote(accept.link))
    assert code is not None
    assert len(code.replace("-", "")) * 5 >= 64
    assert find_code("收 1017-6〔2023-0517-1630〕") is None


def test_letter_that_did_not_arrive_is_closed_by_its_ready_answer() -> None:
    assert [one.line for one in plain_answers(item(OpenKind.BOUNCED))] == ["关 1017-6"]
    assert plain_answers(item(OpenKind.HELD, "")) == ()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("退 1017-6 照片模糊", "照片模糊"),
        ("照片模糊，\n请换原图", "照片模糊， 请换原图"),
        ("退1017-6：照片模糊\n收 1018-4", "照片模糊"),
    ],
)
def test_button_that_needs_words_takes_them_from_the_mail(known: Known, words: str, reason: str) -> None:
    (reading,) = read_orders(words_of_button("退 1017-6", words, known), known)
    assert isinstance(reading, Understood)
    assert reading.order == Reject("1017-6", reason)


def test_button_of_one_mail_orders_nothing_about_another(known: Known) -> None:
    (reading,) = read_orders(words_of_button("答 1017-6", "收 1018-4", known), known)
    assert isinstance(reading, Understood)
    assert reading.order == Answer("1017-6", "收 1018-4")


def test_button_that_needs_no_words_ignores_what_is_written(known: Known) -> None:
    assert words_of_button("收 1017-6", "退 1018-4 模糊", known) == "收 1017-6"
