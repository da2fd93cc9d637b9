"""One poll cycle of a bureau after the other, for the commands that work and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from intake_bot.config.settings import Bureau
from intake_bot.digests.file_digest import DigestFiler
from intake_bot.intake.intake import IntakeCount
from intake_bot.outbox.deliver import DeliveryCount
from intake_bot.service.workplace import Workplace


@dataclass(frozen=True)
class CycleResult:
    """The result of one poll cycle for one bureau. `trouble` has its errors, in words for the admin."""

    bureau: Bureau
    taken: IntakeCount
    delivered: DeliveryCount
    trouble: tuple[str, ...]


class PollCycle(Workplace):
    """A workplace where one job is done after the other."""

    def run(self, bureau: Bureau, stop: Callable[[], bool]) -> CycleResult:
        """Takes mail in, carries out what clerks have ordered, and sends the letters that are due. Trouble is recorded
        and alerted, never raised."""
        work = self.works[bureau.id]
        received = work.receive(stop)
        supplied, ordered = work.take_supplies(), work.carry_out_orders()
        sent = work.send(stop)
        self.health.write()
        trouble = [str(run.trouble) for run in (received, supplied, ordered, sent) if run.trouble is not None]
        return CycleResult(bureau, received.result, sent.result, tuple(dict.fromkeys(trouble)))

    def file_due_digest(self, bureau: Bureau) -> bool:
        """Files a digest or a note when one is due; true if this call filed it."""
        return self.works[bureau.id].file_due_digest().result

    def file_digest(self, bureau: Bureau, now: datetime) -> bool:
        """Files a digest, due or not. Raises as DigestFiler."""
        return DigestFiler(self._services).file(bureau, now)

    def deliver(self, bureau: Bureau, stop: Callable[[], bool]) -> DeliveryCount:
        """Sends the letters that are due. Raises IntakeError when the server cannot be used."""
        return self.works[bureau.id].deliver(stop)
