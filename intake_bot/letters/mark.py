"""What there is of one material of one day, for the matrix of a digest and for whoever asks what is owed."""

from __future__ import annotations

from enum import StrEnum


class Mark(StrEnum):
    """What there is of one material of one day, as one full-width character that is read without colour."""

    IN_TIME = "收"
    LATE = "迟"
    RETURNED = "退"
    HELD = "待"
    NOTHING = "－"
    """Its deadline has passed."""
    AHEAD = "・"
    """Its deadline has not passed, and nothing came."""
    NOT_ASKED = "\u3000"
    """The unit does not report it."""
