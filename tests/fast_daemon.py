"""Lets the daemon of this process check at shorter intervals, so that tests need not wait for seconds."""

from __future__ import annotations

from intake_bot.service import daemon, schedule

EDIT_CHECK_SECONDS = 0.3


def shorten_waits() -> None:
    vars(daemon).update(
        EDIT_CHECK_SECONDS=EDIT_CHECK_SECONDS,
        DIGEST_CHECK_SECONDS=1,
        HEALTH_CHECK_SECONDS=0.1,
        STOP_CHECK_SECONDS=0.1,
        GRACE_SECONDS=0.5,
    )
    vars(schedule).update(CALL_SECONDS=0.1)
