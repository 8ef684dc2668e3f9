"""The first quarter of an hour with a new book: which steps are done, read from the book itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.firm import lacking, logo

# In the order in which they are best taken.
STEPS: Final = ("firm", "logo", "clients", "item", "agreement", "run")

_EXAMPLE: Final = """code,name,email,street,postcode,city,country,tax_id,currency,terms
C-001,Alder & Finch Ltd,accounts@alder.example,12 Mill Lane,BS1 4QA,Bristol,GB,,GBP,net 30
C-002,Nordlicht Studio GmbH,rechnung@nordlicht.example,Hafenstraße 8,20457,Hamburg,DE,,EUR,net 14
C-003,Ateliers Lumière SARL,compta@lumiere.example,3 rue du Port,69002,Lyon,FR,,EUR,eom+10
"""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """`missing` names the fields of the firm that invoices should show and do not, the bank account as "iban"."""

    done: frozenset[str]
    missing: Sequence[str]

    @property
    def complete(self) -> bool:
        return self.done >= set(STEPS)


def first_steps(book: Book) -> FirstSteps:
    """What is done of the STEPS."""
    missing = lacking(book)
    done = set() if missing else {"firm"}
    if logo(book) is not None:
        done.add("logo")
    with book.reading() as session:
        connection = session.connection()
        for step, table in (("clients", "client"), ("item", "item"), ("agreement", "agreement"), ("run", "invoice")):
            if connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None:
                done.add(step)
    return FirstSteps(frozenset(done), missing)


def write_example_clients(path: Path) -> None:
    """A small file of invented clients to look at, fill in and import. UserError where it cannot be written."""
    try:
        # The mark lets spreadsheet programs see that it is UTF-8.
        path.write_text(_EXAMPLE, encoding="utf-8-sig", newline="\r\n")
    except OSError as error:
        raise UserError(
            _("“{name}” cannot be written: {reason}.").format(name=path.name, reason=error.strerror or error),
            _("Choose another folder."),
        ) from None
