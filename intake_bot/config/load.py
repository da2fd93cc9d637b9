"""Reads everything under `config/`, and reports all faults at once."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from intake_bot.config.checks import find_bureau_faults, find_notice_faults, find_notice_remarks
from intake_bot.config.document import Document, is_file, read_document
from intake_bot.config.kept_trees import Trees, read_trees
from intake_bot.config.model_faults import translate_errors
from intake_bot.config.nearest import find_nearest
from intake_bot.config.part_overlaps import find_part_overlaps
from intake_bot.config.roster_file import read_roster
from intake_bot.config.settings import Bureau, IntakeSettings, MissingSecret, Settings
from intake_bot.config.tree import Node
from intake_bot.errors import ConfigError, ConfigFault
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster

_Model = TypeVar("_Model", bound=BaseModel)


def load(home: Path, environ: Mapping[str, str] = os.environ, kept_trees: Path | None = None) -> Settings:
    """Reads and checks `home`/config. Raises ConfigError with every fault of every file.

    Secrets are not read. A remark reports those that are missing in `environ`. A file that has not changed since
    `kept_trees` was written is not parsed again.
    """
    reader = ConfigReader(home, environ, read_trees(kept_trees))
    settings = reader.read_all()
    if reader.faults:
        raise ConfigError(reader.all_faults)
    return settings


def _in_order(faults: list[ConfigFault]) -> tuple[ConfigFault, ...]:
    return tuple(sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.column, fault.message)))


@dataclass
class ConfigReader:
    """Reads the files once and collects faults and remarks. What has a fault is missing from the settings."""

    home: Path
    environ: Mapping[str, str]
    known_trees: Trees = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    remarks: list[ConfigFault] = field(default_factory=list)
    ids_by_name: dict[str, str] = field(default_factory=dict)
    """Bureau name → id."""
    rosters: dict[str, Roster] = field(default_factory=dict)
    """Bureau id → roster, also where the file of the bureau has faults."""
    mailboxes: dict[tuple[str, str, str], Path] = field(default_factory=dict)
    """(address, server, folder) → first bureau file with that mailbox."""
    weeks: dict[tuple[str, date], str] = field(default_factory=dict)
    """(bureau, first day of the week) → first notice file with them."""
    unclaimed: list[tuple[Notice, Document]] = field(default_factory=list)
    """Notices of bureaus that do not exist."""
    values: dict[str, Mapping[str, object]] = field(default_factory=dict)
    """As in Settings."""
    roster_texts: dict[str, str] = field(default_factory=dict)
    """As in Settings."""
    trees: dict[str, Node] = field(default_factory=dict)
    """As in Settings."""

    @property
    def all_faults(self) -> tuple[ConfigFault, ...]:
        """The faults found so far, each once, by file and position."""
        return _in_order(self.faults)

    def read_all(self) -> Settings:
        intake = self.read_intake()
        bureaus = tuple(self.read_bureaus())
        notices = tuple(self.read_notices())
        self.check_unclaimed(notices)
        for bureau in bureaus:
            if not any(notice.bureau == bureau.id for notice in notices):
                self.add_remark(f"config/bureaus/{bureau.id}.yaml", "这个教育局还没有通知（config/notices）。")
        return Settings(
            self.home,
            intake,
            bureaus,
            notices,
            _in_order(self.remarks),
            dict(self.values),
            dict(self.roster_texts),
            dict(self.trees),
        )

    def read_intake(self) -> IntakeSettings:
        path = self.home / "config" / "intake.yaml"
        if (other := path.with_suffix(".yml")).exists():
            self.add_remark(self.shown_name(other), "没有读取：这个文件要叫 intake.yaml。")
        document = self.read(path) if path.exists() else Document(self.shown_name(path))
        return self.validate(IntakeSettings, document, document.data) or IntakeSettings()

    def read_bureaus(self) -> Iterator[Bureau]:
        paths = self.list_files("bureaus")
        if not paths:
            self.add_fault("config/bureaus", "这里没有教育局的文件（*.yaml）。可以用 intake-bot init 生成一套样本。")
        for path in paths:
            document = self.read(path)
            self.faults += find_bureau_faults(document, self.home) if not document.broken else ()
            roster = self.find_roster(document, f"rosters/{path.stem}.csv")
            self.rosters[path.stem] = roster if isinstance(roster, Roster) else Roster()
            bureau = self.validate(Bureau, document, {**document.data, "id": path.stem, "roster": roster})
            if bureau:
                self.check_secret(bureau, document)
                self.check_mailbox(bureau, document, path)
                self.ids_by_name[bureau.name] = bureau.id
                yield bureau

    def read_notices(self) -> Iterator[Notice]:
        for path in self.list_files("notices"):
            document = self.read(path)
            if document.broken:
                self.faults += document.faults
                continue
            roster = self.rosters.get(str(document.data.get("bureau")), Roster())
            self.faults += find_notice_faults(document, roster)
            self.remarks += find_notice_remarks(document, roster)
            self.remarks += find_part_overlaps(document)
            notice = self.validate(Notice, document, {**document.data, "id": path.stem})
            if notice:
                self.check_week(notice, document)
                if notice.bureau not in self.rosters:
                    self.unclaimed.append((notice, document))
                yield notice

    def read(self, path: Path) -> Document:
        document = read_document(path, self.shown_name(path), self.known_trees)
        # Whoever knows the address of a monitor can report to it in our name: it is kept nowhere.
        if document.tree is not None and not document.faults and "health" not in document.data:
            self.trees[document.sha256] = document.tree
        return document

    def validate(self, model: type[_Model], document: Document, data: Mapping[str, object]) -> _Model | None:
        """Returns the file as a model, or None after noting its faults."""
        self.faults += document.faults
        if document.broken:
            return None
        self.values[document.file] = document.data
        try:
            return model.model_validate(data)
        except ValidationError as error:
            self.faults += translate_errors(document, model, error)
            return None

    def find_roster(self, document: Document, usual: str) -> object:
        """Returns the roster that a bureau's file names. A value that is no path is returned for the model to reject.

        Where the file cannot be parsed, the roster of the `usual` name is read, so that its faults are reported too.
        """
        written = document.data.get("roster")
        if document.broken and is_file(self.home / "config" / usual):
            written = usual
        if "roster" not in document.data and not isinstance(written, str):
            self.add_remark(document.file, "没有写 roster（名册），主题里的单位一个也认不出来。")
            return Roster()
        if not isinstance(written, str):
            return written
        path = next((p for p in (self.home / "config" / written, self.home / written) if is_file(p)), None)
        if path is None:
            self.faults.append(document.fault_at_value(("roster",), f"找不到名册 {written}（相对于 config 文件夹）。"))
            return Roster()
        found = read_roster(path, self.shown_name(path))
        self.faults += found.faults
        self.remarks += found.remarks
        self.roster_texts[PurePosixPath(document.file).stem] = found.text
        if not found.roster.units and not found.faults:
            self.add_remark(found.file, "名册是空的。")
        return found.roster

    def check_secret(self, bureau: Bureau, document: Document) -> None:
        try:
            bureau.secret(self.environ, self.home)
        except MissingSecret as failure:
            key = "secret_file" if bureau.mailbox.secret_file is not None else "secret_env"
            self.remarks.append(document.fault_at_key(("mailbox", key), str(failure)))

    def check_mailbox(self, bureau: Bureau, document: Document, path: Path) -> None:
        """Reports a second bureau with the same mailbox. Each would answer every mail."""
        imap = bureau.mailbox.imap
        folder = "INBOX" if imap.folder.upper() == "INBOX" else imap.folder
        first = self.mailboxes.setdefault((bureau.mailbox.address.lower(), imap.host.lower(), folder), path)
        if first != path:
            message = (
                f"这个邮箱和 {self.shown_name(first)} 的是同一个"
                "（地址、收信服务器、文件夹都一样），每封邮件会被处理两遍。"
                "请换一个邮箱，或者用 folder 指定另一个文件夹。"
            )
            self.faults.append(document.fault_at_value(("mailbox", "address"), message))

    def check_week(self, notice: Notice, document: Document) -> None:
        """Reports a second notice for the same week, usually a forgotten copy. A mail could be for either."""
        first = self.weeks.setdefault((notice.bureau, notice.week.first), document.file)
        if first != document.file:
            message = f"和 {first} 是同一个教育局、同一天开始的活动周，分不清邮件报的是哪一份；多余的一份请删掉。"
            self.faults.append(document.fault_at_value(("week",), message))

    def check_unclaimed(self, notices: Collection[Notice]) -> None:
        """Reports notices of unknown bureaus: a fault where a bureau of a similar name has none, else a remark."""
        served = {notice.bureau for notice in notices}
        for notice, document in self.unclaimed:
            written = notice.bureau.removesuffix(".yaml")
            near = self.ids_by_name.get(written) or find_nearest(written, self.rosters)
            hint = f"，是不是想写“{near}”" if near else ""
            found = document.fault_at_value(
                ("bureau",), f"没有 config/bureaus/{notice.bureau}.yaml，这份通知用不上{hint}。"
            )
            (self.faults if near and near not in served else self.remarks).append(found)

    def list_files(self, folder: str) -> tuple[Path, ...]:
        """Returns the YAML files of a folder, sorted by name. A file that only looks like one gets a remark."""
        found: dict[str, Path] = {}
        for path in sorted((self.home / "config" / folder).glob("*")):
            if path.name.startswith((".", "~")):
                continue  # left behind by editors
            if path.suffix not in (".yaml", ".yml"):
                if re.search(r"\.ya?ml", path.name, re.IGNORECASE):
                    self.add_remark(self.shown_name(path), "文件名不以 .yaml 结尾，没有读取。")
            elif path.stem in found:
                self.add_fault(self.shown_name(path), f"和 {found[path.stem].name} 重名，请只留一个。")
            else:
                found[path.stem] = path
        return tuple(found.values())

    def shown_name(self, path: Path) -> str:
        return (path.relative_to(self.home) if path.is_relative_to(self.home) else path).as_posix()

    def add_fault(self, file: str, message: str) -> None:
        self.faults.append(ConfigFault(file, 0, 0, message))

    def add_remark(self, file: str, message: str) -> None:
        self.remarks.append(ConfigFault(file, 0, 0, message))
