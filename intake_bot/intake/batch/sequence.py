"""Which new mails are taken in together, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from intake_bot.ledger.values.records import MessageRecord

MAXIMUM_MAILS = 50
"""Mails of one batch: one transaction records their verdicts, and whoever else wants to write waits for it."""
MAXIMUM_BYTES = 48_000_000
"""Bytes of the mails of one batch; a larger mail comes alone."""
SMALL_BYTES = 100_000
"""Mails below this size are fetched many at a time, and held in memory until they are in the spool."""
LARGE_BYTES = 20_000_000
"""A mail of this size lets those behind it go first."""


def postpone_large(
    records: Sequence[MessageRecord], name_lines: Callable[[Sequence[MessageRecord]], Sequence[frozenset[str]]]
) -> tuple[MessageRecord, ...]:
    """The same mails, large ones last, but each line in its order: of two mails of one line the first may mend what the
    second one lacks, or the other way round.

    `name_lines` tells for each mail to which lines it belongs, its sender's and its unit's; it is asked only where
    there is a large mail.
    """
    if not any(one.key.bytes >= LARGE_BYTES for one in records):
        return tuple(records)
    first, last = [], []
    waiting: set[str] = set()
    for one, lines in zip(records, name_lines(records), strict=True):
        if one.key.bytes >= LARGE_BYTES or not waiting.isdisjoint(lines):
            waiting |= lines
            last.append(one)
        else:
            first.append(one)
    return (*first, *last)


def make_batches(records: Sequence[MessageRecord]) -> Iterator[tuple[MessageRecord, ...]]:
    """The mails in batches, in their order. One whose attempt was counted before comes alone: it may be what ended the
    program, and others must not pay for it."""
    batch: list[MessageRecord] = []
    size = 0
    for one in records:
        if batch and (one.attempts or len(batch) >= MAXIMUM_MAILS or size + one.key.bytes > MAXIMUM_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(one)
        size += one.key.bytes
        if one.attempts:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)
