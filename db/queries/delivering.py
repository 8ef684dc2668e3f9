"""Where documents stand on their way out, as SQL that says the same as `desktop.domain.delivery`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from desktop.domain.delivery import CHANNELS, FATES, SENT, STATES, status_of

# What somebody has to see to comes first.
_ORDER: Final = (
    "failed",
    "uncertain",
    "bounced",
    "sending",
    "waiting",
    "sent",
    "printed",
    "filed",
    "handed_over",
    "delivered",
    "seen",
    "cancelled",
)


def _cases(column: str, codes: Sequence[str], shown: Mapping[str, str]) -> str:
    return f"CASE d.{column} {' '.join(f'WHEN {code!r} THEN {shown[code]}' for code in codes)} END"


_WENT: Final = {channel: status_of(channel, SENT, "") for channel in CHANNELS}
_RANKS: Final = {word: str(place) for place, word in enumerate(_ORDER)}
_STATES: Final = [state for state in STATES if state != SENT]
_HEARD: Final = [fate for fate in FATES if fate]

STATUS: Final = f"""CASE WHEN d.state <> 'sent' THEN d.state WHEN d.fate <> '' THEN d.fate
 ELSE {_cases("channel", CHANNELS, {channel: repr(word) for channel, word in _WENT.items()})} END"""
"""The status of a row `d` of `delivery`, one of STATUSES."""

RANK: Final = f"""CASE WHEN d.state <> 'sent' THEN {_cases("state", _STATES, _RANKS)}
 WHEN d.fate <> '' THEN {_cases("fate", _HEARD, _RANKS)}
 ELSE {_cases("channel", CHANNELS, {channel: _RANKS[word] for channel, word in _WENT.items()})} END"""
"""The place of its status in a list that is ordered by it."""

# A partial index serves what is not sent, and what was heard of, where a condition says so in the index's own words.
STANDS: Final[Mapping[str, str]] = {
    **{state: f"d.state <> 'sent' AND d.state = '{state}'" for state in _STATES},
    **{word: f"d.state = 'sent' AND d.fate = '' AND d.channel = '{channel}'" for channel, word in _WENT.items()},
    **{fate: f"d.fate <> '' AND d.state = 'sent' AND d.fate = '{fate}'" for fate in _HEARD},
    "unsent": "d.state <> 'sent' AND d.state IN ('waiting', 'sending')",
    "out": "d.state = 'sent'",
    "arrived": "d.fate <> '' AND d.state = 'sent' AND d.fate IN ('delivered', 'seen')",
}
"""Conditions on a row `d` of `delivery`: by status, and `unsent` (still to go), `out` (went), `arrived` (surely)."""


def documents_that(words: Collection[str]) -> str:
    """SQL for the ids of documents that stand as one of these words of STANDS says."""
    stands = " OR ".join(f"({STANDS[word]})" for word in sorted(words))
    return f"SELECT d.invoice_id FROM delivery d WHERE d.current = 1 AND d.invoice_id IS NOT NULL AND ({stands})"
