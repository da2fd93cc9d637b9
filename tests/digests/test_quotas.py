from __future__ import annotations

from intake_bot.digests.quotas import quota_lines
from intake_bot.letters.digest_lines import QuotaGroup, QuotaSummary
from intake_bot.letters.missing_reports import QuotaRow


def test_quota_is_one_line_with_those_that_lack_most_first() -> None:
    rows = [
        QuotaRow("甲校", "宣传材料", 2, 2),
        QuotaRow("乙校", "宣传材料", 1, 2),
        QuotaRow("丙校", "宣传材料", 0, 2),
        QuotaRow("丁校", "宣传材料", 1, 3),
        QuotaRow("戊校", "宣传材料", 0, 3),
        QuotaRow("甲校", "案例", 0, 1),
    ]
    assert quota_lines(rows) == (
        QuotaSummary(
            "宣传材料",
            (
                QuotaGroup("一篇没报", ("丙校", "戊校")),
                QuotaGroup("差 2 篇", ("丁校",)),
                QuotaGroup("差 1 篇", ("乙校",)),
            ),
            1,
            5,
        ),
        QuotaSummary("案例", (QuotaGroup("一篇没报", ("甲校",)),), 0, 1),
    )
