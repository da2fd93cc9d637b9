"""When two complaints are the same, so that the second one is not sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.files.facts import Kind
from intake_bot.intake.answers.repeated_answers import complaint, complaint_of
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Decision, Disposition, ItemVerdict, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import KeptFile, KeptLink
from intake_bot.notices.notice import Severity
from tests.ledger.samples import DAY, finding, item, judged, judgement, photo, verdict

FAULT = finding()
PHOTO = photo()
BODY = KeptFile(BODY_NAME, "x", "cd" * 32, 12, Kind.TEXT)


def rejected(*items: ItemVerdict) -> Verdict:
    found = items or (item(decision=Decision.REJECTED, findings=(FAULT,), files=(PHOTO.name,)),)
    return verdict(*found, disposition=Disposition.REJECTED)


SAID = complaint(rejected(), (PHOTO, BODY), ())


@pytest.mark.parametrize(
    ("judged", "files", "links", "same"),
    [
        pytest.param(rejected(), (PHOTO,), (), True, id="the same"),
        pytest.param(rejected(), (PHOTO, replace(BODY, sha256="00")), (), True, id="another covering note"),
        pytest.param(rejected(), (replace(PHOTO, name="b.jpg"),), (), True, id="another name"),
        pytest.param(rejected(), (replace(PHOTO, sha256="00"),), (), False, id="another file"),
        pytest.param(rejected(), (PHOTO, replace(PHOTO, sha256="00")), (), False, id="one file more"),
        pytest.param(rejected(), (PHOTO,), (KeptLink("a", "https://mail.qq.com/x"),), False, id="a link"),
        pytest.param(
            rejected(item(decision=Decision.REJECTED, findings=(replace(FAULT, found="长边1279像素"),))),
            (PHOTO,), (), True, id="another number",
        ),
        pytest.param(
            rejected(item(decision=Decision.REJECTED, findings=(replace(FAULT, code="photo.too_small"),))),
            (PHOTO,), (), False, id="another reason",
        ),
        pytest.param(
            rejected(item(decision=Decision.REJECTED, findings=(FAULT, replace(FAULT, severity=Severity.REMARK)))),
            (PHOTO,), (), True, id="a remark more",
        ),
        pytest.param(
            rejected(item("视频", decision=Decision.REJECTED, findings=(FAULT,))),
            (PHOTO,), (), False, id="another material",
        ),
        pytest.param(
            rejected(item(day=None, decision=Decision.REJECTED, findings=(FAULT,))),
            (PHOTO,), (), False, id="another day",
        ),
        pytest.param(replace(rejected(), unit="别的学校"), (PHOTO,), (), False, id="another unit"),
        pytest.param(
            rejected(item(decision=Decision.REJECTED, findings=(FAULT,), files=(BODY_NAME,))),
            (PHOTO, BODY), (), False, id="its own words as a text",
        ),
    ],
)  # fmt: skip
def test_complaint_is_the_same_for_same_files_and_reasons(
    judged: Verdict, files: tuple[KeptFile, ...], links: tuple[KeptLink, ...], same: bool
) -> None:
    assert (complaint(judged, files, links) == SAID) is same


def test_complaint_of_a_receipt_is_none() -> None:
    assert complaint(verdict(item()), (PHOTO,), ()) is None


def test_complaint_of_a_filed_mail_equals_that_of_its_verdict(tmp_path: Path) -> None:
    found = (item("照片", DAY, Decision.REJECTED, (FAULT,), (PHOTO.name, BODY_NAME)), item("视频"))
    decided = replace(rejected(*found), findings=(finding("subject.placeholder", None),))
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        mail = judged(ledger, 1, judgement(decided, files=(PHOTO, BODY)))
        assert complaint_of(ledger.submissions.get_mail(mail.id)) == complaint(decided, (PHOTO, BODY), ())
