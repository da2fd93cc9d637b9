"""Cases for every notice: archives, links, wrapped mails, odd files. They use photos and texts of 濮阳."""

from __future__ import annotations

import io
import zipfile
from base64 import encodebytes
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from pathlib import Path

from intake_bot.demo import media
from tests.acceptance.posts import NOTE, Case, Files, Under, nothing, one_photo, photo, word
from tests.files import papers, rars, samples
from tests.files.compound import compound, doc
from tests.files.hostile import corpus
from tests.mail import samples as mail_samples

NOTICE, NOON = "puyang-2023", "2023-05-17 12:00:00"
PHOTOS = Under(NOTICE, "", "活动周濮阳县教育局照片", NOON)
TEXT = Under(NOTICE, "", "活动周濮阳县教育局文字材料", NOON)
VIDEO = Under(NOTICE, "", "活动周濮阳县教育局视频", NOON)
_NAME = "学生技能展示现场.jpg"


def _archives() -> Iterator[Case]:
    yield PHOTOS.accepted("zip，GBK文件名", lambda: {"照片.zip": media.zip_of({_NAME: photo()}, gbk=True)})
    yield PHOTOS.accepted("rar", lambda: {"照片.rar": rars.rar5({_NAME: photo()})})
    yield PHOTOS.accepted("压缩包里的压缩包", lambda: _nested(3))
    yield PHOTOS.rejected("套了四层", lambda: _nested(4), "archive.too_deep")
    yield PHOTOS.accepted("苹果电脑的附属文件", _with_crumbs)
    yield PHOTOS.rejected("压缩包有密码", lambda: {"照片.rar": rars.rar5({_NAME: photo()}, encrypted=True)},
                          "archive.encrypted")  # fmt: skip
    yield PHOTOS.rejected("只有第一个分卷", lambda: {"照片.part1.rar": rars.rar5_volumes({_NAME: photo()}, 999_999)[0]},
                          "archive.split")  # fmt: skip
    yield PHOTOS.rejected("压缩包没有传完", lambda: {"照片.zip": media.zip_of({_NAME: photo()})[:20_000]},
                          "archive.unreadable")  # fmt: skip
    yield PHOTOS.rejected("压缩包是炸弹", lambda: {"照片.zip": samples.overlapping_zip()}, "archive.bomb", text=NOTE)


def _nested(depth: int) -> Files:
    inner = {_NAME: photo()}
    for _ in range(depth):
        inner = {"照片.zip": media.zip_of(inner)}
    return inner


