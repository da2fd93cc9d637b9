"""The digest: what the clerks read. It begins with what waits for them and ends with a sum of all mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake_bot.letters.digest_cleaning import (
    clean_media,
    clean_note,
    clean_open_item,
    clean_owing,
    clean_photo,
    clean_returned,
    clean_sum,
    clean_trouble,
    clean_waiting,
)
from intake_bot.letters.digest_lines import (
    AcceptedLine,
    ItemTotals,
    MailTotals,
    Matrix,
    MediaLine,
    NoteLine,
    OpenItem,
    Owing,
    OwingGroup,
    OwingUnit,
    PhotoLine,
    QuotaSummary,
    ReturnedLine,
    SumLine,
    TroubleLine,
    WaitingLine,
)
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.withheld import WithheldLetter
from intake_bot.mail.address import is_address

MAXIMUM_BYTES = 100_000
"""Maximum size of the HTML: mail programs cut longer letters."""
SHOWN = (
    (400, 400),
    (400, 80),
    (400, 40),
    (400, 20),
    (400, 10),
    (400, 5),
    (150, 20),
    (80, 20),
    (40, 20),
    (20, 10),
    (10, 10),
    (5, 5),
)
"""Maximum lines of each list before ④, and of each from there on: whom to telephone goes before what may be looked up.
The next smaller ones are tried where the letter is too long."""
NOTED = 40
"""Maximum items in one note."""
_ALL = 10**6
_TEXT_WIDTH = 36
"""Maximum characters of a line of names in a plain text letter."""
_NAMED_RECEIPTS = 10
"""Maximum receipt numbers in one line of the digest."""

_NO_ITEMS, _NOBODY_OWES, _NO_MATRIX = ItemTotals(), Owing(), Matrix()


@dataclass(frozen=True)
class Digest:
    """What one digest or note says. Times are aware and in the bureau's zone; what strangers wrote may be raw."""

    bureau: str
    event: str
    """Name of the event with the place: 职教活动周濮阳."""
    since: datetime | None
    """From when its mails count; None: from the first mail on."""
    now: datetime
    """Until when they count."""
    mails: MailTotals
    items: ItemTotals = _NO_ITEMS
    expects: bool = True
    """False where the roster is empty, so that nobody is missed."""
    open_items: tuple[OpenItem, ...] = ()
    owing: Owing = _NOBODY_OWES
    group_text: tuple[str, ...] = ()
    """Lines to copy into a chat group; empty where nobody owes anything."""
    next_due: tuple[str, ...] = ()
    """What is due next: 照片（5月17日）今天 16:00."""
    matrix: Matrix = _NO_MATRIX
    returned: tuple[ReturnedLine, ...] = ()
    quotas: tuple[QuotaSummary, ...] = ()
    sums: tuple[SumLine, ...] = ()
    media: tuple[MediaLine, ...] = ()
    photos: tuple[PhotoLine, ...] = ()
    pick_link: str = ""
    """A mailto: address that fills in the mail by which photos are picked; empty on a page that is not a clerk's."""
    accepted: tuple[AcceptedLine, ...] = ()
    """Late items included; only on the page on disk."""
    waiting: tuple[WaitingLine, ...] = ()
    """Not settled yet, and in no category of the sum."""
    notes: tuple[NoteLine, ...] = ()
    first_addresses: tuple[NoteLine, ...] = ()
    """Addresses from which mail was accepted for a unit for the first time."""
    contacts: tuple[NoteLine, ...] = ()
    """Contacts that forms brought and that differ from the roster: 原→新."""
    trouble: tuple[TroubleLine, ...] = ()
    withheld: tuple[WithheldLetter, ...] = ()

    @property
    def nothing_came(self) -> bool:
        """No mail came, none waits, and nothing failed that could hide one."""
        return not (self.mails.mails or self.waiting or self.trouble)

    @property
    def has_links(self) -> bool:
        """A file has to be downloaded from a mail provider."""
        return any(item.links for item in self.open_items)

    @property
    def pick_example(self) -> str:
        """Numbers of photos as a clerk writes them: 1、3, and 1 where there are no three."""
        return "、".join(str(photo.number) for photo in self.photos[:3:2])

    @property
    def takes_answers(self) -> bool:
        """A reply to this letter settles something."""
        return any(item.ready_answers for item in self.open_items)

    @property
    def all_withheld_shown(self) -> bool:
        """Every withheld letter is here with its text."""
        return all(letter.lines for letter in self.withheld)


