"""What a check finds, gathered by kind, so that one wrong habit does not bury the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from desktop.i18n import N_, _, amount_text

# What computing with stored figures raises where they are no figures: the check must outlive them.
NO_FIGURES = (TypeError, ValueError, ArithmeticError)

_CALLED = {
    "bank line": N_("bank line"),
    "billable": N_("billable"),
    "charge": N_("charge"),
    "client": N_("client"),
    "closing": N_("closed period"),
    "document": N_("document"),
    "file": N_("file"),
    "guard": N_("guard"),
    "item": N_("item"),
    "journal": N_("journal"),
    "ledger": N_("ledger"),
    "log": N_("log"),
    "mail": N_("e-mail"),
    "number": N_("number"),
    "open amount": N_("open amount"),
    "print job": N_("print job"),
    "project": N_("project"),
    "recognition": N_("revenue to recognise"),
    "reminder": N_("reminder"),
    "run": N_("run"),
}

# So many of one kind are told; the rest is counted.
_TOLD = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is off: the kind of thing, which one, and a sentence."""

    what: str
    where: str
    detail: str

    @property
    def called(self) -> str:
        """The kind of thing as the reader calls it."""
        known = _CALLED.get(self.what)
        return _(known) if known else self.what


class Problems:
    """A growing list of problems."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(self, what: str, where: str, detail: str) -> None:
        self._counts[what] += 1
        if self._counts[what] <= _TOLD:
            self._found.append(Problem(what, where, detail))

    def of_kind(self, what: str) -> int:
        """How many were found of a kind."""
        return self._counts[what]

    def all(self) -> tuple[Problem, ...]:
        """Every problem told, and for each kind how many more there are."""
        more = [
            Problem(what, _("elsewhere"), _("{count} more of this kind").format(count=count - _TOLD))
            for what, count in self._counts.items()
            if count > _TOLD
        ]
        return (*self._found, *more)


def figure(value: Any, currency: Any) -> str:
    """An amount in minor units, or whatever stands there instead of one."""
    if value is None:
        return _("nothing")
    try:
        return amount_text(value, currency)
    except NO_FIGURES:
        return f"“{value}”"
