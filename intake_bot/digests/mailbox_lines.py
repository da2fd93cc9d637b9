"""Digest lines about a mailbox that could not be read, or only in part, and about a shared folder. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from intake_bot.judging.recognition import FROM_OWN_PEOPLE, LOOKS_LIKE_SUBMISSION, is_past_reading
from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.values.events import EventName, EventRecord
from intake_bot.ledger.values.records import FiledMail
from intake_bot.ledger.values.reports import DayReport
from intake_bot.letters.alert import AlertEvent
from intake_bot.letters.digest import list_receipts
from intake_bot.letters.digest_lines import NoteLine, TroubleLine

_WHAT = {
    AlertEvent.LOCAL: "本机出现问题",
    AlertEvent.LOGIN_REFUSED: "邮箱登录不上",
    AlertEvent.UNREACHABLE: "邮箱连不上",
}
_TODO = {
    AlertEvent.LOGIN_REFUSED: "请管理员处理；连续 3 次被拒后，收件程序先不再登录，每小时试一次",
}


def mailbox_lines(
    report: DayReport, standing: EventRecord | None, zone: tzinfo, left_out: EventRecord | None = None
) -> Iterator[TroubleLine]:
    """One line for each event of the day, and for trouble that began before and is not over.

    `standing` is the newest event that shows whether there is trouble, `left_out` the newest one that names the mails
    that the server lists and does not hand out.
    """
    trouble, recovered = EventName.MAILBOX_TROUBLE, EventName.MAILBOX_RECOVERED
    begun = [event.name for event in report.trouble if event.name in (trouble, recovered)]
    if standing is not None and standing.name != recovered and trouble not in begun[-1:]:
        yield _trouble(standing, "，到现在还没有恢复", zone)
    for event in report.trouble:
        since = event.at.astimezone(zone)
        if event.name == trouble:
            yield _trouble(event, "", zone)
        elif event.name == recovered:
            yield TroubleLine("邮箱恢复正常", since)
        elif event.name == EventName.MAILBOX_RECREATED:
            what = f"邮箱的文件夹“{event.detail['folder']}”像是重建过：原来的编号下换了别的邮件。已经全部重新核对"
            yield TroubleLine(what, since, "没有登记过的照常处理，登记过的不会再回信")
    yield from _left_out(report, left_out, zone)
    if report.unfinished:
        receipts = [mail.receipt for mail in report.unfinished]
        what = f"还有 {len(receipts)} 封邮件没有处理完，收件程序会继续尝试"
        yield TroubleLine(what, todo=f"急的请先在网页邮箱里查看。回执编号：{list_receipts(receipts)}")


def archive_lines(trouble: EventRecord | None, zone: tzinfo) -> Iterator[TroubleLine]:
    """A line while accepted files wait for the shared folder."""
    if trouble is not None:
        what = f"收下的文件存不进共享文件夹：{trouble.detail['why']}"
        yield TroubleLine(what, trouble.at.astimezone(zone), "接上后自动补存，不用重发；请管理员看一看")


def junk_notes(report: DayReport) -> Iterator[NoteLine]:
    """One note for each mail that was fetched from a junk folder."""
    for mail in report.mails:
        if mail.junk_folder:
            what = f"这封邮件被邮箱放进了“{mail.junk_folder}”，已取出照常处理。打开附件前请先查毒"
            yield NoteLine(mail.receipt, mail.unit or "", what)


def overlooked_notes(report: DayReport) -> Iterator[NoteLine]:
    """One note for each ignored mail that looks like a submission."""
    for mail in report.mails:
        if LOOKS_LIKE_SUBMISSION in mail.reason:
            why, todo = _why_overlooked(mail)
            what = (
                f"{mail.sender or '（没有发件地址）'} 发来的“{mail.subject or '（没有主题）'}”像是报送材料，但{why}，"
                f"没有当作报送，也没有回信。请到邮箱里看一看，{todo}"
            )
            yield NoteLine(mail.receipt, "", what, (mail.sender,))


def _why_overlooked(mail: FiledMail) -> tuple[str, str]:
    """Why the mail was taken for no submission, and what the sender should do."""
    if mail.kind is MailKind.MACHINE:
        return "带有自动邮件的标记（群发、自动回复、系统发送等）", "需要时请对方用自己的邮箱直接重发"
    if is_past_reading(mail.subject):
        return "主题是乱码", "需要时请对方换一个邮箱或改好主题重发"
    return "主题不合要求", "需要时请对方改好主题重发"


def own_people_notes(report: DayReport) -> Iterator[NoteLine]:
    """One note for each mail of the bureau's own people that reports nothing."""
    for mail in report.mails:
        if mail.reason == FROM_OWN_PEOPLE:
            what = f"来自经办人的邮件：{mail.sender} 发来“{mail.subject or '（没有主题）'}”，没有当作报送，也没有回信"
            yield NoteLine(mail.receipt, "", what, (mail.sender,))


_WHY_REFUSED = {
    "doubtful": ("邮箱服务器核对发件人没有通过，可能是冒名的", "是您发的话，请换一个网络或邮箱程序再发"),
    "other_address": ("那封信是发给 {needs} 的", "要办的话，请用 {needs} 回复"),
    "former_clerk": ("这个邮箱已经不是经办人的", "还要用的话，请管理员把它写回经办人里"),
    "stranger": (
        "发件人不是经办人",
        "是您自己的另一个邮箱的话，请用 {needs} 回复；不是的话，像是有人转发了汇总，请不要转给外人",
    ),
    "expired": ("信里的按钮 7 天有效，已经过期", "要办的话，请回复新的汇总"),
}


def refused_order_lines(report: DayReport, zone: tzinfo) -> Iterator[TroubleLine]:
    """One line for each mail with orders that were not carried out, since nobody proved to be a clerk."""
    for event in report.trouble:
        if event.name == EventName.MAILBOX_ORDER_REFUSED:
            sender, needs = str(event.detail["sender"]), str(event.detail["needs"])
            why, todo = _WHY_REFUSED[str(event.detail["reason"])]
            what = (
                f"{sender or '（没有发件地址）'} 回信下了命令（编号 {event.detail['receipt']}），没有办，也没有回信："
            )
            addresses = (sender, *needs.split("、"))
            why, todo = why.format(needs=needs), todo.format(needs=needs)
            yield TroubleLine(what + why, event.at.astimezone(zone), todo, addresses)


def _trouble(event: EventRecord, standing: str, zone: tzinfo) -> TroubleLine:
    kind = AlertEvent(str(event.detail.get("kind", AlertEvent.UNREACHABLE)))
    what = f"{_WHAT[kind]}{standing}：{event.detail.get('why') or '原因不明'}"
    return TroubleLine(what, event.at.astimezone(zone), _TODO.get(kind, "请管理员处理"))


def _left_out(report: DayReport, standing: EventRecord | None, zone: tzinfo) -> Iterator[TroubleLine]:
    """A line for mails that the server lists and does not hand out; the newest event counts, of whatever day: an event
    is written only when these mails change."""
    newest = [event for event in report.trouble if event.name == EventName.MAILBOX_LEFT_OUT][-1:]
    for event in newest or ([standing] if standing else []):
        if event.detail["mails"]:
            what = f"邮箱列出了这些邮件，却一直不给出内容，收件程序会继续尝试：{event.detail['mails']}（文件夹和编号）"
            yield TroubleLine(what, event.at.astimezone(zone), "请登录网页邮箱，看看有没有没登记的来信")
