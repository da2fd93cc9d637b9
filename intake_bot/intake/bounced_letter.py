"""Which letter of ours a bounce is about. A bounce is untrusted: it counts only where it names a letter that we wrote,
and then it changes only that letter's state and adds a line to the digest."""

from __future__ import annotations

from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.receipt import find_receipt
from intake_bot.ledger.values.records import BouncedLetter, Letter
from intake_bot.mail.bounces import Bounce


def bounced_letter(bounce: Bounce, bureau: str, ledger: Ledger) -> BouncedLetter | None:
    """The bureau's letter that bounced; None for a notice of delay, and for a bounce of somebody else's mail.

    A Message-ID of ours is known to whoever got the letter, and to nobody else. A receipt number is easily guessed, and
    so is a subject: they count only where the bounce names somebody to whom that letter went.
    """
    if not bounce.is_final:
        return None
    letter = ledger.letters.find_by_message_id(bureau, bounce.letter_ids) or _by_subject(bounce, bureau, ledger)
    if letter is None:
        return None
    to = [address for address in letter.recipients if address.lower() in bounce.recipients] or letter.recipients
    return BouncedLetter(letter.id, f"给 {'、'.join(to)} 的信被退回，{bounce.reason}", bounce.server_text)


def _by_subject(bounce: Bounce, bureau: str, ledger: Ledger) -> Letter | None:
    for text in bounce.quoted_subjects:
        receipt = find_receipt(text)
        # A reminder has no receipt number.
        letters = [ledger.letters.find_answer_to(bureau, receipt) if receipt else None]
        letters += ledger.letters.find_by_subject(bureau, text.strip())
        for letter in letters:
            if letter and not {one.lower() for one in letter.recipients}.isdisjoint(bounce.recipients):
                return letter
    return None
