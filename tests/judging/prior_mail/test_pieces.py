"""Pieces of one submission: which belong together, how long they wait, and the finding about missing ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from intake_bot.judging.prior_mail.pieces import Piece, are_complete, check_pieces, wait_until
from tests.judging.cases import ZONE, archive, case, moment, notice, outcome, photo

DAY = date(2023, 5, 17)

UNIT = "濮阳县教育局"

PUYANG = notice("puyang-2023")

PIECE = Piece("puyang-2023", UNIT, ("照片",), DAY, 1, 3)


@pytest.mark.parametrize(
    ("other", "belongs"),
    [
        (replace(PIECE, number=2), True),
        (replace(PIECE, materials=("照片",)), True),
        (replace(PIECE, total=2), False),
        (replace(PIECE, unit="范县教育局"), False),
        (replace(PIECE, materials=("视频",)), False),
        (replace(PIECE, day=None), False),
        (replace(PIECE, notice="puyang-2024"), False),
    ],
)
def test_piece_belongs_to_pieces_of_same_submission(other: Piece, belongs: bool) -> None:
    assert PIECE.belongs_to(other) is other.belongs_to(PIECE) is belongs


def test_pieces_with_every_number_are_complete() -> None:
    pieces = [replace(PIECE, number=number) for number in (3, 1, 1, 2)]
    assert [are_complete(pieces[:count]) for count in range(5)] == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("first", "until"),
    [
        ("2023-05-17T10:00:00", "2023-05-17T12:00:00"),
        ("2023-05-17T13:59:59", "2023-05-17T15:59:59"),
        ("2023-05-17T14:00:00", "2023-05-17T16:00:00"),
        ("2023-05-17T14:00:01", "2023-05-17T16:00:00"),
        ("2023-05-17T15:59:59", "2023-05-17T16:00:00"),
        ("2023-05-17T16:00:00", "2023-05-17T18:00:00"),
        ("2023-05-17T16:00:01", "2023-05-17T18:00:01"),
    ],
)
def test_pieces_wait_two_hours_and_not_beyond_deadline(first: str, until: str) -> None:
    assert wait_until(PIECE, moment(first), PUYANG, ZONE) == moment(until)


@pytest.mark.parametrize(
    ("piece", "judged", "missing"),
    [
        (None, frozenset(), None),
        ((1, 1), frozenset(), None),
        ((2, 3), frozenset(), "第 1、3 封没有收到"),
        ((2, 3), frozenset({1, 2}), "第 3 封没有收到"),
        ((2, 3), frozenset({1, 2, 3}), None),
    ],
)
def test_check_pieces_reports_missing_numbers(
    piece: tuple[int, int] | None, judged: frozenset[int], missing: str | None
) -> None:
    found = [finding.found for finding in check_pieces(piece, judged)]
    assert found == ([] if missing is None else [f"主题写明分 3 封发送，{missing}，先按收到的查看"])


PHOTO = "活动周濮阳县教育局照片"


def test_piece_judged_alone_gets_remark() -> None:
    files = archive(), photo("学生技能展示现场.jpg")
    lone = case("puyang-2023", f"{PHOTO}（2/3）", *files, received="2023-05-17T11:00:00")
    assert outcome(lone) == ("accepted", [], ["part.piece"])
    assert outcome(replace(lone, piece_numbers=frozenset({1, 2, 3}))) == ("accepted", [], [])
