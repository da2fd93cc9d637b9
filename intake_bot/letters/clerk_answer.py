"""The letter by which a clerk answers a school's question in her own words."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.letters.templates import Letter, Templates, write_letter


@dataclass(frozen=True)
class ClerkAnswerContext:
    """The values of the letter. `paragraphs` are the clerk's words, as she wrote them."""

    bureau: str
    contact: str
    """Name and telephone of the person to ask; may be empty."""
    greeted: str
    """The unit, or the sender's name, cleaned; may be empty."""
    receipt: str
    subject: str
    """In the school's own words, cleaned."""
    paragraphs: tuple[str, ...]


def compose_clerk_answer(context: ClerkAnswerContext, templates: Templates) -> Letter:
    """Writes the letter. Raises ConfigError for a broken template."""
    return write_letter("answered", context, templates)
