"""Odd mails of all kinds, judged by one `judge` command, as a folder of them would be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from intake_bot.config.defaults import defaults_dir
from tests.commands.mails import RECEIVED, summary
from tests.e2e.inspection import run
from tests.odd_mails import ODD_MAILS, OddMail

Verdicts = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """What `judge --json` prints of each, by name."""
    options = ("--home", defaults_dir(), "--bureau", "puyang", "--received", RECEIVED)
    printed = run("judge", "--json", *options, *(odd.path for odd in ODD_MAILS)).objects
    return {odd.mail: verdict for odd, verdict in zip(ODD_MAILS, printed, strict=True)}


@pytest.mark.parametrize("odd", ODD_MAILS, ids=lambda odd: odd.mail)
def test_odd_mail_is_judged_as_expected(odd: OddMail, verdicts: Verdicts) -> None:
    verdict = verdicts[odd.mail]
    disposition, unit, materials, codes = summary(verdict)
    found = (verdict["kind"], disposition, unit, tuple(materials), tuple(codes))
    assert found == (odd.kind, odd.disposition, odd.unit, odd.materials, odd.codes)
    assert (verdict["reply"] or {}).get("to") == odd.answered
