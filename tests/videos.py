"""Videos too large for memory."""

from __future__ import annotations

import struct
from pathlib import Path

from intake_bot.demo.media import mp4


def write_video(path: Path, size: int) -> None:
    """The bytes of `mp4(1280, 720, 60, size=size)`, written without holding them in memory: its frames are zeros."""
    small = mp4(1280, 720, 60)
    frames = small.index(b"mdat") - 4
    with path.open("wb") as target:
        target.write(small[:frames] + struct.pack(">L4s", size - frames, b"mdat"))
        target.truncate(size)
