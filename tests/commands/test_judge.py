"""`judge`: what it prints for machines and for people, and that it leaves no trace."""

from __future__ import annotations

import tempfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from intake_bot.demo.media import chinese_text, docx, jpeg, zip_of
from tests.commands.conftest import WriteMail
from tests.e2e.inspection import CommandResult, run, tree
from tests.e2e.mails import BIG_ATTACHMENT, accepted_mail, bounce_mail, compose, foreign_mail, rejected_mail

STORY = docx([chinese_text(900)])
NOON = ("--received", "2023-05-17T12:00:00+08:00")


def test_accepted_mail_as_json_has_every_key(home: Path, write_mail: WriteMail) -> None:
    path = write_mail("好.eml", accepted_mail())
    judged = run("judge", "--home", home, "--json", path, *NOON)
    assert (judged.code, judged.err) == (0, "")
    (printed,) = judged.objects
    reply = printed.pop("reply")
    assert printed == {
        "file": str(path),
        "bureau": "hebei",
        "notice": "hebei-2023",
        "kind": "submission",
        "disposition": "accepted",
        "unit": "石家庄市教育局",
        "received": "2023-05-17T12:00:00+08:00",
        "items": [
            {
                "material": "典型案例",
                "day": None,
                "deadline": "2023-05-21T00:00:00+08:00",
                "late": False,
                "verdict": "accepted",
                "findings": [],
            }
        ],
        "findings": [],
    }
    assert list(reply) == ["to", "subject", "text"]
    assert reply["to"] == "school@example.edu.cn"
    assert "石家庄市教育局" in reply["subject"]
    assert "[合格] 典型案例.docx" in reply["text"]


def test_rejected_photo_as_json_has_its_findings(home: Path, write_mail: WriteMail) -> None:
    files = {
        "照片.zip": zip_of({"现场.jpg": jpeg(1280, 720, min_bytes=2_100_000)}),
        "说明.txt": "开幕式现场。".encode(),
    }
    path = write_mail("照片.eml", compose("活动周濮阳县教育局照片材料", files, to="py8991718@126.com"))
    judged = run("judge", "--home", home, "--json", path, "--received", "2023-05-17T16:00:01+08:00")
    assert judged.code == 1
    (printed,) = judged.objects
    assert (printed["bureau"], printed["notice"], printed["disposition"]) == ("puyang", "puyang-2023", "rejected")
    (item,) = printed["items"]
    findings = {finding["code"]: finding for finding in item.pop("findings")}
    assert item == {
        "material": "照片",
        "day": "2023-05-17",
        "deadline": "2023-05-17T16:00:00+08:00",
        "late": True,
        "verdict": "rejected",
    }
    assert set(findings) == {"photo.too_few_pixels", "deadline.late"}
    pixels = findings["photo.too_few_pixels"]
    assert list(pixels) == ["code", "severity", "file", "clause", "message"]
    assert (pixels["severity"], pixels["clause"]) == ("error", "四（三）2")
    assert pixels["file"].endswith("现场.jpg")
    assert "1280" in pixels["message"]
    assert "2000" in pixels["message"]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (bounce_mail(), "machine"),
        (foreign_mail(), "other"),
        (b"", "other"),
        (bytes(range(256)) * 400, "other"),
        (b"Subject: =?utf-8?b?////?=\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n", "other"),
    ],
    ids=["bounce", "foreign", "empty", "noise", "broken"],
)
def test_mail_that_is_no_submission_gets_no_reply(home: Path, write_mail: WriteMail, raw: bytes, kind: str) -> None:
    path = write_mail("一封.eml", raw)
    judged = run("judge", "--home", home, "--json", "--bureau", "hebei", path, *NOON)
    assert judged.code == 0
    assert judged.objects == [
        {
            "file": str(path),
            "bureau": "hebei",
            "notice": "hebei-2023",
            "kind": kind,
            "disposition": "ignored",
            "unit": None,
            "received": "2023-05-17T12:00:00+08:00",
            "items": [],
            "findings": [],
            "reply": None,
        }
    ]


def test_answer_of_a_clerk_is_a_command(home: Path, write_mail: WriteMail) -> None:
    thread = f"<intake.{'0' * 32}@126.com>"
    raw = compose("Re: 未报6", text="收 1017-6", sender="clerk@example.edu.cn", to="py8991718@126.com")
    raw = b"In-Reply-To: " + thread.encode() + b"\r\n" + raw
    judged = run("judge", "--home", home, "--json", write_mail("答.eml", raw), *NOON)
    (printed,) = judged.objects
    assert (printed["kind"], printed["disposition"], printed["reply"]) == ("command", "ignored", None)


def test_link_instead_of_a_file_is_held(home: Path, write_mail: WriteMail) -> None:
    raw = compose("活动周石家庄市教育局照片材料", text=f"照片请下载：{BIG_ATTACHMENT}")
    (printed,) = run("judge", "--home", home, "--json", write_mail("包.eml", raw), *NOON).objects
    assert (printed["disposition"], [item["verdict"] for item in printed["items"]]) == ("held", ["held"])
    assert printed["reply"] is not None


def test_many_files_are_judged_in_order(home: Path, write_mail: WriteMail) -> None:
    paths = [
        write_mail(f"{number}.eml", raw)
        for number, raw in ((3, rejected_mail()), (1, accepted_mail()), (2, bounce_mail()), (4, accepted_mail()))
    ]
    judged = run("judge", "--home", home, "--json", *paths)
    assert [printed["file"] for printed in judged.objects] == [str(path) for path in paths]
    assert [one["disposition"] for one in judged.objects] == ["rejected", "accepted", "ignored", "accepted"]
    assert judged.code == 1


