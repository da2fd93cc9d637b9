"""Measured values in Chinese, as findings say them."""

from __future__ import annotations

from collections.abc import Sequence

from intake_bot.files.facts import Kind

MAXIMUM_NAMES = 5
"""Maximum names in one sentence."""

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
    Kind.XLSB: "Excel二进制表格（xlsb）",
    Kind.WORDML: "Word文档（xml格式）",
    Kind.SPREADSHEETML: "Excel表格（xml格式）",
    Kind.PACKAGE: "XPS或Visio文档",
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
    Kind.XML: "XML文件",
    Kind.TEXT: "纯文本",
    Kind.ZIP: "zip压缩包",
    Kind.RAR: "rar压缩包",
    Kind.SEVEN_ZIP: "7z压缩包",
    Kind.TAR: "tar压缩包",
    Kind.GZIP: "gz压缩包",
    Kind.OTHER_ARCHIVE: "不常见的压缩包",
    Kind.TNEF: "winmail.dat（Outlook专用格式）",
    Kind.EXECUTABLE: "程序",
    Kind.SCRIPT: "脚本",
    Kind.SHORTCUT: "快捷方式",
    Kind.SETTINGS: "能自动运行或联网的文件（系统设置、查询、OneNote等）",
    Kind.DISK_IMAGE: "磁盘映像（iso、vhd等）",
    Kind.SVG: "SVG矢量图",
    Kind.MESSAGE: "转发的邮件",
    Kind.OUTLOOK_MESSAGE: "Outlook邮件（msg）",
    Kind.EMPTY: "空文件",
    Kind.UNKNOWN: "无法识别的格式",
}


def kind_name(kind: Kind) -> str:
    """Returns the Chinese name of a kind of file."""
    return _KIND_NAMES[kind]


def join_names(names: Sequence[str]) -> str:
    """Joins the first names, with their number where there are more: 一.jpg、二.jpg 等 12 个."""
    return "、".join(names[:MAXIMUM_NAMES]) + (f" 等 {len(names)} 个" if len(names) > MAXIMUM_NAMES else "")


def size_words(size: int) -> str:
    """Returns 1.23 MB for 1234567 bytes: decimal, the lenient reading of 2M. Rounded down: 1999999 is 1.99 MB."""
    if size < 1000:
        return f"{size} 字节"
    if size < 1_000_000:
        return f"{size // 1000} KB"
    return f"{size // 10_000 / 100:.2f} MB"


def duration_words(seconds: int) -> str:
    """Returns 2 分 5 秒 for 125 seconds, 2 分钟 for 120, 5 秒 for 5."""
    minutes, rest = divmod(seconds, 60)
    if not rest:
        return f"{minutes} 分钟"
    return (f"{minutes} 分 " if minutes else "") + f"{rest} 秒"
