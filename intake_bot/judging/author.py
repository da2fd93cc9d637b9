"""Who a mail is from, and what that allows it: one value, and one table.

A subject is only a claim. What a mail may do to what others sent depends on its address, and on what that address is
to the unit that the subject names. Pure: what is known of an address is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from intake_bot.mail.free_providers import domain_of, is_free_provider
from intake_bot.notices.roster import Roster, Unit


class Relation(StrEnum):
    """What an address is to the unit that the mail names."""

    UNITS = "units"
    """The unit's: in the roster, or made so for this notice by a clerk who accepted a contested item."""
    KNOWN = "known"
    """Mail from it was accepted for this unit before."""
    OTHER_UNITS = "other_units"
    """The roster has it for another unit."""
    UNKNOWN = "unknown"
    DOUBTFUL = "doubtful"
    """The bureau's mail server found that the address is probably forged."""


class Act(Enum):
    """What a mail may do. OWN is about mail of the same author, OTHERS about mail that somebody else sent."""

    FILL = auto()
    """Be accepted for a unit, material and day that has nothing accepted."""
    REPLACE_OWN = auto()
    REPLACE_OTHERS = auto()
    """Take the place of an accepted item."""
    SUPPLEMENT_BY_THREAD = auto()
    """Supplement the submission whose letter it answers by Message-ID, which only who got the letter knows."""
    SUPPLEMENT_BY_RECEIPT_OWN = auto()
    SUPPLEMENT_BY_RECEIPT_OTHERS = auto()
    """Supplement the submission whose receipt number it states."""
    SUPPLEMENT_BY_SLOT_OWN = auto()
    """Supplement a rejected item of the same unit, material and day."""
    MERGE_OWN_PIECES = auto()
    """Be judged together with other pieces （2/3）."""
    BE_ANSWERED = auto()


_OF_ANYBODY = frozenset(
    {
        Act.FILL,
        Act.REPLACE_OWN,
        Act.SUPPLEMENT_BY_THREAD,
        Act.SUPPLEMENT_BY_RECEIPT_OWN,
        Act.SUPPLEMENT_BY_SLOT_OWN,
        Act.MERGE_OWN_PIECES,
        Act.BE_ANSWERED,
    }
)

PERMITTED: Mapping[Relation, frozenset[Act]] = {
    Relation.UNITS: _OF_ANYBODY | {Act.REPLACE_OTHERS, Act.SUPPLEMENT_BY_RECEIPT_OTHERS},
    Relation.KNOWN: _OF_ANYBODY,
    Relation.OTHER_UNITS: _OF_ANYBODY,
    Relation.UNKNOWN: _OF_ANYBODY,
    Relation.DOUBTFUL: frozenset(),
}
"""What each relation permits. Whatever is not permitted goes to a person."""


@dataclass(frozen=True)
class KnownAddress:
    """What the ledger knows of an address, and of its domain."""

    was_accepted: bool = False
    """Mail from the address, or from its domain, was accepted for the unit before."""
    is_granted: bool = False
    """A clerk accepted a contested item from it for the unit, in this notice."""
    was_accepted_for_any: bool = False
    """Mail from the address itself was accepted before, for whatever unit."""
    domain_units: frozenset[str] = frozenset()
    """Units of which mail from any address of the domain was accepted."""


@dataclass(frozen=True)
class Author:
    """Who a mail is from. Addresses are compared without case."""

    address: str
    """Empty where the mail has none."""
    relation: Relation = Relation.UNKNOWN
    registered_unit: str | None = None
    """The unit that has this address in the roster."""
    own_domain: str = ""
    """The domain, where all its addresses are one author; empty for a free provider's, and where several units have
    it."""
    is_familiar: bool = False
    """It is in the roster, or mail from it was accepted before."""

    def may(self, act: Act) -> bool:
        return act in PERMITTED[self.relation]

    def is_same(self, address: str) -> bool:
        """True for an address of the same author. An empty address belongs to no author."""
        own, other = self.address.lower(), address.lower()
        return bool(own) and (own == other or (bool(self.own_domain) and domain_of(other) == self.own_domain))

    def may_replace(self, address: str) -> bool:
        """True where the mail may take the place of an accepted item from this address."""
        return self.may(Act.REPLACE_OWN if self.is_same(address) else Act.REPLACE_OTHERS)

    def may_supplement_by_receipt(self, address: str) -> bool:
        """True where the mail may supplement a submission from this address by its receipt number alone."""
        own = self.is_same(address)
        return self.may(Act.SUPPLEMENT_BY_RECEIPT_OWN if own else Act.SUPPLEMENT_BY_RECEIPT_OTHERS)

    def may_be_answered_at(self, address: str, unit: Unit | None) -> bool:
        """True for a Reply-To address within the author's own domain, or in the roster for the unit of the mail."""
        return self.is_same(address) or (unit is not None and is_units_own(address, unit))


NOBODY = Author("")
"""For judgements that do not depend on the author."""


def find_domain_owners(address: str, roster: Roster, accepted_units: Set[str]) -> frozenset[str]:
    """Returns the units that have an address of this domain in the roster, or of which mail from it was accepted."""
    registered = roster.units_by_domain.get(domain_of(address), frozenset())
    return frozenset(registered | accepted_units)


def find_author(address: str, unit: Unit | None, roster: Roster, known: KnownAddress, is_doubtful: bool) -> Author:
    """Returns the author of a mail that names this unit; `unit` is None where it names none."""
    registered = roster.find_by_address(address) if address else None
    relation = _find_relation(address, unit, registered, known)
    domain, owners = domain_of(address), find_domain_owners(address, roster, known.domain_units)
    is_shared = is_free_provider(domain) or len(owners) > 1
    return Author(
        address,
        Relation.DOUBTFUL if is_doubtful else relation,
        registered.name if registered else None,
        own_domain="" if is_shared else domain,
        is_familiar=not is_doubtful and (registered is not None or known.was_accepted_for_any),
    )


def _find_relation(address: str, unit: Unit | None, registered: Unit | None, known: KnownAddress) -> Relation:
    if unit is not None and address and (known.is_granted or is_units_own(address, unit)):
        return Relation.UNITS
    if known.was_accepted:
        return Relation.KNOWN
    return Relation.OTHER_UNITS if registered is not None and registered != unit else Relation.UNKNOWN


def is_units_own(address: str, unit: Unit) -> bool:
    """True for an address of the unit in the roster. @qq.com there would be everybody's, and counts for nobody."""
    if address.lower() in unit.addresses:
        return True
    return unit.has_address(address) and not is_free_provider(domain_of(address))