def compose_digest(digest: Digest, templates: Templates, shown: Sequence[tuple[int, int]] = SHOWN) -> Letter:
    """Writes the digest. Its lists have at most as many lines as the first of `shown` that makes its HTML fit into
    MAXIMUM_BYTES, else the last. Raises ConfigError for a broken template."""
    page = clean_digest(digest)
    html = ""
    for most, fewer in shown:
        html = templates.render_html("digest.html", **_values(page, most, fewer, on_disk=False))
        if len(html.encode()) <= MAXIMUM_BYTES:
            break
    return Letter(
        subject=templates.render_line("words/digest.txt", "subject", digest=page),
        text=templates.render_text("digest.txt", **_values(page, most, fewer), lines=wrap_names),
        html=html,
    )


def compose_digest_page(digest: Digest, templates: Templates) -> str:
    """The digest as a page on disk: nothing is cut, and what was accepted is listed. Raises ConfigError."""
    return templates.render_html("digest.html", **_values(clean_digest(digest), _ALL, _ALL, on_disk=True))


def compose_note(digest: Digest, templates: Templates) -> Letter:
    """Writes an urgent note: only the open items of the digest, which are new. Raises ConfigError for a broken
    template."""
    page = clean_digest(digest)
    return Letter(
        subject=templates.render_line("words/note.txt", "subject", digest=page),
        text=templates.render_text("note.txt", digest=page, most=NOTED),
        html=templates.render_html("note.html", digest=page, most=NOTED),
    )


def _values(page: Digest, most: int, fewer: int, **more: object) -> dict[str, object]:
    return {"digest": page, "most": most, "fewer": fewer, "by_lacks": group_by_lacks, **more}


def group_by_lacks(units: Sequence[OwingUnit]) -> tuple[OwingGroup, ...]:
    """Units that lack the same together, in the order in which the first of each stands."""
    groups: dict[str, list[OwingUnit]] = {}
    for unit in units:
        groups.setdefault(unit.lacks, []).append(unit)
    return tuple(OwingGroup(lacks, tuple(same)) for lacks, same in groups.items())


def wrap_names(units: tuple[str, ...]) -> tuple[str, ...]:
    """Names joined by 、, in lines that are broken between names only."""
    lines = [""]
    for number, unit in enumerate(units, 1):
        name = unit if number == len(units) else f"{unit}、"
        if lines[-1] and len(lines[-1]) + len(name) > _TEXT_WIDTH:
            lines.append("")
        lines[-1] += name
    return tuple(lines)


def list_receipts(receipts: Sequence[str]) -> str:
    """Receipt numbers joined by 、; the ledger has those above the maximum."""
    return "、".join(receipts[:_NAMED_RECEIPTS]) + (" 等" if len(receipts) > _NAMED_RECEIPTS else "")


def clean_digest(digest: Digest) -> Digest:
    """The same with nothing in it that a mail program would make clickable for a stranger."""
    senders = _senders(digest)
    return replace(
        digest,
        open_items=tuple(clean_open_item(line, senders) for line in digest.open_items),
        owing=clean_owing(digest.owing),
        returned=tuple(clean_returned(line, senders) for line in digest.returned),
        sums=tuple(clean_sum(line) for line in digest.sums),
        media=tuple(clean_media(line) for line in digest.media),
        photos=tuple(clean_photo(line) for line in digest.photos),
        waiting=tuple(clean_waiting(line) for line in digest.waiting),
        notes=tuple(clean_note(line, senders) for line in digest.notes),
        first_addresses=tuple(clean_note(line, frozenset({line.what})) for line in digest.first_addresses),
        contacts=tuple(clean_note(line, senders) for line in digest.contacts),
        trouble=tuple(clean_trouble(line, senders) for line in digest.trouble),
    )


def _senders(digest: Digest) -> frozenset[str]:
    """The addresses of senders, which a clerk sees whole wherever they stand."""
    senders = [
        *(line.sender for line in digest.open_items),
        *(line.sender for line in digest.returned),
        *(line.sender for line in digest.waiting),
    ]
    return frozenset(sender for sender in senders if is_address(sender))
