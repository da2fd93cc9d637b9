"""The lines of a digest as values. Times are aware and in the bureau's zone.

Subjects, senders, file names and reasons may be raw: `digest_cleaning` makes them harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from intake_bot.letters.mark import Mark
from intake_bot.notices.day_words import item_name

_SPACE = "\u3000"


class ReplyStatus(StrEnum):
    """Whether the school got a reply to its mail, in the words of the digest."""

    SENT = "已回信，写明要改什么"
    UNDELIVERED = "回信还没有送达"
    BOUNCED = "回信没有送到，被退回"
    WITHHELD = "试运行，回信没有寄出"
    NONE = "没有回信"

    @property
    def unheard(self) -> bool:
        """The school does not know what to correct, so that somebody has to telephone."""
        return self in (ReplyStatus.UNDELIVERED, ReplyStatus.BOUNCED, ReplyStatus.NONE)


class OpenKind(StrEnum):
    """Why something waits for a clerk, in the words of the digest."""

    HELD = "待查看"
    CONTESTED = "两个邮箱报同一项"
    DOUBTFUL = "发件人可能是冒名的"
    QUESTION = "有问题要问"
    LINK = "超大附件待下载"
    UNOPENED = "邮件没能打开"
    BOUNCED = "回信没有送到"


@dataclass(frozen=True)
class ReadyAnswer:
    """One way to settle an open item: a line to copy into a reply, and a mailto: address that fills in the reply."""

    line: str
    """收 1017-6."""
    link: str = ""
    """Empty where there is no button."""


@dataclass(frozen=True)
class HeldLink:
    """A 超大附件 that a clerk has to download. `details` holds size and expiry in the provider's words."""

    name: str
    details: str
    address: str
    host: str = ""
    """The host that the address leads to, which an address can hide."""
    left: str = ""
    """还能下载 13 天, or 已过期; empty where nobody knows."""


@dataclass(frozen=True)
class Phone:
    """A telephone number: as people write it, and in digits for a telephone to dial."""

    shown: str
    dialled: str


@dataclass(frozen=True)
class ContactLine:
    """Whom to telephone at a unit. `changed` says 原→新 where the newest differs from the roster."""

    name: str = ""
    phones: tuple[Phone, ...] = ()
    changed: str = ""


@dataclass(frozen=True)
class OpenItem:
    """Something that waits for the clerk: a mail, or a letter that did not arrive."""

    kind: OpenKind
    number: str
    """Receipt number of the mail."""
    unit: str
    """Empty where it is not known."""
    subject: str
    sender: str
    """For a letter that did not arrive, the address that it went to."""
    received: datetime
    reason: str
    """Empty where its links are all that waits."""
    links: tuple[HeldLink, ...] = ()
    addresses: tuple[str, ...] = ()
    """Mail addresses in `reason` that are shown whole."""
    contact: ContactLine = ContactLine()
    ready_answers: tuple[ReadyAnswer, ...] = ()


@dataclass(frozen=True)
class OwingUnit:
    """A unit that lacks something that is due. All names are short: 照片、文字材料（5月17日）."""

    unit: str
    missing: str
    """What it sent nothing of; empty where nothing."""
    returned: str
    """What was returned and not mended; empty where nothing."""
    contact: ContactLine = ContactLine()
    is_doubted: bool = False
    """Somebody wrote in its name whom nobody has verified: the clerk looks there before she telephones."""

    @property
    def lacks(self) -> str:
        """没报：照片（5月17日）；退回未改：文字材料（5月17日）."""
        parts = (f"没报：{self.missing}" if self.missing else "", f"退回未改：{self.returned}" if self.returned else "")
        return "；".join(part for part in parts if part)


@dataclass(frozen=True)
class Owing:
    """Who lacks something that is due, each unit once."""

    nothing: tuple[OwingUnit, ...] = ()
    """一份没报: sent nothing of what was due last."""
    unmended: tuple[OwingUnit, ...] = ()
    """退回未改."""
    partly: tuple[OwingUnit, ...] = ()
    """还差几项."""
    missing_units: int = 0
    """Units that sent nothing of something that is due; one may also be in `unmended`."""
    returned_units: int = 0
    """Units with a return that was not mended."""

    @property
    def units(self) -> tuple[OwingUnit, ...]:
        return (*self.nothing, *self.unmended, *self.partly)


@dataclass(frozen=True)
class OwingGroup:
    """Units that lack the same."""

    lacks: str
    units: tuple[OwingUnit, ...]


@dataclass(frozen=True)
class MatrixColumn:
    """One material. `days` are those of a daily one that have begun; empty for one that is due once."""

    material: str
    days: tuple[date, ...]
    reported: int
    """Units from which the newest day's, or the only one, is in."""
    expected: int
    due: str = ""
    """截止 16:00 of that day."""

    @property
    def name(self) -> str:
        """照片（5月17日）, the newest day of a daily material."""
        return item_name(self.material, self.days[-1] if self.days else None)

    @property
    def head(self) -> str:
        """14—17 of a daily material: the days that its marks stand for, in order."""
        if not self.days:
            return ""
        return f"{self.days[0].day}" if len(self.days) == 1 else f"{self.days[0].day}—{self.days[-1].day}"


@dataclass(frozen=True)
class MatrixRow:
    """One unit: a text of marks for each column, a mark for each day."""

    unit: str
    cells: tuple[str, ...]

    @property
    def lacks(self) -> bool:
        """Something is not in, or not settled."""
        return any(mark in cell for cell in self.cells for mark in (Mark.RETURNED, Mark.HELD, Mark.NOTHING))


