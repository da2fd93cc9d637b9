"""Recognises files that run or fetch something when they are opened, by their bytes and by their names.

Documents, pictures and films are harmless whatever their name says, because their programs open them by their content.
For a text, an archive or unknown bytes the name decides which program opens the file, so the name counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from intake_bot.files.facts import Kind

_EXTENSIONS: Mapping[Kind, str] = {
    Kind.SCRIPT: "bat cmd vbs vbe vb vba bas js jse mjs wsf wsh wsc ws sct hta htc ps1 ps1xml ps2 psc1 psd1 psm1 cdxml"
    " sh bash zsh csh ksh fish command py pyw pyc pyz pyzw pl rb lua tcl ahk au3 a3x scpt scptd applescript workflow"
    " action reg xsl xslt xaml xbap gadget nsh job",
    Kind.EXECUTABLE: "exe com scr pif cpl dll ocx sys drv msi msp mst msu msix msixbundle appx appxbundle appinstaller"
    " jar class apk xapk apks ipa deb rpm pkg mpkg appimage snap flatpak flatpakref chm hlp xpi crx vsix vxd"
    " xll xla xlam xlm wll ppa ppam fxp prg msh msh1 msh2 mshxml mcf"
    " efi swf air inf ins isp diagcab diagpkg",
    Kind.SHORTCUT: "lnk url desktop webloc website inetloc fileloc scf glk appref-ms shb shs",
    Kind.SETTINGS: "settingcontent-ms appcontent-ms library-ms searchconnector-ms search-ms msc rdp rdg jnlp"
    " application vsto manifest mobileconfig provisionprofile ppkg theme themepack deskthemepack contact group"
    " iqy oqy rqy dqy slk odc udl dsn mof csproj vbproj vcxproj proj sln targets ade adp mda mdb mde mdt mdw"
    " accda accdb accde accdr maf mag mam maq mas mau hpj osd prf"
    " printerexport vsmacros vsw wmz xnk one onepkg onetoc onetoc2 ica vpn pbk",
    Kind.DISK_IMAGE: "iso img ima udf vhd vhdx avhd avhdx vmdk vdi qcow qcow2 vfd dmg sparseimage sparsebundle toast"
    " nrg wim esd swm squashfs ova ovf",
}
_KIND_BY_EXTENSION = {extension: kind for kind, words in _EXTENSIONS.items() for extension in words.split()}

OPEN_TO_NAME = frozenset(
    {
        *(Kind.TEXT, Kind.HTML, Kind.XML, Kind.SVG, Kind.WORDML, Kind.SPREADSHEETML, Kind.UNKNOWN, Kind.OLE),
        *(Kind.ZIP, Kind.GZIP, Kind.TAR, Kind.OTHER_ARCHIVE, Kind.PACKAGE, Kind.MESSAGE),
    }
)
"""Kinds whose bytes do not show whether the file runs something when it is opened."""

_TEXT_EXTENSIONS = (
    "txt text md markdown csv tsv log doc docx wps wpt dot rtf odt fodt uof htm html xhtml mht mhtml php asp aspx jsp"
    " xml json xls xlsx et ods ppt pptx pdf ofd eml msg nfo srt ass lrc tex bin"
)
"""Extensions of texts that may count as a text or a caption. A web page may have the name of the program behind it, and
a part without a name is called 附件1.bin."""
_OTHER_EXTENSIONS = (
    "jpg jpeg jpe jfif png gif bmp webp tif tiff heic heif avif mp4 m4v mov avi wmv mkv flv mpg mpeg mts 3gp rmvb webm"
    " mp3 wav m4a amr zip rar 7z tar gz tgz bz2 xz z01 dat"
)
"""Extensions of pictures, films and archives. A text of such a name is judged as a damaged one."""
_EXPECTED_EXTENSIONS = frozenset(f"{_TEXT_EXTENSIONS} {_OTHER_EXTENSIONS}".split())
_ASCII_EXTENSION = re.compile(r"[a-z][a-z0-9_-]{0,15}")

_MAGICS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", Kind.SETTINGS),  # OneNote (MS-ONESTORE)
    (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", Kind.SETTINGS),  # its table of contents
    (0, b"\0\x01\0\0Standard Jet DB", Kind.SETTINGS),  # Access, whose macros run when it is opened
    (0, b"\0\x01\0\0Standard ACE DB", Kind.SETTINGS),
    (0, b"ITSF\x03\0\0\0", Kind.EXECUTABLE),  # .chm
    (0, b"?_\x03\0", Kind.EXECUTABLE),  # .hlp
    (0, b"xar!\0", Kind.EXECUTABLE),  # an installer of macOS
    (0, b"!<arch>\ndebian", Kind.EXECUTABLE),
    (0, b"\xed\xab\xee\xdb", Kind.EXECUTABLE),  # .rpm
    (0, b"Cr24", Kind.EXECUTABLE),  # an extension of Chrome
    (0, b"MSWIM\0\0\0", Kind.DISK_IMAGE),
    (0, b"conectix", Kind.DISK_IMAGE),
    (0, b"vhdxfile", Kind.DISK_IMAGE),
    (0, b"KDMV", Kind.DISK_IMAGE),
    (0, b"COWD", Kind.DISK_IMAGE),
    (0, b"# Disk DescriptorFile", Kind.DISK_IMAGE),
    (0, b"QFI\xfb", Kind.DISK_IMAGE),
    (0x40, b"\x7f\x10\xda\xbe", Kind.DISK_IMAGE),  # VirtualBox
    (0, b"hsqs", Kind.DISK_IMAGE),
)
_FLASH = re.compile(rb"[FCZ]WS[\x01-\x32]")
_BOOT_SECTOR = re.compile(rb"(?:\xeb.\x90|\xe9..).{507}\x55\xaa", re.DOTALL)
_DISC_MARKS = frozenset({b"CD001", b"BEA01", b"NSR02", b"NSR03"})
"""Marks of ISO 9660 and of UDF in the first descriptor (ECMA-119 8.1, ECMA-167 2/9.1)."""
_DISC_DESCRIPTOR = 0x8001

_SCRIPT = re.compile(
    r"#!|@?echo off\b|@echo\b|<\?php|<%@|<job\b|<package\b(?![^>]*xmlpackage)|<hta:application|windows registry editor"
    r"|regedit4|<\?xml[^>]*\?>\s*<(?:package|job)\b(?![^>]*xmlpackage)"
)
_SHORTCUT = re.compile(r"\[(?:\{[0-9a-f-]+\}|internetshortcut|desktop entry|shell)\]")
_SETTINGS = re.compile(
    r"web\r?\n\d\r?\n|id;p[a-z;\r\n]|xlodbc\r?\n|querytype=|\[oledb\]|\[odbc\]|\[wfclient\]|\[theme\]|\[autorun\]"
    r"|\[version\]\s+signature\s*=|\[defaultinstall\]"
    r"|(?:[\w ]+:[isb]:[^\r\n]*\r?\n){0,60}?(?:(?:alternate )?full address|remoteapplication\w*|screen mode id):[isb]:"
)
"""Texts that a program takes as settings or as a query, at their beginning: .iqy, .slk, .dqy, .oqy, .udl, .rdp …"""
_PROLOG = r"(?:\s|<\?[^<>]*>|<!--(?:[^-]|-(?!->))*-->|<!doctype[^<>\[]*(?:\[[^\]]*\]\s*)?>)*+"
_ROOT = re.compile(rf"{_PROLOG}<(?:[\w.-]+:)?([\w.-]+)")
_ROOTS: Mapping[Kind, str] = {
    Kind.SCRIPT: "component scriptlet registration job stylesheet transform",
    Kind.SETTINGS: "mmc_consolefile jnlp assembly pcsettings settingcontent librarydescription persistedquery"
    " appinstaller searchconnectordescription task contact officedataconnection wlanprofile",
}
_KIND_BY_ROOT = {root: kind for kind, words in _ROOTS.items() for root in words.split()}
_SETTINGS_INSIDE = re.compile(
    r"<project\b[^>]*(?:developer/msbuild|\bsdk=|toolsversion)|<odc:officedataconnection|<key>payloadtype</key>"
)
"""Settings whose first element may belong to harmless files too: MSBuild, .odc, .mobileconfig."""

_MAXIMUM_SVG = 10_000_000
"""Bytes of an SVG that is searched for scripts. A larger one counts as active."""
_ACTIVE_SVG = re.compile(
    r"<(?:\w+:)?script|\son\w+\s*=|javascript:|<(?:\w+:)?(?:foreignobject|iframe|embed|object|handler|listener)\b"
    r"|<!entity[^>]{0,300}?\b(?:system|public)\b|@import|url\(\s{0,9}[\"']?\s{0,9}(?:https?:|//|data:(?!image/))"
    r"|\b(?:href|src)\s{0,9}=\s{0,9}[\"']?\s{0,9}(?![\"'#\s]|data:image/(?:png|jpe?g|gif|webp)[;,])"
)


def find_dangerous_bytes(path: Path, head: bytes) -> Kind | None:
    """Returns the kind of a file that its bytes show to be dangerous, or None. The end of the file is read, too."""
    for start, magic, kind in _MAGICS:
        if head.startswith(magic, start):
            return kind
    if _FLASH.match(head):
        return Kind.EXECUTABLE
    return Kind.DISK_IMAGE if _BOOT_SECTOR.match(head) or _is_disc(path) else None


def _is_disc(path: Path) -> bool:
    """True for the image of a disc, or of a disk whose mark stands at the end of the file (.vhd, .dmg)."""
    with path.open("rb") as file:
        file.seek(_DISC_DESCRIPTOR)
        if file.read(5) in _DISC_MARKS:
            return True
        size = file.seek(0, 2)
        file.seek(max(0, size - 512))
        return file.read(8).startswith((b"conectix", b"koly\0\0\0\x04"))


def find_dangerous_text(text: str) -> Kind | None:
    """Returns the kind of a text that a program would run, or take as settings, or None. `text`: its beginning."""
    start = text[:20_000].lower()
    if _SCRIPT.match(start) or "<hta:application" in start:
        return Kind.SCRIPT
    if _SHORTCUT.match(start):
        return Kind.SHORTCUT
    if _SETTINGS.match(start):
        return Kind.SETTINGS
    root = _ROOT.match(start)
    if root is None:
        return None
    return _KIND_BY_ROOT.get(root[1]) or (Kind.SETTINGS if _SETTINGS_INSIDE.search(start) else None)


def sniff_svg(path: Path) -> Kind:
    """Returns SCRIPT for an SVG that runs or fetches something, else SVG."""
    with path.open("rb") as file:
        content = file.read(_MAXIMUM_SVG + 1)
    if len(content) > _MAXIMUM_SVG:
        return Kind.SCRIPT
    is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = content.decode("utf-16" if is_wide else "utf-8", "replace").lower()
    return Kind.SCRIPT if _ACTIVE_SVG.search(text) else Kind.SVG


def apply_name(kind: Kind, name: str) -> Kind:
    """Returns the kind of a file by its name, where its bytes leave open which program opens it.

    A text whose extension is neither that of a text nor dangerous is of an unknown kind.
    """
    if kind not in OPEN_TO_NAME:
        return kind
    extension = find_extension(name)
    if dangerous := _KIND_BY_EXTENSION.get(extension):
        return dangerous
    is_odd = _ASCII_EXTENSION.fullmatch(extension) is not None and extension not in _EXPECTED_EXTENSIONS
    return Kind.UNKNOWN if kind is Kind.TEXT and is_odd else kind


def find_extension(name: str) -> str:
    """Returns the extension in lower case, without the dots and blanks behind it that Windows drops."""
    return name.rstrip(". ").rpartition(".")[2].lower() if "." in name else ""
