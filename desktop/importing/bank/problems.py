"""What of a bank's file could not be read: entries that are left out, and sentences on the rest. A broken file of a
million lines does not say a million."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop.domain.bank_statement import Balance, Entry
from desktop.i18n import _, amount_text, money_text, ngettext
from desktop.importing.results import Rejection

_MOST: Final = 50
_MOST_REJECTED: Final = 1_000


class Problems:
    """Collects sentences up to a number, and counts the rest."""

    def __init__(self) -> None:
        self.rejected: list[Rejection] = []
        self._sentences: list[str] = []
        self._more = 0

    def add(self, sentence: str) -> None:
        if sentence in self._sentences:
            return
        if len(self._sentences) < _MOST:
            self._sentences.append(sentence)
        else:
            self._more += 1

    def reject(self, line: int, column: str, value: str, problem: str) -> None:
        """An entry that is not given, with the element or field that keeps it from being read."""
        if len(self.rejected) < _MOST_REJECTED:
            remedy = _("Ask your bank for the file anew, or book this one by hand.")
            self.rejected.append(Rejection(line, column, value[:200], problem, remedy))

    def said(self) -> tuple[str, ...]:
        if not self._more:
            return tuple(self._sentences)
        rest = ngettext("And {count} more like these.", "And {count} more like these.", self._more)
        return (*self._sentences, rest.format(count=self._more))


def off_balance(opening: Balance | None, closing: Balance | None, entries: Sequence[Entry]) -> str:
    """A sentence where the opening balance and the entries do not come to the closing balance; "" where they do, or
    where one of the balances is not stated."""
    if opening is None or closing is None or opening.currency != closing.currency:
        return ""
    moved = sum(one.amount for one in entries if one.currency == closing.currency)
    if opening.amount + moved == closing.amount:
        return ""
    return _(
        "The opening balance {opening} and the entries of {moved} come to {sum}, but the closing balance is {closing}. "
        "Entries may be missing or changed."
    ).format(
        opening=_said(opening.amount, closing.currency),
        moved=_said(moved, closing.currency),
        sum=_said(opening.amount + moved, closing.currency),
        closing=_said(closing.amount, closing.currency),
    )


def _said(minor: int, currency: str) -> str:
    return money_text(minor, currency) if currency else amount_text(minor, "EUR")
