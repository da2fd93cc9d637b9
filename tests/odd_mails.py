"""The expected result for every mail in `tests/mails`, each of which is named after its oddity.

They are read as mail to 濮阳 on the fourth day of the week. A mail that ever broke the program belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.demo.media import chinese_text

FOLDER = Path(__file__).parent / "mails"
SUBJECT = "活动周濮阳县教育局文字材料"
WITH_A_PICTURE = ("file.unexpected", "part.missing")
SENDER = "zhang@qq.com"


@dataclass(frozen=True)
class OddMail:
    """One mail, and what is read and judged of it: by default an empty submission of 文字材料."""

    mail: str
    subject: str = SUBJECT
    text: str | None = "正文"
    """None: the text is not compared, since a program wrote it."""
    names: tuple[str, ...] = ()
    """Names of its attachments."""
    kind: str = "submission"
    disposition: str = "rejected"
    unit: str | None = "濮阳县教育局"
    materials: tuple[str, ...] = ("文字材料",)
    codes: tuple[str, ...] = ("part.missing",)
    answered: str | None = SENDER

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.mail}.eml"


def other(mail: str, subject: str, text: str = "正文") -> OddMail:
    """A mail that is no submission, and is ignored."""
    return OddMail(mail, subject, text, (), "other", "ignored", None, (), (), None)


def machine(mail: str, subject: str = SUBJECT, names: tuple[str, ...] = ()) -> OddMail:
    """A mail that a program sent, and that is ignored."""
    return OddMail(mail, subject, None, names, "machine", "ignored", None, (), (), None)


ODD_MAILS = (
    other("address-of-the-year-1988", subject="talk on Friday", text="See you there."),
    OddMail("addresses-without-end"),
    OddMail("adjacent-words-without-white-space"),
    machine("answer-of-a-calendar", subject=f"已接受: {SUBJECT}"),
    OddMail("attachment-behind-the-closing-boundary", names=("1.jpg",), codes=WITH_A_PICTURE),
    machine("auto-reply-by-its-first-words"),
    machine("auto-submitted-with-a-parameter"),
    OddMail("bare-cr-line-ends"),
    OddMail("base64-of-base64", text="5q2j5paH"),
    OddMail("base64-text-itself-cut-anywhere"),
    OddMail("big5-body-without-a-charset", text="這是正文，謝謝"),
    OddMail("binhex-in-the-text", text="", names=("附件1.bin",), disposition="held", codes=("mail.incomplete",)),
    OddMail("blank-lines-ahead"),
    OddMail("body-in-several-mails", text="", names=("附件1.bin",), disposition="held", codes=("mail.incomplete",)),
    OddMail("body-left-elsewhere", text="", disposition="held", codes=("mail.incomplete",)),
    machine("bounce-of-163-as-html", subject="系统退信"),
    machine("bounce-of-exchange-by-its-text", subject=f"Re: {SUBJECT}"),
    machine("bounce-of-exchange-in-german", subject=f"Unzustellbar: {SUBJECT}"),
    machine("bounce-of-exim-with-failed-recipients"),
    machine("bounce-of-postfix-as-a-report", names=("附件1.txt", "附件2.eml")),
    machine("bounce-of-qmail-in-free-text", subject=f"Re: {SUBJECT}"),
    machine("bounce-of-sendmail-in-free-text", subject=f"Returned mail: User unknown ({SUBJECT})"),
    machine("bounce-with-the-daemon-as-envelope-sender"),
    machine("bounce-without-envelope-sender"),
    OddMail("boundary-empty", text="--\n\n正文\n----"),
    OddMail("boundary-missing"),
    OddMail("boundary-never-closed", names=("1.jpg",), codes=WITH_A_PICTURE),
    OddMail("boundary-of-300-characters"),
    OddMail("boundary-that-begins-another", names=("1.jpg",), codes=WITH_A_PICTURE),
    OddMail("boundary-with-blanks-and-quotes"),
    OddMail("byte-order-mark-ahead"),
    OddMail("charset-in-eastern-quotes", text="这是正文"),
    OddMail("charset-of-another-kind", text="正文 text"),
    machine("complaint-in-the-form-of-a-report", names=("附件1.bin",)),
    OddMail("content-type-of-garbage"),
    OddMail("content-type-without-subtype", text="--b\n\n正文\n--b--", disposition="held", codes=("mail.incomplete",)),
    OddMail("cut-inside-the-header", text=""),
    OddMail("date-at-the-ends-of-time"),
    OddMail("date-of-1900-in-words"),
    OddMail("date-of-the-year-0"),
    OddMail("date-of-the-year-99999"),
    OddMail("date-with-a-zone-of-99-hours"),
    OddMail("date-with-bare-cst"),
    OddMail("declared-boundary-never-comes"),
    OddMail("equal-boundaries-inside-each-other", names=("1.jpg",), codes=WITH_A_PICTURE),
    OddMail("field-name-with-a-blank-before-its-colon"),
    OddMail("flowed-text-with-soft-ends", text="正文 =  \n=ZZ"),
    OddMail(
        "formulas-as-names",
        names=("C calc'!A0.txt", "@SUM(1+1).txt", "+1.txt", "-1.txt"),
        codes=("file.duplicate", "text.too_short"),
    ),
    OddMail("forwarded-as-attachment", names=("附件1.eml",), codes=WITH_A_PICTURE),
    OddMail(
        "gb2312-label-with-gbk-bytes",
        subject="活动周镕喆学校—文字材料",
        text="正文—镕",
        names=("镕.docx",),
        unit=None,
        codes=("document.unreadable", "subject.unknown_unit"),
    ),
    OddMail("gbk-body-without-a-charset", text="这是正文"),
    OddMail("good-text-as-a-nameless-file", text="", names=("附件1.bin",), codes=(), disposition="accepted"),
    OddMail("good-text-as-html-in-gbk-labelled-gb2312", text="", codes=(), disposition="accepted"),
    OddMail("good-text-behind-an-empty-part", text=chinese_text(900), codes=(), disposition="accepted"),
    OddMail(
        "good-text-in-a-mail-passed-on",
        subject="转发",
        text="请查收",
        names=("附件1.eml",),
        codes=(),
        disposition="accepted",
        answered="bureau@qq.com",
    ),
    OddMail(
        "good-text-in-quoted-printable-without-a-charset", text=chinese_text(900), codes=(), disposition="accepted"
    ),
    OddMail("good-text-twice-plain-and-html", text=chinese_text(900), codes=(), disposition="accepted"),
    OddMail("good-text-under-a-wrong-encoding-label", text=chinese_text(900), codes=(), disposition="accepted"),
    other("header-field-of-white-space-alone", subject=""),
    OddMail("hz-body", text="这是正文"),
    other("keyword-before-a-day-of-the-week", subject="本店活动周六开始", text="欢迎光临"),
    other(
        "keyword-in-the-subject-of-quoted-history",
        subject="Re: lunch",
        text="> Subject: 活动周濮阳县教育局文字材料\n> 正文\nyes",
    ),
    other("keyword-inside-another-word", subject="促销活动周期表", text="本店活动"),
    OddMail("latin1-label-on-gbk", text="这是正文"),
    OddMail("line-of-white-space-inside-the-header"),
    OddMail("line-without-a-colon-inside-the-header", text="这一行不是信头\n\n正文"),
    machine("list-by-its-return-path-alone"),
    machine("list-of-ezmlm"),
    machine("list-of-mailman-2.0"),
    machine("list-of-majordomo-without-list-id"),
    machine("list-of-smartlist"),
    machine("list-of-yahoo-groups"),
    OddMail("macintosh-file-in-two-forks", names=("1.jpg", "1.jpg"), codes=WITH_A_PICTURE),
    OddMail("mail-inside-encoded-as-base64", names=("附件1.eml",), codes=WITH_A_PICTURE),
    OddMail("mail-of-messages-inside-each-other", text="", names=("附件1.eml",), codes=("text.too_short",)),
    OddMail(
        "markup-in-every-place",
        subject=f"{SUBJECT}<img src=x onerror=alert(1)>",
        text="",
        names=("<svg onload=alert(1)>.jpg",),
        codes=WITH_A_PICTURE,
    ),
    OddMail("mbox-line-ahead", text="正文\n>From 这一行被改过"),
    OddMail("message-id-that-injects-header-fields"),
    OddMail("mixed-line-ends", names=("1.jpg",), codes=WITH_A_PICTURE),
    OddMail("name-ends-in-a-gbk-backslash", names=("朶",), codes=("text.too_short",)),
    OddMail("name-that-injects-header-fields"),
    OddMail(
        "name-with-path-and-direction-override",
        names=("材料gpj.exe", "passwd"),
        codes=("file.dangerous", "text.too_short"),
    ),
    OddMail(
        "nameless-attachments-and-inline-pictures",
        text="",
        names=("附件1.png", "附件2.jpg", "附件3.bin"),
        codes=("file.unexpected", "text.too_short"),
    ),
    OddMail(
        "names-of-300-bytes-and-with-line-ends",
        names=("长" * 251 + ".txt", "第一行第二行.txt"),
        codes=("text.too_short",),
    ),
    OddMail(
        "names-of-devices",
        names=("CON", "nul.txt", "LPT1.jpg", "...", "~"),
        codes=("file.duplicate", "text.too_short"),
    ),
    machine("newsletter-with-nothing-but-a-way-out", subject="活动周特刊"),
    other("no-header-at-all", subject="", text="老师您好，附件是我校材料。"),
    machine("note-of-a-tracker-without-its-name", subject=f"[Bug 57] {SUBJECT}"),
    machine("note-of-bugzilla", subject=f"[Bug 57] {SUBJECT}"),
    other("nothing-at-all", subject="", text=""),
    other("nothing-but-a-blank-line", subject="", text=""),
    OddMail("nothing-but-a-header", text=""),
    OddMail("nul-in-header-and-text", subject="活动 周濮阳县教育局文字材料", text="X-: a\n\n正文"),
    machine("own-letter-in-our-mailbox"),
    machine("precedence-list-with-a-comment"),
    OddMail(
        "q-word-with-question-marks",
        subject="活动周? what",
        unit=None,
        materials=(),
        codes=("mail.question",),
        disposition="held",
    ),
    OddMail("raw-gbk-header-and-name", names=("现场照片.jpg",), codes=WITH_A_PICTURE),
    OddMail("raw-utf8-header-and-name", names=("现场照片.jpg",), codes=WITH_A_PICTURE),
    machine("receipt-of-mozilla-as-a-report", names=("附件1.txt",)),
    machine("receipt-of-outlook-in-german", subject=f"Gelesen: {SUBJECT}"),
    OddMail("reply-to-the-bureau-itself"),
    machine("report-of-cron", subject="Cron <root@host> backup 活动周"),
    machine("report-of-root-without-a-header", subject="活动周 disk usage"),
    OddMail("rfc2231-continued-gb2312", text="", names=("濮阳县教育局现场照片之一.jpg",), codes=WITH_A_PICTURE),
    OddMail("rfc2231-cut-inside-a-triple", text="", names=("技能展示现场.png",), codes=WITH_A_PICTURE),
    OddMail("sender-of-several-addresses"),
    OddMail("sender-with-an-address-in-its-name"),
    OddMail("signed-and-invited"),
    OddMail(
        "subject-that-injects-header-fields", subject=f"{SUBJECT} Bcc: victim@example.com <script>alert(1)</script>"
    ),
    OddMail("two-subjects-and-two-senders"),
    OddMail("unknown-8bit-word"),
    OddMail("utf-16-body", text="这是正文"),
    OddMail("utf-7-body", text="这是正文"),
    OddMail("uuencode-as-the-encoding", text="", names=("1.jpg",), codes=WITH_A_PICTURE),
    OddMail("uuencode-in-the-text", names=("1.jpg",), codes=WITH_A_PICTURE),
    machine("vacation-by-two-fields-of-one-name"),
    machine("vacation-of-exchange-in-french", subject=f"Réponse automatique : {SUBJECT}"),
    machine("vacation-of-exchange-in-german", subject=f"Automatische Antwort: {SUBJECT}"),
    machine("vacation-of-exchange-in-japanese", subject=f"自動応答: {SUBJECT}"),
    machine("vacation-of-exchange-in-korean", subject=f"자동 회신: {SUBJECT}"),
    machine("vacation-of-exchange-in-russian", subject=f"Автоматический ответ: {SUBJECT}"),
    machine("vacation-of-exchange-in-spanish", subject=f"Respuesta automática: {SUBJECT}"),
    machine("vacation-of-notes", subject="AUTO: Li Si is out of the office (returning 05/22/2023)"),
    machine("vacation-of-unix-with-precedence-junk"),
    machine("vacation-of-unix-without-a-header", subject="away from my mail"),
    machine("warning-of-a-delay", subject="Warning: could not send message for past 4 hours"),
    OddMail("word-inside-a-word"),
    OddMail("word-with-a-language"),
    OddMail("word-without-space-behind-re", subject=f"Re:{SUBJECT}"),
    OddMail("words-cut-inside-a-character-unpadded"),
    OddMail("x-gbk-body"),
    OddMail("yenc-in-the-text", text="", names=("1.jpg",), codes=WITH_A_PICTURE),
)
