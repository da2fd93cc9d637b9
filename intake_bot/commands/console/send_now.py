"""Sends the letters that a command wrote, where no service is at work that would."""

from __future__ import annotations

from intake_bot.config.settings import Bureau
from intake_bot.errors import IntakeError
from intake_bot.home.lock import only_instance
from intake_bot.home.services import Services
from intake_bot.service.poll_cycle import PollCycle


def send_now(services: Services, bureau: Bureau) -> str:
    """Sends what is due now, if nobody else does; gives the reason why not. The letter is in the outbox already, so
    that nothing depends on this."""
    try:
        with only_instance(services.home), PollCycle(services.settings, services.home, services.clock) as cycle:
            cycle.deliver(bureau, lambda: False)
    except IntakeError as error:
        return f"（{error}）"
    return ""
