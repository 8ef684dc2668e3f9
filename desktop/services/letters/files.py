"""Letters as PDF files: one, those of a client in each currency, or statements for many clients into a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from db.engine import Book
from db.files import in_words
from desktop.domain.letter import Letter
from desktop.domain.money import exact_minor
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.letters.correspondence import Made, currencies
from desktop.services.letters.reminder import reminder
from desktop.services.letters.statement import statement
from desktop.services.table_files import replaced

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """A letter's file with its SHA-256 in hexadecimal digits; `payable` in minor units of its currency."""

    kind: str
    client: str
    currency: str
    number: str
    payable: int
    path: Path
    sha256: str


def letter_pdf(made: Made) -> bytes:
    """The same bytes for the same letter and template."""
    # The engine of documents is worth 60 ms, which a list of clients need not wait for.
    from desktop.documents.render import render_pdf

    return render_pdf(*made)


def letter_name(letter: Letter) -> str:
    """A file's name that says what, for whom and as of when, on any system; with its ending."""
    from desktop.domain.file_names import safe_name

    words = {
        "statement": _("Statement {client} {date}"),
        "receipt": _("Receipt {number}"),
        "reminder": _("Reminder {client} {date}"),
        "payment_plan": _("Payment plan {number}"),
        "run_report": _("Run report {number}"),
        "cover_letter": _("Cover letter {client} {date}"),
    }
    name = words[letter.kind].format(
        client=letter.buyer.code,
        date=letter.issue_date.isoformat(),
        number=letter.number or letter.payment_reference.rpartition("/")[0] or letter.buyer.code,
    )
    return safe_name(name) + ".pdf"


def save_letter(made: Made, path: Path) -> WrittenLetter:
    """Write the letter to a file, in place of one of that name. UserError where it cannot be written."""
    content, letter = letter_pdf(made), made[0]
    with replaced(path) as beside:
        beside.write_bytes(content)
    return WrittenLetter(
        letter.kind,
        letter.buyer.code,
        letter.currency,
        letter.number,
        letter.payable,
        path,
        hashlib.sha256(content).hexdigest(),
    )


def save_letters(letters: Iterable[Made], folder: Path) -> list[WrittenLetter]:
    """Write letters into a folder, which is made; those of one name get their currency into it."""
    _make(folder)
    taken: set[str] = set()
    return [_save_into(made, folder, taken) for made in letters]


def client_statements(
    book: Book, client_id: int, *, as_of: date, currency: str = "", since: date | None = None, items: bool = True
) -> list[Made]:
    """A client's statements, one a currency in which there is something to tell, or the one wanted."""
    known = [currency] if currency else currencies(book, client_id, as_of)
    made = [statement(book, client_id, as_of=as_of, currency=one, since=since, items=items) for one in known or [""]]
    # A currency that was settled long ago needs no paper beside another that was not.
    return [one for one in made if _tells(one[0])] or made[:1]


def client_reminders(
    book: Book,
    client_id: int,
    *,
    as_of: date,
    currency: str = "",
    level: int | None = None,
    fee: Decimal = Decimal(0),
    interest: Decimal = Decimal(0),
    pay_by: date | None = None,
) -> list[Made]:
    """A client's reminders, one a currency in which something is overdue, or the one wanted; the fee in major units.

    UserError as `reminder` raises where there is nothing to ask for at all.
    """
    known = [currency] if currency else currencies(book, client_id, as_of)
    made: list[Made] = []
    refused: UserError | None = None
    for one in known or [""]:
        try:
            charged = _minor(fee, one)
            made.append(
                reminder(
                    book,
                    client_id,
                    as_of=as_of,
                    currency=one,
                    level=level,
                    fee=charged,
                    interest=interest,
                    pay_by=pay_by,
                )
            )
        except UserError as error:
            refused = refused or error
    if not made and refused is not None:
        raise refused
    return made


def _minor(amount: Decimal, currency: str) -> int:
    if not amount:
        return 0
    try:
        return exact_minor(amount, currency)
    except ValueError:
        raise UserError(
            _("{currency} has fewer decimals.").format(currency=currency), _("Leave the last ones out.")
        ) from None


def write_statements(
    book: Book,
    folder: Path,
    client_ids: Sequence[int],
    *,
    as_of: date,
    currency: str = "",
    since: date | None = None,
    report: Report | None = None,
) -> list[WrittenLetter]:
    """Statements of these clients into a folder, which is made, in all their currencies or the one wanted; whoever has
    nothing to be told of gets none.

    `report` may raise between two clients: the files written until then are whole.
    """
    _make(folder)
    written: list[WrittenLetter] = []
    taken: set[str] = set()
    for number, client_id in enumerate(client_ids):
        if report is not None:
            report(number, len(client_ids), _("Writing statements"))
        for made in statements_for(book, [client_id], as_of=as_of, currency=currency, since=since):
            written.append(_save_into(made, folder, taken))
    if report is not None:
        report(len(client_ids), len(client_ids), _("Writing statements"))
    return written


def statements_for(
    book: Book, client_ids: Iterable[int], *, as_of: date, currency: str = "", since: date | None = None
) -> Iterator[Made]:
    """Statements of these clients in all their currencies or the one wanted; whoever has nothing to be told of has
    none."""
    for client_id in client_ids:
        for made in client_statements(book, client_id, as_of=as_of, since=since):
            if _tells(made[0]) and currency in ("", made[0].currency):
                yield made


def clients_with_balance(book: Book) -> list[int]:
    """Clients that owe something, or have credit left, by code."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT c.id FROM client c WHERE c.id IN (
              SELECT coalesce(k.merged_into_id, k.id) FROM client k WHERE k.id IN (
                SELECT client_id FROM open_item WHERE open > 0
                UNION SELECT client_id FROM open_credit WHERE open > 0))
            ORDER BY c.code"""
        )
        return [key for (key,) in rows]


def _tells(letter: Letter) -> bool:
    """Whether there is more in it than balances brought forward."""
    return any(not row.strong and not row.quiet for table in letter.tables for row in table.rows)


def _save_into(made: Made, folder: Path, taken: set[str]) -> WrittenLetter:
    """What several letters would be called alike is told apart by currency, then by count."""
    base = name = letter_name(made[0]).removesuffix(".pdf")
    if name.casefold() in taken:
        base = name = f"{base} {made[0].currency}"
    again = 1
    # Many systems hold two names for one that differ in case alone.
    while name.casefold() in taken:
        again += 1
        name = f"{base} {again}"
    taken.add(name.casefold())
    return save_letter(made, folder / f"{name}.pdf")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise in_words(folder, error) from error
