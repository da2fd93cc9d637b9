"""How the digest counts rejections before and after their supplement."""

from __future__ import annotations

import re

from intake_bot.demo.media import zip_of
from tests.stories.office import Office
from tests.stories.photos import (
    ACCEPTED,
    GOOD,
    GOOD_NAME,
    SUBJECT,
    SUPPLEMENT,
    send_rejected_photos,
)


def test_supplemented_rejection_is_no_longer_open_in_the_digest(puyang: Office) -> None:
    first = send_rejected_photos(puyang)
    assert "④ 退回还没改好的：1 项" in puyang.digest("2023-05-17 10:30")
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    puyang.poll("2023-05-17 11:01")
    digest = puyang.digest("2023-05-17 12:00")
    assert "④" not in digest
    assert "对不上" not in digest


def test_mail_without_a_material_is_open_until_it_is_supplemented(puyang: Office) -> None:
    puyang.receive("2023-05-17 10:00", "活动周濮阳县教育局", {"照片.zip": zip_of({GOOD_NAME: GOOD})})
    (first,) = puyang.poll("2023-05-17 10:01")
    assert sent_back(puyang.digest("2023-05-17 10:30")) == ["1001-9"]
    puyang.receive("2023-05-17 11:00", f"回复：{first.subject}", SUPPLEMENT, answers=first)
    (second,) = puyang.poll("2023-05-17 11:01")
    assert second.subject == "【请补正】活动周濮阳县教育局材料（回执编号 1002-4）"
    assert sent_back(puyang.digest("2023-05-17 11:30")) == ["1002-4"]
    puyang.receive("2023-05-17 12:00", SUBJECT, text="主题改好了，材料同上一封。", answers=second)
    puyang.poll("2023-05-17 12:01")
    assert puyang.decisions() == [ACCEPTED]
    digest = puyang.digest("2023-05-17 12:30").splitlines()
    assert "④" not in digest
    assert "合计：邮箱 3 封 = 收 1 + 退 2 + 待人工 0 + 非报送 0" in digest


def sent_back(digest: str) -> list[str]:
    """The receipt numbers under 退回."""
    return re.findall(r"\d{4}-\d", digest.partition("④")[2].partition("⑧")[0])