_NAMED_ROWS = 60
"""Maximum rows of a matrix that shows units of which all is in, too."""
_NAMED_WIDTH = 22
"""Maximum characters of the columns that have their materials' names above them, so that the unit stands beside them on
a telephone."""
_LETTERS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Matrix:
    """Unit by material, a mark for each day."""

    columns: tuple[MatrixColumn, ...] = ()
    rows: tuple[MatrixRow, ...] = ()

    @property
    def is_large(self) -> bool:
        """So many units that those of which all is in are only counted."""
        return len(self.rows) > _NAMED_ROWS

    @property
    def rows_to_show(self) -> tuple[MatrixRow, ...]:
        """Every row; of many, those that lack something, units with the same marks in one row."""
        if not self.is_large:
            return self.rows
        units: dict[tuple[str, ...], list[str]] = {}
        for row in self.rows:
            if row.lacks:
                units.setdefault(row.cells, []).append(row.unit)
        return tuple(MatrixRow("、".join(names), cells) for cells, names in units.items())

    @property
    def unnamed(self) -> int:
        """Number of units that are not shown."""
        return sum(not row.lacks for row in self.rows) if self.is_large else 0

    @property
    def legend(self) -> str:
        """甲 日报　乙 宣传材料, where the columns have letters above them; else empty."""
        pairs = zip(self._heads, self.columns, strict=True)
        return _SPACE.join(f"{head} {column.material}" for head, column in pairs if head != column.material)

    @property
    def text_head(self) -> str:
        """The materials above their marks; the full-width space keeps them in line."""
        return self._in_line(self._heads, "单位")

    def text_row(self, row: MatrixRow) -> str:
        """The marks of a unit below their materials, then its name."""
        return self._in_line(row.cells, row.unit)

    @property
    def _heads(self) -> tuple[str, ...]:
        names = tuple(column.material for column in self.columns)
        width = sum(max(len(name), len(column.days)) + 1 for name, column in zip(names, self.columns, strict=True))
        return names if width <= _NAMED_WIDTH or len(names) > len(_LETTERS) else tuple(_LETTERS[: len(names)])

    def _in_line(self, cells: Iterable[str], behind: str) -> str:
        widths = (max(len(head), len(column.days)) for head, column in zip(self._heads, self.columns, strict=True))
        padded = (f"{cell:{_SPACE}<{width}}" for cell, width in zip(cells, widths, strict=True))
        return _SPACE.join((*padded, behind))


@dataclass(frozen=True)
class ReturnedLine:
    """Returned items of one unit with the same faults, not mended. `faults`: one short sentence for each kind."""

    unit: str
    """Empty where it is not known."""
    name: str
    """照片（5月14—17日）."""
    receipt: str
    """Of all of them, joined by 、."""
    sender: str
    received: datetime
    """When the newest came."""
    faults: tuple[str, ...]
    answered: ReplyStatus = ReplyStatus.SENT
    items: int = 1


@dataclass(frozen=True)
class QuotaGroup:
    """Units that have reported equally many articles of a material too few."""

    what: str
    """一篇没报, 差 1 篇."""
    units: tuple[str, ...]


@dataclass(frozen=True)
class QuotaSummary:
    """One material with a quota."""

    material: str
    groups: tuple[QuotaGroup, ...]
    met: int
    owing: int
    """Number of units with a quota."""


@dataclass(frozen=True)
class SumLine:
    """A sum over the forms of the day: 参与人数 1,240, from so many units."""

    form: str
    name: str
    total: str
    units: int


@dataclass(frozen=True)
class MediaLine:
    """A report in the media that a form names."""

    unit: str
    media: str
    title: str
    link: str
    """Without its scheme."""
    host: str = ""


@dataclass(frozen=True)
class PhotoLine:
    """A small picture of an accepted photo."""

    cid: str
    """Content-ID of the picture in the letter, without brackets."""
    unit: str
    caption: str
    pixels: str
    """4000×3000."""
    receipt: str
    number: int
    """Its number on the sheet."""


@dataclass(frozen=True)
class AcceptedLine:
    """One accepted item, for the page on disk."""

    unit: str
    material: str
    day: date | None
    receipt: str
    received: datetime
    files: int
    lateness: str = ""
    """迟报 1 小时 2 分钟; empty where it was in time."""

    @property
    def name(self) -> str:
        """照片（5月17日）."""
        return item_name(self.material, self.day)


@dataclass(frozen=True)
class WaitingLine:
    """One piece of a submission （1/3） that waits for the other pieces."""

    unit: str
    subject: str
    sender: str
    received: datetime
    receipt: str


@dataclass(frozen=True)
class NoteLine:
    """Something about a mail that changed no verdict, and that a clerk should know."""

    receipt: str
    unit: str
    what: str
    addresses: tuple[str, ...] = ()
    """Mail addresses and telephone numbers in `what` that are shown whole."""


@dataclass(frozen=True)
class TroubleLine:
    """Something that failed: a mailbox, a login, a letter that was not delivered."""

    what: str
    since: datetime | None = None
    todo: str = ""
    addresses: tuple[str, ...] = ()
    """Mail addresses, and hosts of our own, in `what` that are shown whole."""


@dataclass(frozen=True)
class MailTotals:
    """Numbers of mails: 邮箱 n = 收 a + 退 b + 待人工 c + 非报送 d."""

    mails: int
    accepted: int
    rejected: int
    held: int
    other: int

    @property
    def unexplained(self) -> int:
        """Not 0 where a mail was lost or counted twice."""
        return self.mails - self.accepted - self.rejected - self.held - self.other


@dataclass(frozen=True)
class ItemTotals:
    """Numbers of items in the same mails; one mail may bring several."""

    accepted: int = 0
    late: int = 0
    """Of the accepted ones."""
    rejected: int = 0
    held: int = 0

    @property
    def items(self) -> int:
        return self.accepted + self.rejected + self.held
