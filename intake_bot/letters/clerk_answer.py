"""The letter by which a clerk answers a school's question in her own words."""

from __future__ import annotations

from dataclasses import dataclass

from intake_bot.letters.templates import Letter, Templates

_WORDS = "words/answered.txt"


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
    values = {
        "letter": context,
        "headline": templates.render_line(_WORDS, "headline", letter=context),
        "opening": templates.render_paragraphs(_WORDS, "opening", letter=context),
    }
    return Letter(
        subject=templates.render_line(_WORDS, "subject", letter=context),
        text=templates.render_text("answered.txt", **values),
        html=templates.render_html("answered.html", **values),
    )
