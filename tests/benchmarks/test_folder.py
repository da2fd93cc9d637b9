from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from intake_bot.config.defaults import defaults_dir
from intake_bot.intake.opening import open_mail
from tests.benchmarks.folder import Cost, is_well, judged, looks_like_a_machine, mails, report
from tests.benchmarks.mutations import strange_mails
from tests.mail.samples import raw_mail

OPTIONS = ("--home", str(defaults_dir()), "--bureau", "puyang", "--received", "2023-05-17T15:00:00+08:00")
ONE = raw_mail("From: <zhang@qq.com>", "Subject: 活动周濮阳县教育局照片材料", "", "正文")


def test_every_mail_of_a_folder_is_found(tmp_path: Path) -> None:
    box = b"".join(b"From zhang@qq.com Wed May 17 15:02:11 2023\n" + ONE + b"\n" for _ in range(3))
    (tmp_path / "in" / "deep").mkdir(parents=True)
    work = tmp_path / "work"
    work.mkdir()
    for name, content in (("a.eml", ONE), ("00001.7c53336b", ONE), ("deep/box", box), ("notes.md", b"# none")):
        (tmp_path / "in" / name).write_bytes(content)
    found = list(mails(tmp_path / "in", work))
    assert [path.name for path in found] == ["00001.7c53336b", "a.eml", "box-00001", "box-00002", "box-00003"]
    assert {path.read_bytes().strip() for path in found} == {ONE.strip()}


def test_an_exception_is_told_and_the_next_mail_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path in paths:
        path.write_bytes(ONE)

    def breaks(raw: Path, *rest: object) -> object:
        if raw == paths[1]:
            raise RuntimeError("as a bug would")
        return open_mail(raw, *rest)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr("intake_bot.commands.judge.open_mail", breaks)
    costs = list(judged(paths, OPTIONS))
    assert [cost.path for cost in costs] == paths
    assert [bool(cost.trace) for cost in costs] == [False, True, False]
    assert not is_well(costs)
    told = report([replace(cost, peak_bytes=0) for cost in costs])  # the tests' own memory is large already
    assert "1 exceptions, 0 answers to machines, 0 mails over the limits" in list(told)


def test_an_answer_to_a_machine_and_a_slow_mail_are_told(tmp_path: Path) -> None:
    machine = tmp_path / "machine"
    machine.write_bytes(b"Precedence: bulk\r\n" + ONE)
    answered = Cost(machine, 0.1, 0.1, 1, {"kind": "submission", "disposition": "held", "reply": {"subject": "x"}})
    slow = Cost(machine, 11, 0.1, 1, {"kind": "other", "disposition": "ignored", "reply": None})
    assert not is_well([answered])
    assert not is_well([slow])
    assert "0 exceptions, 1 answers to machines, 1 mails over the limits" in list(report([answered, slow]))


@pytest.mark.parametrize(
    ("field", "is_machine"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: no", False),
        ("Return-Path: <>", True),
        ("Return-Path: <zhang@qq.com>", False),
        ("From: Cron <root@host>", True),
        ("Sender: someone@qq.com", False),
        ("X-Mailing-List: <a@b.cn>", True),
    ],
)
def test_looks_like_a_machine(field: str, is_machine: bool, tmp_path: Path) -> None:
    path = tmp_path / "mail"
    path.write_bytes(raw_mail("From zhang@qq.com Wed May 17 15:02:11 2023", field, "Subject: x", "", "text"))
    assert looks_like_a_machine(path) is is_machine


FILE_OR_LINK = re.compile(rb"name\*?\d*\*?=|https?://", re.IGNORECASE)
"""Files or links under a fitting subject outweigh a machine's mark; found by other code than the program's."""


@pytest.mark.slow
def test_strange_mails_are_judged_and_no_machine_without_files_is_answered(tmp_path: Path) -> None:
    many = 200
    for number, raw in enumerate(strange_mails(many, seed=2023)):
        (tmp_path / f"{number:03d}.eml").write_bytes(raw)
    costs = list(judged(sorted(tmp_path.iterdir()), OPTIONS))
    assert len(costs) == many
    assert [cost.trace for cost in costs if cost.trace] == []
    answered = [cost.path for cost in costs if cost.verdict["reply"] and looks_like_a_machine(cost.path)]
    assert [path for path in answered if not FILE_OR_LINK.search(path.read_bytes())] == []
    assert {cost.verdict["kind"] for cost in costs} == {"submission", "machine", "other"}
