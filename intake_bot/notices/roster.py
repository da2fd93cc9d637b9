"""The roster: the units that report, their names and their mail addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from intake_bot.notices.spelling import compact

_AUTHORITY = re.compile(r"(?:教育局|教育体育局|教育和体育局|教育厅|教育委员会|公共服务局)$")


@dataclass(frozen=True)
class Unit:
    """A school or bureau that reports."""

    name: str
    aliases: tuple[str, ...] = ()
    category: str = ""
    """类别: 县区, 学校, … A material may be expected from some categories only."""
    rank: str = ""
    """级别, for example 省级示范. A quota may depend on it."""
    addresses: tuple[str, ...] = ()
    """The unit's mail addresses in lower case. @example.edu.cn stands for every address of the domain."""
    former_names: tuple[str, ...] = ()
    """曾用名. What was sent under them counts for the unit, and subjects may still have them."""
    contact: str = ""
    """联系人: whom the clerk asks for."""
    telephone: str = ""
    """电话, as it was written; there may be several numbers."""

    def has_address(self, address: str) -> bool:
        """True for one of the unit's addresses, compared without case."""
        wanted = address.lower()
        _, at, domain = wanted.rpartition("@")
        return wanted in self.addresses or f"{at}{domain}" in self.addresses


@dataclass(frozen=True)
class Roster:
    """All units of one bureau, in the order of the file."""

    units: tuple[Unit, ...] = ()
    _by_name: dict[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A bare county, city or province means its education bureau. Names in the file win over derived ones.
        by_name = {place: unit for unit in self.units if (place := _AUTHORITY.sub("", unit.name))}
        by_name.update({former: unit for unit in self.units for former in unit.former_names})
        by_name.update({alias: unit for unit in self.units for alias in unit.aliases})
        by_name.update({unit.name: unit for unit in self.units})
        object.__setattr__(self, "_by_name", by_name)

    def find(self, name: str) -> Unit | None:
        """Returns the unit of exactly this name, alias or former name, or None. It never guesses."""
        return self._by_name.get(name)

    def find_by_address(self, address: str) -> Unit | None:
        """Returns the unit with this address, compared without case, or None. A full address wins over a domain."""
        wanted = address.lower()
        _, at, domain = wanted.rpartition("@")
        return self._by_address.get(wanted) or self._by_address.get(f"{at}{domain}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name, alias and former name, longest first, so that 濮阳县职校 is found before 濮阳县."""
        return tuple(sorted(self._by_name, key=len, reverse=True))

    @cached_property
    def compact_names(self) -> Mapping[str, str]:
        """The same names by how they are compared (`compact`)."""
        return {compact(name): name for name in self.names}

    @cached_property
    def units_by_domain(self) -> Mapping[str, Set[str]]:
        """The names of the units with an address of a domain, by the domain."""
        names: defaultdict[str, set[str]] = defaultdict(set)
        for unit in self.units:
            for address in unit.addresses:
                names[address.rpartition("@")[2]].add(unit.name)
        return dict(names)

    @cached_property
    def _by_address(self) -> Mapping[str, Unit]:
        """The first unit with each address."""
        return {address: unit for unit in reversed(self.units) for address in unit.addresses}
