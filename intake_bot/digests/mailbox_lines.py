"""What the digest tells of a mailbox that could not be read, or not wholly. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from intake_bot.judging.recognise import LOOKS_LIKE_ONE
from intake_bot.ledger.events import LEFT_OUT, RECOVERED, RECREATED, TROUBLE, EventRecord
from intake_bot.ledger.reports import DayReport
from intake_bot.letters.alert import MailboxEvent
from intake_bot.letters.digest import NoteLine, TroubleLine, some_receipts

_WHAT = {
    MailboxEvent.LOCAL: "本机出现问题",
    MailboxEvent.LOGIN_REFUSED: "邮箱登录不上",
    MailboxEvent.UNREACHABLE: "邮箱连不上",
}
_TODO = {
    MailboxEvent.LOGIN_REFUSED: "请管理员处理；连续 3 次被拒后，收件程序先不再登录，每小时试一次",
}


def mailbox_lines(report: DayReport, standing: EventRecord | None, zone: ZoneInfo) -> Iterator[TroubleLine]:
    """One line for each thing that happened, and for what began before and is not over. `standing` is the newest event
    that tells whether there is trouble."""
    begun = [event.what for event in report.trouble if event.what in (TROUBLE, RECOVERED)]
    if standing is not None and standing.what != RECOVERED and TROUBLE not in begun[-1:]:
        yield _trouble(standing, "，到现在还没有恢复", zone)
    for event in report.trouble:
        since = event.at.astimezone(zone)
        if event.what == TROUBLE:
            yield _trouble(event, "", zone)
        elif event.what == RECOVERED:
            yield TroubleLine("邮箱恢复正常", since)
        elif event.what == RECREATED:
            what = f"邮箱的文件夹“{event.detail['folder']}”像是重建过：原来的编号下换了别的邮件。已经全部重新核对"
            yield TroubleLine(what, since, "没有登记过的照常处理，登记过的不会再回信")
    yield from _left_out(report, zone)
    if report.unfinished:
        receipts = [mail.receipt for mail in report.unfinished]
        what = f"还有 {len(receipts)} 封邮件没有处理完，收件程序会继续尝试"
        yield TroubleLine(what, todo=f"急的请先在网页邮箱里查看。回执编号：{some_receipts(receipts)}")


def junk_notes(report: DayReport) -> Iterator[NoteLine]:
    """One note for each mail that was taken out of a junk folder."""
    for mail in report.mails:
        if mail.junk_folder:
            what = f"这封邮件被邮箱放进了“{mail.junk_folder}”，已取出照常处理。打开附件前请先查毒"
            yield NoteLine(mail.receipt, mail.unit or "", what)


def overlooked_notes(report: DayReport) -> Iterator[NoteLine]:
    """One note for each mail that was left alone though it looks like a submission."""
    for mail in report.mails:
        if mail.reason == LOOKS_LIKE_ONE:
            what = (
                f"{mail.sender} 发来的“{mail.subject or '（没有主题）'}”像是报送材料，但主题不合要求，"
                "没有当作报送，也没有回信。请到邮箱里看一看，需要时请对方改好主题重发"
            )
            yield NoteLine(mail.receipt, "", what)


def _trouble(event: EventRecord, standing: str, zone: ZoneInfo) -> TroubleLine:
    kind = MailboxEvent(str(event.detail.get("kind", MailboxEvent.UNREACHABLE)))
    what = f"{_WHAT[kind]}{standing}：{event.detail.get('why') or '原因不明'}"
    return TroubleLine(what, event.at.astimezone(zone), _TODO.get(kind, "请管理员处理"))


def _left_out(report: DayReport, zone: ZoneInfo) -> Iterator[TroubleLine]:
    """The newest word counts: what came in the end is no trouble."""
    newest = [event for event in report.trouble if event.what == LEFT_OUT][-1:]
    for event in newest:
        if event.detail["mails"]:
            what = f"邮箱列出了这些邮件，却一直不给出内容，收件程序会继续尝试：{event.detail['mails']}（文件夹和编号）"
            yield TroubleLine(what, event.at.astimezone(zone), "请登录网页邮箱，看看有没有没登记的来信")
