"""Finds the mail in a bureau's mailbox that the ledger does not know yet.

A poll must be cheap in a mailbox of many thousand mails, and must miss none. So it asks for date and size of what is
unknown, and of a few known mails as witnesses: where one of these is not the mail that the ledger knows by its UID, the
mailbox was made anew (163 then begins again under the same UIDVALIDITY), and everything is compared. Once a day
everything is compared anyhow, also with what the search for the last days may have left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from intake_bot.config.settings import Bureau
from intake_bot.errors import TemporaryFailure
from intake_bot.home.services import Services
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.receipt import find_receipt
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.mail.connection import ServerFailure
from intake_bot.mail.imap.arrival import estimate_arrival, is_believable
from intake_bot.mail.imap.mail_key import MailKey
from intake_bot.mail.imap.mailbox import BATCH, Mailbox
from intake_bot.mail.imap.responses import UNDATED, MailGone, MailSummary
from intake_bot.mail.reading.head import IDENTITY_FIELDS, parse_head, parse_sender, parse_subject
from intake_bot.notices.subject import read_subject

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)
_WITNESSES = 20
_MAXIMUM_UNDATED = 200
_SEEN_TOGETHER = 200
"""Mails that one transaction records as seen."""
_LONGEST_LIST = 500
"""Maximum of characters in a line that names mails by their UIDs."""


class MailboxScanner:
    """One pass over one bureau's mailbox. The read state is ignored: clerks read the same mailbox.

    Every method raises as the mailbox does; what was noted by then stays noted.
    """

    def __init__(self, services: Services, bureau: Bureau, mailbox: Mailbox) -> None:
        self._bureau = bureau
        self._services = services
        self._imap = bureau.mailbox.imap
        self._ledger = services.ledger
        self._mailbox = mailbox
        self._clock = services.clock
        self._zone = services.settings.intake.zone
        self._since = self._today() - timedelta(services.settings.intake.polling.lookback_days)
        self.new = 0
        """How many mails were not known before."""
        self._listed: dict[str, frozenset[int]] = {}
        """UIDs by folder, as the server listed them."""
        self._left_out: dict[str, tuple[int, ...]] = {}

    def inbox(self) -> None:
        """Records the new mail in the bureau's folder."""
        self._mailbox.open()
        self._note_new(self._poll())

    def junk(self) -> None:
        """Records the new mail in the provider's folders for junk, advertising and viruses."""
        if not self._mailbox.is_open:
            self._mailbox.open()
        for _ in self._junk_folders():
            self._note_new(self._poll())

    def reconcile(self) -> None:
        """Records, once a day, all new mail of these days, also what the server's search left out."""
        last = self._ledger.trail.find_last(self._bureau.id, (EventName.RECONCILED,))
        if last is not None and last.at.astimezone(self._zone).date() == self._today():
            return
        before = self.new
        self._mailbox.open()
        self._note_new(self._everything())
        for _ in self._junk_folders():
            self._note_new(self._everything())
        mails = sum(len(uids) for uids in self._listed.values())
        detail: Detail = {"mails": mails, "new": self.new - before}
        self._ledger.trail.add(self._bureau.id, EventName.RECONCILED, detail, self._clock())
        log.info("reconciled bureau=%s mails=%d new=%d", self._bureau.id, *detail.values())

    def note_left_out(self) -> None:
        """Records which mails the server lists and does not describe: when they change, and once a day. Each pass asks
        for them again."""
        parts = [f"{folder} {'、'.join(map(str, uids))}" for folder, uids in self._left_out.items() if uids]
        mails = "；".join(parts)[:_LONGEST_LIST]
        last = self._ledger.trail.find_last(self._bureau.id, (EventName.MAILBOX_LEFT_OUT,))
        reported_today = last is not None and last.at.astimezone(self._zone).date() == self._today()
        if mails != (last.detail["mails"] if last else "") or (mails and not reported_today):
            self._ledger.trail.add(self._bureau.id, EventName.MAILBOX_LEFT_OUT, {"mails": mails}, self._clock())
            log.warning("left out bureau=%s: %s", self._bureau.id, mails or "none any more")

    def fetch(self, key: MailKey, write: Callable[[bytes], object]) -> None:
        """The raw mail of this key.

        Raises MailGone when it is not there any more, or a mail of another date is there under its UID, and
        TemporaryFailure when the server knows it and does not give it. Its size may have changed: whether it is still
        the same mail, the caller sees from its header.
        """
        if self._mailbox.folder != key.folder and not self._mailbox.select_folder(key.folder):
            raise MailGone(f"邮箱里的文件夹“{key.folder}”打不开")
        found = self._mailbox.fetch_summaries([key.uid]).get(key.uid)
        if found is None and key.uid in self._listed.get(key.folder, ()):
            raise _not_given(key)
        if found is None or not self._may_be(self._key(found), key):
            raise MailGone("邮件已不在邮箱里，可能被移走或删除")
        try:
            self._mailbox.fetch(key.uid, found.bytes, write)
        except MailGone as error:
            raise _not_given(key) from error

    def fetch_ahead(self, keys: Sequence[MailKey]) -> None:
        """Has the mailbox fetch these small mails together; what it cannot, is fetched one by one."""
        box = self._mailbox
        with suppress(ServerFailure):
            if keys and (box.folder == keys[0].folder or box.select_folder(keys[0].folder)):
                here = (box.folder, box.uidvalidity)
                box.fetch_ahead({key.uid: key.bytes for key in keys if (key.folder, key.uidvalidity) == here})

    def find_lines(self, records: Sequence[MessageRecord]) -> list[frozenset[str]]:
        """To which lines each mail belongs, as far as its header tells: those of its sender, of the unit in its
        subject, and of the mail whose receipt number is there. Mails of which nothing is known are in one line."""
        context = self._services.find_notice_context(self._bureau, self._clock())
        heads: dict[int, bytes] = {}
        with suppress(ServerFailure):
            self._mailbox.open()
            heads = self._mailbox.fetch_heads([one.key.uid for one in records], ["From", "Subject"])
        lines = []
        for one in records:
            head = heads.get(one.key.uid, b"") if one.key.folder == self._mailbox.folder else b""
            subject = parse_subject(head)
            unit = read_subject(subject, context.notice, context.bureau.roster).unit if context else None
            receipts = {one.receipt, find_receipt(subject) or one.receipt}
            lines.append(frozenset({parse_sender(head), unit.name if unit else "", *receipts}))
        return lines

    def find_sender(self, key: MailKey) -> str:
        """The sender's address of a mail that was not fetched yet, in lower case; empty where it is not known."""
        with suppress(ServerFailure):
            self._mailbox.open()
            if self._mailbox.folder == key.folder or self._mailbox.select_folder(key.folder):
                return parse_sender(self._mailbox.fetch_heads([key.uid], ["From"]).get(key.uid, b""))
        return ""

    def _may_be(self, found: MailKey, key: MailKey) -> bool:
        """Whether the mail of the key `found` may be the one of `key`, with other bytes, and is no other known one."""
        if found == key:
            return True
        known = {mail.key for mail in self._ledger.messages.find_resembling(key)}
        return replace(found, bytes=key.bytes) == key and key in known and found not in known

    def _poll(self) -> dict[int, MailSummary]:
        """What is new in the open folder of these days, and the witnesses."""
        dated = self._mailbox.search(self._since)
        listed = self._list([*dated, *self._find_undated(dated)])
        known = self._find_known(listed)
        # A search by date is a day off where the server uses another time zone.
        begin = datetime.combine(self._since, time(), self._zone) - _DAY
        recent = {key.uid for key in known if key.internaldate >= begin}.intersection(listed)
        witnesses = sorted(recent)[-_WITNESSES:]
        found = self._describe({*listed} - recent | {*witnesses})
        known |= self._find_changed(found, known)
        if other := [uid for uid in witnesses if uid in found and self._key(found[uid]) not in known]:
            detail: Detail = {"folder": self._mailbox.folder, "uid": other[-1]}
            self._ledger.trail.add(self._bureau.id, EventName.MAILBOX_RECREATED, detail, self._clock())
            log.warning("mailbox made anew bureau=%s folder=%s uid=%d", self._bureau.id, *detail.values())
            return self._describe(listed)
        return found

    def _everything(self) -> dict[int, MailSummary]:
        """All mail of these days in the open folder. UIDs rise with the time of arrival: below a batch that is older
        altogether, and unknown to the search, everything is older."""
        listed = self._list(self._mailbox.search(self._since))
        found = self._describe(listed)
        begin = datetime.combine(self._since, time(), self._zone)
        for batch in _batches_from_the_top(set(self._mailbox.search_all()) - set(listed)):
            young = self._young(self._mailbox.fetch_summaries(batch), begin)
            if not young:
                break
            found |= young
        return found

    def _young(self, found: dict[int, MailSummary], begin: datetime) -> dict[int, MailSummary]:
        """Those received since `begin`. Where the server's date is not believed, the Received field decides; a mail
        without one is young as long as it is unknown."""
        now = self._clock()
        known = self._find_known(found)
        odd = [uid for uid, one in found.items() if not is_believable(one.internaldate, now)]
        heads = self._mailbox.fetch_heads([uid for uid in odd if self._key(found[uid]) not in known], IDENTITY_FIELDS)
        stamped = {uid: estimate_arrival(UNDATED, parse_head(head).stamped, now).at for uid, head in heads.items()}
        times = {uid: one.internaldate for uid, one in found.items() if uid not in odd} | stamped
        return {uid: one for uid, one in found.items() if uid in times and times[uid] >= begin}

    def _find_undated(self, dated: Collection[int]) -> list[int]:
        """The newest mails that are not among the `dated` ones, since the server's date of them is not believable.

        Asked only when the number of mails has changed; the daily comparison finds the others.
        """
        box = self._mailbox
        last = self._ledger.messages.find_last_uid(self._bureau.id, box.folder, box.uidvalidity)
        if last is None or not box.has_changed():
            return []
        others = sorted(set(self._mailbox.search_all()).difference(dated))
        newest = [uid for uid in others if uid > last][-_MAXIMUM_UNDATED:]
        found = self._mailbox.fetch_summaries(newest)
        return [uid for uid, one in found.items() if not is_believable(one.internaldate, self._clock())]

    def _find_changed(self, found: dict[int, MailSummary], known: frozenset[MailKey]) -> frozenset[MailKey]:
        """The new keys of known mails whose bytes changed; records them.

        Such a mail has the UID, the date and the identity of a known one.
        """
        named = {(key.uid, key.internaldate) for key in known}
        keys = {uid: self._key(one) for uid, one in found.items()}
        resized = [uid for uid, key in keys.items() if key not in known and (uid, key.internaldate) in named]
        heads = self._mailbox.fetch_heads(resized, IDENTITY_FIELDS)
        changed = set()
        for uid, head in heads.items():
            identity = parse_head(head).identity
            for mail in self._ledger.messages.find_resembling(keys[uid]):
                if mail.identity == identity:
                    self._ledger.messages.record_other_size(mail.id, keys[uid].bytes, self._clock())
                    changed.add(keys[uid])
                    break
        return frozenset(changed)

    def _list(self, uids: list[int]) -> list[int]:
        self._listed[self._mailbox.folder] = frozenset(uids)
        return uids

    def _describe(self, uids: Collection[int]) -> dict[int, MailSummary]:
        found = self._mailbox.fetch_summaries(uids)
        self._left_out[self._mailbox.folder] = tuple(sorted(set(uids) - found.keys()))
        return found

    def _find_known(self, uids: Iterable[int]) -> frozenset[MailKey]:
        box = self._mailbox
        return self._ledger.messages.find_known_keys(self._bureau.id, box.folder, box.uidvalidity, uids)

    def _note_new(self, found: dict[int, MailSummary]) -> None:
        """Records the mails of the open folder that the ledger does not know.

        A known UID alone proves nothing: 163 serves the constant UIDVALIDITY 1, and in a mailbox made anew the same
        UID is another mail. So whole keys are compared, date and size included, and where only the size differs, the
        headers.
        """
        known = self._find_known(found)
        known |= self._find_changed(found, known)
        fresh = sorted((key for key in map(self._key, found.values()) if key not in known), key=lambda key: key.uid)
        is_junk = self._mailbox.folder != self._imap.folder
        for start in range(0, len(fresh), _SEEN_TOGETHER):
            self._ledger.messages.record_seen(fresh[start : start + _SEEN_TOGETHER], self._clock(), junk=is_junk)
        self.new += len(fresh)

    def _key(self, one: MailSummary) -> MailKey:
        box = self._mailbox
        return MailKey(self._bureau.id, box.folder, box.uidvalidity, one.uid, one.internaldate, one.bytes)

    def _junk_folders(self) -> Iterator[str]:
        """The junk folders that exist; each is open while the caller handles it."""
        for folder in self._mailbox.find_folders(self._imap.junk):
            if folder != self._imap.folder and self._mailbox.select_folder(folder):
                yield folder

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


def _not_given(key: MailKey) -> TemporaryFailure:
    return TemporaryFailure(f"邮箱里列出了这封邮件（{key.folder} 的 UID {key.uid}），服务器却没有给出来")


def _batches_from_the_top(uids: Iterable[int]) -> Iterator[list[int]]:
    falling = sorted(uids, reverse=True)
    for start in range(0, len(falling), BATCH):
        yield falling[start : start + BATCH]
