"""The cover sheet of a print job: how many documents it holds for whom, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from db.engine import Book
from desktop.domain.letter import Cell, LetterColumn, LetterRow, LetterTable, Money, term
from desktop.i18n import current_language
from desktop.services.letters.correspondence import Made, own_correspondence

# A cover is read at a glance; whoever wants all names has the list of the run.
_MOST_CLIENTS: Final = 40


class Covered(NamedTuple):
    """A document below the cover; gross in minor units, below zero on a credit note, without a currency on a letter."""

    title: str
    code: str
    client: str
    pages: int
    currency: str
    gross: int


def print_cover(
    book: Book, covered: Sequence[Covered], *, on: date, queue: str = "", run: str = "", job: tuple[int, int] = (1, 1)
) -> Made:
    """The sheet before these documents, in the language of the window. `job` is its number and how many there are."""
    language = current_language()
    with book.reading() as session:
        to = own_correspondence(session.connection(), "run_report", language)
    by_client: dict[tuple[str, str], list[Covered]] = {}
    for one in covered:
        by_client.setdefault((one.code, one.client), []).append(one)
    count = len(covered)
    alone = len(by_client) == 1
    (_code, name) = next(iter(by_client))
    facts: list[tuple[Cell, Cell]] = [(term("date"), on)]
    facts += [(term("run"), run)] if run else []
    facts += [(term("printer"), queue)] if queue else []
    facts += [(term("job"), term("job_of", number=job[0], all=job[1]))] if job[1] > 1 else []
    facts += [
        (term("documents"), count),
        (term("pages"), sum(one.pages for one in covered)),
        (term("clients"), len(by_client)),
    ]
    letter = to.letter(
        "run_report",
        on,
        title="print_cover",
        facts=tuple(facts),
        opening=(
            term("cover_for", count, count=count, name=name) if alone else term("cover_for_all", count, count=count),
        ),
        tables=(_documents(covered), *_sums(covered)) if alone else (*_sums(covered), _clients(by_client)),
    )
    return letter, to.template


def _documents(covered: Sequence[Covered]) -> LetterTable:
    return LetterTable(
        (
            LetterColumn("document"),
            LetterColumn("pages", "number"),
            LetterColumn("gross", "money", mixed=True),
            LetterColumn("currency"),
        ),
        tuple(LetterRow((one.title, one.pages, *_amount(one.gross, one.currency))) for one in covered),
    )


def _clients(by_client: dict[tuple[str, str], list[Covered]]) -> LetterTable:
    rows = [
        LetterRow((f"{code} {name}", _numbers(some), len(some), sum(one.pages for one in some)))
        for (code, name), some in by_client.items()
    ]
    left = list(by_client.values())[_MOST_CLIENTS:]
    if left:
        others = [one for some in left for one in some]
        more = term("more_clients", len(left), count=len(left))
        rows[_MOST_CLIENTS:] = [LetterRow((more, "", len(others), sum(one.pages for one in others)), quiet=True)]
    return LetterTable(
        (
            LetterColumn("client"),
            LetterColumn("number", "code"),
            LetterColumn("documents", "number"),
            LetterColumn("pages", "number"),
        ),
        tuple(rows),
    )


def _numbers(some: Sequence[Covered]) -> str:
    return some[0].title if len(some) == 1 else f"{some[0].title} … {some[-1].title}"


def _sums(covered: Sequence[Covered]) -> tuple[LetterTable, ...]:
    by_currency: dict[str, list[int]] = {}
    for one in covered:
        if one.currency:
            by_currency.setdefault(one.currency, []).append(one.gross)
    rows = [
        LetterRow((currency, len(some), Money(sum(some), currency))) for currency, some in sorted(by_currency.items())
    ]
    if not rows:
        return ()
    columns = (
        LetterColumn("currency"),
        LetterColumn("documents", "number"),
        LetterColumn("gross", "money", mixed=True),
    )
    return (LetterTable(columns, tuple(rows), title=term("totals")),)


def _amount(gross: int, currency: str) -> tuple[Cell, Cell]:
    return (Money(gross, currency), currency) if currency else (None, None)
