from __future__ import annotations

import pytest

from intake_bot.mail.machines.headers import is_report_by_type, is_sent_by_program, is_sent_to_list
from tests.mail.samples import message

LISTS = {
    "List-Archive": "<http://a.cn/>",
    "List-Help": "<mailto:help@a.cn>",
    "List-Unsubscribe": "<mailto:off@a.cn>",
    "Mailing-List": "contact a-help@a.cn; run by ezmlm",
    "X-Mailing-List": "<a@a.cn> archive/latest/105",
    "X-BeenThere": "a@a.cn",
    "X-Mailman-Version": "2.0.11",
    "X-ML-Name": "a",
    "X-eGroups-Return": "a@a.cn",
    "Precedence": "first-class-list",
    "Delivered-To": "mailing list a@a.cn",
    "Sender": "owner-a@a.cn",
    "Resent-Sender": "a-request@a.cn",
    "Return-Path": "<a-return-312-b=c.cn@a.cn>",
    "Errors-To": "a-bounces@a.cn",
}


@pytest.mark.parametrize(("name", "value"), LISTS.items(), ids=LISTS)
def test_mail_with_list_field_is_sent_to_list(name: str, value: str) -> None:
    assert is_sent_to_list(message(headers={name: value}))


PROGRAMS = {
    "X-Cron-Env": "<SHELL=/bin/sh>",
    "X-Bugzilla-Reason": "CC",
    "X-GitHub-Sender": "a",
    "Delivered-By-The-Graces-Of": "The Vacation program",
    "Return-Path": "<MAILER-DAEMON@a.cn>",
    "Auto-Submitted": "auto-generated",
    "X-FC-MachineGenerated": "true",
    "X-Precedence": "auto_reply",
    "X-POST-MessageClass": "9; Autoresponder",
    "Delivered-To": "Autoresponder",
    "Reply-To": "no-reply@a.cn",
    "Sender": "<MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@a.cn>",
}


@pytest.mark.parametrize(("name", "value"), PROGRAMS.items(), ids=PROGRAMS)
def test_mail_with_program_field_is_sent_by_program(name: str, value: str) -> None:
    assert is_sent_by_program(message(headers={name: value}))


@pytest.mark.parametrize("address", ["root@a.cn", "bugzilla-daemon@a.cn", "do-not-reply@a.cn", "autoreply@a.cn"])
def test_mail_from_program_address_is_sent_by_program(address: str) -> None:
    assert is_sent_by_program(message(sender=address))


@pytest.mark.parametrize("address", ["owner-a@a.cn", "a-request@a.cn", "a-bounces+b=c.cn@a.cn", "LISTSERV@a.cn"])
def test_mail_from_list_address_is_sent_to_list(address: str) -> None:
    assert is_sent_to_list(message(sender=address))


@pytest.mark.parametrize(
    ("content_type", "is_report"),
    [
        ("multipart/report; report-type=disposition-notification; boundary=b", True),
        ('Multipart/Report; boundary="b"; report-type="feedback-report"', True),
        ("message/delivery-status", True),
        ("multipart/report; report-type=delivery-status; boundary=b", False),
        ("multipart/report; boundary=b", False),
        ("multipart/mixed; boundary=report-type=feedback-report", False),
        ("", False),
    ],
)
def test_report_is_recognised_by_its_type(content_type: str, is_report: bool) -> None:
    assert is_report_by_type(message(headers={"Content-Type": content_type})) is is_report


PERSONS = {
    "QQ": {
        "Return-Path": "<zhang@qq.com>",
        "X-QQ-mid": "x",
        "Feedback-ID": "exmail:qybglogicsvr:1",
        "From": "a@qq.com",
    },
    "163": {"X-CM-TRANSID": "x", "X-Coremail-Locale": "zh_CN", "X-Originating-IP": "[1.2.3.4]"},
    "forwarded by Exchange": {"Return-Path": "<bounces+SRS=abcde=GT@school.edu.cn>"},
    "forwarded by SRS": {"Return-Path": "<SRS0=abcd=GT=qq.com=zhang@school.edu.cn>"},
    "delivered": {"Delivered-To": "py8991718@126.com", "X-Loop": "py8991718@126.com"},
    "read by Yahoo": {"X-Yahoo-Newman-Property": "ymail-3"},
    "named like a list": {"From": "ownership@qq.com", "Sender": "lists@school.edu.cn"},
    "a sender called Owner": {"From": '"owner-x@y.cn root@y.cn" <zhang@qq.com>'},
    "no precedence": {"Precedence": "normal"},
    "an empty path": {"Return-Path": ""},
}


@pytest.mark.parametrize("headers", PERSONS.values(), ids=PERSONS)
def test_mail_of_a_person_has_no_machine_header(headers: dict[str, str]) -> None:
    mail = message(headers=headers)
    assert not (is_sent_to_list(mail) or is_sent_by_program(mail) or is_report_by_type(mail))


def test_machine_header_is_found_in_any_field_of_its_name() -> None:
    mail = message()
    twice = {"precedence": ("normal", "Bulk"), "return-path": ("<zhang@qq.com>", "<>")}
    assert is_sent_to_list(type(mail)(**{**vars(mail), "headers": twice}))
    assert is_sent_by_program(type(mail)(**{**vars(mail), "headers": twice}))
