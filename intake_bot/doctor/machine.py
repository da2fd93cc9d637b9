"""This machine: its disk, the folder that is written to, the ledger, and the programs that open attachments."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from intake_bot.config.settings import Limits
from intake_bot.disk import own_disk_failures_of
from intake_bot.doctor.trial import Grade, Trial, well, wrong
from intake_bot.errors import IntakeError, TemporaryFailure
from intake_bot.examine import worker_for
from intake_bot.files.mediainfo import probe
from intake_bot.files.sevenzip import list_entries
from intake_bot.files.worker import Worker
from intake_bot.files.zips import Unreadable
from intake_bot.home import Home
from intake_bot.ledger.ledger import Ledger

PLENTY = 10
"""With less free space than so many times the limit, an admin is told before it is too late."""


def machine_trials(home: Home, limits: Limits) -> Iterator[Trial]:
    """Tries all that does not depend on a bureau."""
    folder = _folder(home)
    yield folder
    if folder.grade is Grade.WELL:
        yield _disk(home, limits)
        yield _ledger(home)
    with worker_for(limits) as worker, tempfile.TemporaryDirectory() as work:
        archive = Path(work) / "trial.zip"
        with zipfile.ZipFile(archive, "w") as writer:
            writer.writestr("trial.txt", "trial")
        yield from _programs(worker, archive)


def _folder(home: Home) -> Trial:
    """Writes as the robot writes: aside, to the disk, renamed."""
    what = "数据文件夹"
    if not home.root.is_dir():  # mistyped, most likely: nothing is made there
        return wrong(what, f"没有 {home.root.resolve()} 这个文件夹", "请核对 --home 有没有写错。")
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
        todo = "请确认运行收件程序的用户能在这个文件夹里新建、改名和删除文件，磁盘没有满，也没有被设成只读。"
        return wrong(what, f"{home.data.resolve()} 写不进去（{error}）", todo)
    return well(what, f"{home.data.resolve()} 能写")


def _disk(home: Home, limits: Limits) -> Trial:
    free = shutil.disk_usage(home.data).free
    said = f"还剩 {free / 1e9:.1f} GB"
    todo = f"请清理 {home.data.resolve()} 所在的磁盘；少于 {limits.free_disk_bytes / 1e6:.0f} MB 就暂停收信。"
    if free < limits.free_disk_bytes:
        return wrong("磁盘", said, todo)
    return Trial("磁盘", Grade.LOOK, said, todo) if free < PLENTY * limits.free_disk_bytes else well("磁盘", said)


def _ledger(home: Home) -> Trial:
    if not home.ledger.exists():
        return well("台账", "还没有，第一次运行时建立")
    try:
        with Ledger.open(home.ledger) as ledger:
            ledger.trail.last("", ())
    except IntakeError as error:
        return wrong("台账", error, "请照提示处理；台账损坏时从备份恢复，不要自己改动这个文件。")
    return well("台账", "打得开")


def _programs(worker: Worker, archive: Path) -> Iterator[Trial]:
    reinstall = "请重新安装收件程序（pip install --force-reinstall intake-bot），装好后再运行 intake-bot doctor。"
    seven_zip = _opened(worker, lambda: worker.ask(list_entries, archive, 10, time.monotonic() + 30))
    yield _program("7-Zip（解 RAR、7z 压缩包）", seven_zip, reinstall)
    media = _opened(worker, lambda: worker.ask(probe, archive))
    yield _program("MediaInfo（量视频）", media, reinstall)


def _program(what: str, trouble: str, todo: str) -> Trial:
    return wrong(what, trouble, todo) if trouble else well(what, "在隔离的工作进程里试用通过")


def _opened(worker: Worker, ask: Callable[[], object]) -> str:
    """What kept the worker from opening the archive; empty when it opened it."""
    try:
        return "" if ask() else "读不出内容"
    except Unreadable:
        return "没有装好，或者在这台机器上运行不了"
    except TemporaryFailure as error:
        return f"打开附件用的工作进程启动不了（{error}）"
