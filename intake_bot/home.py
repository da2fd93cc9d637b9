"""Where things are in a home: the folder that holds config/, templates/ and data/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from intake_bot.config.defaults import defaults_dir
from intake_bot.disk import disk_failures_of, own_disk_failures_of
from intake_bot.errors import PermanentFailure
from intake_bot.letters.templates import Templates, read_templates


def packaged_templates() -> Path:
    """The letters that come with the program."""
    return defaults_dir() / "templates"


@dataclass(frozen=True)
class Home:
    """A home folder. Nothing is created by asking where it is."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def ledger(self) -> Path:
        return self.data / "ledger.sqlite3"

    @property
    def spool(self) -> Path:
        return self.data / "spool"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def work(self) -> Path:
        return self.data / "work"

    @property
    def digests(self) -> Path:
        return self.data / "digests"

    @property
    def health(self) -> Path:
        """How things are, for a watchdog; written after each round."""
        return self.data / "health.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def lock(self) -> Path:
        return self.data / "intake-bot.lock"

    @property
    def desk(self) -> Path:
        """Where a clerk's command unpacks; the daemon cleans `work` while it runs."""
        return self.data / "desk"

    @property
    def desk_lock(self) -> Path:
        return self.data / "desk.lock"

    def prepare(self) -> None:
        """Makes data/ where it is not there yet: for the owner only on POSIX, since it holds names, telephone numbers
        and faces; Windows takes the rights of the folder above. Raises TemporaryFailure when the disk refuses."""
        with own_disk_failures_of(self.data):
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def own_templates(self) -> Path:
        """Letters that an admin changed, or nothing."""
        return self.root / "templates"

    def templates(self) -> Templates:
        """The home's own letters where it has them, else the packaged ones. Raises ConfigError for a broken one."""
        return read_templates([folder for folder in (self.own_templates, packaged_templates()) if folder.is_dir()])


@contextmanager
def only_instance(home: Home) -> Iterator[None]:
    """Holds the home for this process. Raises PermanentFailure when another one is at work on it, TemporaryFailure
    when the disk takes no lock."""
    lock = FileLock(home.lock, timeout=0)
    try:
        home.prepare()
        with disk_failures_of(home.data):
            lock.acquire()
    except Timeout as error:
        raise PermanentFailure(f"另一个 intake-bot 正在使用 {home.root.resolve()}，请先停止它") from error
    try:
        yield
    finally:
        lock.release()
