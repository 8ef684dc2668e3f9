"""One letter of each kind, as the services write them, to be set by every template."""

from __future__ import annotations

from datetime import date
from typing import Any

from desktop.domain.letter import Letter, LetterColumn, LetterRow, LetterTable, LetterTotal, Money, term
from tests.documents.papers import BANK, BUYER, SELLER

_DAY = date(2026, 11, 30)
_DUES = (
    ("INV-2026-0371", date(2026, 8, 31), date(2026, 9, 30), 61, 412_300),
    ("INV-2026-0388", date(2026, 9, 30), date(2026, 10, 30), 31, 184_450),
    ("INV-2026-0402", date(2026, 10, 31), date(2026, 11, 14), 16, 96_025),
)
_SUM = sum(row[4] for row in _DUES)


def _invoice(number: str) -> Any:
    return term("named", kind=term("kind_invoice"), number=number)


def letter(kind: str, language: str = "de", **changes: Any) -> Letter:
    values: dict[str, Any] = {
        "kind": kind,
        "issue_date": _DAY,
        "currency": "EUR",
        "language": language,
        "seller": SELLER,
        "buyer": BUYER,
        "facts": ((term("date"), _DAY), (term("client_code"), BUYER.code)),
        "bank": BANK,
    } | changes
    return Letter(**values)


def _owed(*, amounts: bool) -> LetterTable:
    heads = [LetterColumn("document"), LetterColumn("issued", "day"), LetterColumn("due", "day")]
    heads += [LetterColumn("days_overdue", "number"), *([LetterColumn("amount", "money")] if amounts else [])]
    rows = tuple(
        LetterRow((_invoice(name), issued, due, days, *([Money(left)] if amounts else []), Money(left)))
        for name, issued, due, days, left in _DUES
    )
    foot = LetterRow((term("sum"), None, None, None, *([None] if amounts else []), Money(_SUM)), strong=True)
    return LetterTable((*heads, LetterColumn("open", "money")), rows, sums=(foot,), carried="sum" if amounts else "")


def _movements() -> LetterTable:
    """More rows than a page holds."""
    balance, rows = 0, []
    for place in range(44):
        amount = -150_000 if place % 4 == 3 else 52_345 + place * 117
        balance += amount
        name = (
            term("named", kind=term("kind_payment"), number=f"P-{place:04}")
            if amount < 0
            else _invoice(f"I-{place:04}")
        )
        figures = (None, Money(-amount)) if amount < 0 else (Money(amount), None)
        rows.append(LetterRow((date(2026, 1 + place // 4, 3 + 7 * (place % 4)), name, *figures, Money(balance))))
    heads = (
        LetterColumn("issued", "day"),
        LetterColumn("document"),
        LetterColumn("debit", "money"),
        LetterColumn("credit", "money"),
        LetterColumn("balance", "money"),
    )
    return LetterTable(heads, tuple(rows), title=term("movements"), carried="last", wide=1)


def _plan() -> LetterTable:
    heads = (
        LetterColumn("instalment"),
        LetterColumn("due", "day"),
        LetterColumn("state"),
        LetterColumn("amount", "money"),
        LetterColumn("paid", "money"),
        LetterColumn("open", "money"),
    )
    paid = LetterRow(
        ("INV-2026-0371/1", date(2026, 10, 31), term("paid_in_full"), Money(137_434), Money(137_434), Money(0)),
        quiet=True,
    )
    rest = tuple(
        LetterRow((f"INV-2026-0371/{n}", date(2026, 10 + n, 28), None, Money(137_433), Money(0), Money(137_433)))
        for n in (1, 2)
    )
    return LetterTable(heads, (paid, *rest))


def _outcomes() -> LetterTable:
    heads = (
        LetterColumn("client"),
        LetterColumn("agreement"),
        LetterColumn("outcome"),
        LetterColumn("result"),
        LetterColumn("gross", "money", mixed=True),
        LetterColumn("currency"),
    )
    names = ("Nordlicht Studio GmbH", "Maison Dupré SARL", "Harbor Services Inc.", "Elm & Sons LLC")
    rows = tuple(
        LetterRow(
            (
                f"C-{place:05} {names[place % 4]}",
                f"A-{place:04}",
                term("outcome_issued" if place % 5 else "outcome_held"),
                f"INV-2026-{place:04}" if place % 5 else "",
                Money(123_456 + 1_731 * place, "EUR" if place % 3 else "USD"),
                "EUR" if place % 3 else "USD",
            )
        )
        for place in range(1, 31)
    )
    return LetterTable(heads, rows, title=term("outcomes"), empty="no_outcomes", wide=3)


LETTERS = {
    "statement": letter(
        "statement",
        opening=(term("statement_open", currency="EUR", date=_DAY),),
        tables=(_owed(amounts=True), _movements()),
        totals=(LetterTotal(term("plan_open"), Money(_SUM), emphasis=True),),
        terms=(term("statement_ask"),),
        ending=(term("statement_check"),),
        payable=_SUM,
        payment_reference="INV-2026-0371",
    ),
    "receipt": letter(
        "receipt",
        "en",
        number="P-2026-0113",
        opening=(term("receipt_opening", amount=Money(250_000)),),
        tables=(_owed(amounts=False),),
        totals=(LetterTotal(term("received"), Money(250_000), emphasis=True),),
        ending=(term("thanks"),),
    ),
    "reminder": letter(
        "reminder",
        title="reminder_2",
        level=2,
        opening=(term("reminder_2", 3),),
        tables=(_owed(amounts=False),),
        totals=(LetterTotal(term("plan_open"), Money(_SUM), emphasis=True),),
        terms=(term("reminder_2_ask", amount=Money(_SUM), date=date(2026, 12, 10)),),
        ending=(term("reminder_talk"),),
        due_date=date(2026, 12, 10),
        payable=_SUM,
        payment_reference="INV-2026-0371",
    ),
    "payment_plan": letter(
        "payment_plan",
        "fr",
        opening=(term("plan_opening", 3, amount=Money(412_300), count=3),),
        tables=(_plan(),),
        totals=(
            LetterTotal(term("plan_total"), Money(412_300)),
            LetterTotal(term("plan_paid"), Money(-137_434)),
            LetterTotal(term("plan_open"), Money(274_866), emphasis=True),
        ),
        terms=(term("plan_next", amount=Money(137_433), date=date(2026, 12, 28)),),
        payable=137_433,
        payment_reference="INV-2026-0371/2",
    ),
    "run_report": letter(
        "run_report", "en", number="R-2026-0007", tables=(_outcomes(),), terms=(term("run_hash", hash="ab12" * 16),)
    ),
    "cover_letter": letter(
        "cover_letter",
        "es",
        opening=("Adjuntamos los documentos del mes de noviembre. Si algo no es correcto, escríbanos.",),
        ending=("Gracias por su confianza.",),
    ),
}
