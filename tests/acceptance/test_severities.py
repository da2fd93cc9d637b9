"""Real mails with each finding whose severity a notice may set, judged at every severity that it may set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake_bot.config.defaults import init_home
from intake_bot.notices.severities import CHOICES, Severity
from tests.acceptance import envelope, hefei
from tests.acceptance.posts import (
    NOTE,
    Files,
    album,
    findings_of,
    judged,
    nothing,
    one_photo,
    one_video,
    one_word,
    photo,
    raw,
    word,
)
from tests.acceptance.test_codes import edit

FORGED = b"Authentication-Results: mx.126.com; spf=fail smtp.mailfrom=x.example; dkim=none\r\n"
BY_PRIOR_MAIL = "file.duplicate"
"""Needs prior mail: see tests/stories/test_prior_mail.py."""


def mails() -> Iterator[tuple[str, bytes]]:
    """Yields a mail for each code, with no other finding."""
    by_codes = {case.codes: case for case in (*hefei.CASES, *envelope.CASES)}
    for code in ("file.empty", "file.macros", "file.unexpected", "form.empty"):
        yield code, raw(by_codes[code,])
    text, fan = envelope.TEXT, "活动周范县教育局文字材料"
    yield "part.missing", raw(text.accepted("nothing", nothing))
    yield "part.too_few", raw(envelope.PHOTOS.accepted("one photo", one_photo()))
    yield "part.piece", raw(text.accepted("a piece", one_word(), subject="活动周濮阳县教育局文字材料（2/3）"))
    yield "video.below_recommended", raw(envelope.VIDEO.accepted("small video", one_video(640, 480), text=NOTE))
    both = text.accepted("the same pictures twice", _news_and_photos, subject="活动周濮阳县教育局照片、图片新闻")
    yield "photo.shared", raw(both)
    yield "sender.unknown", raw(text.accepted("a stranger", one_word(), subject=fan))
    yield "sender.unauthenticated", FORGED + raw(text.accepted("forged", one_word()))


def _news_and_photos() -> Files:
    news = word(300, "图片来源：校团委 张三 摄", pictures=1)
    return {"图片新闻.docx": news, **album(photo(), photo(seed=1))}


DOUBTFUL = "sender.unauthenticated"
"""A mail that its own server distrusts is held, whatever an admin sets."""


@pytest.mark.parametrize("severity", Severity)
def test_mail_with_one_finding_is_judged_by_its_severity(tmp_path: Path, severity: Severity) -> None:
    chosen = [code for code, choice in CHOICES.items() if severity in choice.allowed and code != BY_PRIOR_MAIL]
    home = tmp_path / "home"
    init_home(home)
    edit(home, "notices/puyang-2023.yaml", "        name: 照片\n", "        name: 照片\n        at_least: 2\n")
    edit(home, "rosters/puyang.csv", "\n范县教育局,范县,县区,,", "\n范县教育局,范县,县区,,@fanxian.example")
    edit(home, "bureaus/puyang.yaml", "# authserv_id: mx.126.com", "authserv_id: mx.126.com")
    for notice in ("puyang", "hefei"):
        path = home / "config/notices" / f"{notice}-2023.yaml"
        before, _, after = path.read_text(encoding="utf-8").partition("\nsubject:")
        settings = "".join(f"  {code}: {severity}\n" for code in chosen)
        path.write_text(f"{before.partition('severities:')[0]}severities:\n{settings}\nsubject:{after}", "utf-8")
    found = judged(tmp_path, home, [(code, mail) for code, mail in mails() if code in chosen])
    assert {
        code: (verdict["disposition"], [(one["code"], one["severity"]) for one in findings_of(verdict)])
        for code, verdict in found.items()
    } == {
        code: ("held", [(code, Severity.REMARK)])
        if code == DOUBTFUL
        else (
            "rejected" if severity is Severity.ERROR else "accepted",
            [] if severity is Severity.OFF else [(code, severity)],
        )
        for code in chosen
    }


def test_settable_code_has_mail() -> None:
    assert {*CHOICES} == {BY_PRIOR_MAIL, *(code for code, _ in mails())}
