"""Which mail lies in a bureau's mailbox, and which of it the ledger does not know yet.

A poll must cost little in a mailbox of many thousand mails, and yet be sure. So it asks for date and size of what is
unknown, and of a few known mails as witnesses: where one of these is not the mail that the ledger knows by its UID, the
mailbox was made anew (163 then begins again under the same UIDVALIDITY), and everything is compared. Once a day
everything is compared anyhow, also with what the search for the last days may have left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta

from intake_bot.clock import Clock
from intake_bot.config.settings import Bureau, Settings
from intake_bot.errors import TemporaryFailure
from intake_bot.ledger.events import LEFT_OUT, RECONCILED, RECREATED, Detail
from intake_bot.ledger.ledger import Ledger
from intake_bot.mail.key import MailKey
from intake_bot.mail.mailbox import BATCH, Envelope, Mailbox, MailGone

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)
_WITNESSES = 20
_LONGEST_LIST = 500
"""Characters of one line that names mails by their UIDs."""


class Looking:
    """One pass over one bureau's mailbox. The read state plays no part, clerks read here.

    Every method raises as the mailbox does; what was noted by then stays noted.
    """

    def __init__(self, settings: Settings, bureau: Bureau, ledger: Ledger, mailbox: Mailbox, clock: Clock) -> None:
        self._bureau = bureau
        self._imap = bureau.mailbox.imap
        self._ledger = ledger
        self._mailbox = mailbox
        self._clock = clock
        self._zone = settings.intake.zone
        self._since = self._today() - timedelta(settings.intake.polling.lookback_days)
        self.new = 0
        """So many mails were not known before."""
        self._listed: dict[str, frozenset[int]] = {}
        """UIDs by folder, as the server named them."""
        self._left_out: dict[str, tuple[int, ...]] = {}

    def inbox(self) -> None:
        """Notes the new mail in the bureau's folder."""
        self._mailbox.open()
        self._note_new(self._poll())

    def junk(self) -> None:
        """The same for the folders that the provider puts junk, advertising and viruses into."""
        self._mailbox.open()
        for _ in self._junk_folders():
            self._note_new(self._poll())

    def reconcile(self) -> None:
        """Once a day the same with all mail of these days, however the server's search may have left it out."""
        last = self._ledger.trail.last(self._bureau.id, (RECONCILED,))
        if last is not None and last.at.astimezone(self._zone).date() == self._today():
            return
        before = self.new
        self._mailbox.open()
        self._note_new(self._everything())
        for _ in self._junk_folders():
            self._note_new(self._everything())
        mails = sum(len(uids) for uids in self._listed.values())
        detail: Detail = {"mails": mails, "new": self.new - before}
        self._ledger.trail.note(self._bureau.id, RECONCILED, detail, self._clock())
        log.info("reconciled bureau=%s mails=%d new=%d", self._bureau.id, *detail.values())

    def note_left_out(self) -> None:
        """Writes down which mails the server lists and does not describe: when they change, and once a day. Each pass
        asks for them again."""
        parts = [f"{folder} {'、'.join(map(str, uids))}" for folder, uids in self._left_out.items() if uids]
        mails = "；".join(parts)[:_LONGEST_LIST]
        last = self._ledger.trail.last(self._bureau.id, (LEFT_OUT,))
        told_today = last is not None and last.at.astimezone(self._zone).date() == self._today()
        if mails != (last.detail["mails"] if last else "") or (mails and not told_today):
            self._ledger.trail.note(self._bureau.id, LEFT_OUT, {"mails": mails}, self._clock())
            log.warning("left out bureau=%s: %s", self._bureau.id, mails or "none any more")

    def fetch(self, key: MailKey, write: Callable[[bytes], object]) -> None:
        """The raw mail of this key.

        Raises MailGone when it is not there any more, or another mail is there under its UID, and TemporaryFailure
        when the server knows it and does not give it.
        """
        if self._mailbox.folder != key.folder and not self._mailbox.enter(key.folder):
            raise MailGone(f"邮箱里的文件夹“{key.folder}”打不开")
        found = self._mailbox.describe([key.uid]).get(key.uid)
        if found is None and key.uid in self._listed.get(key.folder, ()):
            raise _not_given(key)
        if found is None or self._key(found) != key:
            raise MailGone("邮件已不在邮箱里，可能被移走或删除")
        try:
            self._mailbox.fetch(key.uid, key.bytes, write)
        except MailGone as error:
            raise _not_given(key) from error

    def _poll(self) -> dict[int, Envelope]:
        """What is new in the open folder of these days, and the witnesses."""
        listed = self._list(self._mailbox.search(self._since))
        known = self._known()
        # A search for days is a day wrong where the server's zone is another one.
        begin = datetime.combine(self._since, time(), self._zone) - _DAY
        recent = {key.uid for key in known if key.internaldate >= begin}.intersection(listed)
        witnesses = sorted(recent)[-_WITNESSES:]
        found = self._describe({*listed} - recent | {*witnesses})
        if other := [uid for uid in witnesses if uid in found and self._key(found[uid]) not in known]:
            detail: Detail = {"folder": self._mailbox.folder, "uid": other[-1]}
            self._ledger.trail.note(self._bureau.id, RECREATED, detail, self._clock())
            log.warning("mailbox made anew bureau=%s folder=%s uid=%d", self._bureau.id, *detail.values())
            return self._describe(listed)
        return found

    def _everything(self) -> dict[int, Envelope]:
        """All of these days in the open folder. UIDs rise with the time of arrival: where a whole batch is older, and
        the search told of none of it, so is what lies below."""
        told = self._list(self._mailbox.search(self._since))
        found = self._describe(told)
        begin = datetime.combine(self._since, time(), self._zone)
        for batch in _batches_from_the_top(set(self._mailbox.search_all()) - set(told)):
            young = {uid: one for uid, one in self._mailbox.describe(batch).items() if one.internaldate >= begin}
            if not young:
                break
            found |= young
        return found

    def _list(self, uids: list[int]) -> list[int]:
        self._listed[self._mailbox.folder] = frozenset(uids)
        return uids

    def _describe(self, uids: Collection[int]) -> dict[int, Envelope]:
        found = self._mailbox.describe(uids)
        self._left_out[self._mailbox.folder] = tuple(sorted(set(uids) - found.keys()))
        return found

    def _known(self) -> frozenset[MailKey]:
        return self._ledger.messages.known(self._bureau.id, self._mailbox.folder, self._mailbox.uidvalidity)

    def _note_new(self, found: dict[int, Envelope]) -> None:
        """Writes down the mails of the open folder that the ledger does not know.

        A known UID alone proves nothing: 163 serves the constant UIDVALIDITY 1, and in a mailbox made anew the same
        UID is another mail. So whole keys are compared, date and size included.
        """
        known = self._known()
        fresh = [key for key in map(self._key, found.values()) if key not in known]
        for key in sorted(fresh, key=lambda key: key.uid):
            self._ledger.messages.seen(key, self._clock(), junk=key.folder != self._imap.folder)
        self.new += len(fresh)

    def _key(self, one: Envelope) -> MailKey:
        box = self._mailbox
        return MailKey(self._bureau.id, box.folder, box.uidvalidity, one.uid, one.internaldate, one.bytes)

    def _junk_folders(self) -> Iterator[str]:
        """Those that there are, each of them open while it is the caller's turn."""
        for folder in self._mailbox.folders_called(self._imap.junk):
            if folder != self._imap.folder and self._mailbox.enter(folder):
                yield folder

    def _today(self) -> date:
        return self._clock().astimezone(self._zone).date()


def _not_given(key: MailKey) -> TemporaryFailure:
    return TemporaryFailure(f"邮箱里列出了这封邮件（{key.folder} 的 UID {key.uid}），服务器却没有给出来")


def _batches_from_the_top(uids: Iterable[int]) -> Iterator[list[int]]:
    falling = sorted(uids, reverse=True)
    for start in range(0, len(falling), BATCH):
        yield falling[start : start + BATCH]
