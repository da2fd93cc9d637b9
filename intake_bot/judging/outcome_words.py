"""The Chinese words for dispositions and decisions, for every place but the letters' templates (an admin's to edit).

The same outcome reads differently where a clerk decides about it, where nothing has happened yet, and where a column
is narrow; the fields say which is which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake_bot.judging.verdict import Decision, Disposition

LINKS_ONLY = "有超大附件还没有下载"
"""Why a mail is held whose verdict is settled."""


@dataclass(frozen=True)
class DispositionWords:
    """What became of a mail as a whole."""

    trial: str
    """For `judge`: what would be done. A trial does nothing."""
    done: str
    """For `held`: what has been done, reported to the clerk who asked for it."""
    brief: str
    """For a narrow column. Empty for a mail that is no submission: such columns say more exactly what it is."""


@dataclass(frozen=True)
class DecisionWords:
    """The decision on one item."""

    full: str
    """For `held`, with what the school has to do."""
    brief: str
    """For a line of `ledger`."""


DISPOSITION_WORDS: Mapping[Disposition, DispositionWords] = {
    Disposition.ACCEPTED: DispositionWords("收下", "已收下", "收"),
    Disposition.PARTIAL: DispositionWords("部分收下", "部分收下", "收一部分"),
    Disposition.REJECTED: DispositionWords("请补正", "已退回补正", "退"),
    Disposition.HELD: DispositionWords("待人工查看", "待人工处理", "待人工"),
    Disposition.IGNORED: DispositionWords("不是报送邮件，不处理", "已结案，不算报送", ""),
}

DECISION_WORDS: Mapping[Decision, DecisionWords] = {
    Decision.ACCEPTED: DecisionWords("收下", "收"),
    Decision.REJECTED: DecisionWords("退回补正", "退"),
    Decision.HELD: DecisionWords("待人工", "待人工"),
}