RECEIVED = "from a by b with ESMTP; Wed, 17 May 2023 09:00:00 +0000"
OLDER = "from c by a with ESMTP; Tue, 16 May 2023 09:00:00 +0000"


def dated(*received: str, date: str | None = "Mon, 15 May 2023 09:00:00 +0800") -> bytes:
    mail = EmailMessage(policy=SMTP)
    for line in received:
        mail["Received"] = line
    if date:
        mail["Date"] = date
    mail["From"], mail["To"] = "a@example.edu.cn", "hbsjytzcc@163.com"
    mail["Subject"] = "活动周石家庄市教育局典型案例材料"
    mail.add_attachment(STORY, "application", "octet-stream", filename="案例.docx")
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("raw", "options", "received"),
    [
        (dated(RECEIVED, OLDER), ["--received", "2023-05-18T10:00:00+08:00"], "2023-05-18T10:00:00+08:00"),
        (dated(RECEIVED, OLDER), ["--received", "2023-05-18T10:00:00"], "2023-05-18T10:00:00+08:00"),
        (dated(RECEIVED, OLDER), ["--received", "2023-05-18T02:00:00Z"], "2023-05-18T10:00:00+08:00"),
        (dated(RECEIVED, OLDER), [], "2023-05-17T17:00:00+08:00"),
        (dated(RECEIVED, OLDER), ["--now", "2023-05-30T00:00:00+08:00"], "2023-05-17T17:00:00+08:00"),
        (dated(), [], "2023-05-15T09:00:00+08:00"),
        (dated(date=None), ["--now", "2023-05-19T08:00:00+08:00"], "2023-05-19T08:00:00+08:00"),
    ],
    ids=["--received", "no offset", "UTC", "topmost Received", "--now decides nothing", "Date", "no date at all"],
)
def test_received_time_comes_from_option_header_or_clock(
    home: Path, write_mail: WriteMail, raw: bytes, options: list[str], received: str
) -> None:
    judged = run("judge", "--home", home, "--json", write_mail("a.eml", raw), *options)
    assert [printed["received"] for printed in judged.objects] == [received]


@pytest.mark.parametrize(
    ("headers", "options", "bureau"),
    [
        ({"to": "HFSJYZCC@163.com"}, [], "hefei"),
        ({"to": "other@example.edu.cn", "headers": {"Cc": "zcs@moe.edu.cn"}}, [], "moe"),
        ({"to": "other@example.edu.cn", "headers": {"Delivered-To": "py8991718@126.com"}}, [], "puyang"),
        ({"to": "hfsjyzcc@163.com"}, ["--bureau", "hebei"], "hebei"),
        ({"to": "other@example.edu.cn"}, ["--bureau", "hebei"], "hebei"),
        ({"to": "other@example.edu.cn"}, [], None),
    ],
    ids=["To", "Cc", "Delivered-To", "--bureau against To", "--bureau", "nobody's"],
)
def test_bureau_comes_from_option_or_recipient(
    home: Path, write_mail: WriteMail, headers: dict[str, object], options: list[str], bureau: str | None
) -> None:
    raw = compose("活动周石家庄市教育局典型案例材料", {"案例.docx": STORY}, **headers)  # type: ignore[arg-type]  # a table of keyword arguments
    (printed,) = run("judge", "--home", home, "--json", write_mail("a.eml", raw), *options).objects
    assert printed["bureau"] == bureau
    assert printed["notice"] == (f"{bureau}-2023" if bureau else None)
    assert (printed["reply"] is None) == (bureau is None)


def test_judging_leaves_no_trace(
    home: Path, write_mail: WriteMail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "tmp"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    raw = compose("活动周石家庄市教育局照片材料", {"照片.zip": zip_of({"现场.jpg": jpeg(640, 480)})})
    paths = [write_mail("a.eml", raw), write_mail("b.eml", accepted_mail()), write_mail("c.eml", rejected_mail())]
    before = tree(tmp_path)
    run("judge", "--home", home, "--json", *paths)
    run("judge", "--home", home, *paths)
    assert tree(tmp_path) == before
    assert list(work.iterdir()) == []
    assert list((home / "data").iterdir()) == []


def test_missing_file_is_a_usage_error(home: Path, write_mail: WriteMail, tmp_path: Path) -> None:
    there = write_mail("a.eml", accepted_mail())
    missing = tmp_path / "没有.eml"
    judged = run("judge", "--home", home, "--json", there, missing, tmp_path)
    assert judged == CommandResult(2, "", f"{missing}：没有这个文件\n{tmp_path}：没有这个文件\n共 2 处需要修改。\n")


def test_unknown_bureau_is_a_usage_error(home: Path, write_mail: WriteMail) -> None:
    judged = run("judge", "--home", home, "--bureau", "beijing", write_mail("a.eml", accepted_mail()))
    assert (judged.code, judged.out) == (2, "")
    assert "没有编号为“beijing”的教育局" in judged.err


def test_judge_without_json_prints_the_letter(home: Path, write_mail: WriteMail) -> None:
    path = write_mail("[bold]坏.eml", rejected_mail())
    judged = run("judge", "--home", home, path, *NOON)
    assert judged.code == 1
    assert f"═══ {path}\n判定：请补正\n回信给：school@example.edu.cn\n主题：" in judged.out
    assert run("judge", "--home", home, write_mail("b.eml", bounce_mail())).out.endswith(
        "判定：不是报送邮件，不处理\n不回信。\n"
    )
