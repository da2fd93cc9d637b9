"""The paths of a home: the folder that holds config/, templates/ and data/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intake_bot.errors import own_disk_failures_of


@dataclass(frozen=True)
class Home:
    """The paths below a home folder. No property creates a file or folder."""

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
    def orders_work(self) -> Path:
        """Within `work`, apart from the folders of the bureaus, which receiving empties meanwhile."""
        return self.work / ".orders"

    @property
    def excuses(self) -> Path:
        """Attempts that are not to count, noted while the ledger could not be written."""
        return self.data / "excuses"

    @property
    def digests(self) -> Path:
        return self.data / "digests"

    @property
    def exports(self) -> Path:
        """Packages for the province, where the settings name no shared folder."""
        return self.root / "exports"

    @property
    def health(self) -> Path:
        """The state of the program for a monitor, written when it changes and at least once a minute."""
        return self.data / "health.json"

    @property
    def last_good_config(self) -> Path:
        """The last configuration without a fault, for commands that look and decide while an edit has one."""
        return self.data / "last-good-config.json"

    @property
    def kept_trees(self) -> Path:
        """The files under config/ as they were parsed, for a quick start."""
        return self.data / "parsed-config.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def lock(self) -> Path:
        return self.data / "intake-bot.lock"

    @property
    def desk(self) -> Path:
        """The work folder of a clerk's command; the daemon empties `work` while it runs."""
        return self.data / "desk"

    @property
    def packing(self) -> Path:
        """Where packages are made, by the daemon and by commands at once: each run has a folder of its own in it."""
        return self.data / "packing"

    @property
    def desk_lock(self) -> Path:
        return self.data / "desk.lock"

    @property
    def supply(self) -> Path:
        """Where clerks lay downloaded files that are too large for a mail: a folder for each receipt number. It may be
        missing, and may be shared."""
        return self.root / "supply"

    def prepare(self) -> None:
        """Creates data/ if it does not exist. On POSIX only the owner may read it, since it holds names, telephone
        numbers and faces; on Windows it inherits the rights of the folder above.

        Raises TemporaryFailure when the disk refuses."""
        with own_disk_failures_of(self.data):
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def own_templates(self) -> Path:
        """Letter templates that an admin changed; the folder may be missing or empty."""
        return self.root / "templates"
