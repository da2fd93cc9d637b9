"""The ledger as the rest of the program holds it: one file, its subjects, its upkeep."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from intake_bot.ledger.database import Database
from intake_bot.ledger.digests import Digests
from intake_bot.ledger.earlier import Earlier
from intake_bot.ledger.history import History
from intake_bot.ledger.letters import Letters
from intake_bot.ledger.messages import Messages
from intake_bot.ledger.pieces import Pieces
from intake_bot.ledger.standings import Standings
from intake_bot.ledger.trail import Trail
from intake_bot.ledger.upkeep import Upkeep


class Ledger:
    """What happened, for good. Every method of the subjects is one transaction; nothing is ever deleted.

    All of them may raise TemporaryFailure (locked, disk full) and PermanentFailure (damaged, no permission).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.messages = Messages(database)
        self.pieces = Pieces(database)
        self.letters = Letters(database)
        self.history = History(database)
        self.earlier = Earlier(database)
        self.digests = Digests(database)
        self.trail = Trail(database)
        self.standings = Standings(database)
        self.upkeep = Upkeep(database)

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Opens the ledger in this file, makes it where there is none, and brings its tables up to date.

        Raises PermanentFailure when the file cannot be used (damaged, no ledger, made by a newer version, no
        permission), TemporaryFailure when it is locked or the disk is full.
        """
        return cls(Database.open(path))

    def close(self) -> None:
        """Closes the file. What was committed is on the disk whether or not this is called."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
