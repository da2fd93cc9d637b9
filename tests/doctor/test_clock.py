from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from intake_bot.doctor.clock import clock_trial
from intake_bot.doctor.trial import Grade

NOW = datetime(2023, 5, 17, 15, 0, tzinfo=timezone(timedelta(hours=8)))
POSTFIX = "220 mail.example.cn ESMTP Postfix; Wed, 17 May 2023 {} +0800\r\n"


HERE = "本机现在是 2023年5月17日（周三）15:00:00"
SAME = "和邮件服务器一致（2023年5月17日（周三）15:00:00）"
NOT_TOLD = f"邮件服务器不报时间，没法核对；{HERE}"
COREMAIL = "220 126.com Anti-spam GT for Coremail System (126com[20140526])"

CASES = {
    "right": ((POSTFIX.format("15:01:59"),), None, Grade.OK, SAME),
    "slow": ((POSTFIX.format("15:10:00"),), None, Grade.FAILED, f"比邮件服务器慢了 10 分钟（{HERE}）"),
    "fast": ((POSTFIX.format("06:55:00"),), None, Grade.FAILED, f"比邮件服务器快了 8 小时 5 分钟（{HERE}）"),
    "the second server tells": (("* OK ready", "220 x 17 May 2023 07:00:00 +0000"), None, Grade.OK, SAME),
    "Coremail": ((COREMAIL,), None, Grade.UNKNOWN, NOT_TOLD),
    "no such date": (("220 x 99 May 2023 07:00:00 +0000", "\ufffd"), None, Grade.UNKNOWN, NOT_TOLD),
    "a mail of the future": (("",), NOW + timedelta(hours=1), Grade.FAILED, f"比邮箱服务器慢了至少 1 小时（{HERE}）"),
    "a mail of just now": (("",), NOW + timedelta(minutes=2), Grade.UNKNOWN, NOT_TOLD),
    "an old mail": ((), NOW - timedelta(days=1), Grade.UNKNOWN, NOT_TOLD),
}


@pytest.mark.parametrize(("greetings", "newest", "grade", "said"), CASES.values(), ids=CASES)
def test_clock_is_compared_with_greetings_and_newest_mail(
    greetings: tuple[str, ...], newest: datetime | None, grade: Grade, said: str
) -> None:
    trial = clock_trial(greetings, newest, NOW)
    assert (trial.grade, trial.result) == (grade, said)
