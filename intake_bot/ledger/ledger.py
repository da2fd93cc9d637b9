"""The ledger as the rest of the program uses it: one file, and an attribute for each subject."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from intake_bot.ledger.authors import Authors
from intake_bot.ledger.database import Database
from intake_bot.ledger.digests import Digests
from intake_bot.ledger.letters import Letters
from intake_bot.ledger.messages import Messages
from intake_bot.ledger.orders import Orders
from intake_bot.ledger.pieces import Pieces
from intake_bot.ledger.prior_mail import PriorMails
from intake_bot.ledger.reports import Reports
from intake_bot.ledger.submissions import Submissions
from intake_bot.ledger.trail import Trail
from intake_bot.ledger.units import Units
from intake_bot.ledger.upkeep import Upkeep
from intake_bot.ledger.views.as_of import views_as_of
from intake_bot.ledger.views.forms import Forms
from intake_bot.ledger.views.open_work import OpenWorks


class Ledger:
    """What happened, kept for good. Every method of the subjects is one transaction; nothing is ever deleted.

    All of them may raise TemporaryFailure (locked, disk full) and PermanentFailure (damaged, no permission).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.messages = Messages(database)
        self.pieces = Pieces(database)
        self.letters = Letters(database)
        self.submissions = Submissions(database)
        self.prior_mails = PriorMails(database)
        self.authors = Authors(database)
        self.reports = Reports(database)
        self.orders = Orders(database)
        self.open_works = OpenWorks(database)
        self.forms = Forms(database)
        self.digests = Digests(database)
        self.trail = Trail(database)
        self.units = Units(database)
        self.upkeep = Upkeep(database)

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Opens the ledger in this file, creates it where there is none, and migrates its tables to the newest version.

        Raises PermanentFailure when the file cannot be used (damaged, no ledger, made by a newer version, no
        permission), TemporaryFailure when it is locked or the disk is full.
        """
        return cls(Database.open(path))

    @classmethod
    def open_as_of(cls, path: Path, at: datetime) -> Ledger:
        """The same, to be read as it was at this time (aware): after the last event that had been written down.

        What is older than the ledger's record of its changes is shown as it is now. Raises as `open`.
        """
        with cls.open(path) as now:
            last = now.trail.find_last_id(at)
        return cls(Database.show(path, views_as_of(last)))

    def together(self) -> AbstractContextManager[None]:
        """One transaction for all that this thread asks and writes within the block: all of it is there afterwards, or
        nothing. Everybody else waits for it: no network and no measuring within the block."""
        return self._database.together()

    def apart(self) -> AbstractContextManager[None]:
        """Within `together`, a part that is undone alone when it raises; elsewhere nothing of its own."""
        return self._database.apart()

    def close(self) -> None:
        """Closes the file. Committed transactions are on the disk whether or not this is called."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
