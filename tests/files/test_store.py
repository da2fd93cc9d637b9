from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake_bot.disk.hashing import sha256_of
from intake_bot.errors import TemporaryFailure
from intake_bot.files.store import Store, StoredFile, safe_name
from intake_bot.mail.message import Attachment
from tests.files.samples import attached

_DAY = date(2023, 5, 17)


def _keep(root: Path, *files: Attachment) -> tuple[StoredFile, ...]:
    return Store(root / "store").keep("puyang", _DAY, "濮阳县教育局", "P7K2", files)


def _stored(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "store").rglob("*") if path.is_file()}


def test_kept_file_is_in_folder_of_its_submission(tmp_path: Path) -> None:
    file = attached(tmp_path, "现场.jpg", b"photo")
    path = "puyang/2023-05-17/濮阳县教育局/P7K2/现场.jpg"
    assert _keep(tmp_path, file) == (StoredFile("现场.jpg", path, 5, file.sha256),)
    assert (tmp_path / "store" / path).read_bytes() == b"photo"
    assert file.path.read_bytes() == b"photo"


def test_files_kept_twice_are_stored_once(tmp_path: Path) -> None:
    files = [
        attached(tmp_path, name, content) for name, content in (("a", b"1"), ("a", b"2"), ("A", b"3"), ("a", b"1"))
    ]
    first = _keep(tmp_path, *files)
    assert _keep(tmp_path, *files) == first
    assert _stored(tmp_path) == {"a": b"1", "a (2)": b"2", "A (3)": b"3"}


@pytest.mark.parametrize(
    ("names", "stored"),
    [
        pytest.param(["现场.jpg", "现场.jpg"], ["现场.jpg", "现场 (2).jpg"], id="same-name"),
        pytest.param(["IMG.JPG", "img.jpg"], ["IMG.JPG", "img (2).jpg"], id="same-but-for-case"),
        pytest.param(["é.txt", "e\u0301.txt"], ["é.txt", "é (2).txt"], id="same-but-for-composition"),
        pytest.param(["a?.txt", "a*.txt"], ["a_.txt", "a_ (2).txt"], id="same-once-safe"),
        pytest.param(["长" * 99 + ".txt"] * 2, ["长" * 38 + ".txt", "长" * 37 + " (2).txt"], id="same-and-long"),
    ],
)
def test_other_content_of_same_name_gets_number(tmp_path: Path, names: list[str], stored: list[str]) -> None:
    files = [attached(tmp_path, name, str(number).encode()) for number, name in enumerate(names)]
    assert [Path(kept.path).name for kept in _keep(tmp_path, *files)] == stored


def test_name_that_ends_in_number_differs_from_numbered_name(tmp_path: Path) -> None:
    files = [attached(tmp_path, name, content) for name, content in (("a (2)", b"1"), ("a", b"2"), ("a", b"3"))]
    first = _keep(tmp_path, *files)
    assert _stored(tmp_path) == {"a (2)": b"1", "a": b"2", "a (3)": b"3"}
    assert _keep(tmp_path, *reversed(files)) == first[::-1]


def test_each_stored_file_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [attached(tmp_path, "a.jpg", b"%03d" % number) for number in range(100)]
    first = _keep(tmp_path, *files)
    digests: list[Path] = []

    def counted(path: Path) -> str:
        digests.append(path)
        return sha256_of(path)

    monkeypatch.setattr("intake_bot.files.store.sha256_of", counted)
    assert _keep(tmp_path, *files) == first
    assert len(digests) == 100


def test_partial_file_left_by_crash_is_replaced(tmp_path: Path) -> None:
    file = attached(tmp_path, "a.txt", b"whole")
    folder = tmp_path / "store" / "puyang" / "2023-05-17" / "濮阳县教育局" / "P7K2"
    folder.mkdir(parents=True)
    (folder / f".incoming-{file.sha256[:16]}").write_bytes(b"wh")
    _keep(tmp_path, file)
    assert _stored(tmp_path) == {"a.txt": b"whole"}


def test_file_is_copied_where_links_are_impossible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(f"no link from {source} to {target}")

    monkeypatch.setattr("os.link", refuse)
    _keep(tmp_path, attached(tmp_path, "a.txt", b"x"))
    assert _stored(tmp_path) == {"a.txt": b"x"}


def test_hostile_names_stay_in_store(tmp_path: Path) -> None:
    file = attached(tmp_path, "../../x", b"x")
    kept = Store(tmp_path / "store").keep("..", _DAY, "/etc", "..\\", [file])
    assert [one.path for one in kept] == ["无名/2023-05-17/_etc/_/_.._x"]


def test_disk_that_refuses_is_temporary_failure(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"a file, not a folder")
    with pytest.raises(TemporaryFailure):
        _keep(tmp_path, attached(tmp_path, "a.txt", b"x"))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("2023年活动周①【照片】.jpg", "2023年活动周①【照片】.jpg", id="ordinary"),
        pytest.param('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j", id="forbidden"),
        pytest.param("照片\u202egpj.exe", "照片gpj.exe", id="bidi"),
        pytest.param("a\x00\r\nb\u2028c\ud800", "abc", id="control"),
        pytest.param("  .hidden ", "hidden", id="leading-dot"),
        pytest.param("总结. . ", "总结", id="trailing-dots"),
        pytest.param("CON", "_CON", id="device"),
        pytest.param("nul.txt", "_nul.txt", id="device-with-extension"),
        pytest.param("COM1 .tar.gz", "_COM1 .tar.gz", id="device-with-blank"),
        pytest.param("COM²", "_COM²", id="device-superscript"),
        pytest.param("CONTENT.txt", "CONTENT.txt", id="no-device"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("长" * 100 + ".docx", "长" * 38 + ".docx", id="long-keeps-extension"),
        pytest.param("x" * 200, "x" * 120, id="long-without-extension"),
        pytest.param("a." + "长" * 100, "a." + "长" * 39, id="long-extension-is-none"),
        pytest.param("", "无名", id="empty"),
        pytest.param("...", "无名", id="dots"),
        pytest.param(".jpg", "jpg", id="extension-only"),
    ],
)
def test_safe_name_replaces_what_file_systems_refuse(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.slow
@given(st.text(max_size=150))
@example("CON" + " " * 200 + ".x")
@example("a" * 130 + ". .")
def test_safe_name_of_any_text_is_safe(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 120
    assert not set(safe) & set('/\\:*?"<>|\x00\n')
    assert safe == safe.strip(" .")
    assert safe_name(safe) == safe
