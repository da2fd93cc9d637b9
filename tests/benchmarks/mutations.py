"""Writes a folder of strange mails. `python -m tests.benchmarks.mutations FOLDER [COUNT [SEED]]`

Half of them are mails of ours (`tests/mails`, the demo's) with bytes, lines and header fields changed, half are put
together from what mail of all ages is made of. The same seed writes the same mails; `tests.benchmarks.folder` then
judges them.
"""

from __future__ import annotations

import base64
import quopri
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from intake_bot.demo.mails import DEMO_MAILS
from tests.benchmarks.scraps import DATES, ENCODINGS, FIELDS, PIECES, SENDERS, SUBJECTS, TYPES, WORDS
from tests.mail.encodings import binhex, uuencode, yenc
from tests.odd_mails import FOLDER

LARGEST_BASE = 200_000
Dice = random.Random


def bases() -> list[bytes]:
    """Small mails of ours."""
    odd = [path.read_bytes() for path in sorted(FOLDER.iterdir())]
    demo = [raw for mail in DEMO_MAILS if len(raw := mail.write()) < LARGEST_BASE]
    return odd + demo


def _flip(data: bytes, dice: Dice) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 12)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _insert(data: bytes, dice: Dice) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + dice.choice(PIECES) * dice.choice((1, 1, 1, 30)) + data[at:]


def _delete(data: bytes, dice: Dice) -> bytes:
    at = dice.randint(0, len(data))
    return data[:at] + data[at + dice.randint(1, 300) :]


def _cut(data: bytes, dice: Dice) -> bytes:
    return data[: dice.randint(0, len(data))]


def _repeat(data: bytes, dice: Dice) -> bytes:
    start = dice.randint(0, len(data))
    end = start + dice.randint(1, 400)
    return data[:end] + data[start:end] * dice.randint(1, 60) + data[end:]


def _shuffle_lines(data: bytes, dice: Dice) -> bytes:
    lines = data.split(b"\n")
    for _ in range(dice.randint(1, 5)):
        one, two = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _head(data: bytes, dice: Dice) -> bytes:
    """Fields ahead of all others: the first of a name counts."""
    return b"".join(_fields(dice)) + data


def _line_ends(data: bytes, dice: Dice) -> bytes:
    return data.replace(b"\r\n", dice.choice((b"\n", b"\r", b"\n\r", b"\r\r\n")))


CHANGES: tuple[Callable[[bytes, Dice], bytes], ...] = (
    _flip, _flip, _insert, _insert, _delete, _cut, _repeat, _shuffle_lines, _head, _line_ends,
)  # fmt: skip


def changed(base: bytes, dice: Dice) -> bytes:
    """A mail with a few things changed."""
    for _ in range(dice.randint(1, 4)):
        base = dice.choice(CHANGES)(base, dice) if base else _insert(base, dice)
    return base


def _bytes(text: str, dice: Dice) -> bytes:
    return text.encode(dice.choice(("utf-8", "utf-8", "gb18030", "big5")), "replace")


def _fields(dice: Dice) -> Iterator[bytes]:
    sender, date = dice.choice(SENDERS), dice.choice(DATES)
    fields = [
        f"Subject: {dice.choice(SUBJECTS)}",
        f"From: {sender}",
        f"Date: {date}",
        f"To: {dice.choice((*SENDERS, 'py8991718@126.com'))}",
    ]
    fields += [
        field.format(date=date, sender=sender, n=dice.randrange(10**6))
        for field in dice.sample(FIELDS, dice.randint(0, 6))
    ]
    dice.shuffle(fields)
    for field in fields[: dice.randint(1, len(fields))]:
        yield _bytes(field, dice) + b"\r\n"


def _content(encoding: str, dice: Dice) -> bytes:
    text = _bytes("\n".join(dice.choices(WORDS, k=dice.randint(0, 30))), dice)
    match encoding.strip().lower():
        case "base64":
            return base64.encodebytes(text)
        case "quoted-printable":
            return quopri.encodestring(text)
        case "base-64" | "base64 (x)" | "7bit base64" | "x-unheard-of":
            return base64.b64encode(text) if dice.random() < 0.5 else base64.encodebytes(text * 40)
        case "x-uuencode":
            return uuencode(text)
        case "x-yenc":
            return yenc(text)
        case "binhex":
            return binhex(text)
        case _:
            return text


def _part(dice: Dice, depth: int) -> bytes:
    if depth and dice.random() < 0.5:
        boundary = dice.choice((b"b", b"bb", b"=_%d" % depth, b"a b"))
        head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (
            dice.choice((b"mixed", b"alternative", b"related", b"report", b"x")), boundary,
        )  # fmt: skip
        parts = [b"--%s\r\n" % boundary + _part(dice, depth - 1) for _ in range(dice.randint(0, 5))]
        return head + b"\r\n".join(parts) + (b"\r\n--%s--\r\n" % boundary if dice.random() < 0.8 else b"")
    encoding = dice.choice(ENCODINGS)
    fields = f"Content-Type: {dice.choice(TYPES)}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return _bytes(fields, dice) + _content(encoding, dice)


def put_together(dice: Dice) -> bytes:
    """A mail of parts that seldom meet."""
    opening = dice.choice((b"", b"", b"", b"From zhang@qq.com Wed May 17 15:02:11 2023\n", b"\xef\xbb\xbf", b"\n\n"))
    return opening + b"".join(_fields(dice)) + _part(dice, 3)


def strange_mails(count: int, seed: int) -> Iterator[bytes]:
    """As many as asked for, changed ones and those put together by turns."""
    dice = random.Random(seed)  # not for secrets
    ours = bases()
    for number in range(count):
        yield put_together(dice) if number % 2 else changed(dice.choice(ours), dice)


def main() -> None:
    folder, count, seed = Path(sys.argv[1]), *(int(word) for word in [*sys.argv[2:], "2000", "1"][:2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(strange_mails(count, seed)):
        (folder / f"{seed}-{number:05d}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
