"""Parts that programs add to a school's mail: neither judged nor listed, and kept with the other files."""

from __future__ import annotations

from intake_bot.demo.media import chinese_text, docx, jpeg
from intake_bot.home.home import Home
from tests.e2e.inspection import fates, text_of
from tests.e2e.mails import START, UNITS, Fate, compose
from tests.e2e.office import Office
from tests.mail.machines.test_program_parts import FORK

TEXT = docx([chinese_text(900)])
PARTS = {
    "._典型案例.docx": FORK,
    "张老师.vcf": b"BEGIN:VCARD\r\nFN:Zhang\r\nEND:VCARD\r\n",
    "OpenPGP_0xABCD.asc": b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxsBN\n",
    "ATT00001.txt": "发自我的iPhone".encode(),
    "amp.html": "<!doctype html><html ⚡4email><body>正文</body></html>".encode(),
}


def test_program_parts_are_kept_and_neither_judged_nor_listed(office: Office) -> None:
    office.account.append(compose(f"活动周{UNITS[0]}典型案例材料", {"典型案例.docx": TEXT, **PARTS}), START)
    office.run_cycle()
    assert fates(office.root) == [Fate.ACCEPTED]
    said = text_of(office.smtp.letters[0])
    assert [name for name in PARTS if name in said] == []
    kept = {path.read_bytes() for path in Home(office.root).files.rglob("*") if path.is_file()}
    assert set(PARTS.values()) <= kept


def test_card_beside_photos_is_no_caption(office: Office) -> None:
    files = {"DSC_0001.jpg": jpeg(2400, 1600), "张老师.vcf": PARTS["张老师.vcf"]}
    office.account.append(compose(f"活动周{UNITS[0]}照片材料", files, text="请查收"), START)
    office.run_cycle()
    assert "张老师.vcf" not in text_of(office.smtp.letters[0])
