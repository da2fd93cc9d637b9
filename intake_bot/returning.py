"""Which letter of ours a bounce brings back. A bounce is a stranger's word: believed only where it names a letter that
we wrote, and then it changes no more than that letter's state and a line in the digest."""

from __future__ import annotations

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.receipt import find_receipt
from intake_bot.ledger.records import Letter, Returned
from intake_bot.mail.bounces import Bounce


def returned_letter(bounce: Bounce, bureau: str, ledger: Ledger) -> Returned | None:
    """The letter of this bureau that came back; None for a mere delay, and for a bounce of somebody else's mail.

    A Message-ID of ours is known to whoever got the letter, and to nobody else. A receipt number is easily guessed:
    it counts only where the bounce names nobody, or somebody to whom that letter went.
    """
    if not bounce.final:
        return None
    letter = ledger.letters.with_message_id(bureau, bounce.letters) or _by_receipt(bounce, bureau, ledger)
    if letter is None:
        return None
    to = [address for address in letter.recipients if address.lower() in bounce.recipients] or letter.recipients
    return Returned(letter.id, f"给 {'、'.join(to)} 的信被退回，{bounce.why}", bounce.words)


def _by_receipt(bounce: Bounce, bureau: str, ledger: Ledger) -> Letter | None:
    for text in bounce.quoted:
        receipt = find_receipt(text)
        letter = ledger.letters.answer_to(bureau, receipt) if receipt else None
        if letter and (not bounce.recipients or {one.lower() for one in letter.recipients} & set(bounce.recipients)):
            return letter
    return None
