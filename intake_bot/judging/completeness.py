"""Is everything there that a material consists of, and what of the rest?

What could not be opened (an archive of another kind, a link to a file left at a provider) may hold what is missing.
Then nothing is called missing: the school is told about the closed thing, or a person looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from intake_bot.files.facts import MAILS, TEXTS, FileFacts, Kind, MailFacts, Trouble
from intake_bot.judging.captions import Captions, picture_name
from intake_bot.judging.forms import is_named_form, is_titled
from intake_bot.judging.rules.any_file import (
    archive_opens,
    file_has_no_macros,
    file_is_expected,
    file_is_filled,
    file_is_harmless,
)
from intake_bot.judging.rules.breach import present, unmeasured
from intake_bot.judging.rules.photo import photos_have_caption
from intake_bot.judging.rules.text import text_is_readable
from intake_bot.judging.rules.video import videos_have_text
from intake_bot.judging.severity import severity_of_lack, weigh
from intake_bot.judging.sorting import NO_PROSE, Place, Sorted, faults, wants_prose
from intake_bot.judging.verdict import Finding
from intake_bot.judging.wording import named
from intake_bot.mail.body import says_something
from intake_bot.mail.cloud import CloudLink, link_details
from intake_bot.notices.notice import FormPart, Notice, PartBase, PhotoPart, Severity, TextPart, VideoPart


def about_closed(files: Sorted, facts: MailFacts, received: datetime) -> list[Finding]:
    """What is to be said about archives, forwarded mails, wrappings and links whose content was not seen."""
    mails = [unmeasured("file.unmeasured", file) for file in files.spare if file.kind in MAILS]
    links = [_link(link, received) for link in facts.cloud_links]
    return [
        *_sealed(facts),
        *_incomplete(facts),
        *present(archive_opens(file) for file in files.archives),
        *mails,
        *links,
    ]


def _sealed(facts: MailFacts) -> list[Finding]:
    if not facts.sealed:
        return []
    found = "邮件带有加密或数字签名（S/MIME），里面的内容无法打开"
    todo = "请在邮箱或邮件软件里关闭“加密”和“数字签名”后重新发送"
    return [Finding("mail.smime", Severity.ERROR, found, "", todo)]


def _incomplete(facts: MailFacts) -> list[Finding]:
    if not facts.incomplete:
        return []
    found = "邮件里的附件太多或层次太深，没有全部读到，要由工作人员打开查看"
    todo = "您暂时不用做什么；如把文件放进一个压缩包里重新发送，会更快收到回复"
    return [Finding("mail.incomplete", Severity.REMARK, found, "", todo, holds=True)]


def about_place(
    place: Place, files: Sorted, closed: Sequence[Finding], captions: Captions, notice: Notice
) -> list[Finding]:
    """Everything to say about one part: its files one by one, what must go with them, and their number."""
    findings = [finding for file in place.files for finding in faults(place.part, file)]
    if any(finding.holds for finding in closed):
        # The archive that the notice asks for may be the one that only a person can open.
        findings = [finding for finding in findings if finding.code != "photo.not_in_archive"]
    if isinstance(place.part, PhotoPart):
        findings += present([photos_have_caption(place.part, place.files, captions)])
    if isinstance(place.part, VideoPart):
        findings += present([videos_have_text(place.part, place.files, captions)])
    return findings + _about_number(place, files, closed, notice)


def captions_of(files: Sorted, closed: Sequence[Finding], own_words: str, units: tuple[str, ...]) -> Captions:
    """What speaks of the photos and videos. A text named like one of them speaks of that one alone, unless it is the
    text that the notice asks for; what may be in a closed archive or behind a link is given the benefit of the doubt.
    """
    pictures = {picture_name(file.name) for place in files.places for file in place.files if file.kind not in TEXTS}
    used = {id(file) for place in files.places for file in place.files}
    filled = [file for file in files.texts if file.text is None or file.text.words]
    own = {id(file) for file in filled if id(file) not in used and picture_name(file.name) in pictures}
    return Captions(
        for_all=bool(closed) or says_something(own_words) or any(id(file) not in own for file in filled),
        own=frozenset(picture_name(file.name) for file in filled if id(file) in own),
        units=units,
    )


def about_spare(files: Sorted) -> list[Finding]:
    """Programs, empty files, documents with macros, and files that serve no part."""
    findings = [file_is_harmless(file) for file in files.dangerous] + [file_is_filled(file) for file in files.empty]
    findings += [file_has_no_macros(file) for file in files.texts]
    for file in files.spare:
        if file.kind in TEXTS:
            findings.append(_spare_text(file, files))
        elif file.kind not in MAILS:
            findings.append(file_is_expected(file))
    return present(findings)


def companions(places: Sequence[Place], files: Sorted) -> list[FileFacts]:
    """The texts that serve no part of their own and go with the pictures of these places."""
    if not any(isinstance(place.part, PhotoPart | VideoPart) for place in places):
        return []
    return [file for file in files.spare if file.kind in TEXTS]


def _spare_text(file: FileFacts, files: Sorted) -> Finding | None:
    """A text that goes with pictures may be of any kind, but it must open. One that nobody could read may be the form
    that is wanted, and a person looks at it: nothing is said about its use. Nor is it where the lack of a text names
    it."""
    if any(place.short and file in _instead_of(place.part, files) for place in files.places):
        return None
    if file.trouble in (None, Trouble.UNSUPPORTED):
        looked_at = file.trouble and any(isinstance(place.part, FormPart) and place.short for place in files.places)
        return None if looked_at or file in companions(files.places, files) else file_is_expected(file)
    return text_is_readable(_ANY_TEXT, file)


_ANY_TEXT = TextPart(kind="text", name="文字说明", clause="", quote="")


def _about_number(place: Place, files: Sorted, closed: Sequence[Finding], notice: Notice) -> list[Finding]:
    part, number = place.part, _number(place, files)
    severity = severity_of_lack("part.too_few" if number else "part.missing", part, notice)
    if number >= part.at_least or severity is Severity.OFF:
        return []
    suspects = [
        *closed,
        *_closed_texts(place, files),
        *_named_forms(part, files),
        *_sent_back_as_empty(files, notice),
    ]
    return suspects or [_lacking(part, number, files, severity)]


def _sent_back_as_empty(files: Sorted, notice: Notice) -> list[Finding]:
    """Empty files, where the notice sends them back: else nothing would be said of what is not there."""
    empty = weigh(present(file_is_filled(file) for file in files.empty), notice)
    return [finding for finding in empty if finding.severity is Severity.ERROR]


def _number(place: Place, files: Sorted) -> int:
    if isinstance(place.part, PhotoPart) and place.part.or_in_text:
        return len(place.files) + sum(file.text.pictures for file in files.texts if file.text)
    return len(place.files)


def _closed_texts(place: Place, files: Sorted) -> list[Finding]:
    """Documents that could not be read and may be the form, or hold the pictures, that this place lacks."""
    if isinstance(place.part, FormPart) or (isinstance(place.part, PhotoPart) and place.part.or_in_text):
        return present(text_is_readable(_ANY_TEXT, file) for file in files.texts)
    return []


def _named_forms(part: PartBase, files: Sorted) -> list[Finding]:
    """A file called 活动情况日报表 without that title inside may be the form without its head, and one with that title
    and no table may be filled in all the same: a person looks."""
    if not isinstance(part, FormPart):
        return []
    readable = [file for file in files.texts if not file.trouble]
    return [
        *(_look_at(part, file, "文件里有表格的标题，但没有找到表格") for file in readable if is_titled(part, file)),
        *(
            _look_at(part, file, "看文件名是要报的表格，但文件里没有找到表格的标题")
            for file in readable
            if is_named_form(part, file) and not is_titled(part, file)
        ),
    ]


def _look_at(part: FormPart, file: FileFacts, found: str) -> Finding:
    return Finding(
        "form.untitled",
        Severity.REMARK,
        f"{found}，要由工作人员查看",
        "",
        "您暂时不用做什么，有问题我们会联系您",
        file.shown_name,
        part.clause,
        part.quote,
        holds=True,
    )


def _lacking(part: PartBase, number: int, files: Sorted, severity: Severity) -> Finding:
    todo = _bring(part, severity, files)
    if number:
        asked = f"{part.name}不少于{part.at_least}份"
        return Finding(
            "part.too_few",
            severity,
            f"{part.name}只有{number}份",
            asked,
            todo,
            clause=part.clause,
            quote=part.quote,
        )
    return Finding(
        "part.missing",
        severity,
        _not_found(part, files),
        f"报送{part.name}",
        todo,
        clause=part.clause,
        quote=part.quote,
    )


def _not_found(part: PartBase, files: Sorted) -> str:
    if not files.any_came:
        return f"邮件里没有附件，没有找到{part.name}"
    instead = _instead_of(part, files)
    return f"没有找到{part.name}" + (f"（{named([file.name for file in instead])}不算）" if instead else "")


def _instead_of(part: PartBase, files: Sorted) -> list[FileFacts]:
    """Tables, slides and Apple's documents, where a text was to be written."""
    return [file for file in files.spare if wants_prose(part) and file.kind in NO_PROSE]


