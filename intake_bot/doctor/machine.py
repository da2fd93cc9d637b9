"""Trials of this machine: the data folder, the disk, the ledger, and the programs that open attachments."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from intake_bot.config.settings import Limits
from intake_bot.doctor.trial import Grade, Trial, failure, success
from intake_bot.errors import IntakeError, TemporaryFailure, own_disk_failures_of
from intake_bot.files.archives.sevenzip import list_entries
from intake_bot.files.facts import Unreadable
from intake_bot.files.media.video import probe
from intake_bot.files.worker.worker import Worker
from intake_bot.home.home import Home
from intake_bot.ledger.ledger import Ledger

WARNING_FACTOR = 10
"""Less free space than this many times the limit gets a warning."""


def machine_trials(home: Home, limits: Limits) -> Iterator[Trial]:
    """Tries everything that does not depend on a bureau."""
    folder = _folder(home)
    yield folder
    if folder.grade is Grade.OK:
        yield _disk(home, limits)
        yield _ledger(home)
    with Worker(limits.allowance) as worker, tempfile.TemporaryDirectory() as work:
        archive = Path(work) / "trial.zip"
        with zipfile.ZipFile(archive, "w") as writer:
            writer.writestr("trial.txt", "trial")
        yield from _programs(worker, archive)


def _folder(home: Home) -> Trial:
    """Writes the way the program writes: to a file aside, fsync, rename."""
    subject = "数据文件夹"
    if not home.root.is_dir():  # mistyped, most likely: nothing is made there
        return failure(subject, f"没有 {home.root.resolve()} 这个文件夹", "请核对 --home 有没有写错。")
    try:
        home.prepare()
        with (
            own_disk_failures_of(home.data),
            tempfile.TemporaryDirectory(prefix="doctor-", dir=home.data) as folder,
        ):
            aside = Path(folder) / "aside"
            with aside.open("wb") as file:
                file.write(b"trial")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(Path(folder) / "whole")
    except TemporaryFailure as error:
        advice = "请确认运行收件程序的用户能在这个文件夹里新建、改名和删除文件，磁盘没有满，也没有被设成只读。"
        return failure(subject, f"{home.data.resolve()} 写不进去（{error}）", advice)
    return success(subject, f"{home.data.resolve()} 能写")


def _disk(home: Home, limits: Limits) -> Trial:
    free = shutil.disk_usage(home.data).free
    result = f"还剩 {free / 1e9:.1f} GB"
    advice = f"请清理 {home.data.resolve()} 所在的磁盘；少于 {limits.free_disk_bytes / 1e6:.0f} MB 就暂停收信。"
    if free < limits.free_disk_bytes:
        return failure("磁盘", result, advice)
    if free < WARNING_FACTOR * limits.free_disk_bytes:
        return Trial("磁盘", Grade.WARNING, result, advice)
    return success("磁盘", result)


def _ledger(home: Home) -> Trial:
    if not home.ledger.exists():
        return success("台账", "还没有，第一次运行时建立")
    try:
        with Ledger.open(home.ledger) as ledger:
            ledger.trail.find_last("", ())
    except IntakeError as error:
        return failure("台账", error, "请照提示处理；台账损坏时从备份恢复，不要自己改动这个文件。")
    return success("台账", "打得开")


def _programs(worker: Worker, archive: Path) -> Iterator[Trial]:
    reinstall = "请重新安装收件程序（pip install --force-reinstall intake-bot），装好后再运行 intake-bot doctor。"
    seven_zip = _try_to_open(worker, lambda: worker.ask(list_entries, archive, 10, time.monotonic() + 30))
    yield _program("7-Zip（解 RAR、7z 压缩包）", seven_zip, reinstall)
    media = _try_to_open(worker, lambda: worker.ask(probe, archive))
    yield _program("MediaInfo（量视频）", media, reinstall)


def _program(subject: str, trouble: str, advice: str) -> Trial:
    return failure(subject, trouble, advice) if trouble else success(subject, "在隔离的工作进程里试用通过")


def _try_to_open(worker: Worker, ask: Callable[[], object]) -> str:
    """Why the worker could not open the archive; empty when it could."""
    try:
        return "" if ask() else "读不出内容"
    except Unreadable:
        return "没有装好，或者在这台机器上运行不了"
    except TemporaryFailure as error:
        return f"打开附件用的工作进程启动不了（{error}）"
