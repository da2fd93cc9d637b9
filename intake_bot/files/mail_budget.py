"""What the files of one mail may cost, all together: time, unpacked bytes, text."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.files.archives.archive import Budget
from intake_bot.files.limits import FileLimits
from intake_bot.files.worker.time_budget import TimeBudget

_HARD_SHARE = 0.5


@dataclass
class MailBudget:
    """What is left. Every inspection of the same mail spends from the same budget."""

    time: TimeBudget
    archives: Budget
    text_length: int
    hard_files: int
    seconds: float
    """Processor seconds at the beginning."""

    @classmethod
    def of(cls, limits: FileLimits) -> MailBudget:
        """The whole budget."""
        time = TimeBudget.of(limits.mail_seconds)
        return cls(time, Budget.of(limits), limits.text_length, limits.hard_files, limits.mail_seconds)

    def limit(self, share: float) -> None:
        """Leaves no more than this share of the whole time."""
        self.time = TimeBudget.of(share * self.seconds)

    @property
    def is_spent(self) -> bool:
        """Whether no further file may be opened: the time is up, or too many files were too hard."""
        return self.time.is_spent or self.hard_files <= 0

    @property
    def was_hard(self) -> bool:
        """Whether the mail took half of its time or more, or all of its hard files: others of its sender may, too."""
        return self.is_spent or self.time.processor_seconds < (1 - _HARD_SHARE) * self.seconds
