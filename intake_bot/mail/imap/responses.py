"""What an IMAP server answers: values, refusals, and what imaplib leaves to be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from intake_bot.errors import TemporaryFailure

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a mail for which the server gives none, or none that exists."""
Folder = tuple[tuple[bytes, ...], object, str]
"""Flags, delimiter and name of a folder; the delimiter is None if folders cannot contain folders."""
_EXTENSION = re.compile(rb"\([^()]*\)")


@dataclass(frozen=True)
class MailSummary:
    """What the server reports about a mail without its content."""

    uid: int
    internaldate: datetime
    """When the server received it, in UTC: the time that deadlines are compared with."""
    """A server may give a wrong one, years off; `UNDATED` where it gives none."""
    bytes: int
    """RFC822.SIZE, which need not be exact."""


class FetchRefused(TemporaryFailure):
    """The server answers a FETCH with NO or BAD. The connection still works."""


class MailGone(TemporaryFailure):
    """The server does not return this mail: a clerk moved it, or the response lacks it. The connection still works."""


def read_uids(lines: Iterable[object]) -> list[int]:
    """The numbers in all SEARCH lines of one answer, ascending, each once. Raises ValueError for anything else."""
    numbers: set[int] = set()
    for line in lines:
        if isinstance(line, bytes):
            numbers.update(map(int, _EXTENSION.sub(b" ", line).split()))
    return sorted(numbers)


def read_time(time: object) -> datetime:
    """An INTERNALDATE in UTC, `UNDATED` where it is none.

    imapclient gives times with "-0000" or without a zone as naive ones; both mean UTC. Its zones may be of any size,
    and the ends of the calendar have no time in other zones.
    """
    if not isinstance(time, datetime):
        return UNDATED
    try:
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNDATED


def read_summaries(uids: list[int], answers: Mapping[int, Mapping[bytes, object]]) -> dict[int, MailSummary]:
    """The summaries of these mails in the answers to one FETCH; those without date or size are left out."""
    found = {}
    for uid in uids:  # a server may send others as well
        answer = answers.get(uid, {})
        size = answer.get(b"RFC822.SIZE")
        if b"INTERNALDATE" in answer and isinstance(size, int):
            found[uid] = MailSummary(uid, read_time(answer[b"INTERNALDATE"]), size)
    return found


def find_named(folders: Iterable[Folder], names: Collection[str]) -> tuple[str, ...]:
    """The folders that can be opened and have one of these names, compared without case, with or without the names of
    their parent folders."""
    wanted = {name.casefold() for name in names}
    return tuple(
        name
        for flags, delimiter, name in folders
        if not {b"\\noselect", b"\\nonexistent"} & {flag.lower() for flag in flags}
        and {name.casefold(), _last_part(name, delimiter).casefold()} & wanted
    )


def _last_part(name: str, delimiter: object) -> str:
    """The name without its parent folders."""
    return name.rsplit(delimiter.decode("ascii", "replace"), 1)[-1] if isinstance(delimiter, bytes) else name
