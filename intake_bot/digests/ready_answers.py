"""The ready answers of a digest: lines to copy into a reply, and buttons that fill in a mail."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from intake_bot.ledger.values.orders import OrderCode
from intake_bot.letters.digest_lines import OpenItem, OpenKind, ReadyAnswer
from intake_bot.orders.order import Verb
from intake_bot.orders.verbs import PLACEHOLDERS

_VERBS = {
    OpenKind.HELD: (Verb.ACCEPT, Verb.REJECT),
    OpenKind.CONTESTED: (Verb.ACCEPT, Verb.REJECT),
    OpenKind.DOUBTFUL: (Verb.ACCEPT, Verb.REJECT),
    OpenKind.LINK: (Verb.ACCEPT, Verb.REJECT),
    OpenKind.QUESTION: (Verb.ANSWER, Verb.CLOSE),
    OpenKind.UNOPENED: (Verb.REJECT,),
    OpenKind.BOUNCED: (Verb.CLOSE,),
}
"""What settles an open item."""
_HINT = "点“发送”就行，不用写别的。"


def ready_lines(item: OpenItem) -> tuple[tuple[str, str], ...]:
    """The orders that settle an open item: each as a line to copy, and its beginning, which a button stands for. They
    are the same where the order needs no words."""
    begun = [(f"{verb} {item.number}", PLACEHOLDERS[verb]) for verb in _VERBS[item.kind] if item.number]
    return tuple((f"{order} {words}".strip(), order) for order, words in begun)


def plain_answers(item: OpenItem) -> tuple[ReadyAnswer, ...]:
    """The lines without buttons, for a page that is not a clerk's mail."""
    return tuple(ReadyAnswer(line) for line, _ in ready_lines(item))


class Buttons:
    """Makes the buttons in the letter for one clerk, and keeps their codes."""

    def __init__(self, clerk: str, mailbox: str, new_code: Callable[[], str]) -> None:
        self._clerk = clerk.lower()
        self._mailbox = mailbox
        self._new_code = new_code
        self._codes: dict[str, str] = {}

    @property
    def codes(self) -> tuple[OrderCode, ...]:
        """The codes that were given out."""
        return tuple(OrderCode(code, self._clerk, order) for order, code in self._codes.items())

    def answers(self, item: OpenItem) -> tuple[ReadyAnswer, ...]:
        """The ready answers of an item, each with its button."""
        return tuple(ReadyAnswer(line, self._link(line, order)) for line, order in ready_lines(item))

    @property
    def pick_link(self) -> str:
        """The button that picks photos by the numbers that she writes."""
        return self._link(f"{Verb.PICK} {PLACEHOLDERS[Verb.PICK]}", Verb.PICK)

    def _link(self, line: str, order: str) -> str:
        """A mailto: address. Its subject holds the code, since telephones drop the thread; its body is what she goes on
        writing, where the order needs words."""
        if order not in self._codes:
            self._codes[order] = self._new_code()
        body = _HINT if line == order else f"{order} "
        subject = f"{order}〔{self._codes[order]}〕"
        return f"mailto:{quote(self._mailbox, safe='@')}?subject={quote(subject)}&body={quote(body)}"
