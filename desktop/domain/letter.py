"""A letter: what goes to a client, or stays in the firm, beside invoices. Statements, receipts, reminders and the like.

It is plain data. What is the same in every letter of its kind is named by keys of the words of letters, so that it is
said in the document's language; what a person wrote stands as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from desktop.domain.document import BankAccount, Party

LETTER_KINDS: Final = ("statement", "receipt", "reminder", "payment_plan", "run_report", "cover_letter")
ColumnKind = Literal["text", "code", "day", "money", "number", "percent"]
Carried = Literal["", "sum", "last"]


class Money(NamedTuple):
    """Minor units; without a currency, in the letter's."""

    minor: int
    currency: str = ""


class Percent(NamedTuple):
    value: Decimal


class Span(NamedTuple):
    """A half-open span of days; it is written with its last day."""

    start: date
    end: date


class Term(NamedTuple):
    """A key of the words of letters, and what its braces name; `plural` chooses the form and is named `count`."""

    key: str
    values: tuple[tuple[str, Cell], ...] = ()
    plural: int | None = None


Cell = str | date | int | Decimal | Money | Percent | Span | Term | None


def term(key: str, plural: int | None = None, **values: Cell) -> Term:
    return Term(key, tuple(values.items()), plural)


@dataclass(frozen=True, slots=True)
class LetterColumn:
    """`title` is a key of the words of letters; a code is set small. The heads of
    amounts name the currency, unless they are `mixed` and each row has one of its own."""

    title: str
    kind: ColumnKind = "text"
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One row: a cell a column. A note stands small beneath the widest text; a strong row sums or opens up."""

    cells: tuple[Cell, ...]
    note: Cell = None
    strong: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class LetterTable:
    """`carried` is how the last money column goes over a page: its sum so far, its last value, or not at all.

    Sums stand at the foot of the table and stay with its last row. `empty` is the key of what stands in place of no
    rows. `wide` names the column that takes the room that is left.
    """

    columns: tuple[LetterColumn, ...]
    rows: tuple[LetterRow, ...]
    title: Cell = None
    sums: tuple[LetterRow, ...] = ()
    carried: Carried = ""
    empty: str = ""
    wide: int = 0


@dataclass(frozen=True, slots=True)
class LetterTotal:
    """A row of the totals: label and amount; the one with emphasis is what the letter asks for or confirms."""

    label: Cell
    amount: Money
    emphasis: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """`kind` is of LETTER_KINDS; a letter without a number is no draft. `payable` is what it asks for, in minor units
    of `currency`, 0 where it asks for nothing; `payment_reference` is what the payer shall name.

    `title` is a key of the words where it is not the kind's own. `facts` are (label, value) beside the address. The
    salutation and the paragraphs of `opening` stand before the tables, those of `terms` between the totals and the
    bank accounts, those of `ending` at the close, above the regards and who sends them. `intro` and `closing` are the
    firm's own words in place of `opening` and `ending`. `level` is that of a reminder, from 1.
    What a `sandbox` made says so across its pages.
    """

    kind: str
    issue_date: date
    currency: str
    language: str
    seller: Party
    buyer: Party
    number: str = ""
    title: str = ""
    level: int = 0
    facts: tuple[tuple[Cell, Cell], ...] = ()
    salutation: Cell = None
    opening: tuple[Cell, ...] = ()
    tables: tuple[LetterTable, ...] = ()
    totals: tuple[LetterTotal, ...] = ()
    terms: tuple[Cell, ...] = ()
    ending: tuple[Cell, ...] = ()
    regards: tuple[Cell, ...] = ()
    due_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    payable: int = 0
    payment_reference: str = ""
    bank: tuple[BankAccount, ...] = ()
    means: str = "transfer"
    link: str = ""
    upi_id: str = ""
    intro: str = ""
    closing: str = ""
    footer: str = ""
    sandbox: bool = False

    def currencies(self) -> tuple[str, ...]:
        """Every currency that an amount of the letter is in, the letter's own first."""
        found = {self.currency: None}
        for cell in self._cells():
            if isinstance(cell, Money) and cell.currency:
                found[cell.currency] = None
        return tuple(found)

    def texts(self) -> Iterator[str]:
        """All that people wrote in it, apart from seller, buyer and bank."""
        yield from (self.number, self.payment_reference, self.intro, self.closing, self.footer, self.link, self.upi_id)
        for cell in self._cells():
            if isinstance(cell, str):
                yield cell

    def _cells(self) -> Iterator[Cell]:
        """Every cell, those inside the words' braces too."""
        for cell in self._outer():
            yield from _within(cell)

    def _outer(self) -> Iterator[Cell]:
        yield self.salutation
        yield from (*self.opening, *self.terms, *self.ending, *self.regards)
        for label, value in self.facts:
            yield label
            yield value
        for total in self.totals:
            yield total.label
            yield total.amount
        for table in self.tables:
            yield table.title
            for row in (*table.rows, *table.sums):
                yield row.note
                yield from row.cells


def _within(cell: Cell) -> Iterator[Cell]:
    yield cell
    if isinstance(cell, Term):
        for _name, value in cell.values:
            yield from _within(value)
