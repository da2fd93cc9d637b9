"""A notice as data: the week, the subject form, the materials, their parts and rules.

These models are what a file under `config/notices/` is checked against; keys are English, values are the
notice's own words. A new notice is a new file and no code. Every rule names the clause it rests on.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from intake_bot.notices.deadline import Due, Week, read_due
from intake_bot.notices.severities import Severity as Severity

_DAYS_AHEAD = 60
_MOST_DAYS = 31
"""Of a week; a longer one is a slip in a date."""
_YEARS = range(2000, 2200)
"""Of a week; any other is a slip in a date, and the days around it may be more than a calendar holds."""
_UNTIL = "要写成 5月19日12:00前 或 2023-05-19T12:00。"


class Frozen(BaseModel):
    """A value that is checked once and never changes; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def _due(value: object) -> object:
    return read_due(value) if isinstance(value, str) else value


def _until(value: object) -> object:
    """A moment in a notice's words (5月19日12:00前) or as ISO (2023-05-19T12:00), local time."""
    if isinstance(value, str) and not value[:4].isdecimal():
        return _until_in_words(value)
    whole_day = len(str(value)) <= len("2023-05-19")
    try:
        moment = datetime.fromisoformat(str(value)) + timedelta(days=1 if whole_day else 0)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"看不懂“{value}”，{_UNTIL}") from error
    if moment.tzinfo is not None:
        raise ValueError(f"“{value}”里不用写时区，{_UNTIL}")
    return moment


def _until_in_words(words: str) -> Due:
    try:
        due = read_due(words)
    except ValueError as error:
        raise ValueError(f"{error}，{_UNTIL}") from error
    if due.month_day is None:
        raise ValueError(f"“{words}”不是日期，{_UNTIL}")
    return due


def _until_words(until: Due | datetime) -> str:
    return until.words if isinstance(until, Due) else until.isoformat()


