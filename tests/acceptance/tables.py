"""Every mail of every table."""

from __future__ import annotations

from tests.acceptance import envelope, hebei, hefei, moe, puyang

CASES = (*puyang.CASES, *hefei.CASES, *hebei.CASES, *moe.CASES, *envelope.CASES)
