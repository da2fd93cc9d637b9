from __future__ import annotations

import os
from pathlib import Path

import pytest

from intake_bot.disk.wave import Wave


def test_wave_flushes_every_file_before_the_first_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_flush(number: int) -> None:
        steps.append("flush")
        fsync(number)

    def note_rename(path: Path, target: Path) -> Path:
        steps.append(target.name)
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_flush)
    monkeypatch.setattr(Path, "replace", note_rename)
    wave = Wave()
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.part").write_text(name)
        wave.add(tmp_path / f"{name}.part", tmp_path / name)
    wave.finish()
    folders = [] if os.name == "nt" else ["flush"]
    assert steps == ["flush"] * 3 + ["a", "b", "c"] + folders
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]
    wave.finish()  # nothing is left to be done
    assert len(steps) == 6 + len(folders)


def test_discarded_wave_leaves_nothing_aside(tmp_path: Path) -> None:
    wave = Wave()
    (tmp_path / "a.part").write_text("a")
    wave.add(tmp_path / "a.part", tmp_path / "a")
    wave.add(tmp_path / "lost.part", tmp_path / "lost")
    with pytest.raises(OSError, match=r"lost\.part"):
        wave.finish()
    wave.discard()
    assert list(tmp_path.iterdir()) == []
