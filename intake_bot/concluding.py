"""From an opened mail to all that is written down about it: the verdict, the files in the store, the finished answer.

It is filed by others, in one transaction. Until then a crash leaves nothing but files, which the next run writes again.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path

from intake_bot.answering import Answering
from intake_bot.brakes.braking import Occasion, silence
from intake_bot.brakes.counting import intended_answer
from intake_bot.brakes.repetition import complaint
from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.examine import Desk, Examined, Given, examine
from intake_bot.files.facts import ARCHIVES, FileFacts, Kind
from intake_bot.files.store import Store
from intake_bot.files.worker import Worker
from intake_bot.home import Home
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.sorting import is_decoration
from intake_bot.judging.verdict import Decision, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import Fingerprint, Judgement, KeptFile, KeptLink, MessageRecord
from intake_bot.letters.missing import quota_sentences
from intake_bot.mail.message import Attachment, Message
from intake_bot.recall import LedgerPast, RawOf
from intake_bot.wrapping import wrap_answer

log = logging.getLogger(__name__)

BODY_FILE_NAME = "邮件正文.txt"
UNKNOWN_UNIT_FOLDER = "未识别单位"


class Concluding:
    """Comes to a conclusion about one mail at a time. `work` is always a folder of that mail's own."""

    def __init__(
        self, settings: Settings, home: Home, ledger: Ledger, answering: Answering, clock: Clock, worker: Worker
    ) -> None:
        self._settings = settings
        self._home = home
        self._ledger = ledger
        self._answering = answering
        self._clock = clock
        self._worker = worker
        self._store = Store(home.files)

    def examined(
        self, record: MessageRecord, message: Message, desk: Desk, work: Path, raw_of: RawOf, given: Given
    ) -> Examined:
        """What the mail turns out to be, with all that the ledger knew when it was received."""
        past = LedgerPast(self._ledger, desk, self._home.files, record, raw_of, self._clock())
        return examine(message, record.key.internaldate, desk, work, past, self._worker, given)

    def judgement(self, record: MessageRecord, examined: Examined, desk: Desk, work: Path, given: Given) -> Judgement:
        """All that is to be filed about a submission. Its files are in the store when this returns."""
        taken_over = examined.supplement.files if examined.supplement else ()
        files = (*taken_over, *self._keep(record, examined, desk, work, given))
        links = tuple(
            KeptLink(one.name, one.link, one.size, one.expires, one.link in given.links) for one in examined.links
        )
        judgement = Judgement(
            notice=desk.notice.id,
            verdict=examined.verdict,
            files=files,
            cumulative=frozenset(material.name for material in desk.notice.materials if material.quotas),
            joined=tuple(one.id for one in examined.siblings),
            links=links,
            supplements=examined.supplement.receipt if examined.supplement else None,
            prints=_fingerprints(examined.files),
        )
        return self._answered(judgement, record, examined, desk)

    def _keep(
        self, record: MessageRecord, examined: Examined, desk: Desk, work: Path, given: Given
    ) -> tuple[KeptFile, ...]:
        verdict = examined.verdict
        received = record.key.internaldate.astimezone(desk.calendar.zone).date()
        day = next((item.day for item in verdict.items if item.day), received)
        attached = [*examined.message.attachments, *_body_file(examined, work)]
        unit = verdict.unit or UNKNOWN_UNIT_FOLDER
        kept = self._store.keep(desk.bureau.id, day, unit, record.receipt, attached)
        facts = {one.path: one.facts for one in examined.inspected}
        from_clerk = {file.path for file in given.files}
        return tuple(
            KeptFile(
                name=one.name if file.path in facts else BODY_NAME,
                path=one.path,
                sha256=one.sha256,
                bytes=one.bytes,
                kind=facts[file.path].kind if file.path in facts else Kind.TEXT,
                supplied=file.path in from_clerk,
            )
            for file, one in zip(attached, kept, strict=True)
        )

    def _answered(self, judgement: Judgement, record: MessageRecord, examined: Examined, desk: Desk) -> Judgement:
        """The judgement with its answer, or with the reason why none is written."""
        now = self._clock()
        quotas = quota_lines(self._ledger, record, examined.verdict, desk)
        reply = self._answering.reply(examined, desk, record.receipt, record.key.internaldate, now, quotas)
        if reply is None:
            return judgement
        said = complaint(judgement.verdict, judgement.files, judgement.links)
        people = (reply.to, examined.message.sender.address)
        intended = intended_answer(self._ledger, self._settings, record, people, said, now)
        quiet = silence(Occasion(examined.message, desk.own_addresses, intended))
        if quiet is not None:
            # A machine may be answering our answers. The mail itself is judged and filed as any other.
            log.warning("unanswered receipt=%s reason=%s", record.receipt, quiet.reason)
            unanswered = {"to": reply.to, "receipt": record.receipt, "reason": quiet.reason, **quiet.detail}
            return replace(judgement, unanswered=unanswered)
        at = now.astimezone(desk.calendar.zone)
        draft = wrap_answer(reply.letter, desk.bureau, reply.to, examined.message, record.receipt, at)
        return replace(judgement, answer=draft)


def quota_lines(ledger: Ledger, record: MessageRecord, verdict: Verdict, desk: Desk) -> tuple[str, ...]:
    """Where the unit stands, with what this verdict on the mail accepts."""
    unit = desk.bureau.roster.find(verdict.unit) if verdict.unit else None
    if unit is None:
        return ()
    counts = {
        item.material: ledger.history.accepted_count(desk.notice.id, unit.name, item.material, besides=record.id)
        for item in verdict.items
    }
    for item in verdict.items:
        counts[item.material] += item.fills if item.decision is Decision.ACCEPTED else 0
    return quota_sentences(desk.notice, unit, counts)


def _fingerprints(files: tuple[FileFacts, ...]) -> tuple[Fingerprint, ...]:
    """What the files are known by when they come again: those inside archives, and not the archives."""
    return tuple(
        Fingerprint(file.shown_name, file.sha256, file.photo.look if file.photo else None)
        for file in files
        if file.kind not in (*ARCHIVES, Kind.EMPTY) and not is_decoration(file)
    )


def _body_file(examined: Examined, work: Path) -> list[Attachment]:
    """What the school wrote in the mail itself, as a file: it may be the material, and it belongs to the rest."""
    if not examined.body.strip():
        return []
    content = examined.body.encode("utf-8-sig", "replace")
    path = work / "body.txt"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return [Attachment(BODY_FILE_NAME, path, len(content), digest, "text/plain")]
