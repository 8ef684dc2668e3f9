"""The sample's bank: statements of two months, matched but for the last days, whose lines wait in all their variety."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import BankStatement, Reconciliation
from desktop.services.accounting.bank_entries import post_aside
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.sample.beginning import CLERK
from desktop.services.sample.year import Clock, Year, add_months

_OPENING: Final = 48_210_55
_RENT: Final = 3_480_00
_FEE: Final = 12_90
_KEPT_BACK: Final = 15_00
_LINE: Final = """INSERT INTO bank_line (statement_id, account_id, position, identity, booked_on, valued_on, amount,
 currency, party, party_account, party_bic, text, reference, end_to_end, mandate, bank_reference, code, batch, returns,
 return_reason, charges, original_amount, original_currency, state)
 VALUES (?, ?, ?, ?, ?, ?, ?, 'EUR', ?, ?, '', ?, '', ?, '', ?, ?, '', 0, '', NULL, NULL, NULL, ?) RETURNING id"""
_MATCH: Final = """INSERT INTO bank_match (line_id, reconciliation_id, kind, amount, client_id, payment_id, withheld_id,
 write_off_id, score, reasons, note, recorded, undone_at)
 VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL, '[]', ?, ?, NULL)"""
_CAME: Final = """SELECT p.paid_on, p.amount, c.name, c.iban, p.reference, p.id, p.client_id
FROM payment p JOIN client c ON c.id = p.client_id WHERE p.paid_on >= ? AND p.paid_on < ? AND p.currency = 'EUR'
AND p.method = 'bank' AND p.amount > 0 AND p.reverses_id IS NULL
AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id) ORDER BY p.paid_on, p.id"""
# Invoices that nobody has begun to pay, of clients with at most a few of them.
_OWED: Final = """SELECT i.number, o.open, c.name, c.iban, c.id, c.code FROM open_item o
JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = i.client_id
WHERE o.open = o.amount AND o.open > 20000 AND o.currency = 'EUR' AND o.plan_id IS NULL AND i.issue_date <= ?
AND c.merged_into_id IS NULL AND NOT EXISTS (SELECT 1 FROM dispute d WHERE d.invoice_id = i.id)
AND NOT EXISTS (SELECT 1 FROM open_item s WHERE s.invoice_id = i.id AND s.id <> o.id)
ORDER BY o.due_date DESC, o.id"""


@dataclass(frozen=True, slots=True)
class _Line:
    """`payment` is (its id, its client's) where the line is booked already, `aside` what another booked one is."""

    day: date
    amount: int
    party: str
    account: str
    text: str
    code: str = "NTRF"
    payment: tuple[int, int] | None = None
    aside: tuple[str, str] | None = None


def bank(book: Book, year: Year, clock: Clock, *, clean: bool) -> None:
    """Take in a statement of last month, and one of this month up to yesterday with some lines that wait."""
    clock.day = year.today
    today = year.today
    first = add_months(today.replace(day=1), -1)
    bounds = (first, today.replace(day=1), today)
    balance = _OPENING
    with change(book, CLERK, "Take in statements", undoable=False) as made:
        (account,) = made.connection.exec_driver_sql(
            "SELECT id FROM bank_account WHERE currency = 'EUR' AND kind = 'bank' ORDER BY position LIMIT 1"
        ).one()
        for number, (start, end) in enumerate(pairwise(bounds), 1):
            if start == end:
                continue
            lines = [*_came(made.connection, start, end), *_costs(start, end)]
            if end == today:
                lines += _waiting(made.connection, start, today, clean=clean)
            lines.sort(key=lambda line: line.day)
            balance = _take_in(made, account, number, (start, end), balance, lines)
        post_aside(made)


def _came(connection: Connection, start: date, end: date) -> Iterator[_Line]:
    rows = connection.exec_driver_sql(_CAME, (start.isoformat(), end.isoformat()))
    for day, amount, name, iban, reference, payment, client in rows:
        yield _Line(date.fromisoformat(day), amount, name, iban, f"Rechnung {reference}", payment=(payment, client))


def _costs(start: date, end: date) -> Iterator[_Line]:
    """What goes out each month, put aside already."""
    last = end - timedelta(1)
    rent = min(start + timedelta(2), last)
    yield _Line(rent, -_RENT, "Hafen Immobilien KG", "", "Miete Am Sandtorkai 27", "NSTO", aside=("other", "Rent"))
    yield _Line(last, -_FEE, "", "", "Entgelte und Kontoführung", "NCHG", aside=("charges", ""))


def _waiting(connection: Connection, start: date, today: date, *, clean: bool) -> Iterator[_Line]:
    """What came in the last days and nobody has looked at: plain ones, and those that ask for a person."""
    yesterday = today - timedelta(1)
    chance = Random(f"bank:{today.isoformat()}")
    rows = connection.exec_driver_sql(_OWED, ((today - timedelta(10)).isoformat(),)).fetchall()
    owed: dict[int, list[Any]] = {}
    for row in rows:
        owed.setdefault(row[4], []).append(row)
    single = [own[0] for own in owed.values() if len(own) == 1]
    several = [own[:2] for own in owed.values() if len(own) > 1]

    def line(row: Any, amount: int, text: str, **more: Any) -> _Line:
        day = max(start, yesterday - timedelta(chance.randrange(4)))
        return _Line(day, amount, more.pop("party", row[2]), more.pop("account", row[3]), text, **more)

    texts = ("Rechnung {number}", "{number} / {code}", "RE-NR {plain} vielen Dank", "Invoice {number}")
    for row, text in zip(single[:4], texts, strict=False):
        yield line(row, row[1], text.format(number=row[0], code=row[5], plain=row[0].replace("-", " ")))
    for row in single[4:5]:
        # Two digits changed places.
        yield line(row, row[1], f"Rechnung {row[0][:-2]}{row[0][-1]}{row[0][-2]}")
    for row in single[5:6]:
        yield line(row, row[1] - _KEPT_BACK, f"{row[0]} less bank charges")
    for row in single[6:7]:
        yield line(row, row[1], "Zahlung", account="")
    for row in single[7:8]:
        yield line(row, row[1] + 50_00, row[0])
    if not clean:
        for row in single[8:9]:
            yield line(row, row[1] // 2 // 100 * 100, f"Teilzahlung {row[0]}")
    for first, second in several[:1]:
        yield line(first, first[1] + second[1], f"{first[0]} + {second[0][-4:]}")
    yield _Line(yesterday, 250_00, "Stadtwerke Hamburg", "", "Guthaben aus der Jahresabrechnung")


def _take_in(
    made: Change, account: int, number: int, days: tuple[date, date], opening: int, lines: Sequence[_Line]
) -> int:
    """A statement with its lines, and the pass that booked what of them is booked; its closing balance."""
    first, end = days
    last = end - timedelta(1)
    closing = opening + sum(line.amount for line in lines)
    statement = made.insert(
        BankStatement,
        account_id=account,
        format="camt",
        number=f"{last.year}/{last.month:02}",
        currency="EUR",
        from_day=first,
        to_day=last,
        opening=opening,
        opening_on=first,
        closing=closing,
        closing_on=last,
        file_name=f"camt053-{last.isoformat()}.xml",
        taken_at=made.at,
        actor=CLERK,
    )
    booked = sum(line.payment is not None or line.aside is not None for line in lines)
    reconciliation = made.insert(
        Reconciliation,
        number=f"B-{last.year}-{number:04}",
        origin="hand",
        at=made.at,
        actor=CLERK,
        lines=len(lines),
        booked=booked,
    )
    for position, line in enumerate(lines, 1):
        _insert(made.connection, statement, account, reconciliation, position, line)
    return closing


def _insert(
    connection: Connection, statement: int, account: int, reconciliation: int, position: int, line: _Line
) -> None:
    settled = line.payment is not None or line.aside is not None
    reference = f"{statement:04}{position:06}"
    day = line.day.isoformat()
    key = connection.exec_driver_sql(
        _LINE,
        (
            statement,
            account,
            position,
            f"sample:{reference}",
            day,
            day,
            line.amount,
            line.party,
            line.account,
            line.text,
            "NOTPROVIDED" if line.amount > 0 else "",
            reference,
            line.code,
            "booked" if settled else "open",
        ),
    ).scalar_one()
    if line.payment is not None:
        payment, client = line.payment
        connection.exec_driver_sql(_MATCH, (key, reconciliation, "payment", line.amount, client, payment, "", True))
    elif line.aside is not None:
        kind, note = line.aside
        connection.exec_driver_sql(_MATCH, (key, reconciliation, kind, line.amount, None, None, note, False))
