"""Measured values in the words of the letters."""

from __future__ import annotations

from collections.abc import Sequence

from intake_bot.files.facts import Kind

NAMED = 5
"""So many names stand inside one sentence."""

_KIND_NAMES = {
    Kind.JPEG: "JPG图片",
    Kind.PNG: "PNG图片",
    Kind.GIF: "GIF图片",
    Kind.BMP: "BMP图片",
    Kind.WEBP: "WebP图片",
    Kind.TIFF: "TIFF图片",
    Kind.HEIC: "HEIC图片（苹果手机格式）",
    Kind.MP4: "mp4视频",
    Kind.MOV: "mov视频",
    Kind.AVI: "avi视频",
    Kind.WMV: "wmv视频",
    Kind.MKV: "mkv视频",
    Kind.FLV: "flv视频",
    Kind.MPEG: "mpg视频",
    Kind.AUDIO: "音频",
    Kind.DOCX: "Word文档",
    Kind.XLSX: "Excel表格",
    Kind.PPTX: "PPT演示文稿",
    Kind.ODF: "ODF文档（odt、ods）",
    Kind.DOC: "Word文档（doc、wps）",
    Kind.XLS: "Excel表格（xls、et）",
    Kind.PPT: "PPT演示文稿（ppt）",
    Kind.OLE: "旧版Office（doc、xls、wps）",
    Kind.PDF: "PDF",
    Kind.OFD: "OFD",
    Kind.IWORK: "苹果文稿（Pages、Numbers、Keynote）",
    Kind.RTF: "RTF文档",
    Kind.HTML: "网页",
    Kind.TEXT: "纯文本",
    Kind.ZIP: "zip压缩包",
    Kind.RAR: "rar压缩包",
    Kind.SEVEN_ZIP: "7z压缩包",
    Kind.TNEF: "winmail.dat（Outlook专用格式）",
    Kind.EXECUTABLE: "程序",
    Kind.SCRIPT: "脚本",
    Kind.SHORTCUT: "快捷方式",
    Kind.MESSAGE: "转发的邮件",
    Kind.OUTLOOK_MESSAGE: "Outlook邮件（msg）",
    Kind.EMPTY: "空文件",
    Kind.UNKNOWN: "无法识别的格式",
}


def kind_name(kind: Kind) -> str:
    """What a school calls a kind of file."""
    return _KIND_NAMES[kind]


def named(names: Sequence[str]) -> str:
    """The first few of many names."""
    return "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")


def size_words(size: int) -> str:
    """1234567 bytes → 1.23MB: decimal, as the lenient reading of 2M has it, and rounded down: 1999999 is not 2.00MB."""
    if size < 1000:
        return f"{size}字节"
    if size < 1_000_000:
        return f"{size // 1000}KB"
    return f"{size // 10_000 / 100:.2f}MB"


def duration_words(seconds: int) -> str:
    """125 → 2分5秒, 120 → 2分钟, 5 → 5秒."""
    minutes, rest = divmod(seconds, 60)
    if not rest:
        return f"{minutes}分钟"
    return (f"{minutes}分" if minutes else "") + f"{rest}秒"
