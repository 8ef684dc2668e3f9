"""What reports need to tell amounts of several currencies in the firm's, each at the rate of its own document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from db.queries import accounts, sales
from desktop.domain.journal import firm_factor, in_firm
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.reports.table import Question

REPORTS: Final = ("aging", "open", "statement", "revenue", "billed", "deferred")


def refuse_in_firm(name: str, currency: str, home: str) -> None:
    """UserError for a report that cannot be had in the firm's currency, and with another currency asked for."""
    if name not in REPORTS:
        raise UserError(
            _("The report “{name}” cannot be told in the firm's currency alone.").format(name=name),
            _("These can: {names}.").format(names=", ".join(REPORTS)),
        )
    if currency not in ("", home):
        raise UserError(
            _("One report is either of {currency} or in {home}.").format(currency=currency, home=home),
            _("Leave one of the two away."),
        )


class Valued:
    """Amounts in the firm's currency; `unvalued` gathers the currencies in which something had no rate."""

    def __init__(self, asked: Question) -> None:
        with asked.book.reading() as session:
            self.home = str(session.connection().exec_driver_sql("SELECT currency FROM firm").scalar_one())
        self.unvalued: set[str] = set()

    def of(self, amount: int, currency: str, rate: int | None) -> int:
        """Minor units at a rate times 10**6; nothing where none is known."""
        found = in_firm(amount, firm_factor(rate, currency, self.home))
        if found is None:
            self.unvalued.add(currency)
        return found or 0

    def notes(self) -> list[str]:
        return notes_of(self.home, self.unvalued)


def notes_of(home: str, unvalued: Iterable[str]) -> list[str]:
    """At which rates it is told, and what is left out."""
    told = [_("In {currency}, each document at its own rate.").format(currency=home)]
    left = ", ".join(sorted(unvalued))
    if left:
        told.append(_("What was issued or paid in {currencies} while no rate was known is left out.").format(
            currencies=left))  # fmt: skip
    return told


def sold(asked: Question, by: str, valued: Valued) -> list[tuple[str, str, str, int, int, int]]:
    """As `db.queries.sales.sold_by`, line by line in the firm's currency."""
    assert asked.since is not None
    with asked.book.reading() as session:
        found = sales.nets_by(
            session.connection(), by, asked.since.isoformat(), asked.as_of.isoformat(), asked.client_id
        )
    groups: dict[str, tuple[str, set[int], list[int]]] = {}
    for key, name, invoice, credited, currency, net, rate in found:
        _name, documents, sums = groups.setdefault(key, (name, set(), [0, 0]))
        documents.add(invoice)
        sums[credited] += valued.of(net, currency, rate)
    return [
        (key, name, valued.home, len(documents), sums[0], sums[1]) for key, (name, documents, sums) in groups.items()
    ]


def account_rows(asked: Question, valued: Valued) -> tuple[int, list[dict[str, Any]], int]:
    """(brought forward, rows with date, kind, number, text, amount and balance, balance) of a client, as the journal
    has them; the text of what was in another currency is its amount there."""
    assert asked.client_id is not None
    with asked.book.reading() as session:
        found = accounts.receivable_entries(session.connection(), asked.client_id, asked.as_of.isoformat())
    brought = balance = 0
    rows: list[dict[str, Any]] = []
    for day, _entry, kind, number, currency, amount, firm, without in found:
        if without:
            valued.unvalued.add(currency)
        balance += firm or 0
        dated = date.fromisoformat(day)
        if asked.since is not None and dated < asked.since:
            brought = balance
            continue
        text = money_text(amount, currency) if amount and currency != valued.home else ""
        rows.append(
            {"date": dated, "kind": kind, "number": number, "text": text, "amount": firm or 0, "balance": balance}
        )
    return brought, rows, balance
