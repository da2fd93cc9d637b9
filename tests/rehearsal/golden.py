"""What clerks, admins and schools have read, compared with files under golden/.

After a wanted change: `WRITE_GOLDEN=1 pytest -m slow tests/rehearsal`, then read the difference before it is committed,
as the clerk would.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import docx

from tests.digests.workbook.reading import ReadCell, read_workbook
from tests.rehearsal.home import ADMIN, CLERKS
from tests.rehearsal.post import ReadLetter

FOLDER = Path(__file__).parent / "golden"
_STAFF = {ADMIN, *(clerk for clerks in CLERKS.values() for clerk in clerks)}


def differences(name: str, written: str) -> list[str]:
    """The name, where golden/`name` does not hold exactly this."""
    path = FOLDER / name
    if os.environ.get("WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8", newline="\n")
    if path.is_file() and path.read_text(encoding="utf-8") == written:
        return []
    aside = path.with_suffix(".new")
    return [f"{name} differs" + ("" if path.is_file() else f" ({aside.name})")]


def day_page(letters: Sequence[ReadLetter]) -> str:
    """The letters of one bureau and day: to clerks and admins in full, reminders once in full, and who got what."""
    staff = [one for one in letters if one.to in _STAFF]
    schools = sorted((one for one in letters if one.to not in _STAFF), key=lambda one: (one.at, one.to, one.subject))
    page = "".join((*_full(staff), *_reminders(schools), *_listed(schools)))
    return re.sub(r"放在 \S+/exports/", "放在 …/exports/", page)


def samples_page(letters: Sequence[ReadLetter]) -> str:
    """The first letter of each kind to a school, in full."""
    kinds: dict[str, ReadLetter] = {}
    for one in sorted(letters, key=lambda one: (one.at, one.to, one.subject)):
        if one.to not in _STAFF:
            kinds.setdefault(one.subject.partition("】")[0], one)
    return "".join(
        f"████ {one.at:%d日 %H:%M} 给 {one.to}：{one.subject}\n\n{one.text.rstrip()}\n\n" for one in kinds.values()
    )


def _full(letters: Iterable[ReadLetter]) -> Iterable[str]:
    told: dict[tuple[str, str], str] = {}
    digest = ""
    for one in sorted(letters, key=lambda one: (one.at, one.subject, one.to)):
        yield f"████ {one.at:%H:%M} 给 {one.to}：{one.subject}\n"
        if earlier := told.get((one.subject, one.text)):
            yield f"（和给 {earlier} 的相同）\n\n"
            continue
        told[one.subject, one.text] = one.to
        if digest and one.subject.startswith("未报"):
            yield "（和当天前一份汇总不同的行）\n\n"
            yield "".join(_changes(digest, one.text))
        else:
            yield f"\n{one.text.rstrip()}\n"
        if one.subject.startswith("未报"):
            digest = one.text
        if names := attachment_names(one):
            yield f"［附件：{'、'.join(names)}］\n"
        yield "\n"


def _changes(before: str, after: str) -> Iterable[str]:
    """What was taken away and added, each with the line before it; photos are not told again."""
    lines = difflib.unified_diff(_without_photos(before), _without_photos(after), lineterm="", n=1)
    return (f"{line}\n" for line in lines if not line.startswith(("---", "+++", "@@")))


def _without_photos(text: str) -> list[str]:
    return [line for line in text.splitlines() if not re.match(r"  \d+　", line)]


def _reminders(letters: Iterable[ReadLetter]) -> Iterable[str]:
    """The first of the day in full, of the others what is asked for."""
    told = False
    for one in letters:
        if one.subject.startswith("【提醒】"):
            lines = [line for line in one.text.rstrip().splitlines() if not told or line.startswith("- ")]
            yield "\n".join(
                (f"████ {one.at:%H:%M} 给 {one.to}：{one.subject}", *([] if told else [""]), *lines, "", "")
            )
            told = True


def _listed(letters: Sequence[ReadLetter]) -> Iterable[str]:
    yield f"████ 给学校的信：{len(letters)} 封\n\n"
    for one in letters:
        subject = one.subject.replace("回执编号 ", "").replace("活动周", "")
        yield f"{one.at:%H:%M} {one.to.partition('@')[0]} {subject}\n"


def attachment_names(letter: ReadLetter) -> list[str]:
    return [name for name, _ in attachments(letter)]


def attachments(letter: ReadLetter) -> list[tuple[str, bytes]]:
    """Name and content of what is attached."""
    message = message_from_bytes(letter.raw, policy=default)
    parts = [part for part in message.walk() if part.get_content_disposition() == "attachment"]
    return [(part.get_filename() or "", part.get_payload(decode=True)) for part in parts]  # type: ignore[misc]


def workbook_page(content: bytes) -> str:
    """The cells of a workbook, a sheet after the other. Of the submissions those that are not simply accepted in time;
    files are counted."""
    page = io.StringIO()
    for name, sheet in read_workbook(content).items():
        rows = [[_shown(cell) for cell in row] for row in sheet.rows]
        page.write(f"████ {name}\n")
        if name == "文件":
            counts = Counter(row[6] for row in rows[1:])
            rows = [["结果", "行数"], *([result, str(count)] for result, count in sorted(counts.items()))]
        elif name == "提交明细":
            told = [row for row in rows[1:] if row[6] != "收" or row[7] or row[10]]
            rows = [rows[0], *told, [f"另有 {len(rows) - 1 - len(told)} 行，按时收下，没有问题"]]
        csv.writer(page, lineterminator="\n").writerows(rows)
        page.write("\n")
    return page.getvalue()


def _shown(cell: ReadCell | None) -> str:
    """The cell as a spreadsheet shows it: dates and times in words."""
    if cell is None or cell.kind != "n" or "y" not in cell.format:
        return cell.value if cell else ""
    at = datetime(1899, 12, 30) + timedelta(seconds=round(float(cell.value) * 86_400))  # noqa: DTZ001 - no zone in a cell
    return f"{at:%m-%d %H:%M}" if "h" in cell.format else f"{at:%m-%d}"


def document_page(content: bytes) -> str:
    """The text of a Word file, with the number of its pictures."""
    document = docx.Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        lines += ["", *("｜".join(cell.text for cell in row.cells) for row in table.rows)]
    return "\n".join((*lines, f"［图 {len(document.inline_shapes)} 张］", ""))
