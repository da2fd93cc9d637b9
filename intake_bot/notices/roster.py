"""The roster: who is expected to report, and under which names they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_AUTHORITY = re.compile(r"(?:教育局|教育体育局|教育和体育局|教育厅|教育委员会|公共服务局)$")


@dataclass(frozen=True)
class Unit:
    """One school or bureau that reports."""

    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    """类别: 县区, 学校, … ; a material may be expected from some categories only."""
    rank: str = ""
    """级别: for example 省级示范; a quota may depend on it."""
    addresses: tuple[str, ...] = ()
    """Mail addresses, lower case, that are known to be this unit's; @example.edu.cn stands for all of a domain."""

    def writes_from(self, address: str) -> bool:
        """True for one of its addresses, compared without case."""
        wanted = address.lower()
        _, at, domain = wanted.rpartition("@")
        return wanted in self.addresses or f"{at}{domain}" in self.addresses


@dataclass(frozen=True)
class Roster:
    """All units of one bureau, in the order of the file."""

    units: tuple[Unit, ...] = ()
    _by_name: dict[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A bare county, city or province is its education bureau (domain rules); written names go before derived ones.
        by_name = {place: unit for unit in self.units if (place := _AUTHORITY.sub("", unit.name))}
        by_name.update({alias: unit for unit in self.units for alias in unit.aliases})
        by_name.update({unit.name: unit for unit in self.units})
        object.__setattr__(self, "_by_name", by_name)

    def find(self, name: str) -> Unit | None:
        """The unit known under exactly this name or alias; never a guess."""
        return self._by_name.get(name)

    def at_address(self, address: str) -> Unit | None:
        """The unit that writes from this address, compared without case; a whole address goes before a domain."""
        wanted = address.lower()
        exact = next((unit for unit in self.units if wanted in unit.addresses), None)
        return exact or next((unit for unit in self.units if unit.writes_from(wanted)), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name and alias, longest first, so that 濮阳县职校 is met before 濮阳县."""
        return tuple(sorted(self._by_name, key=len, reverse=True))
