"""Checks that all parts of a material are there, and reports unread and unused files.

Content that could not be read (an archive of another kind, a link to a file at a mail provider) may be what seems to be
missing. Then nothing is reported as missing: the finding about the unread content rejects or holds the item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake_bot.files.facts import CAPTIONS, MAILS, TEXTS, FileFacts, Kind, MailFacts, TextFacts, Trouble
from intake_bot.judging.assignment import NOT_PROSE, AssignedFiles, Assignment, check_file, requires_prose
from intake_bot.judging.captions import Captions, picture_name
from intake_bot.judging.findings import apply_severities, drop_none, report_unmeasured, severity_of_missing
from intake_bot.judging.forms import is_named_form, is_titled
from intake_bot.judging.prior_mail.duplicate_files import check_copies
from intake_bot.judging.prose.reader import ProseReader, Purport
from intake_bot.judging.rules.any_file import (
    archive_opens,
    file_has_no_macros,
    file_is_expected,
    file_is_filled,
    file_is_harmless,
    file_says_something,
)
from intake_bot.judging.rules.photo import photos_have_caption
from intake_bot.judging.rules.text import text_is_readable
from intake_bot.judging.rules.video import videos_have_text
from intake_bot.judging.rules.wrong_kind import kinds_of
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import join_names
from intake_bot.mail.cloud_links import CloudLink
from intake_bot.mail.link_words import describe_link
from intake_bot.mail.message import UnreadContent
from intake_bot.notices.notice import FormPart, Notice, PartBase, PhotoPart, Severity, TextPart, VideoPart
from intake_bot.notices.severities import CHOICES

MAXIMUM_MAIL_BYTES = 45_000_000
"""Maximum bytes of all attachments of one mail: 163 and 126 take 50 MB of encoded mail."""
_MAXIMUM_GREETING = 18
"""字 of a file beside pictures that may be no more than a greeting, or the name of a unit."""
_LINK_ADVICE = "想更快收到答复，可以改为普通附件重新发送（总共不超过45MB）"


def check_unread_content(files: AssignedFiles, facts: MailFacts, received: datetime) -> list[Finding]:
    """Reports archives, forwarded mails, S/MIME and links whose content was not read."""
    mails = [report_unmeasured("file.unmeasured", file) for file in files.unused if file.kind in MAILS]
    links = [_report_link(link, received) for link in facts.cloud_links]
    return [
        *_report_unread(facts),
        *_report_incomplete(facts),
        *drop_none(archive_opens(file) for file in files.archives),
        *mails,
        *links,
    ]


_UNREAD: Mapping[UnreadContent, tuple[str, str, str]] = {
    UnreadContent.SMIME: (
        "mail.smime",
        "邮件带有加密或数字签名（S/MIME），收件程序打不开里面的内容，要由工作人员查看",
        "想更快收到答复，可以在邮箱或邮件软件里关闭“加密”和“数字签名”后重新发送",
    ),
    UnreadContent.PGP: (
        "mail.pgp",
        "邮件用PGP加密，收件程序打不开里面的内容，要由工作人员查看",
        "想更快收到答复，可以关闭加密后重新发送",
    ),
    UnreadContent.RIGHTS: (
        "mail.incomplete",
        "邮件加了“权限保护”（message.rpmsg），收件程序打不开里面的内容，要由工作人员查看",
        "请关闭邮件软件里的“权限”或“加密”后重新发送，会更快收到回复；发不了的话，请等我们联系您",
    ),
    UnreadContent.PIECE: (
        "mail.incomplete",
        "这封邮件被邮件软件拆成了几封，收件程序合不起来，要由工作人员查看",
        "想更快收到答复，可以在邮件软件里关闭“拆分大邮件”后重新发送",
    ),
    UnreadContent.ELSEWHERE: (
        "mail.incomplete",
        "邮件里只写了文件存放的地址，文件本身不在邮件里，要由工作人员查看",
        "想更快收到答复，可以把文件作为附件重新发送",
    ),
    UnreadContent.ENCODED: (
        "mail.incomplete",
        "邮件的编码方式特殊，收件程序没有全部读出来，要由工作人员打开查看",
        "想更快收到答复，可以换用邮箱网页重新发送",
    ),
}


def _report_unread(facts: MailFacts) -> list[Finding]:
    """Reports what nobody could open: it is held, and nothing is called missing."""
    return [
        Finding(code, Severity.REMARK, found, "", todo, holds=True)
        for code, found, todo in (_UNREAD[reason] for reason in facts.unread)
    ]


def _report_incomplete(facts: MailFacts) -> list[Finding]:
    if not facts.incomplete:
        return []
    found = "邮件里的附件太多或层次太深，没有全部读到，要由工作人员打开查看"
    todo = "想更快收到答复，可以把文件放进一个压缩包里重新发送"
    return [Finding("mail.incomplete", Severity.REMARK, found, "", todo, holds=True)]


def check_assignment(
    assignment: Assignment, files: AssignedFiles, unread: Sequence[Finding], captions: Captions, notice: Notice
) -> list[Finding]:
    """Returns all findings about one part: each file, what must accompany the files, and their number."""
    findings = [finding for file in assignment.files for finding in check_file(assignment.part, file)]
    if any(finding.holds for finding in unread):
        # The archive that the notice asks for may be one that only a person can open.
        findings = [finding for finding in findings if finding.code != "photo.not_in_archive"]
    pictures = [file for file in assignment.files if file.kind in kinds_of(assignment.part)]
    if isinstance(assignment.part, PhotoPart):
        findings += drop_none([photos_have_caption(assignment.part, pictures, captions)])
    if isinstance(assignment.part, VideoPart):
        findings += drop_none([videos_have_text(assignment.part, pictures, captions)])
    return [*findings, *_report_shared(assignment), *_check_number(assignment, files, unread, notice)]


def _report_shared(assignment: Assignment) -> list[Finding]:
    """Reports pictures that two materials of one mail ask for. They may be the same."""
    if assignment.shared_with is None:
        return []
    names = f"“{assignment.shared_with.material.name}”和“{assignment.material.name}”"
    found = (
        f"{len(assignment.files)} 张图片同时算作{names}的图片：{join_names([file.name for file in assignment.files])}"
    )
    severity = CHOICES["photo.shared"].default
    return [Finding("photo.shared", severity, found, "", "如果两项要报的不是同样的图片，请把另外的图片补发来")]


def find_captions(
    files: AssignedFiles, unread: Sequence[Finding], body: TextFacts, reader: ProseReader, units: tuple[str, ...]
) -> Captions:
    """Finds the captions of photos and videos. Unread content counts as a caption.

    A text named like a picture is the caption of that picture alone, unless it is a text that the notice asks for.
    """
    assigned = [file for assignment in files.assignments for file in assignment.files]
    pictures = {picture_name(file.name) for file in assigned if file.kind not in TEXTS}
    used = {id(file) for file in assigned}
    filled = [file for file in files.texts if file.kind in CAPTIONS and _says_something(file, reader, units)]
    own = {id(file) for file in filled if id(file) not in used and picture_name(file.name) in pictures}
    return Captions(
        for_all=bool(unread) or reader.describes(body, units) or any(id(file) not in own for file in filled),
        own=frozenset(picture_name(file.name) for file in filled if id(file) in own),
        units=units,
        has_note=files.unused_body is not None and files.unused_body.purport is Purport.NOTE,
    )


def _says_something(file: FileFacts, reader: ProseReader, units: tuple[str, ...]) -> bool:
    """False for an empty text, and for a short one without a picture or a table that is only a greeting or a name."""
    text = file.text
    if text is None or text.words > _MAXIMUM_GREETING or (text.words and (text.tables or text.pictures)):
        return True
    return reader.describes(text, units)


def check_unused_files(files: AssignedFiles) -> list[Finding]:
    """Reports programs, empty files, documents with macros, and files that are assigned to no part."""
    findings = [file_is_harmless(file) for file in files.dangerous] + [file_is_filled(file) for file in files.empty]
    findings += [file_has_no_macros(file) for file in (*files.texts, *files.excuses)]
    findings += check_copies(files.copies)
    for file in files.unused:
        if file in files.excuses:
            findings.append(file_says_something(file))
        elif file.kind in TEXTS:
            findings.append(_check_unused_text(file, files))
        elif file.kind not in MAILS and file.trouble is not Trouble.UNDECODED:
            findings.append(file_is_expected(file))
    return drop_none(findings)


def find_companion_texts(assignments: Sequence[Assignment], files: AssignedFiles) -> list[FileFacts]:
    """Returns the unused texts, which accompany the pictures of these assignments; none where there are no pictures."""
    if not any(isinstance(assignment.part, PhotoPart | VideoPart) for assignment in assignments):
        return []
    return [file for file in files.unused if file.kind in TEXTS and file not in files.excuses]


def _check_unused_text(file: FileFacts, files: AssignedFiles) -> Finding | None:
    """Reports an unused text, unless it accompanies pictures, is reported elsewhere or may be a missing form.

    A text that accompanies pictures may be of any kind, but it must open.
    """
    short_parts = [assignment.part for assignment in files.assignments if assignment.is_short]
    if any(file in _find_substitutes(part, files) for part in short_parts):
        return None
    if file.trouble in (None, Trouble.UNSUPPORTED):
        may_be_form = file.trouble and any(isinstance(part, FormPart) for part in short_parts)
        return None if may_be_form or file in find_companion_texts(files.assignments, files) else file_is_expected(file)
    return text_is_readable(_ANY_TEXT, file)


_ANY_TEXT = TextPart(kind="text", name="文字说明", clause="", quote="")


def _check_number(
    assignment: Assignment, files: AssignedFiles, unread: Sequence[Finding], notice: Notice
) -> list[Finding]:
    part, number = assignment.part, _count_files(assignment, files)
    severity = severity_of_missing("part.too_few" if number else "part.missing", part, notice)
    if number >= part.at_least or severity is Severity.OFF:
        return []
    if severity is Severity.REMARK and _came_for_other_material(assignment, files):
        return []
    suspects = [
        *unread,
        *_report_unread_texts(assignment, files),
        *_hold_possible_forms(part, files),
        *_reject_empty_files(files, notice),
    ]
    return suspects or [_report_missing(part, number, files, severity)]


def _came_for_other_material(assignment: Assignment, files: AssignedFiles) -> bool:
    """True where the mail brings such a part as a material of its own: 日报 and 视频 with one video."""
    others = [one for one in files.assignments if one.material is not assignment.material]
    return any(one.files and type(one.part) is type(assignment.part) for one in others)


def _reject_empty_files(files: AssignedFiles, notice: Notice) -> list[Finding]:
    """Reports empty files where the notice rejects them. They stand for what is missing."""
    empty = apply_severities(drop_none(file_is_filled(file) for file in files.empty), notice)
    return [finding for finding in empty if finding.severity is Severity.ERROR]


def _count_files(assignment: Assignment, files: AssignedFiles) -> int:
    if isinstance(assignment.part, PhotoPart) and assignment.part.or_in_text:
        others = [one for one in files.assignments if one.material is not assignment.material]
        elsewhere = {id(file) for one in others for file in one.files}
        texts = [file.text for file in files.texts if file.text and id(file) not in elsewhere]
        return len(assignment.files) + sum(text.pictures for text in texts)
    return len(assignment.files)


def _report_unread_texts(assignment: Assignment, files: AssignedFiles) -> list[Finding]:
    """Reports documents that could not be read, and that may be the missing form or hold the missing pictures."""
    if isinstance(assignment.part, FormPart) or (isinstance(assignment.part, PhotoPart) and assignment.part.or_in_text):
        return drop_none(text_is_readable(_ANY_TEXT, file) for file in files.texts)
    return []


def _hold_possible_forms(part: PartBase, files: AssignedFiles) -> list[Finding]:
    """Holds files that may be the missing form: its title is in the name and not inside, or inside without a table."""
    if not isinstance(part, FormPart):
        return []
    readable = [file for file in files.texts if not file.trouble]
    return [
        *(_hold_form(part, file, "文件里有表格的标题，但没有找到表格") for file in readable if is_titled(part, file)),
        *(
            _hold_form(part, file, "看文件名是要报的表格，但文件里没有找到表格的标题")
            for file in readable
            if is_named_form(part, file) and not is_titled(part, file)
        ),
    ]


def _hold_form(part: FormPart, file: FileFacts, found: str) -> Finding:
    return Finding(
        "form.untitled",
        Severity.REMARK,
        f"{found}，要由工作人员查看",
        "",
        "",
        file.shown_name,
        part.clause,
        part.quote,
        holds=True,
    )


def _report_missing(part: PartBase, number: int, files: AssignedFiles, severity: Severity) -> Finding:
    todo = _todo_words(part, severity, files)
    if number:
        asked = f"{part.name}不少于 {part.at_least} 份"
        return Finding(
            "part.too_few",
            severity,
            f"{part.name}只有 {number} 份",
            asked,
            todo,
            clause=part.clause,
            quote=part.quote,
        )
    return Finding(
        "part.missing",
        severity,
        _missing_words(part, files),
        f"报送{part.name}",
        todo,
        clause=part.clause,
        quote=part.quote,
    )


def _missing_words(part: PartBase, files: AssignedFiles) -> str:
    if not files.has_files:
        return f"邮件里没有附件，没有找到{part.name}{_body_words(part, files)}"
    instead = [*_find_substitutes(part, files), *(files.excuses if isinstance(part, TextPart) else ())]
    names = f"（{join_names([file.name for file in instead])}不算）" if instead else _body_words(part, files)
    return f"没有找到{part.name}{names}"


def _body_words(part: PartBase, files: AssignedFiles) -> str:
    """Says why the mail body does not count, where it says something."""
    body = files.unused_body
    if not isinstance(part, TextPart) or body is None:
        return ""
    if body.purport is Purport.NOTE:
        return "（邮件正文是说明情况的话，不算）"
    if body.purport is Purport.COPY:
        return "（邮件正文是通知或回信的原文，不算）"
    if not part.takes_body:
        return "（写在邮件正文里的不算）"
    return f"（邮件正文只有 {body.words} 字，不算）" if body.words < part.minimum_in_body else ""


def _find_substitutes(part: PartBase, files: AssignedFiles) -> list[FileFacts]:
    """Returns the tables, slides and Apple documents that were sent instead of a text."""
    return [file for file in files.unused if requires_prose(part) and file.kind in NOT_PROSE]


def _todo_words(part: PartBase, severity: Severity, files: AssignedFiles) -> str:
    """What to do about a missing part. Nothing, where it is only a remark: the item is accepted."""
    if severity is Severity.REMARK:
        return "如当天没有，或已另外报送，不用补"
    instead = {file.kind for file in _find_substitutes(part, files)}
    if Kind.IWORK in instead:
        return "请在苹果电脑或手机上把文稿导出成Word文档再发"
    if instead:
        return "请把内容写成一份Word文档发来，不要用Excel表格或PPT演示文稿"
    if isinstance(part, PhotoPart) and any(file.text and file.text.pictures for file in files.texts):
        return "请把图片文件也放进压缩包发来，只插在文档里不行"
    if isinstance(part, PhotoPart) and part.or_in_text:
        return "请把图片插到文档里，或者另附图片文件"
    if isinstance(part, TextPart) and part.takes_body and _body_words(part, files):
        minimum = (part.length.at_least if part.length else None) or part.minimum_in_body
        return f"请补上；如果写在邮件正文里，至少写 {minimum} 字"
    return "请补上"


def _report_link(link: CloudLink, received: datetime) -> Finding:
    details = describe_link(link.size, link.expires)
    name = link.name or "未知文件名"
    called = f"“{name}”这个超大附件{f'（{details}）' if details else ''}"
    if link.is_expired(received):
        found = f"{called}收到邮件时已经过期，无法下载"
        attachable = link.size_bytes is None or link.size_bytes <= MAXIMUM_MAIL_BYTES
        small = "，或者改为普通附件发送（总共不超过45MB）" if attachable else ""
        todo = f"请重新上传后再发{small}"
        return Finding("cloud.expired", Severity.ERROR, found, "", todo, name)
    return Finding(
        "cloud.link",
        Severity.REMARK,
        f"{called}要由工作人员下载查看",
        "",
        _LINK_ADVICE if link.size_bytes is not None and link.size_bytes <= MAXIMUM_MAIL_BYTES else "",
        name,
        holds=True,
    )
