"""What a clerk wrote above our letter, which her mail program put below her answer. Pure."""

from __future__ import annotations

from dataclasses import replace

from intake_bot.mail.body import extract_own_text
from intake_bot.mail.message import Message
from intake_bot.mail.reading.html_page import read_page

REPLY_LINE = "在这条线以上回复"
"""Words at the top of a letter to a clerk. Programs on telephones quote without any mark, and keep them."""
_MAXIMUM_LENGTH = 500_000
"""Characters of a page that are read: her own words stand at its top, and every link costs memory."""


def words_above_reply_line(message: Message) -> str:
    """Her own words: what stands above the line, without quoted text, advertisements and signatures.

    Where the line is marked as quoted (`>`), she may have answered below it, and only what is marked is left out.
    """
    for text in (message.text[:_MAXIMUM_LENGTH], read_page(message.html[:_MAXIMUM_LENGTH]).text):
        words = extract_own_text(replace(message, text=_above_line(text), html=""))
        if words:
            return words
    return ""


def _above_line(text: str) -> str:
    if REPLY_LINE not in text:
        return text
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines) if REPLY_LINE in line and not _is_marked(line)), len(lines))
    return "\n".join(lines[:end])


def _is_marked(line: str) -> bool:
    return line.lstrip(" \t\u3000").startswith((">", "＞"))
