"""`doctor`: tries everything for real, and prints what to do about what does not work."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator

from intake_bot.commands.console.exit_codes import EXIT_FOUND, EXIT_WELL
from intake_bot.commands.console.inspection import Inspection, inspect
from intake_bot.commands.console.options import chosen_bureaus, clock_of
from intake_bot.config.settings import Limits
from intake_bot.doctor.machine import machine_trials
from intake_bot.doctor.mailbox import bureau_trials
from intake_bot.doctor.trial import Grade, Trial, failure, success
from intake_bot.home.home import Home


def run(options: argparse.Namespace) -> int:
    """Prints each trial as it is made. 1 when one failed; what cannot be tried from this machine is no failure."""
    home = Home(options.home)
    found = inspect(home)
    grades = list(_print("配置和信件模板", _settings_trials(found)))
    limits = found.settings.intake.limits if found.settings else Limits()
    grades += _print("这台机器", machine_trials(home, limits))
    if found.settings:
        now = clock_of(options, found.settings)()
        for bureau in chosen_bureaus(options, found.settings):
            grades += _print(bureau.name, bureau_trials(found.settings, bureau, os.environ, now))
    count = grades.count(Grade.FAILED)
    print(f"\n有 {count} 处要处理（标着“{Grade.FAILED}”的）。" if count else "\n没有发现问题。")
    return EXIT_FOUND if count else EXIT_WELL


def _print(title: str, trials: Iterable[Trial]) -> Iterator[Grade]:
    print(f"【{title}】")
    for trial in trials:
        print(f"  [{trial.grade}] {trial.subject}：{trial.result}", flush=True)
        if trial.advice:
            print(f"         怎么办：{trial.advice}")
        yield trial.grade


def _settings_trials(found: Inspection) -> Iterator[Trial]:
    if not found.faults:
        yield success("检查", "没有错误")
    for fault in found.faults:
        place = fault.file if fault.line == 0 else f"{fault.file} 第 {fault.line} 行"
        yield failure(place, fault.message, "请照提示改好，再运行一次。")
    for remark in found.remarks:
        yield Trial(remark.file, Grade.WARNING, remark.message)
