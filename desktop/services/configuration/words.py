"""What differs beside the lines of two plans, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from desktop.domain.findings import RULES
from desktop.domain.plan_differences import WordChange
from desktop.i18n import N_, _

_NAMES: Final[Mapping[str, str]] = {
    "state": N_("What becomes of it"),
    "findings": N_("What holds it"),
    "reason": N_("Why it is skipped"),
    "terms": N_("Payment terms"),
    "delivery": N_("Delivery"),
    "language": N_("Language"),
    "einvoice": N_("E-invoice"),
    "template": N_("Template"),
}
# What a rule of the gate looks at.
_RULES: Final[Mapping[str, str]] = {rule.code: rule.title for rule in RULES}
_STATES: Final[Mapping[str, str]] = {
    "ready": N_("issued at once"),
    "held": N_("waits for a person"),
    "skipped": N_("skipped"),
}


def word_words(change: WordChange) -> tuple[str, str, str]:
    """(what differs, before, after); a dash where there is nothing."""
    name = _(_NAMES[change.name]) if change.name in _NAMES else change.name
    before, after = (_said(change.name, side) for side in (change.before, change.after))
    return name, before, after


def _said(name: str, value: str) -> str:
    if name == "state" and value in _STATES:
        return _(_STATES[value])
    if name == "findings" and value:
        return ", ".join(_(_RULES[code]) if code in _RULES else code for code in value.split(", "))
    return value or "–"
