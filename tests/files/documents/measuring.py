"""Measures documents that tests make from bytes."""

from __future__ import annotations

from pathlib import Path

from intake_bot.files.documents.document import measure_document
from intake_bot.files.facts import Kind, TextFacts, Trouble
from intake_bot.files.limits import FileLimits
from tests.files import samples


def measure(
    folder: Path, content: bytes, kind: Kind, limits: FileLimits | None = None
) -> tuple[TextFacts | None, Trouble | None]:
    """Writes the content into `folder` and measures it as a document of this kind."""
    return measure_document(samples.put(folder, "x", content), kind, limits or FileLimits())
