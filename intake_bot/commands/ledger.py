"""`ledger`: lists everything that was registered; `ledger verify` checks that all of it is still there, unchanged."""

from __future__ import annotations

import argparse
import json
from typing import Any

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.options import chosen_bureaus, print_note
from intake_bot.commands.console.progress import track
from intake_bot.config.settings import Settings
from intake_bot.errors import PermanentFailure
from intake_bot.home.home import Home
from intake_bot.home.ledger_guard import require_ledger
from intake_bot.home.usable_settings import load_or_last_good
from intake_bot.judging.outcome_words import DECISION_WORDS
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import LedgerItem
from intake_bot.notices.day_words import item_name


def run(options: argparse.Namespace) -> int:
    """Prints one line an item, oldest first; or verifies: 1 when something is missing or damaged."""
    home = Home(options.home)
    if options.act == "verify":
        return _verify(home)
    if options.act == "export":
        from intake_bot.commands.console import ledger_export  # only `export` needs it

        return ledger_export.run(options)
    usable = load_or_last_good(home)
    settings = usable.settings
    print_note(usable)
    require_ledger(home)
    wanted = {bureau.id for bureau in chosen_bureaus(options, settings)}
    if not home.ledger.exists():
        if not options.json:
            print("还没有登记过材料。")
        return EXIT_WELL
    with Ledger.open(home.ledger) as ledger:
        for item in ledger.submissions.iterate_items():
            if options.bureau is None or item.bureau in wanted:
                print(json.dumps(_json(item, settings), ensure_ascii=False) if options.json else _line(item, settings))
    return EXIT_WELL


def _verify(home: Home) -> int:
    if not home.ledger.exists():
        print_note(load_or_last_good(home))  # raises where this is no home at all
        if any(path.is_file() for path in home.files.rglob("*")):
            raise PermanentFailure(f"台账不见了：{home.files} 里有文件，却没有 {home.ledger}；请用备份恢复")
        print("还没有登记过材料。")
        return EXIT_WELL
    require_ledger(home)  # an empty one would have nothing to report
    from intake_bot.home.backup.verify import verify  # only `verify` needs it

    with Ledger.open(home.ledger) as ledger:
        verified = verify(ledger, home, lambda files: track(files, "核对"))
    for remark in verified.remarks:
        print(f"提示：{remark}")
    for fault in verified.faults:
        print(f"问题：{fault}")
    print(
        f"核对了 {verified.files} 个文件，有 {len(verified.faults)} 处问题。可以用备份恢复，见 intake-bot restore。"
        if verified.faults
        else f"没有问题：台账完好，登记的 {verified.files} 个文件都在，都没有变。"
    )
    return EXIT_FOUND if verified.faults else EXIT_WELL


def _json(item: LedgerItem, settings: Settings) -> dict[str, Any]:
    """The object that `--json` prints. Its keys and values stay as they are: other programs read them."""
    return {
        "receipt": item.receipt,
        "bureau": item.bureau,
        "notice": item.notice,
        "unit": item.unit,
        "material": item.material,
        "day": item.day.isoformat() if item.day else None,
        "received": item.received.astimezone(settings.intake.zone).isoformat(timespec="seconds"),
        "verdict": item.decision.value,
        "late": item.late,
        "message_id": item.message_id,
        "files": [{"name": file.name, "sha256": file.sha256, "bytes": file.bytes} for file in item.files],
        "superseded": item.superseded,
    }


def _line(item: LedgerItem, settings: Settings) -> str:
    received = item.received.astimezone(settings.intake.zone)
    marks = "".join((" 迟报" if item.late else "", " 已被替换" if item.superseded else ""))
    unit = item.unit or "未识别单位"
    return (
        f"{item.receipt}  {received:%Y-%m-%d %H:%M:%S}  {DECISION_WORDS[item.decision].brief}{marks}  "
        f"{unit}  {item_name(item.material, item.day)}  文件 {len(item.files)} 个"
    )
