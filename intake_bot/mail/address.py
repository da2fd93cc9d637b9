"""What a mail address looks like: one grammar for the mail that is read, for the answer, and for bounces.

An address is plain ASCII, `local@domain`, without quoted local parts and without address literals (RFC 5321 section
4.1.2): these do not occur in practice, and look like an attack. Misplaced dots in the local part and underscores in
the domain break the RFC, but providers have given out such addresses, and mail to them arrives.
"""

from __future__ import annotations

import re

from intake_bot.errors import PermanentFailure

MAXIMUM_LENGTH = 254
"""Characters of an address (RFC 5321 section 4.5.3.1.3, without the angle brackets)."""

_CHARACTERS = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_HOST_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"{_HOST_LABEL}(?:\.{_HOST_LABEL})*")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,253}[A-Za-z0-9_])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL}){{0,30}}"
_ADDRESS = re.compile(rf"[{_CHARACTERS}.]{{1,64}}@{_DOMAIN}")
ADDRESS_IN_TEXT = rf"([{_CHARACTERS}.]{{1,64}}@{_DOMAIN})"
"""Pattern that finds an address within a text, as its one group."""
# Full-width forms, as a Chinese input method writes them.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("。"): ord("."), ord("\u3000"): ord(" ")}
_FULL_WIDTH |= {ord("〈"): ord("<"), ord("〉"): ord(">")}


def is_address(text: str) -> bool:
    """Whether received mail may name this as an address, and a letter may go to it."""
    return len(text) <= MAXIMUM_LENGTH and _ADDRESS.fullmatch(text) is not None


def is_address_of_host(text: str) -> bool:
    """Whether the text is an address whose domain is a correct host name, as the configuration demands."""
    return is_address(text) and _HOST.fullmatch(text.rpartition("@")[2]) is not None


def checked_address(text: str) -> str:
    """The address without white space around it. Raises PermanentFailure if it is none."""
    address = text.strip()
    if not is_address(address):
        raise PermanentFailure(f"收件地址无法使用：{text[:100]!r}")
    return address


def half_width(text: str) -> str:
    """The text with full-width letters, digits and signs in their ASCII form: ＠ becomes @."""
    return text.translate(_FULL_WIDTH)
