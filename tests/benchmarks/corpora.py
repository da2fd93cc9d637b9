"""Mails by the thousand, made from a seed: the same seed and count make the same mails.

| corpus | what a mail is |
|---|---|
| S | a text of 900 字 as .docx with a small picture, 20 KB |
| M | a zip of three photos of 2 MB and their captions as .docx, 8 MB |
| L | a video of 200 MB, 287 MB |
| X | the odd mails of tests/mails, again and again |
| W | a week's mix: texts, photos, videos, faults, bounces, auto-replies, mail of other business, duplicates |

S, M, L and X go to 濮阳, W to 河北. Each unit sends a material once a day, so that no mail supersedes another.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from random import Random

from PIL import Image

from intake_bot.demo.media import docx, jpeg, zip_of
from tests.benchmarks.large_mail import write_mail
from tests.composing import composed
from tests.e2e.home import ADDRESSES
from tests.e2e.mails import CHINA, NOW, stream
from tests.odd_mails import FOLDER

COUNTS = {"S": 2000, "M": 60, "L": 3, "X": 260, "W": 2000}
VIDEO_BYTES = 200_000_000
FIRST = datetime(2023, 5, 14, 8, 0, tzinfo=CHINA)
DAYS = 7
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_KINDS = "职业学校", "技工学校", "中专学校"
UNITS = tuple(f"濮阳市{stem}{branch}{kind}" for kind in _KINDS for stem in _STEMS for branch in _BRANCHES)
"""360 names, none the beginning of another."""
_WORDS = "实训室向家长开放学生展示茶艺面点汽修护理焊接绘画社区居民围观体验志愿者讲解保养知识企业师傅走进课堂技能比赛"


@dataclass(frozen=True)
class Corpus:
    """Mails on the disk, each with its time of receipt as the file's time of change."""

    name: str
    bureau: str
    now: datetime
    """When all of them are there."""
    mails: tuple[Path, ...]

    @property
    def bytes(self) -> int:
        return sum(path.stat().st_size for path in self.mails)


def roster() -> str:
    """The roster for 濮阳, as CSV: the units, each with its address, and the one of the odd mails."""
    rows = [f"{unit},,学校,,teacher@{_domain(number)}" for number, unit in enumerate(UNITS)]
    return "\n".join(["单位,简称,类别,级别,邮箱", "濮阳县教育局,濮阳县,县区,,", *rows, ""])


def make_corpus(name: str, count: int, folder: Path, seed: int, video_bytes: int = VIDEO_BYTES) -> Corpus:
    """Writes the mails into a folder of this corpus."""
    if name == "W":
        week = [(mail.raw, mail.received) for mail in stream(count)]
        return Corpus(name, "hebei", NOW, write_mails(folder, week))
    if name == "L":
        folder.mkdir(parents=True)
        return Corpus(name, "puyang", FIRST + timedelta(days=DAYS), tuple(_videos(folder, count, video_bytes)))
    makers = {"S": _text_mails, "M": _photo_mails, "X": _odd_mails}
    mails = makers[name](count, Random(seed))
    return Corpus(name, "puyang", FIRST + timedelta(days=DAYS), write_mails(folder, mails))


def write_mails(folder: Path, mails: Iterable[tuple[bytes, datetime]]) -> tuple[Path, ...]:
    """Writes mails, each with its time of receipt, into a new folder."""
    folder.mkdir(parents=True)
    paths = []
    for number, (raw, received) in enumerate(mails, 1):
        path = folder / f"{number:06}.eml"
        path.write_bytes(raw)
        _receive(path, received)
        paths.append(path)
    return tuple(paths)


def received_now(corpus: Corpus, now: datetime) -> Corpus:
    """The same mails, received at this time: the service has no other clock than the real one."""
    folder = corpus.mails[0].parent.with_name(f"{corpus.mails[0].parent.name}-now")
    return replace(corpus, now=now, mails=write_mails(folder, [(path.read_bytes(), now) for path in corpus.mails]))


def _receive(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def _times(count: int) -> Iterator[tuple[int, datetime]]:
    """For each mail its unit and its time: all units on the first day, then all on the second, before 16:00."""
    for number in range(count):
        day, unit = divmod(number, len(UNITS))
        yield unit, FIRST + timedelta(days=day % DAYS, seconds=unit * 60 + day // DAYS)


def _text_mails(count: int, random: Random) -> Iterator[tuple[bytes, datetime]]:
    for number, (unit, received) in enumerate(_times(count)):
        picture = jpeg(320, 240, min_bytes=11_000, seed=random.randrange(1 << 30))
        files = {f"{UNITS[unit]}文字材料.docx": docx(_prose(random, 900), pictures=[picture])}
        yield _mail(number, unit, "文字", files, received), received


def _photo_mails(count: int, random: Random) -> Iterator[tuple[bytes, datetime]]:
    for number, (unit, received) in enumerate(_times(count)):
        photos = {f"现场{position}.jpg": photo(random) for position in range(1, 4)}
        captions = docx([f"图{position}：{UNITS[unit]}活动周现场，学生展示技能。" for position in range(1, 4)])
        files = {"照片.zip": zip_of({**photos, "照片说明.docx": captions})}
        yield _mail(number, unit, "照片", files, received), received


def _odd_mails(count: int, random: Random) -> Iterator[tuple[bytes, datetime]]:
    paths = sorted(FOLDER.glob("*.eml"))
    random.shuffle(paths)
    for number, path in enumerate(islice(cycle(paths), count)):
        # A copy of the first round is a duplicate, as a provider's second delivery is.
        yield path.read_bytes(), FIRST + timedelta(days=3, seconds=number)


def _videos(folder: Path, count: int, video_bytes: int) -> Iterator[Path]:
    for number, (_, received) in enumerate(_times(count)):
        path = folder / f"{number:06}.eml"
        write_mail(path, video_bytes + number)
        _receive(path, received)
        yield path


def photo(random: Random) -> bytes:
    """A photo of 4.3 megapixels and 2.1 MB, whose pixels are as hard to decode as a camera's."""
    size = 2400, 1800
    clouds = Image.frombytes("RGB", (16, 12), random.randbytes(16 * 12 * 3)).resize(size, Image.Resampling.BILINEAR)
    grain = Image.frombytes("L", size, random.randbytes(size[0] * size[1])).convert("RGB")
    target = io.BytesIO()
    Image.blend(clouds, grain, 0.25).save(target, "JPEG", quality=90)
    return target.getvalue()


def _prose(random: Random, characters: int) -> list[str]:
    """Sentences that no other mail has, of so many 字 with their signs."""
    text = "".join("".join(random.choices(_WORDS, k=29)) + "。" for _ in range(characters // 30))
    return [text[start : start + 150] for start in range(0, len(text), 150)]


def _domain(unit: int) -> str:
    return f"unit{unit}.example.edu.cn"


def _mail(number: int, unit: int, material: str, files: dict[str, bytes], received: datetime) -> bytes:
    return composed(
        f"活动周{UNITS[unit]}{material}材料",
        files,
        sender=f"老师 <teacher@{_domain(unit)}>",
        to=ADDRESSES["puyang"],
        message_id=f"<{number}.{material.encode().hex()}@{_domain(unit)}>",
        text="老师您好，材料请见附件。",
        headers={"Date": received.strftime("%a, %d %b %Y %H:%M:%S +0800")},
    ).as_bytes()
