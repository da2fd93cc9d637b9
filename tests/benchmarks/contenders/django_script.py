"""django-mailbox as its guide shows it: `get_new_mail` keeps mails and attachments, and each is answered. It deletes
what it has taken from the mailbox. Without checks, and without waiting for the disk."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management import call_command

from tests.benchmarks.contenders.job import Job, Outcome, read_job, tell


def take_all(job: Job) -> Outcome:
    settings.configure(
        INSTALLED_APPS=["django_mailbox"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": job.path / "django.sqlite3"}},
        MEDIA_ROOT=job.path / "media",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)

    from django_mailbox.models import Mailbox  # only after setup

    login = f"{quote(job.user)}:{quote(job.password)}"
    mailbox = Mailbox.objects.create(name="inbox", uri=f"imap://{login}@{job.host}:{job.imap_port}")
    taken = 0
    with smtplib.SMTP(job.host, job.smtp_port) as smtp:
        smtp.login(job.user, job.password)
        for mail in mailbox.get_new_mail():
            taken += 1
            if mail.from_address:
                smtp.send_message(_answer(job, mail.from_address[0], mail.subject, mail.message_id))
    return Outcome(taken, job.expected - taken)


def _answer(job: Job, to: str, subject: str, message_id: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = job.address, to
    letter["Subject"] = f"收到：{subject}".replace("\r", " ").replace("\n", " ")
    letter["In-Reply-To"] = message_id
    letter.set_content("您的邮件收到了。")
    return letter


if __name__ == "__main__":
    tell(take_all(read_job()))
