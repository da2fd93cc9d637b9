"""Files that office programs open although they break a rule of their format, from raw mail to verdict and letter."""

from __future__ import annotations

import bz2
import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from intake_bot.demo import media
from tests.commands.mails import NOTE, PHOTOS, judged, mail, photo
from tests.files import packages
from tests.files.compound import compound
from tests.files.odd_zips import Odd, odd_zip
from tests.files.papers import ofd, text_cell, xls
from tests.marking import slow

_TEXT = "活动周濮阳县教育局文字材料"
_HEFEI = "hfsjyzcc@163.com"
_MORNING = "2023-05-18T09:00:00+08:00"
_STORY = media.chinese_text(1000)
_DOCX = media.docx([_STORY])
_GBK = _STORY.encode("gbk")
_PHOTO_NAME = "学生技能展示现场.jpg"
_FORM = [
    ["2023年职业教育活动周活动情况日报表"],
    ["填报单位", "合肥工业学校"],
    ["日期", "内容"],
    ["5月17日", "技能展示"],
]
_MEDIA_FORM = media.docx(
    ["2023年职业教育活动周媒体宣传情况日报表"], table=[["日期", "媒体名称"], ["2023-05-17", "合肥日报"]]
)


def _outcome(verdict: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Disposition, and the codes of the findings that concern a file, with those of missing parts that are errors."""
    [item] = verdict["items"]
    codes = [one["code"] for one in item["findings"] if one["file"] or one["severity"] == "error"]
    return verdict["disposition"], codes


def _text(name: str, content: bytes) -> EmailMessage:
    return mail(_TEXT, {name: content})


def _wordml(text: str) -> bytes:
    return packages.wordml(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>", "GBK")


@pytest.mark.parametrize(
    ("name", "content", "outcome"),
    [
        pytest.param("活动情况.docx", packages.backslashed(_DOCX), ("accepted", []), id="docx-with-backslashes"),
        pytest.param("活动情况.docx", packages.moved(_DOCX, "word", "文档"), ("accepted", []), id="docx-other-folder"),
        pytest.param("活动情况.xml", packages.flat(_DOCX), ("accepted", []), id="flat-docx"),
        pytest.param("活动情况.doc", _wordml(_STORY), ("accepted", []), id="word-2003-xml"),
        pytest.param("活动情况.doc", _wordml(_STORY[:500]), ("rejected", ["text.too_short"]), id="short-word-2003-xml"),
        pytest.param(
            "活动情况.docx",
            compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x", "WordDocument": bytes(99)}),
            ("rejected", ["document.protected"]),
            id="docx-with-password-and-stub",
        ),
        pytest.param(
            "活动情况.doc",
            compound({"WordDocument": struct.pack("<2H600x", 0xA698, 0x68)}),
            ("held", ["document.unmeasured"]),
            id="word-95-of-east-asia",
        ),
        pytest.param("活动情况.txt", _GBK[:100] + b"\xff" + _GBK[100:], ("accepted", []), id="gbk-stray-byte"),
        pytest.param("活动情况.txt", _GBK + b"\x1a", ("accepted", []), id="ctrl-z"),
        pytest.param("活动情况.txt", _GBK + bytes(512), ("accepted", []), id="zeros"),
        pytest.param("活动情况.txt", _STORY.encode("utf-16-be"), ("accepted", []), id="utf16-without-mark"),
        pytest.param("活动情况.doc", b"<html><p>\x80" + _GBK, ("accepted", []), id="html-euro"),
        pytest.param(
            "活动情况.ofd",
            ofd(f"<ofd:TextObject><ofd:TextCode>{_STORY}</ofd:TextCode></ofd:TextObject>"),
            ("accepted", []),
            id="ofd",
        ),
    ],
)
def test_odd_text_is_judged_by_what_it_says(
    tmp_path: Path, name: str, content: bytes, outcome: tuple[str, list[str]]
) -> None:
    [verdict] = judged(tmp_path, [_text(name, content)])
    disposition, codes = _outcome(verdict)
    assert (disposition, [code for code in codes if code != "document.not_word"]) == outcome


@pytest.mark.parametrize(
    ("name", "content", "outcome"),
    [
        pytest.param("日报.xlsx", packages.upper_cased(media.xlsx(_FORM)), ("accepted", []), id="xlsx-upper-case"),
        pytest.param("日报.xlsx", packages.moved(media.xlsx(_FORM), "xl", ""), ("accepted", []), id="xlsx-at-the-root"),
        pytest.param(
            "日报.xls",
            packages.spreadsheetml(
                *(
                    "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
                    for row in _FORM
                )
            ),
            ("accepted", []),
            id="excel-2003-xml",
        ),
        pytest.param(
            "日报.xls",
            xls(*(text_cell(n, m, cell) for n, row in enumerate(_FORM) for m, cell in enumerate(row))),
            ("accepted", []),
            id="bare-workbook",
        ),
        pytest.param("活动情况日报表.xlsb", packages.xlsb(), ("held", ["document.unmeasured"]), id="xlsb"),
        pytest.param(
            "活动情况日报表.xlsx", media.xlsx(_FORM)[:700], ("rejected", ["document.unreadable"]), id="xlsx-cut-off"
        ),
        pytest.param(
            "活动情况日报表.xls",
            compound({"Workbook": xls(*(text_cell(n, 0, "甲") for n in range(9)))[:-90]}),
            ("rejected", ["document.unreadable"]),
            id="xls-cut-off",
        ),
        pytest.param(
            "活动情况日报表.xls",
            compound({"Workbook": xls(locked=True)}),
            ("rejected", ["document.protected"]),
            id="locked",
        ),
    ],
)
def test_odd_workbook_in_daily_report_is_read_or_is_one_fault(
    tmp_path: Path, name: str, content: bytes, outcome: tuple[str, list[str]]
) -> None:
    made = mail("活动周合肥工业学校日报", {name: content, "媒体宣传情况日报表.docx": _MEDIA_FORM}, to=_HEFEI)
    [verdict] = judged(tmp_path, [made], _MORNING)
    assert _outcome(verdict) == outcome
    if outcome[0] == "rejected":
        assert verdict["reply"]["text"].count(f"\n   {name}\n") == 1
        assert "有 2 处" not in verdict["reply"]["text"]


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, content in ((_PHOTO_NAME, photo()), ("说明.txt", NOTE.encode())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _zip(odd: Odd) -> bytes:
    return odd_zip({_PHOTO_NAME.encode("gbk"): photo(), "说明.txt".encode("gbk"): NOTE.encode()}, odd)


def _lzma_zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        package.writestr(_PHOTO_NAME, photo())
        package.writestr("说明.docx", packages.backslashed(media.docx([NOTE], pictures=[media.jpeg(64, 48)])))
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "outcome"),
    [
        pytest.param("照片.tar.gz", lambda: gzip.compress(_tar(), 1), ("accepted", []), id="tar-gz"),
        slow("照片.tbz", lambda: bz2.compress(_tar(), 1), ("accepted", []), id="tar-bz2"),
        pytest.param("照片.tar", _tar, ("accepted", []), id="tar"),
        pytest.param(
            "照片.tar.gz",
            lambda: gzip.compress(_tar(), 1)[:-999],
            ("rejected", ["photo.unreadable", "archive.unreadable"]),
            id="tar-gz-cut-off",
        ),
        pytest.param("照片.cab", lambda: b"MSCF\0\0\0\0" + bytes(99), ("held", ["archive.unmeasured"]), id="cab"),
        pytest.param(
            "照片.tar.lzma", lambda: b"\x5d\0\0\x80\0" + bytes(99), ("held", ["archive.unmeasured"]), id="lzma"
        ),
        pytest.param("照片.kz", lambda: b"\1\2\3\xff\xfe" * 99, ("held", ["archive.unmeasured"]), id="archive-by-name"),
        pytest.param("照片.zip", lambda: _zip(Odd(flags=0x800)), ("accepted", []), id="gbk-flagged-utf8"),
        pytest.param(
            "照片.zip", lambda: _zip(Odd(comment=b"PK\5\6 PK\5\6 by tool")), ("accepted", []), id="mark-in-comment"
        ),
        slow("照片.zip", lambda: _zip(Odd(zip64="end")), ("accepted", []), id="zip64"),
        pytest.param(
            "照片.zip", lambda: _zip(Odd(central_extra=b"\1\0\xff\xff")), ("accepted", []), id="bad-extra-field"
        ),
        pytest.param("照片.zip", _lzma_zip, ("accepted", []), id="caption-with-backslashes"),
    ],
)
def test_odd_archive_of_photos_is_opened(
    tmp_path: Path, name: str, make: Callable[[], bytes], outcome: tuple[str, list[str]]
) -> None:
    [verdict] = judged(tmp_path, [mail(PHOTOS, {name: make()})])
    assert _outcome(verdict) == outcome
    if outcome[0] == "accepted":
        assert _PHOTO_NAME in verdict["reply"]["text"]
