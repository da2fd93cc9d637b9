"""Files that a clerk laid into supply/<receipt number>/: what is too large for a mail is supplied from there.

Somebody may be copying into a shared folder right now. So a folder is taken only when it holds the same as the time
before. What was taken is moved to supply/已收; what cannot be taken stays, with a note that says why.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from intake_bot.config.settings import Bureau
from intake_bot.desk.held_mail import HeldMail
from intake_bot.disk.writing import replace_file
from intake_bot.errors import ConfigError, IntakeError, PermanentFailure, own_disk_failures_of
from intake_bot.home.services import Services
from intake_bot.ledger.values.orders import OrderEntry
from intake_bot.ledger.values.receipt import read_receipt
from intake_bot.orders.order import Supply, Verb, write_order

log = logging.getLogger(__name__)

TAKEN = "已收"
"""Name of the folder for what was taken."""
NOTE = "没有收.txt"
SHARED_FOLDER = "共享文件夹"
"""Stands in the place of a clerk's address."""
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", ".td", ".xltd")
"""Endings of files that a browser is still fetching."""

Listing = Mapping[str, tuple[int, int]]
"""Size in bytes and time of change in nanoseconds of each file, by name."""


class SupplyFolder:
    """The shared folder of one home, for the mail of one bureau."""

    def __init__(self, services: Services, bureau: Bureau) -> None:
        self._services = services
        self._ledger = services.ledger
        self._bureau = bureau
        self._root = services.home.supply
        self._seen = services.home.data / f"supply-{bureau.id}.json"

    def take(self) -> int:
        """Supplies what lies there for mails of this bureau; returns how many. What fails is noted in its folder.

        Raises TemporaryFailure when the disk refuses."""
        if not self._root.is_dir():
            return 0
        with own_disk_failures_of(self._root):
            now = {folder.name: _listing(folder) for folder in self._folders()}
            before = self._read_seen()
            count = sum(self._try(name) for name, files in now.items() if files and before.get(name) == files)
            # In ASCII: a name that is not UTF-8 on the disk must come back as it is.
            replace_file(self._seen, json.dumps(now).encode("ascii"))
        return count

    def _folders(self) -> Iterator[Path]:
        for folder in sorted(self._root.iterdir()):
            if folder.is_dir() and not folder.is_symlink() and read_receipt(folder.name):
                record = self._ledger.messages.find_by_receipt(read_receipt(folder.name) or "")
                if record is not None and record.key.bureau == self._bureau.id:
                    yield folder

    def _read_seen(self) -> dict[str, Listing]:
        try:
            seen = json.loads(self._seen.read_text("utf-8"))
            return {name: {file: (one[0], one[1]) for file, one in files.items()} for name, files in seen.items()}
        except (OSError, ValueError, AttributeError, LookupError, TypeError):
            return {}

    def _try(self, name: str) -> bool:
        folder = self._root / name
        if _is_noted(folder):
            return False
        try:
            self._supply(folder, read_receipt(name) or "")
        except ConfigError as error:
            return self._note(folder, "；".join(fault.message for fault in error.faults))
        except PermanentFailure as error:
            return self._note(folder, str(error))
        except IntakeError as error:
            log.warning("supply put off folder=%s: %s", name, error)
            return False
        self._move(folder)
        return True

    def _supply(self, folder: Path, number: str) -> None:
        entry = OrderEntry(self._bureau.id, SHARED_FOLDER, Verb.SUPPLY, write_order(Supply(number)))
        held_mail = HeldMail(self._services, entry)
        record = held_mail.find(number)
        if not self._ledger.submissions.get_mail(record.id).open_links:
            raise PermanentFailure(f"{number} 没有等着下载的超大附件")
        work = self._services.home.orders_work / self._bureau.id
        work.mkdir(parents=True, exist_ok=True)
        paths = [folder / name for name in sorted(_listing(folder))]
        with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as own:
            held_mail.supply(record, paths, False, Path(own))
        log.info("supplied receipt=%s files=%d", number, len(paths))

    def _note(self, folder: Path, why: str) -> bool:
        log.warning("not supplied folder=%s: %s", folder.name, why)
        (folder / NOTE).write_text(f"{why}。\n改好以后删掉这个文件，收件程序会再看一次。\n", encoding="utf-8-sig")
        return False

    def _move(self, folder: Path) -> None:
        at = self._services.clock().astimezone(self._services.settings.intake.zone)
        taken = self._root / TAKEN
        taken.mkdir(exist_ok=True)
        shutil.move(folder, taken / f"{folder.name} {at:%Y%m%d-%H%M%S}")


def _listing(folder: Path) -> Listing:
    return {
        path.name: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.iterdir()
        if path.is_file() and path.name != NOTE and _is_finished(path.name)
    }


def _is_finished(name: str) -> bool:
    hidden = name.startswith((".", "~")) or name.lower() in ("thumbs.db", "desktop.ini")
    return not hidden and not name.lower().endswith(_UNFINISHED)


def _is_noted(folder: Path) -> bool:
    return (folder / NOTE).exists()
