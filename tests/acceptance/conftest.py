"""Judges all mails of the tables in one run of `judge`."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from intake_bot.config.defaults import defaults_dir
from tests.acceptance.posts import Verdict, judged, raw
from tests.acceptance.tables import CASES


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Verdict]:
    """The output of `judge --json` for every case, with the shipped configuration."""
    return judged(tmp_path_factory.mktemp("mails"), defaults_dir(), ((case.name, raw(case)) for case in CASES))
