"""What an order to the bank can hold: what is due of clients who pay by debit, and credits to be paid back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.identifiers import check_iban
from desktop.domain.payment_order import has_lapsed, routing_is_sound
from desktop.i18n import _, date_text, money_text
from desktop.saying import put


@dataclass(frozen=True, slots=True)
class Wanted:
    """One debit or refund, of the open item or credit with this id. `number` is as a payment names it; minor units.

    `problem` says why it cannot be ordered, "" where it can. `first` tells that nothing was collected under the
    mandate before.
    """

    id: int
    client_id: int
    client: str
    name: str
    number: str
    due_date: date
    amount: int
    currency: str
    problem: str
    iban: str = ""
    bic: str = ""
    mandate: str = ""
    mandate_date: date | None = None
    scheme: str = "CORE"
    first: bool = False
    routing: str = ""
    account_number: str = ""
    account_kind: str = "checking"
    is_business: bool = True


_CLIENT = """h.id AS client_id, h.code, h.name, h.iban, h.bic, h.mandate, h.mandate_date, h.mandate_scheme, h.routing,
 h.account_number, h.account_kind, h.is_business"""

# Who was merged into another pays with the other's mandate.
_DUE = f"""SELECT o.id, {_CLIENT}, i.number, o.instalment,
  (SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id) AS several, o.due_date, o.open, o.currency,
  (SELECT min(coalesce(d.amount, i.gross)) FROM dispute d
    WHERE d.invoice_id = i.id AND d.closed_on IS NULL) AS disputed,
  (SELECT r.number FROM payment_order_item x JOIN payment_order r ON r.id = x.order_id
    WHERE x.open_item_id = o.id AND x.state = 'ordered') AS asked,
  (SELECT max(r.execute_on) FROM payment_order_item x JOIN payment_order r ON r.id = x.order_id
    WHERE x.client_id = h.id AND x.mandate = h.mandate AND x.state IN ('ordered', 'paid')) AS used
FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = o.client_id
JOIN client h ON h.id = coalesce(c.merged_into_id, c.id)
WHERE o.open > 0 AND h.payment_means = 'debit' AND o.currency = :currency AND o.due_date <= :until
ORDER BY o.due_date, o.id"""

_CREDITS = f"""SELECT k.id, {_CLIENT}, coalesce(p.number, n.number) AS number, k.dated AS due_date, k.open, k.currency,
  (SELECT r.number FROM payment_order_item x JOIN payment_order r ON r.id = x.order_id
    WHERE x.credit_id = k.id AND x.state = 'ordered') AS asked
FROM open_credit k JOIN client c ON c.id = k.client_id JOIN client h ON h.id = coalesce(c.merged_into_id, c.id)
LEFT JOIN payment p ON p.id = k.payment_id LEFT JOIN invoice n ON n.id = k.credit_note_id
WHERE k.open > 0 AND k.currency = 'EUR' AND coalesce(p.method, '') <> 'withholding' ORDER BY k.dated, k.id"""


def debits_due(book: Book, *, kind: str, execute_on: date) -> tuple[Wanted, ...]:
    """What clients who pay by debit owe until that day, the oldest due first: by SEPA in euro, by ACH in dollars."""
    with book.reading() as session:
        return tuple(due_debits(session.connection(), kind=kind, execute_on=execute_on))


def due_debits(connection: Connection, *, kind: str, execute_on: date) -> Iterable[Wanted]:
    sepa = kind == "sepa_debit"
    rows = connection.exec_driver_sql(
        _DUE, {"currency": "EUR" if sepa else "USD", "until": execute_on.isoformat()}
    ).mappings()
    for row in rows:
        amount = row["open"] - min(row["open"], row["disputed"] or 0)
        number = f"{row['number']}/{row['instalment']}" if row["several"] > 1 else row["number"]
        problem = (
            _waits(row, amount)
            or (_sepa_problem(row, execute_on) if sepa else "")
            or ("" if sepa else _ach_problem(row))
        )
        yield _wanted(row, number, amount, problem, first=sepa and row["used"] is None)


def credits_to_refund(book: Book) -> tuple[Wanted, ...]:
    """Credits in euro that clients have left, the oldest first."""
    with book.reading() as session:
        return tuple(open_credits(session.connection()))


def open_credits(connection: Connection) -> Iterable[Wanted]:
    for row in connection.exec_driver_sql(_CREDITS).mappings():
        problem = _iban_problem(row)
        if row["asked"]:
            problem = _("{order} pays it back already.").format(order=row["asked"])
        yield _wanted(row, row["number"], row["open"], problem)


def _wanted(row: Any, number: str, amount: int, problem: str, *, first: bool = False) -> Wanted:
    signed = row["mandate_date"]
    return Wanted(
        row["id"],
        row["client_id"],
        row["code"],
        row["name"],
        number,
        date.fromisoformat(row["due_date"]),
        amount,
        row["currency"],
        problem,
        iban="".join(row["iban"].split()).upper(),
        bic=row["bic"].strip().upper(),
        mandate=row["mandate"],
        mandate_date=date.fromisoformat(signed) if signed else None,
        scheme=row["mandate_scheme"],
        first=first,
        routing=row["routing"].strip(),
        account_number=row["account_number"].strip(),
        account_kind=row["account_kind"],
        is_business=bool(row["is_business"]),
    )


def _waits(row: Any, amount: int) -> str:
    if row["asked"]:
        return _("{order} asks for it already.").format(order=row["asked"])
    if amount <= 0:
        return _("All of it is disputed.")
    if row["disputed"]:
        return _("{amount} of it is disputed: settle that first.").format(
            amount=money_text(row["disputed"], row["currency"])
        )
    return ""


def _iban_problem(row: Any) -> str:
    if not row["iban"].strip():
        return _("The client has no IBAN.")
    checked = check_iban(row["iban"])
    return "" if checked.ok else put(checked.problem)


def _sepa_problem(row: Any, execute_on: date) -> str:
    if not row["mandate"].strip():
        return _("The client gave no mandate.")
    if not row["mandate_date"]:
        return _("The day on which mandate {mandate} was signed is missing.").format(mandate=row["mandate"])
    signed = date.fromisoformat(row["mandate_date"])
    if signed > execute_on:
        return _("Mandate {mandate} was signed on {day}, after this collection.").format(
            mandate=row["mandate"], day=date_text(signed)
        )
    last = date.fromisoformat(row["used"]) if row["used"] else signed
    if has_lapsed(last, execute_on):
        return _("Mandate {mandate} lapsed: nothing was collected under it for 36 months.").format(
            mandate=row["mandate"]
        )
    return _iban_problem(row)


def _ach_problem(row: Any) -> str:
    if not routing_is_sound(row["routing"].strip()):
        return _("The routing number of the client's bank is missing or wrong.")
    return "" if row["account_number"].strip() else _("The client's account number is missing.")
