"""Who has not reported what is due, in sentences for a clerk."""

from __future__ import annotations

from intake_bot.config.settings import Bureau
from intake_bot.digests.owing import find_owing
from intake_bot.digests.standing import find_standings
from intake_bot.home.services import Services
from intake_bot.judging.verdict import Decision
from intake_bot.letters.digest import group_by_lacks


def missing_sentences(services: Services, bureau: Bureau) -> tuple[str, ...]:
    """A sentence for each group of units that lack the same, as the digest names them."""
    now = services.clock().astimezone(services.settings.intake.zone)
    context = services.find_notice_context(bureau, now)
    if context is None:
        return ("现在没有适用的通知",)
    items = services.ledger.submissions.find_reported_items(context.notice.id, tuple(Decision))
    standings = find_standings(context.notice, bureau.roster, context.calendar, items, now)
    owing = find_owing(standings, {}, now, items)
    if not owing.units:
        return ("到期的都收齐了",)
    return (
        f"未报 {owing.missing_units} 个单位，退回未改 {owing.returned_units} 个单位",
        *(
            f"{'、'.join(unit.unit for unit in group.units)}：{group.lacks}"
            for group in sorted(group_by_lacks(owing.units), key=lambda group: -len(group.units))
        ),
    )