UntilField = Annotated[Due | datetime, BeforeValidator(_until), PlainSerializer(_until_words)]
DueField = Annotated[Due, BeforeValidator(_due), PlainSerializer(lambda due: due.words)]
SeverityField = Annotated[Severity, Field(strict=False)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _entry(value: str) -> str:
    if "，" in value:
        raise ValueError(f"“{value}”里有中文逗号；各项之间要用英文逗号“,”隔开。")
    return value


Words = Annotated[tuple[Annotated[Text, AfterValidator(_entry)], ...], Field(strict=False)]
SomeWords = Annotated[Words, Field(min_length=1)]
DateField = Annotated[date, Field(strict=False)]


class Rule(Frozen):
    """One demand of the notice, with the clause it rests on and the notice's own words."""

    clause: Text
    quote: Text
    severity: SeverityField = Severity.ERROR


class AtLeast(Rule):
    """A measured number (pixels, bytes) must be `at_least` this, inclusive."""

    at_least: int = Field(gt=0)


class AtMost(Rule):
    """A measured number (bytes, seconds) must be `at_most` this, inclusive."""

    at_most: int = Field(gt=0)


def _sides(value: str) -> str:
    if value and len(re.findall(r"\d+", value)) != 2:
        raise ValueError(f"“{value}”要写成 1280*720 这样，长和宽各一个数。")
    return value


class Resolution(Rule):
    """Both sides of a video in pixels, whichever way it is held; `recommended` is only advice to quote."""

    long_side: int = Field(gt=0)
    short_side: int = Field(gt=0)
    recommended: Annotated[str, AfterValidator(_sides)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Resolution:
        if self.long_side < self.short_side:
            raise ValueError("长边（long_side）小于短边（short_side）。")
        return self


class Length(Rule):
    """字数 as Word counts. Within `tolerance` (a share of the limit, for 左右) outside is a remark, beyond an error."""

    at_least: int | None = Field(default=None, gt=0)
    at_most: int | None = Field(default=None, gt=0)
    tolerance: float = Field(default=0.0, ge=0, le=1, strict=False)

    @model_validator(mode="after")
    def _in_order(self) -> Length:
        if self.at_least is None and self.at_most is None:
            raise ValueError("下限（at_least）和上限（at_most）至少要写一个。")
        if self.at_least and self.at_most and self.at_most < self.at_least:
            raise ValueError("上限（at_most）小于下限（at_least）。")
        return self


class Mentions(Rule):
    """The text should speak of something: each entry is a name and the words that show it, for example
    `活动亮点: [亮点, 特色]`."""

    words: Annotated[dict[Text, SomeWords], Field(min_length=1)]
    severity: SeverityField = Severity.REMARK


class PartBase(Frozen):
    """One of the things a material consists of: how many are wanted, and what each must be."""

    name: Text
    clause: str
    quote: str
    at_least: int = Field(default=1, ge=0)
    missing: SeverityField = Severity.ERROR
    """What it means when there are fewer than `at_least`."""


class TextPart(PartBase):
    """A text: Word, WPS, PDF, plain text, or the mail body, unless `word` asks for a Word file."""

    kind: Literal["text"]
    word: Rule | None = None
    length: Length | None = None
    picture: Rule | None = None
    source: Rule | None = None
    link: Rule | None = None
    mentions: Mentions | None = None


class PhotoPart(PartBase):
    """Picture files. `or_in_text`: pictures inside the document serve as well."""

    kind: Literal["photo"]
    or_in_text: bool = False
    jpeg: Rule | None = None
    pixels: AtLeast | None = None
    """The long side, in pixels, as seen after EXIF rotation."""
    size: AtLeast | None = None
    """In bytes."""
    archive: Rule | None = None
    """The pictures must come in an archive."""
    caption: Rule | None = None
    """A text, or file names that say something, must go with them."""


class VideoPart(PartBase):
    """Video files."""

    kind: Literal["video"]
    mp4: Rule | None = None
    size: AtMost | None = None
    """In bytes."""
    resolution: Resolution | None = None
    duration: AtMost | None = None
    """In seconds."""
    text: Rule | None = None
    """A text (file or mail body) must go with them."""


class FormPart(PartBase):
    """A form known by its title, never by its attachment number (the notices number them two ways)."""

    kind: Literal["form"]
    title: Text
    aliases: Words = ()


Part = Annotated[TextPart | PhotoPart | VideoPart | FormPart, Field(discriminator="kind")]


class Quota(Frozen):
    """How many accepted submissions a unit owes over the week; the first quota that fits the unit counts."""

    at_least: int = Field(gt=0)
    clause: str
    quote: str
    categories: Words = ()
    """类别 of the roster; empty means every category."""
    ranks: Words = ()
    """级别 of the roster; empty means every rank."""


class Material(Frozen):
    """One kind of thing that units report."""

    name: Text
    aliases: Words = ()
    due: DueField
    clause: str
    quote: str
    late: Literal["mark", "reject"] = "mark"
    channel: Literal["mail", "online"] = "mail"
    """`online`: asked for through another system (`Notice.online`), never by mail."""
    expected_from: Words = ()
    """类别 of the roster that the digest reports as missing; `全部` means all; empty means nobody."""
    parts: Annotated[tuple[Part, ...], Field(strict=False)] = ()
    quotas: Annotated[tuple[Quota, ...], Field(strict=False)] = ()


class Extension(Frozen):
    """More time for one unit, as a clerk granted it; never less."""

    unit: Text
    """The full name in the roster."""
    material: str | None = None
    """None: everything that the unit owes."""
    day: DateField | None = None
    """The day reported on; None: every day."""
    until: UntilField
    reason: str = ""

    def moment(self, week: Week, zone: tzinfo) -> datetime:
        """Until when, inclusive."""
        if isinstance(self.until, Due):
            return self.until.deadline(week, None, zone)
        return self.until.replace(tzinfo=zone)


class SubjectForm(Frozen):
    """How a subject is to be written. `compulsory`: other subjects are told so (合肥 四（二）)."""

    form: Text
    compulsory: bool = False
    keywords: SomeWords = ("活动周", "职教周", "职业教育活动周")
    clause: str = ""
    quote: str = ""


class OnlineChannel(Frozen):
    """The system that takes what is not to be sent by mail."""

    name: Text
    address: str = ""
    clause: str
    quote: str


class WeekModel(Frozen):
    """First and last day of the week, both included."""

    first: DateField
    last: DateField

    @model_validator(mode="after")
    def _in_order(self) -> WeekModel:
        for day in (self.first, self.last):
            if day.year not in _YEARS:
                raise ValueError(f"{day} 不像是活动周的日期，请看看年份写对没有。")
        if self.last < self.first:
            raise ValueError("最后一天（last）早于第一天（first）。")
        if (days := (self.last - self.first).days + 1) > _MOST_DAYS:
            raise ValueError(f"从 {self.first} 到 {self.last} 有 {days} 天，不像是活动周，请看看年月写对没有。")
        return self


class Notice(Frozen):
    """One notice of one bureau, complete."""

    id: str
    bureau: Text
    number: str
    title: Text
    contact: str = ""
    week: WeekModel
    grace_hours: int = Field(default=8, ge=0, le=24)
    """So long after a daily deadline, a mail without a date still means the day just due (late), in hours."""
    closes_after_days: int = Field(default=30, ge=0, le=366)
    """So many days after the last deadline of all, nothing is taken in any more."""
    pieces_wait_hours: int = Field(default=2, ge=0, le=24)
    """So long a mail that says （2/3） waits for the others, in hours; no longer than to its deadline."""
    subject: SubjectForm
    online: OnlineChannel | None = None
    materials: Annotated[tuple[Material, ...], Field(strict=False, min_length=1)]
    extensions: Annotated[tuple[Extension, ...], Field(strict=False)] = ()
    severities: dict[str, SeverityField] = {}
    """Finding code → severity, for findings without a rule of their own (`severities.CHOICES`)."""

    @property
    def days(self) -> Week:
        """The week as the deadline language wants it."""
        return Week(self.week.first, self.week.last)

    def opens(self, zone: tzinfo) -> datetime:
        """From this moment on, mail may answer this notice: schools send their contacts and plans weeks ahead."""
        return datetime.combine(self.week.first - timedelta(_DAYS_AHEAD), time(0), zone)

    def closes(self, zone: tzinfo) -> datetime:
        """The last moment at which anything is taken in."""
        return self.last_deadline(zone) + timedelta(self.closes_after_days)

    def last_deadline(self, zone: tzinfo) -> datetime:
        """The latest deadline of all materials and days."""
        return max(
            material.due.deadline(self.days, day, zone)
            for material in self.materials
            for day in (self.days.days if material.due.daily else (None,))
        )

    def deadline(self, material: Material, unit: str | None, day: date | None, zone: tzinfo) -> datetime:
        """The last moment, inclusive, for this unit (None: for any unit without an extension); `day` as for `Due`."""
        due = material.due.deadline(self.days, day, zone)
        granted = [
            extension.moment(self.days, zone)
            for extension in self.extensions
            if extension.unit == unit and extension.material in (None, material.name) and extension.day in (None, day)
        ]
        return max([due, *granted])

    def material(self, name: str) -> Material | None:
        """The material of exactly this name."""
        return next((m for m in self.materials if m.name == name), None)