def _bring(part: PartBase, severity: Severity, files: Sorted) -> str:
    """What to do about a missing part. Where it is only a remark the mail is taken in, and nothing has to be done."""
    if severity is Severity.REMARK:
        return "如当天没有，或已另外报送，不用补"
    instead = {file.kind for file in _instead_of(part, files)}
    if Kind.IWORK in instead:
        return "请在苹果电脑或手机上把文稿导出成Word文档再发"
    if instead:
        return "请把内容写成一份Word文档发来，不要用Excel表格或PPT演示文稿"
    if isinstance(part, PhotoPart) and any(file.text and file.text.pictures for file in files.texts):
        return "请把图片文件也放进压缩包发来，只插在文档里不行"
    if isinstance(part, PhotoPart) and part.or_in_text:
        return "请把图片插到文档里，或者另附图片文件"
    return "请补上"


def _link(link: CloudLink, received: datetime) -> Finding:
    details = link_details(link.size, link.expires)
    name = link.name or "未知文件名"
    called = f"“{name}”这个超大附件{f'（{details}）' if details else ''}"
    if link.is_expired(received):
        found = f"{called}收到邮件时已经过期，无法下载"
        todo = "请重新上传后再发，或者改为普通附件（总共不超过45MB）发送"
        return Finding("cloud.expired", Severity.ERROR, found, "", todo, name)
    return Finding(
        "cloud.link",
        Severity.REMARK,
        f"{called}要由工作人员下载查看",
        "",
        "您暂时不用做什么；如文件不大，改为普通附件（总共不超过45MB）发送会更快",
        name,
        holds=True,
    )
