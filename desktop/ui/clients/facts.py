"""What is known of one client, read by a worker and set in groups for the pane at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from db.engine import Book
from desktop.i18n import _, money_text, number_text
from desktop.services.clients import client
from desktop.services.lists.agreements import AgreementList
from desktop.services.lists.clients import ClientList
from desktop.services.segments import Inherited, inherited
from desktop.ui.choices import country_name, deliveries, language_name, terms_text, treatments, word_of
from desktop.ui.facts import Fact, Group

_MOST_AGREEMENTS = 12


@dataclass(frozen=True)
class Known:
    """A client as its pane shows it: its record, its row in the list, its agreements, and what it inherits."""

    id: int
    record: Mapping[str, Any]
    row: Mapping[str, Any]
    agreements: Sequence[tuple[int, Mapping[str, Any]]]
    settings: Mapping[str, Inherited]


def known(book: Book, client_id: int, today: date) -> Known:
    listing = AgreementList(book, today)
    ids = listing.ids("", frozenset({f"client:{client_id}"}), "", False)
    rows = listing.rows(ids)
    return Known(
        client_id,
        client(book, client_id),
        ClientList(book, today).rows([client_id])[client_id],
        [(one, rows[one]) for one in ids],
        inherited(book, client_id=client_id),
    )


def reason(row: Mapping[str, object]) -> str:
    """Why the client wears its tag, and what follows from it."""
    match row.get("state"):
        case "on_hold":
            why = str(row.get("hold_reason") or "")
            held = _("Runs hold back what they would bill this client.")
            return f"{why.rstrip('.')}. {held}" if why else held
        case "disputed":
            return _("In dispute: runs hold back what they would bill this client.")
        case "inactive":
            return _("Archived: it stays in the books and out of the lists.")
        case "merged":
            into = str(row.get("merged_into") or "")
            return _("Merged into {code}: what was issued to it counts for that client.").format(code=into)
    return ""


def groups(found: Known, go: Callable[..., object]) -> list[Group]:
    record, row = found.record, found.row
    return [
        Group(_("Owes"), _owed(row)),
        Group(_("Address"), [Fact("", "\n".join(_address(record)))]),
        Group(_("Known as"), _numbers(record, row)),
        Group(_("Billing"), _billing(found)),
        Group(_("Contacts"), [Fact(str(one["name"]), _contact(one)) for one in record["contacts"]]),
        Group(_("Agreements"), _agreements(found, go)),
        Group(_("Note"), [Fact("", str(record["note"]))]),
    ]


def _owed(row: Mapping[str, Any]) -> list[Fact]:
    facts = []
    for currency, (owed, overdue) in sorted(row["amounts"].items()):
        facts.append(Fact(_("Open"), money_text(owed, currency)))
        if overdue:
            facts.append(Fact(_("Overdue"), money_text(overdue, currency)))
    return facts or [Fact(_("Open"), _("nothing"))]


def _address(record: Mapping[str, Any]) -> list[str]:
    town = f"{record['postcode']} {record['city']}".strip()
    country = country_name(str(record["country"]))
    lines = (record["contact"], record["street"], record["street2"], town, record["region"], country)
    return [str(line) for line in lines if line]


def _numbers(record: Mapping[str, Any], row: Mapping[str, Any]) -> list[Fact]:
    treatment = str(record["tax_treatment"])
    return [
        Fact(_("Code"), str(record["code"])),
        Fact(_("Segment"), str(row["segment"])),
        Fact(_("Salesperson"), str(row["salesperson"])),
        Fact(_("Tax ID"), str(record["tax_id"])),
        Fact(_("Tax number"), str(record["tax_number"])),
        Fact(_("Taxed"), "" if treatment == "auto" else word_of(treatments(), treatment)),
        Fact(_("E-mail"), str(record["email"])),
        Fact(_("Phone"), str(record["phone"])),
    ]


def _billing(found: Known) -> list[Fact]:
    record, settings = found.record, found.settings
    limit = record["credit_limit"]
    return [
        Fact(_("Currency"), str(record["currency"])),
        Fact(_("Terms"), _sourced(terms_text(settings["terms"].value), settings["terms"].source)),
        Fact(_("Delivery"), _sourced(word_of(deliveries(), settings["delivery"].value), settings["delivery"].source)),
        Fact(_("Language"), _sourced(language_name(settings["language"].value), settings["language"].source)),
        Fact(_("PO number"), _("needed on every invoice") if record["po_required"] else ""),
        Fact(_("Reference"), _reference(record)),
        Fact(_("Credit limit"), money_text(limit, str(record["currency"])) if limit is not None else ""),
        Fact(_("Invoices"), _("one for all agreements") if record["combine"] else ""),
    ]


def _reference(record: Mapping[str, Any]) -> str:
    missing = _("needed, and missing") if record["buyer_reference_required"] else ""
    return str(record["buyer_reference"] or missing)


def _sourced(text: str, source: str) -> str:
    """A setting says whose it is unless it is the client's own."""
    words = {"segment": _("as its segment"), "firm": _("as the firm")}
    return f"{text} ({words[source]})" if text and source in words else text


def _contact(one: Mapping[str, Any]) -> str:
    lines = [one["role"], one["email"], one["phone"], _("gets the invoices") if one["gets_invoices"] else ""]
    return "\n".join(str(line) for line in lines if line) or "–"


def _agreements(found: Known, go: Callable[..., object]) -> list[Fact]:
    facts = [
        Fact(str(row["code"]), str(row["title"]), partial(go, "agreements", one))
        for one, row in found.agreements[:_MOST_AGREEMENTS]
    ]
    left = len(found.agreements) - len(facts)
    if left > 0:
        facts.append(Fact("", _("and {count} more").format(count=number_text(left))))
    return facts