def _with_crumbs() -> Files:
    crumbs = {f"__MACOSX/._{_NAME}": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1", "Thumbs.db": samples.OLE}
    return {"照片.zip": media.zip_of({_NAME: photo(), **crumbs})}


def _files() -> Iterator[Case]:
    yield TEXT.rejected("带着程序", lambda: {"活动情况.docx": word(), "看图.exe": samples.EXE}, "file.dangerous")
    yield TEXT.rejected(
        "带着脚本", lambda: {"活动情况.docx": word(), "说明.bat": b"@echo off\r\ndel *.*"}, "file.dangerous"
    )
    yield TEXT.rejected("带着快捷方式", lambda: {"活动情况.docx": word(), "材料.lnk": samples.LNK}, "file.dangerous")
    for name, content in {
        "说明.iqy": b"WEB\r\n1\r\nhttp://evil.example/\r\n",
        "说明.txt": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "笔记.one": "说明学生操作无人机的情况".encode(),
        "光盘.iso": bytes(0x8001) + b"CD001\1" + bytes(50),
    }.items():
        yield PHOTOS.rejected(
            f"包里的{name}", partial(_in_archive, name, content), "file.dangerous", "photo.no_caption"
        )
    yield PHOTOS.rejected("包里的矢量图", partial(_in_archive, "校徽.svg", b"<svg/>"), "photo.not_jpeg", text=NOTE)
    yield TEXT.rejected("空文件", lambda: {"活动情况.docx": word(), "附件.docx": b""}, "file.empty")
    yield TEXT.accepted(
        "多余的文件", lambda: {"活动情况.docx": word(), "校歌.mp3": b"ID3" + bytes(500)}, "file.unexpected"
    )
    yield TEXT.accepted("docx带宏", _with_macros, "file.macros")
    yield TEXT.accepted(
        "doc带宏", lambda: {"活动情况.doc": doc(media.chinese_text(900), storages=["Macros"])}, "file.macros"
    )
    yield TEXT.held("Outlook邮件", lambda: {"材料.msg": compound({"__properties_version1.0": b""})}, "file.unmeasured")
    yield TEXT.rejected("文档没有传完", lambda: {"活动情况.docx": word()[:999]}, "document.unreadable")
    yield TEXT.rejected("文档有密码", lambda: {"活动情况.docx": samples.PROTECTED_OLE}, "document.protected")
    yield TEXT.held("扫描的pdf", lambda: {"活动情况.pdf": papers.pdf("", picture=True)}, "document.unmeasured")
    yield PHOTOS.rejected("像素洪水", _flood, "photo.unreadable", "photo.not_in_archive", text=NOTE)
    yield PHOTOS.held("转发的邮件套了三层", _mail_in_mails, "file.unmeasured")
    for size, codes in ((99_999, ("part.missing",)), (100_000, ("photo.not_in_archive", "photo.too_small"))):
        yield PHOTOS.rejected(f"正文里{size}字节的图片", nothing, *codes, html=f'<p>{NOTE}</p><img src="cid:a">',
                              pictures={"a": _of_size(size)})  # fmt: skip


def _in_archive(name: str, content: bytes) -> Files:
    return {"照片.zip": media.zip_of({"1.jpg": photo(), name: content})}


def _with_macros() -> Files:
    with zipfile.ZipFile(io.BytesIO(word())) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return {"活动情况.docm": media.zip_of({**parts, "word/vbaProject.bin": b"x"})}


def _of_size(size: int) -> bytes:
    return photo(2000, 20, size)


def _flood() -> Files:
    return next({name: content} for name, content, _ in corpus() if name == "flood.png")


def _mail_in_mails() -> Files:
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "材料", "a@school.example"
    inner.set_content("x")
    for _ in range(2):
        outer = EmailMessage()
        outer["Subject"], outer["From"] = "转发", "b@school.example"
        outer.add_attachment(inner.as_bytes(), "application", "octet-stream", filename="内.eml")
        inner = outer
    return {"外.eml": inner.as_bytes()}


def _mails() -> Iterator[Case]:
    link = (
        '<div>从QQ邮箱发来的超大附件</div><a href="https://wx.mail.qq.com/ftn/download?func=3&amp;key=5f">实训.mp4</a>'
        " (186.42M, 2023年06月14日 22:00 到期)"
    )
    yield VIDEO.held("超大附件", nothing, "cloud.link", html=f"<p>{NOTE}</p>{link}")
    expired = link.replace("06月14日", "05月14日")
    yield VIDEO.rejected("超大附件已经过期", nothing, "cloud.expired", html=f"<p>{NOTE}</p>{expired}")
    yield PHOTOS.accepted("三封中的第二封", one_photo(), "part.piece", subject="活动周濮阳县教育局照片（2/3）")
    yield TEXT.held("转来两封报送邮件", _two_mails, "mail.several", subject="转发各单位材料")
    yield TEXT.held(
        "问问题的邮件", nothing, "mail.question", subject="请问活动周照片要几张", text="老师您好，照片要几张？"
    )
    yield TEXT.held("邮件套得太深", nothing, "mail.incomplete", mime=_deep())
    yield TEXT.held("加密的邮件", nothing, "mail.smime", mime=_sealed())
    yield TEXT.held("用PGP加密的邮件", nothing, "mail.pgp", mime=_PGP)


def _deep() -> bytes:
    """More nested containers than are opened."""
    levels = 25
    opening = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(levels)]
    closing = [f"\r\n--b{n}--\r\n" for n in reversed(range(levels))]
    return "".join([*opening, "Content-Type: text/plain\r\n\r\nx", *closing]).encode()


_PGP = b"Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n-----END PGP MESSAGE-----\r\n"


def _sealed() -> bytes:
    content = encodebytes((Path(mail_samples.__file__).parent / "smime" / "encrypted.p7m").read_bytes())
    return b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n" + content


def _two_mails() -> Files:
    mails = {}
    for number, unit in enumerate(("范县教育局", "台前县教育局")):
        mail = EmailMessage()
        mail["Subject"], mail["From"] = f"活动周{unit}文字材料", "a@school.example"
        mail["Message-ID"] = f"<{number}@school.example>"
        mail.set_content("请查收")
        mail.add_attachment(word(), "application", "octet-stream", filename="材料.docx")
        mails[f"{unit}.eml"] = mail.as_bytes()
    return mails


CASES = tuple(case for table in (_archives, _files, _mails) for case in table())
