from __future__ import annotations

import pytest

from intake_bot.mail.subject_prefixes import behind_trial_mark

PHOTO = "活动周濮阳县教育局照片"
SUBJECTS = {
    "alone": ("预检", ""),
    "directly ahead": (f"预检{PHOTO}", PHOTO),
    "with a blank": (f"预检 {PHOTO}", PHOTO),
    "with a colon": (f"预检：{PHOTO}", PHOTO),
    "in brackets": (f"【预检】{PHOTO}", PHOTO),
    "in half-width brackets": (f"[预检] {PHOTO}", PHOTO),
    "of our own letter": (f"回复：【预检·请补正】{PHOTO}", PHOTO),
    "twice": (f"预检 回复：【预检·请补正】{PHOTO}", PHOTO),
    "behind a gateway's warning": (f"[外部邮件] 预检 {PHOTO}", PHOTO),
    "forwarded": (f"转发：预检{PHOTO}", PHOTO),
    "none": (PHOTO, None),
    "in the middle": (f"{PHOTO}预检", None),
    "of another letter of ours": (f"回复：【请补正】{PHOTO}", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("subject", "rest"), SUBJECTS.values(), ids=SUBJECTS)
def test_trial_is_known_by_the_beginning_of_its_subject(subject: str, rest: str | None) -> None:
    assert behind_trial_mark(subject) == rest
