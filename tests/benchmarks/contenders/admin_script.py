"""What a competent admin would write with imap-tools: it saves the attachments, notes the mail in SQLite and answers on
one SMTP connection. It judges nothing, and does not wait for the disk."""

from __future__ import annotations

import smtplib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage

from imap_tools.mailbox import MailBoxUnencrypted
from imap_tools.message import MailMessage
from imap_tools.query import AND

from tests.benchmarks.contenders.job import Job, Outcome, read_job, tell


class _Script:
    def __init__(self, job: Job, ledger: sqlite3.Connection, smtp: smtplib.SMTP) -> None:
        self.job = job
        self.ledger = ledger
        self.smtp = smtp

    def take(self, number: int, mail: MailMessage) -> None:
        folder = self.job.path / "files" / str(number)
        folder.mkdir(parents=True)
        for position, attachment in enumerate(mail.attachments):
            name = attachment.filename.replace("/", "_")[:80]
            (folder / f"{position} {name}").write_bytes(attachment.payload)
        self.ledger.execute("INSERT INTO mail VALUES (?, ?, ?, ?)", (mail.uid, mail.from_, mail.subject, mail.text))
        self.ledger.commit()
        if mail.from_:
            self.smtp.send_message(self.answer(mail))

    def answer(self, mail: MailMessage) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self.job.address, mail.from_
        letter["Subject"] = f"收到：{mail.subject}".replace("\r", " ").replace("\n", " ")
        letter["In-Reply-To"] = str(mail.obj["Message-ID"] or "").strip()
        letter.set_content(f"您的邮件收到了，附件 {len(mail.attachments)} 个。")
        return letter


def take_all(job: Job) -> Outcome:
    with (
        closing(sqlite3.connect(job.path / "mails.sqlite3")) as ledger,
        smtplib.SMTP(job.host, job.smtp_port) as smtp,
        MailBoxUnencrypted(job.host, job.imap_port).login(job.user, job.password) as box,
    ):
        ledger.execute("CREATE TABLE mail (uid, sender, subject, text)")
        smtp.login(job.user, job.password)
        script = _Script(job, ledger, smtp)
        taken = failed = 0
        for mail in _mails(box):
            if mail is not None and _taken(script, taken + failed, mail):
                taken += 1
            else:
                failed += 1
    return Outcome(taken, failed)


def _mails(box: MailBoxUnencrypted) -> Iterator[MailMessage | None]:
    """Every mail; None for one that the library cannot read, after which the next ones are asked for anew."""
    uids = box.uids()
    while uids:
        try:
            for mail in box.fetch(AND(uid=uids), mark_seen=False):
                uids = uids[1:]
                yield mail
        except Exception:  # noqa: BLE001 - whatever a library raises about one mail
            uids = uids[1:]
            yield None
        else:
            return


def _taken(script: _Script, number: int, mail: MailMessage) -> bool:
    try:
        script.take(number, mail)
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


if __name__ == "__main__":
    tell(take_all(read_job()))
