"""The trial balance as a table, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from threading import Lock

from db.engine import Book
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.accounting.bank_entries import unposted
from desktop.services.accounting.trial_balance import TrialBalance, TrialRow, trial_balance
from desktop.services.accounting.words import kind_word
from desktop.ui.filters import Figure
from desktop.ui.ledger.periods import Periods, Span, told
from desktop.ui.listing import Row
from desktop.ui.page import Summary

KINDS = ("asset", "liability", "equity", "income", "expense")
UNASSIGNED = "unassigned"
CURRENCY = "currency"


class TrialRows:
    """Accounts with their balances in the days of the filter, in the firm's currency or, by filter, in another.

    Ids are those of accounts; the stand-ins for accounts that no chart has are below zero.
    """

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self.periods = Periods(book, today)
        self._lock = Lock()
        self._shown: dict[int, Row] = {}
        self._balance: TrialBalance | None = None
        self._unposted = 0
        self.span: Span = (today(), today())

    @property
    def unposted(self) -> int:
        """How many bank lines that were put aside are not in the journal."""
        return self._unposted

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        span = self.periods.of(filters)
        balance = trial_balance(self._book, span[1], span[0])
        with self._book.reading() as session:
            waiting = unposted(session.connection())
        currency = next((one.partition(":")[2] for one in filters if one.startswith(f"{CURRENCY}:")), "")
        rows = {
            row.account.id: shown
            for row in balance.rows
            if _fits(row, search, filters) and (shown := _shown(row, balance.currency, currency)) is not None
        }
        with self._lock:
            self._balance, self._shown, self.span, self._unposted = balance, rows, span, waiting
        keys = list(rows)
        if sort:
            keys.sort(key=lambda key: _order(rows[key].get(sort)), reverse=descending)
        return keys

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        with self._lock:
            return {key: self._shown[key] for key in ids if key in self._shown}

    def summary(self) -> Summary:
        """Of what was asked last."""
        with self._lock:
            balance, span = self._balance, self.span
        if balance is None:
            return Summary(choices={"days": self.periods.choices()})
        home = balance.currency
        sums = {
            kind: sum(row.firm.closing for row in balance.rows if row.account.kind == kind)
            for kind in ("income", "expense")
        }
        lacking = sum(1 for row in balance.rows if not row.account.assigned)
        facts = [told(span)]
        total = balance.total
        facts.append(_("debits and credits are equal: {amount}").format(amount=money_text(total.debit, home)))
        if balance.unvalued:
            said = ngettext(
                "{count} posting without an exchange rate is missing",
                "{count} postings without an exchange rate are missing",
                balance.unvalued,
            )
            facts.append(said.format(count=number_text(balance.unvalued)))
        figures = [
            Figure(money_text(-sums["income"], home), _("income"), "income"),
            Figure(money_text(sums["expense"], home), _("expenses"), "expense"),
            Figure(money_text(-sums["income"] - sums["expense"], home), _("result")),
        ]
        if lacking:
            figures.append(Figure(number_text(lacking), _("not assigned to an account"), UNASSIGNED))
        currencies = [one for one in balance.totals if one != home]
        return Summary(
            " · ".join(facts),
            figures,
            choices={
                "days": self.periods.choices(),
                CURRENCY: [(f"{CURRENCY}:{one}", one) for one in (home, *currencies)] if currencies else [],
            },
        )


def _fits(row: TrialRow, search: str, filters: frozenset[str]) -> bool:
    kinds = filters.intersection(KINDS)
    if kinds and row.account.kind not in kinds:
        return False
    if UNASSIGNED in filters and row.account.assigned:
        return False
    text = row.account.called.casefold()
    return all(word in text for word in search.casefold().split())


def _shown(row: TrialRow, home: str, currency: str) -> Row | None:
    balance = row.currencies.get(currency) if currency else row.firm
    if balance is None:
        return None
    account = row.account
    return {
        "id": account.id,
        "number": account.number,
        "name": account.name,
        "kind": kind_word(account.kind),
        "opening": balance.opening,
        "debit": balance.debit,
        "credit": balance.credit,
        "closing": balance.closing,
        "currency": currency or home,
    }


def _order(value: object) -> tuple[int, object]:
    return (0, value) if isinstance(value, int) else (1, str(value or "").casefold())
