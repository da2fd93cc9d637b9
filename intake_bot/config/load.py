"""Reads everything under `config/` once, and reports everything wrong with it at once."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from intake_bot.config.checks import bureau_faults, notice_faults, notice_remarks
from intake_bot.config.document import Document, is_file, read_document
from intake_bot.config.nearest import nearest
from intake_bot.config.roster_file import read_roster
from intake_bot.config.settings import Bureau, IntakeSettings, MissingSecret, Settings
from intake_bot.config.wording import model_faults
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster

_Model = TypeVar("_Model", bound=BaseModel)


def load(home: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Reads and checks `home`/config. Raises ConfigError with every fault of every file.

    Secrets are not needed; `environ` is only asked whether they are there, for a remark.
    """
    reading = _Reading(home, environ)
    settings = reading.all()
    if reading.faults:
        raise ConfigError(_in_order(reading.faults))
    return settings


def _in_order(faults: list[ConfigFault]) -> tuple[ConfigFault, ...]:
    return tuple(sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.column, fault.message)))


@dataclass
class _Reading:
    """One pass over the files, collecting faults and remarks on the way."""

    home: Path
    environ: Mapping[str, str]
    faults: list[ConfigFault] = field(default_factory=list)
    remarks: list[ConfigFault] = field(default_factory=list)
    by_name: dict[str, str] = field(default_factory=dict)
    """The bureaus' ids by their names."""
    rosters: dict[str, Roster] = field(default_factory=dict)
    """By bureau, also where the rest of its file is faulty."""
    mailboxes: dict[tuple[str, str, str], Path] = field(default_factory=dict)
    """Which file of a bureau named this address, server and folder first."""
    weeks: dict[tuple[str, date], str] = field(default_factory=dict)
    """Which notice's file named this bureau and first day first."""
    unclaimed: list[tuple[Notice, Document]] = field(default_factory=list)
    """Notices of bureaus that are not there."""

    def all(self) -> Settings:
        intake = self.intake()
        bureaus = tuple(self.bureaus())
        notices = tuple(self.notices())
        self.strays(notices)
        for bureau in bureaus:
            if not any(notice.bureau == bureau.id for notice in notices):
                self.remark(f"config/bureaus/{bureau.id}.yaml", "这个教育局还没有通知（config/notices）。")
        return Settings(self.home, intake, bureaus, notices, _in_order(self.remarks))

    def intake(self) -> IntakeSettings:
        path = self.home / "config" / "intake.yaml"
        if (other := path.with_suffix(".yml")).exists():
            self.remark(self.shown(other), "没有读取：这个文件要叫 intake.yaml。")
        document = read_document(path, self.shown(path)) if path.exists() else Document(self.shown(path))
        return self.checked(IntakeSettings, document, document.data) or IntakeSettings()

    def bureaus(self) -> Iterator[Bureau]:
        paths = self.files("bureaus")
        if not paths:
            self.fault("config/bureaus", "这里没有教育局的文件（*.yaml）。可以用 intake-bot init 生成一套样本。")
        for path in paths:
            document = read_document(path, self.shown(path))
            self.faults += bureau_faults(document, self.home) if not document.broken else ()
            roster = self.roster(document, f"rosters/{path.stem}.csv")
            self.rosters[path.stem] = roster if isinstance(roster, Roster) else Roster()
            bureau = self.checked(Bureau, document, {**document.data, "id": path.stem, "roster": roster})
            if bureau:
                self.secret_remark(bureau, document)
                self.mailbox_fault(bureau, document, path)
                self.by_name[bureau.name] = bureau.id
                yield bureau

    def notices(self) -> Iterator[Notice]:
        for path in self.files("notices"):
            document = read_document(path, self.shown(path))
            if document.broken:
                self.faults += document.faults
                continue
            roster = self.rosters.get(str(document.data.get("bureau")), Roster())
            self.faults += notice_faults(document, roster)
            self.remarks += notice_remarks(document, roster)
            notice = self.checked(Notice, document, {**document.data, "id": path.stem})
            if notice:
                self.week_fault(notice, document)
                if notice.bureau not in self.rosters:
                    self.unclaimed.append((notice, document))
                yield notice

    def checked(self, model: type[_Model], document: Document, data: Mapping[str, object]) -> _Model | None:
        """The file as a value, or None with its faults noted."""
        self.faults += document.faults
        if document.broken:
            return None
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.faults += model_faults(document, model, error)
            return None

    def roster(self, document: Document, usual: str) -> object:
        """The roster that a bureau's file names; what is no path at all is left for the model to refuse.

        Where the file cannot be parsed, the roster of the `usual` name is read, so that its faults are not left for
        the next run.
        """
        written = document.data.get("roster")
        if document.broken and is_file(self.home / "config" / usual):
            written = usual
        if "roster" not in document.data and not isinstance(written, str):
            self.remark(document.file, "没有写 roster（名册），主题里的单位一个也认不出来。")
            return Roster()
        if not isinstance(written, str):
            return written
        path = next((p for p in (self.home / "config" / written, self.home / written) if is_file(p)), None)
        if path is None:
            self.faults.append(document.at_value(("roster",), f"找不到名册 {written}（相对于 config 文件夹）。"))
            return Roster()
        found = read_roster(path, self.shown(path))
        self.faults += found.faults
        self.remarks += found.remarks
        if not found.roster.units and not found.faults:
            self.remark(found.file, "名册是空的。")
        return found.roster

    def secret_remark(self, bureau: Bureau, document: Document) -> None:
        try:
            bureau.secret(self.environ, self.home)
        except MissingSecret as failure:
            key = "secret_file" if bureau.mailbox.secret_file is not None else "secret_env"
            self.remarks.append(document.at_key(("mailbox", key), str(failure)))

    def mailbox_fault(self, bureau: Bureau, document: Document, path: Path) -> None:
        """Two bureaus at one mailbox would each answer every mail."""
        imap = bureau.mailbox.imap
        folder = "INBOX" if imap.folder.upper() == "INBOX" else imap.folder
        first = self.mailboxes.setdefault((bureau.mailbox.address.lower(), imap.host.lower(), folder), path)
        if first != path:
            message = (
                f"这个邮箱和 {self.shown(first)} 的是同一个（地址、收信服务器、文件夹都一样），每封邮件会被处理两遍。"
                "请换一个邮箱，或者用 folder 指定另一个文件夹。"
            )
            self.faults.append(document.at_value(("mailbox", "address"), message))

    def week_fault(self, notice: Notice, document: Document) -> None:
        """Of two notices for one week, as a forgotten copy makes them, nobody could say which one a mail answers."""
        first = self.weeks.setdefault((notice.bureau, notice.week.first), document.file)
        if first != document.file:
            message = f"和 {first} 是同一个教育局、同一天开始的活动周，分不清邮件报的是哪一份；多余的一份请删掉。"
            self.faults.append(document.at_value(("week",), message))

    def strays(self, notices: Collection[Notice]) -> None:
        """A notice of no bureau is a slip of the pen where it leaves a bureau of a like name without any."""
        served = {notice.bureau for notice in notices}
        for notice, document in self.unclaimed:
            written = notice.bureau.removesuffix(".yaml")
            near = self.by_name.get(written) or nearest(written, self.rosters)
            hint = f"，是不是想写“{near}”" if near else ""
            found = document.at_value(("bureau",), f"没有 config/bureaus/{notice.bureau}.yaml，这份通知用不上{hint}。")
            (self.faults if near and near not in served else self.remarks).append(found)

    def files(self, folder: str) -> tuple[Path, ...]:
        """The YAML files of a folder by name; what looks like one but is not read is remarked on."""
        found: dict[str, Path] = {}
        for path in sorted((self.home / "config" / folder).glob("*")):
            if path.name.startswith((".", "~")):
                continue  # left behind by editors
            if path.suffix not in (".yaml", ".yml"):
                if re.search(r"\.ya?ml", path.name, re.IGNORECASE):
                    self.remark(self.shown(path), "文件名不以 .yaml 结尾，没有读取。")
            elif path.stem in found:
                self.fault(self.shown(path), f"和 {found[path.stem].name} 重名，请只留一个。")
            else:
                found[path.stem] = path
        return tuple(found.values())

    def shown(self, path: Path) -> str:
        return (path.relative_to(self.home) if path.is_relative_to(self.home) else path).as_posix()

    def fault(self, file: str, message: str) -> None:
        self.faults.append(ConfigFault(file, 0, 0, message))

    def remark(self, file: str, message: str) -> None:
        self.remarks.append(ConfigFault(file, 0, 0, message))
