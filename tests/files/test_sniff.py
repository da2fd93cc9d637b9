from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_bot.demo import media
from intake_bot.files.facts import Kind
from intake_bot.files.sniff import sniff
from tests.files import packages, rars, samples
from tests.files.compound import compound
from tests.files.media import iso

_MAIL = "Received: from a by b\r\nFrom: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\n\r\ntext"
_MHT = (
    'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html"\r\n\r\n--x'
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"", Kind.EMPTY, id="empty"),
        pytest.param(media.jpeg(64, 48), Kind.JPEG, id="jpeg"),
        pytest.param(samples.mpo(), Kind.JPEG, id="mpo"),
        pytest.param(media.png(64, 48), Kind.PNG, id="png"),
        pytest.param(samples.picture("GIF"), Kind.GIF, id="gif"),
        pytest.param(samples.picture("BMP"), Kind.BMP, id="bmp"),
        pytest.param(samples.picture("WEBP"), Kind.WEBP, id="webp"),
        pytest.param(samples.picture("TIFF"), Kind.TIFF, id="tiff"),
        pytest.param(samples.heic(64, 48), Kind.HEIC, id="heic"),
        pytest.param(samples.heic(64, 48, b"mif1"), Kind.HEIC, id="heif"),
        pytest.param(samples.heic(64, 48, b"avif"), Kind.HEIC, id="avif"),
        pytest.param(iso.ftyp(b"MiHE", b"mif1", b"miaf"), Kind.HEIC, id="heif-of-an-unknown-brand"),
        pytest.param(iso.ftyp(b"mp42", b"isom", b"mif1"), Kind.MP4, id="mp4-with-a-heif-brand"),
        pytest.param(iso.media_segment(iso.Track(1, 640, 480)), Kind.MP4, id="mp4-segment"),
        pytest.param(iso.fragment(1, iso.Track(1, 640, 480)), Kind.MP4, id="mp4-fragment"),
        pytest.param(media.mp4(640, 480, 1), Kind.MP4, id="mp4"),
        pytest.param(media.mp4(640, 480, 1, brand="3gp5"), Kind.MP4, id="3gp"),
        pytest.param(media.mp4(640, 480, 1, brand="M4V "), Kind.MP4, id="m4v"),
        pytest.param(media.mp4(640, 480, 1, brand="qt  "), Kind.MOV, id="mov"),
        pytest.param(media.mp4(640, 480, 1)[20:], Kind.MOV, id="mov-without-ftyp"),
        pytest.param(media.mp4(640, 480, 1, brand="M4A "), Kind.AUDIO, id="m4a"),
        pytest.param(samples.avi(640, 480, 5), Kind.AVI, id="avi"),
        pytest.param(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa", Kind.WMV, id="wmv"),
        pytest.param(b"\x1a\x45\xdf\xa3\x01\0\0\0", Kind.MKV, id="mkv"),
        pytest.param(b"FLV\x01\x05\0\0\0\x09", Kind.FLV, id="flv"),
        pytest.param(b"\0\0\x01\xba\x44\0", Kind.MPEG, id="mpeg-program-stream"),
        pytest.param((b"\x47" + bytes(187)) * 5, Kind.MPEG, id="mpeg-transport-stream"),
        pytest.param((bytes(4) + b"\x47" + bytes(187)) * 5, Kind.MPEG, id="avchd"),
        pytest.param(b"#!AMR\n\x3c\x91", Kind.AUDIO, id="wechat-voice"),
        pytest.param(b"ID3\x04\0", Kind.AUDIO, id="mp3"),
        pytest.param(media.docx(["正文"]), Kind.DOCX, id="docx"),
        pytest.param(media.docx(["正文"] * 50)[:1000], Kind.DOCX, id="docx-cut-off"),
        pytest.param(media.xlsx([["标题"]]), Kind.XLSX, id="xlsx"),
        pytest.param(media.zip_of({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), Kind.PPTX, id="pptx"),
        pytest.param(media.zip_of({"Index/Document.iwa": b"", "preview.jpg": b""}), Kind.IWORK, id="pages"),
        pytest.param(media.zip_of({"Index.zip": b"", "Metadata/a.plist": b""}), Kind.IWORK, id="older pages"),
        pytest.param(media.zip_of({"Index.zip": b""}), Kind.ZIP, id="a zip of that name"),
        pytest.param(media.zip_of({"OFD.xml": b"", "Doc_0/Document.xml": b""}), Kind.OFD, id="ofd"),
        pytest.param(
            samples.stored_zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}),
            Kind.ODF,
            id="odt",
        ),
        pytest.param(media.zip_of({"AndroidManifest.xml": b""}), Kind.EXECUTABLE, id="apk"),
        pytest.param(media.zip_of({"META-INF/MANIFEST.MF": b"", "a/Main.class": b""}), Kind.EXECUTABLE, id="jar"),
        pytest.param(media.zip_of({"照片.jpg": b"x"}), Kind.ZIP, id="zip"),
        pytest.param(media.zip_of({}), Kind.ZIP, id="zip-of-nothing"),
        pytest.param(b"PK\x07\x08" + media.zip_of({"a": b"x"}), Kind.ZIP, id="zip-first-volume"),
        pytest.param(b"\0\x01\x02" * 9 + media.zip_of({"a": b"x"})[-22:], Kind.ZIP, id="zip-last-volume"),
        pytest.param(b"Rar!\x1a\x07\0", Kind.RAR, id="rar4"),
        pytest.param(b"Rar!\x1a\x07\x01\0", Kind.RAR, id="rar5"),
        pytest.param(b"7z\xbc\xaf\x27\x1c\0\4", Kind.SEVEN_ZIP, id="7z"),
        pytest.param(compound({"WordDocument": b""}), Kind.DOC, id="doc"),
        pytest.param(compound({"Workbook": b""}), Kind.XLS, id="xls"),
        pytest.param(compound({"Book": b""}), Kind.XLS, id="xls-of-excel-95"),
        pytest.param(compound({"PowerPoint Document": b""}), Kind.PPT, id="ppt"),
        pytest.param(samples.OLE, Kind.OLE, id="ole"),
        pytest.param(samples.CUT_OLE, Kind.OLE, id="ole-cut-off"),
        pytest.param(samples.PROTECTED_OLE, Kind.OLE, id="office-with-a-password"),
        pytest.param(b"\x78\x9f\x3e\x22\1\0", Kind.TNEF, id="winmail"),
        pytest.param(b"%PDF-1.7\n%\xe2\xe3", Kind.PDF, id="pdf"),
        pytest.param(b"\xef\xbb\xbf%PDF-1.7", Kind.PDF, id="pdf-after-a-mark"),
        pytest.param(b"{\\rtf1\\ansi", Kind.RTF, id="rtf"),
        pytest.param(b"\xef\xbb\xbf\r\n{\\rtf1", Kind.RTF, id="rtf-after-a-mark"),
        pytest.param(b"\r\n" + media.docx(["正文"]), Kind.DOCX, id="docx-after-a-line"),
        pytest.param("上\v下\v".encode("gbk") * 50, Kind.TEXT, id="text-of-vertical-tabs"),
        pytest.param(b"<!DOCTYPE html><p>", Kind.HTML, id="html"),
        pytest.param("\ufeff<html>".encode("utf-16"), Kind.HTML, id="html-utf16"),
        pytest.param(
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?>', Kind.WORDML, id="word-2003-xml"
        ),
        pytest.param(_MHT.encode(), Kind.HTML, id="mht"),
        pytest.param(_MAIL.encode(), Kind.MESSAGE, id="eml"),
        pytest.param("活动周总结".encode(), Kind.TEXT, id="text-utf8"),
        pytest.param("活动周总结".encode("gb18030"), Kind.TEXT, id="text-gbk"),
        pytest.param("活动周总结".encode("utf-16"), Kind.TEXT, id="text-utf16"),
        pytest.param(("。" * 30000).encode(), Kind.TEXT, id="text-cut-in-a-character"),
        pytest.param(b"Get free tickets", Kind.TEXT, id="text-like-an-atom"),
        pytest.param(b"BM is a bitmap's magic, MZ a program's", Kind.TEXT, id="text-like-a-bitmap"),
        pytest.param(b"MZ is a program's magic", Kind.TEXT, id="text-like-a-program"),
        pytest.param(samples.EXE, Kind.EXECUTABLE, id="windows-program"),
        pytest.param(b"\x7fELF\x02\x01", Kind.EXECUTABLE, id="elf"),
        pytest.param(b"\xcf\xfa\xed\xfe\x07", Kind.EXECUTABLE, id="mach-o"),
        pytest.param(b"#!/bin/sh\n", Kind.SCRIPT, id="shell-script"),
        pytest.param(b"@ECHO OFF\r\ndel *", Kind.SCRIPT, id="batch-file"),
        pytest.param(b"<html><hta:application>", Kind.SCRIPT, id="hta"),
        pytest.param(samples.LNK, Kind.SHORTCUT, id="lnk"),
        pytest.param(b"[InternetShortcut]\r\nURL=http://a.cn", Kind.SHORTCUT, id="url"),
        pytest.param(bytes(1000), Kind.UNKNOWN, id="zeros"),
        pytest.param(b"\x01\x02\x03", Kind.UNKNOWN, id="junk"),
    ],
)
def test_kind_is_recognised_by_bytes(tmp_path: Path, content: bytes, kind: Kind) -> None:
    assert sniff(samples.put(tmp_path, "x", content)) is kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("照片.bat", b"del *", Kind.SCRIPT, id="text-named-bat"),
        pytest.param("说明.JS . ", b"var a", Kind.SCRIPT, id="name-with-trailing-dots"),
        pytest.param("页面.hta", b"<html>", Kind.SCRIPT, id="html-named-hta"),
        pytest.param("表格.hta", packages.spreadsheetml(), Kind.SCRIPT, id="workbook-named-hta"),
        pytest.param("安装.msi", samples.OLE, Kind.EXECUTABLE, id="ole-named-msi"),
        pytest.param("照片.scr", b"\x01\x02", Kind.EXECUTABLE, id="unknown-named-scr"),
        pytest.param("照片.exe", media.jpeg(64, 48), Kind.JPEG, id="photo-named-exe"),
        pytest.param("照片.jpg", samples.EXE, Kind.EXECUTABLE, id="program-named-jpg"),
        pytest.param("bat", b"text", Kind.TEXT, id="no-extension"),
    ],
)
def test_name_makes_kind_more_dangerous_and_never_less(tmp_path: Path, name: str, content: bytes, kind: Kind) -> None:
    assert sniff(samples.put(tmp_path, "x", content), name) is kind


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    content=st.binary(max_size=400),
    magic=st.sampled_from(
        [b"", b"PK\x03\x04", b"\0\0\0\x18ftyp", b"BM", b"MZ", b"\xff\xfe", rars.RAR4, rars.RAR5, b"7z\xbc\xaf\x27\x1c"]
    ),
)
def test_any_bytes_are_sniffed_without_error(content: bytes, magic: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert sniff(samples.put(Path(folder), "x", magic + content), "x.jpg") in Kind
