"""The gate: rules that look at a draft before it takes a number. A finding is a value, never an exception."""

from desktop.domain.findings.catalogue import RULES, check
from desktop.domain.findings.rule import (
    EVERY_RULE,
    Case,
    Effective,
    Finding,
    LastInvoice,
    Rule,
    Sibling,
    Similar,
    Standing,
    effective,
)

__all__ = [
    "EVERY_RULE",
    "RULES",
    "Case",
    "Effective",
    "Finding",
    "LastInvoice",
    "Rule",
    "Sibling",
    "Similar",
    "Standing",
    "check",
    "effective",
]
