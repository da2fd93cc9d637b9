from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.mail.machines.program_parts import is_kept_by_a_system, is_program_part

FORK = b"\x00\x05\x16\x07\x00\x02\x00\x00" + b"\0" * 60


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        pytest.param("活动情况.docx", FORK, True, id="resource fork"),
        pytest.param("活动情况.docx", b"\x00\x05\x16\x00" + FORK[4:], True, id="package without a file"),
        pytest.param("._1.jpg", FORK, True, id="resource fork by another name"),
        pytest.param("张.vcf", b"BEGIN:VCARD\r\nFN:Zhang\r\nEND:VCARD\r\n", True, id="card"),
        pytest.param("card.txt", b"\xef\xbb\xbfbegin:vcard\n", True, id="card by another name"),
        pytest.param("key.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxsBN\n", True, id="key"),
        pytest.param("signature.asc", b"-----BEGIN PGP SIGNATURE-----\n", True, id="signature"),
        pytest.param("msg.asc", b"-----BEGIN PGP MESSAGE-----\n", False, id="encrypted content"),
        pytest.param("a.html", "<!doctype html>\n<html ⚡4email lang=zh><head>".encode(), True, id="amp"),
        pytest.param("a.html", b"<html amp4email data-css-strict>", True, id="amp in words"),
        pytest.param("a.html", b"<html><body>amp4email", False, id="page about amp"),
        pytest.param("ATT00001.txt", "发自我的iPhone".encode(), True, id="piece of text"),
        pytest.param(
            "ATT00001.htm", b"<html><head><style>" + b"p{}" * 500 + b"</style></head><p>Zhang</p>", True, id="page"
        ),
        pytest.param("ATT00002.bin", b"\r\n", True, id="blank piece"),
        pytest.param("ATT00001.txt", "学生走进社区。".encode() * 100, False, id="long text"),
        pytest.param("ATT00001.jpg", b"\xff\xd8\xff\xe0", False, id="nameless picture"),
        pytest.param("1.jpg", b"\xff\xd8\xff\xe0", False, id="picture"),
        pytest.param("说明.txt", "图一：学生操作无人机".encode(), False, id="caption"),
        pytest.param("空.txt", b"", False, id="empty"),
    ],
)
def test_program_part_is_told_by_its_content(name: str, content: bytes, is_one: bool, tmp_path: Path) -> None:
    path = tmp_path / "part-001"
    path.write_bytes(content)
    assert is_program_part(path, name, len(content)) is is_one


@pytest.mark.parametrize(
    ("name", "size", "is_one"),
    [
        pytest.param("~$动情况.docx", 162, True, id="note on an open file"),
        pytest.param("~$动情况.docx", 9000, False, id="file that is called so"),
        pytest.param(".~lock.活动情况.docx#", 60, True, id="the same of LibreOffice"),
        pytest.param("Thumbs.db", 9000, True, id="small pictures of a folder"),
        pytest.param("desktop.ini", 90, True, id="settings of a folder"),
        pytest.param("活动情况.docx", 162, False, id="a small file"),
    ],
)
def test_file_that_a_system_keeps_is_told_by_its_name(name: str, size: int, is_one: bool) -> None:
    assert is_kept_by_a_system(name, size) is is_one
