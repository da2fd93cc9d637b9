"""台账.xlsx: it comes with the digest, and by command."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from email import message_from_bytes
from email.policy import default

from intake_bot import cli
from intake_bot.demo.media import jpeg, zip_of
from tests.digests.workbook.reading import read_workbook
from tests.stories.office import Office, at

NAME = "学生技能展示现场.jpg"
GOOD = {"照片.zip": zip_of({NAME: jpeg(2400, 1800, seed=1)})}


def test_workbook_goes_with_the_digest_and_is_the_same_by_command(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局照片", GOOD)
    puyang.poll("2023-05-17 10:01")
    now = at("2023-05-17 18:00").isoformat()
    path = puyang.home / "台账.xlsx"
    path.write_bytes(b"an older one")
    with redirect_stdout(io.StringIO()):
        cli.run(["digest", "--home", str(puyang.home), "--now", now])
        assert cli.run(["ledger", "export", str(path), "--home", str(puyang.home), "--now", now]) == 0
    letter = message_from_bytes(puyang.smtp.letters[-1].raw, policy=default)
    [attached] = [part for part in letter.walk() if part.get_content_disposition() == "attachment"]
    assert attached.get_filename() == "台账.xlsx"
    assert attached.get_payload(decode=True) == path.read_bytes()
    sheets = read_workbook(path.read_bytes())
    assert sheets["提交明细"].texts()[1][2:4] == ["濮阳县教育局", "照片"]
    assert NAME not in sheets["文件"].texts()[1]  # as it was attached: the archive
    assert not [one for one in puyang.home.iterdir() if one.name.endswith(".part")]


def test_workbook_without_a_folder_to_write_to_is_an_error_in_words(puyang: Office) -> None:
    path = puyang.home / "没有" / "台账.xlsx"
    puyang.poll("2023-05-17 10:01")
    with redirect_stderr(io.StringIO()) as said:
        assert cli.run(["ledger", "export", str(path), "--home", str(puyang.home), "--now", "2023-05-17T18:00:00"]) == 1
    assert "写不了" in said.getvalue()
