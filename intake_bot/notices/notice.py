"""A notice as data: the week, the subject form, the materials, their parts and rules.

A file under `config/notices/` is checked against these models. Keys are English; values are the words of the notice.
A new notice is a new file and needs no code. Every rule names its clause.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)

from intake_bot.notices.deadline import Due, Week, read_due
from intake_bot.notices.severities import Severity as Severity

_OPENS_DAYS_BEFORE_WEEK = 60
_MAXIMUM_WEEK_DAYS = 31
"""Days of a week. A longer week is a typo in a date."""
_YEARS = range(2000, 2200)
"""Years of a week. Any other year is a typo in a date, and dates near it may exceed what `date` can hold."""
_UNTIL = "要写成 5月19日12:00前 或 2023-05-19T12:00。"


EVERYBODY = "全部"
"""In `Material.expected_from`: every unit of the roster."""


class Frozen(BaseModel):
    """Base of models that are checked once and never change. An unknown key is an error."""

    # Of thirty models three are the top of a file: only these are ever compiled, when the first file is checked.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, defer_build=True)


def _due(value: object) -> object:
    return read_due(value) if isinstance(value, str) else value


def _until(value: object) -> object:
    """Reads a local time in the words of a notice (5月19日12:00前) or in ISO format (2023-05-19T12:00)."""
    if isinstance(value, str) and not value[:4].isdecimal():
        return _until_in_words(value)
    whole_day = len(str(value)) <= len("2023-05-19")
    try:
        until = datetime.fromisoformat(str(value)) + timedelta(days=1 if whole_day else 0)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"看不懂“{value}”，{_UNTIL}") from error
    if until.tzinfo is not None:
        raise ValueError(f"“{value}”里不用写时区，{_UNTIL}")
    return until


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
    """One demand of the notice, with its clause, and the clause in the words of the notice."""

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
    """Minimum sides of a video in pixels, portrait or landscape. `recommended` is advice, quoted and not enforced."""

    long_side: int = Field(gt=0)
    short_side: int = Field(gt=0)
    recommended: Annotated[str, AfterValidator(_sides)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Resolution:
        if self.long_side < self.short_side:
            raise ValueError("长边（long_side）小于短边（short_side）。")
        return self


class Length(Rule):
    """字数 as Word counts it. `tolerance` is a share of the limit (for 左右): a text outside the limit gets a remark
    within the tolerance, and an error beyond it."""

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
    """Topics that a text should mention. Each entry is a topic and the words that show it, for example
    `活动亮点: [亮点, 特色]`."""

    words: Annotated[dict[Text, SomeWords], Field(min_length=1)]
    severity: SeverityField = Severity.REMARK


class PartBase(Frozen):
    """One of the things that a material consists of: the minimum number of files, and the rules for each."""

    name: Text
    clause: str
    quote: str
    at_least: int = Field(default=1, ge=0)
    missing: SeverityField = Severity.ERROR
    """Severity of fewer files than `at_least`."""


def _in_body(value: object) -> bool | int | None:
    if value is None or isinstance(value, bool) or (isinstance(value, int) and value > 0):
        return value
    raise ValueError("要写 true（可以写在邮件正文里）、false（不可以），或者正文至少要有的字数，例如 20。")


_MINIMUM_WORDS_IN_BODY = 100
_MINIMUM_WORDS_OF_LONG_TEXT = 50
"""Minimum 字 of a mail body where the text has a `length`. A body that is longer and too short is reported as such."""


class TextPart(PartBase):
    """A text: Word, WPS, PDF, plain text, or the mail body, unless `word` asks for a Word file."""

    kind: Literal["text"]
    in_body: Annotated[bool | int | None, PlainValidator(_in_body)] = None
    """Whether the mail body may be the text; a number is its minimum of 字. None: unless `word` asks for Word."""
    word: Rule | None = None
    length: Length | None = None
    picture: Rule | None = None
    source: Rule | None = None
    link: Rule | None = None
    mentions: Mentions | None = None

    @property
    def takes_body(self) -> bool:
        """True where the mail body may be the text."""
        return self.word is None if self.in_body is None else self.in_body is not False

    @property
    def minimum_in_body(self) -> int:
        """Returns the minimum 字 that make a mail body a text of this part, be it one that is still too short."""
        if self.in_body is not None and not isinstance(self.in_body, bool):
            return self.in_body
        has_minimum = self.length is not None and self.length.at_least is not None
        return _MINIMUM_WORDS_OF_LONG_TEXT if has_minimum else _MINIMUM_WORDS_IN_BODY


class PhotoPart(PartBase):
    """Picture files. `or_in_text`: pictures inside a document count as well."""

    kind: Literal["photo"]
    or_in_text: bool = False
    jpeg: Rule | None = None
    pixels: AtLeast | None = None
    """The long side in pixels, after EXIF rotation."""
    size: AtLeast | None = None
    """In bytes."""
    archive: Rule | None = None
    """The pictures must come in an archive."""
    caption: Rule | None = None
    """A text, or descriptive file names, must accompany them."""


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
    """A text (file or mail body) must accompany them."""


class FormPart(PartBase):
    """A form, recognised by its title and never by its attachment number: notices number them in two ways."""

    kind: Literal["form"]
    title: Text
    aliases: Words = ()


Part = Annotated[TextPart | PhotoPart | VideoPart | FormPart, Field(discriminator="kind")]


class Quota(Frozen):
    """The number of accepted submissions that a unit owes in the week. The first quota that fits the unit applies."""

    at_least: int = Field(gt=0)
    clause: str
    quote: str
    categories: Words = ()
    """类别 of the roster. Empty: every category."""
    ranks: Words = ()
    """级别 of the roster. Empty: every rank."""


class Material(Frozen):
    """One kind of material that units report."""

    name: Text
    aliases: Words = ()
    due: DueField
    clause: str
    quote: str
    late: Literal["mark", "reject"] = "mark"
    channel: Literal["mail", "online"] = "mail"
    """`online`: reported through another system (`Notice.online`), never by mail."""
    expected_from: Words = ()
    """类别 of the roster that the digest reports as missing. `EVERYBODY`: all units. Empty: none."""
    parts: Annotated[tuple[Part, ...], Field(strict=False)] = ()
    quotas: Annotated[tuple[Quota, ...], Field(strict=False)] = ()


class Extension(Frozen):
    """More time for one unit, granted by a clerk. It never shortens a deadline."""

    unit: Text
    """The full name in the roster."""
    material: str | None = None
    """None: every material."""
    day: DateField | None = None
    """The day reported on; None: every day."""
    until: UntilField
    reason: str = ""

    def deadline(self, week: Week, zone: tzinfo) -> datetime:
        """Returns the last instant that is in time."""
        if isinstance(self.until, Due):
            return self.until.deadline(week, None, zone)
        return self.until.replace(tzinfo=zone)


class SubjectForm(Frozen):
    """How a subject should be written. `compulsory`: other subjects are an error (合肥 四（二）)."""

    form: Text
    compulsory: bool = False
    keywords: SomeWords = ("活动周", "职教周", "职业教育活动周")
    clause: str = ""
    quote: str = ""


class OnlineChannel(Frozen):
    """The system that takes the materials that are not sent by mail."""

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
        if (days := (self.last - self.first).days + 1) > _MAXIMUM_WEEK_DAYS:
            raise ValueError(f"从 {self.first} 到 {self.last} 有 {days} 天，不像是活动周，请看看年月写对没有。")
        return self


class Notice(Frozen):
    """One notice of one bureau."""

    id: str
    bureau: Text
    number: str
    title: Text
    event: str = ""
    """The event's short name, for the subject of the digest: 职教活动周. Empty: the first of `subject.keywords`."""
    contact: str = ""
    week: WeekModel
    grace_hours: int = Field(default=8, ge=0, le=24)
    """Hours after a daily deadline in which a mail without a date still reports on the day that was just due (late)."""
    closes_after_days: int = Field(default=30, ge=0, le=366)
    """Days after the last deadline of all materials until nothing is accepted any more."""
    pieces_wait_hours: int = Field(default=2, ge=0, le=24)
    """Maximum hours that a piece （2/3） waits for the other pieces. It waits no longer than to its deadline."""
    subject: SubjectForm
    online: OnlineChannel | None = None
    materials: Annotated[tuple[Material, ...], Field(strict=False, min_length=1)]
    extensions: Annotated[tuple[Extension, ...], Field(strict=False)] = ()
    severities: dict[str, SeverityField] = {}
    """Finding code → severity, for findings without a rule of their own (`severities.CHOICES`)."""

    def __hash__(self) -> int:
        # What is worked out for a notice is kept by the notice: its id tells it from all but its own other versions.
        return hash(self.id)

    @property
    def event_name(self) -> str:
        """The event's short name."""
        return self.event.strip() or self.subject.keywords[0]

    @property
    def activity_week(self) -> Week:
        """The week in the form that `Due.deadline` takes."""
        return Week(self.week.first, self.week.last)

    def opens_at(self, zone: tzinfo) -> datetime:
        """Returns the first instant of mail for this notice. Schools send contacts and plans weeks before the week."""
        return datetime.combine(self.week.first - timedelta(_OPENS_DAYS_BEFORE_WEEK), time(0), zone)

    def closes_at(self, zone: tzinfo) -> datetime:
        """Returns the last instant at which anything is accepted."""
        return self.last_deadline(zone) + timedelta(self.closes_after_days)

    def last_deadline(self, zone: tzinfo) -> datetime:
        """Returns the latest deadline of all materials and days, without extensions."""
        return _last_deadline(self, zone)

    def deadline(self, material: Material, unit: str | None, day: date | None, zone: tzinfo) -> datetime:
        """Returns the last instant in time for this unit, its extensions included. `unit` None: without extensions.

        `day` as for `Due.deadline`.
        """
        due = material.due.deadline(self.activity_week, day, zone)
        granted = [
            extension.deadline(self.activity_week, zone)
            for extension in self.extensions
            if extension.unit == unit and extension.material in (None, material.name) and extension.day in (None, day)
        ]
        return max([due, *granted])

    def material(self, name: str) -> Material | None:
        """Returns the material of exactly this name, or None."""
        return next((m for m in self.materials if m.name == name), None)


@lru_cache(maxsize=64)
def _last_deadline(notice: Notice, zone: tzinfo) -> datetime:
    week = notice.activity_week
    return max(
        material.due.deadline(week, day, zone)
        for material in notice.materials
        for day in (week.days if material.due.daily else (None,))
    )
