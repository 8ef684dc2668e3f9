"""What every letter takes from the book: who writes to whom, in which language, on which paper, with which accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import head_of
from db.queries.letters import currencies_at
from desktop.domain.document import BankAccount, Party, TemplateVersion
from desktop.domain.letter import Letter, term
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.runs.freezing import prepare, seller_payload, texts_for
from desktop.services.sandbox.refusing import origin_of
from desktop.services.templates.choosing import template_for
from desktop.services.templates.reading import template_versions

Made = tuple[Letter, TemplateVersion]

_PAPER = ("footer", "means", "upi_id", "link")


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One client in one currency, as of now. `shared` are the fields that each letter to it has alike, `signed` those
    of a letter with a salutation and regards."""

    client_id: int
    code: str
    template: TemplateVersion
    shared: Mapping[str, Any]

    def letter(self, kind: str, on: date, **own: Any) -> Letter:
        return Letter(kind=kind, issue_date=on, **{**self.shared, **own})

    @property
    def signed(self) -> Mapping[str, Any]:
        seller, buyer = self.shared["seller"], self.shared["buyer"]
        return {
            "salutation": term("dear", name=buyer.contact) if buyer.contact else term("dear_all"),
            "regards": (term("regards"), *filter(None, (seller.contact, seller.name))),
        }


def correspondence(
    connection: Connection, client_id: int, kind: str, currency: str, language: str = ""
) -> Correspondence:
    """With a client, or the one that it was merged into. UserError where there is no such client."""
    client_id = head_of(connection, client_id)
    row = connection.exec_driver_sql(
        """SELECT c.code, coalesce(c.language, s.language, f.language) FROM firm f, client c
        LEFT JOIN segment s ON s.id = c.segment_id WHERE c.id = ?""",
        (client_id,),
    ).fetchone()
    if row is None:
        raise UserError(_("The client is not there any more."), _("Reload the list of clients."))
    payloads: list[dict[str, Any]] = []

    def keep(_connection: Connection, _role: str, more: Iterable[dict[str, Any]]) -> list[int]:
        first = len(payloads)
        payloads.extend(more)
        return list(range(first, len(payloads)))

    papers = prepare(connection, [client_id], (), keep)
    texts = texts_for(papers, currency, client_id=client_id)
    said = language or row[1]
    shared = {
        "currency": currency,
        "language": said,
        "seller": Party(**payloads[papers.seller_id]),
        "buyer": Party(**payloads[papers.buyers[client_id]]),
        "bank": bank_accounts(texts.get("bank", ())),
        "sandbox": origin_of(connection) is not None,
        **{name: texts[name] for name in _PAPER if name in texts},
    }
    return Correspondence(client_id, row[0], _template(connection, client_id, kind, said), shared)


def own_correspondence(connection: Connection, kind: str, language: str) -> Correspondence:
    """The firm's own papers, which it writes to itself."""
    currency, footer = connection.exec_driver_sql("SELECT currency, footer FROM firm").one()
    seller = Party(**seller_payload(connection))
    shared = {
        "currency": currency,
        "language": language,
        "seller": seller,
        "buyer": seller,
        "footer": footer,
        "sandbox": origin_of(connection) is not None,
    }
    return Correspondence(0, "", _template(connection, None, kind, language), shared)


def _template(connection: Connection, client_id: int | None, kind: str, language: str) -> TemplateVersion:
    version = template_for(connection, client_id, kind, language)
    return template_versions(connection, [version])[version]


def bank_accounts(accounts: Iterable[Mapping[str, str]]) -> tuple[BankAccount, ...]:
    return tuple(
        BankAccount(one.get("holder", ""), one["iban"], one.get("bic", ""), one.get("bank", "")) for one in accounts
    )


def letter_currency(connection: Connection, client_id: int, as_of: date, wanted: str = "") -> str:
    """The currency that a client's letter is in: the wanted one, else the only one, else the client's own.

    UserError for one in which nothing was booked, and where it must be named.
    """
    known = currencies_at(connection, client_id, as_of.isoformat())
    own = connection.exec_driver_sql("SELECT currency FROM client WHERE id = ?", (client_id,)).scalar_one()
    if wanted:
        if wanted not in known and wanted != own:
            raise UserError(
                _("Nothing was booked for this client in {currency} until {date}.").format(
                    currency=wanted, date=date_text(as_of)
                ),
                _("Its currencies are: {currencies}.").format(currencies=", ".join(known or [own])),
            )
        return wanted
    if own in known or not known:
        return str(own)
    return known[0]


def currencies(book: Book, client_id: int, as_of: date) -> list[str]:
    """The currencies in which anything was booked for a client until a day: one letter each."""
    with book.reading() as session:
        return currencies_at(session.connection(), client_id, as_of.isoformat())


def payment_reference(numbers: Iterable[str], code: str) -> str:
    """What a payer shall name for all of these: the numbers where they are few, else the client's code."""
    named = list(dict.fromkeys(numbers))
    return ", ".join(named) if 0 < len(named) <= _MOST_NAMED else code


# As many as a bank's line for the reference takes, and a person types.
_MOST_NAMED = 3
