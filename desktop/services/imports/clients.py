"""Clients from a file. An empty cell says nothing: it never clears what the book knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy.orm import Session

from db.schema import Client, Contact, Person
from desktop.domain.identifiers import check_bic, check_iban, check_tax_id, normalise
from desktop.domain.money import exact_minor, exponent, percent_to_scaled
from desktop.i18n import _
from desktop.importing.results import Note, Report, Row
from desktop.services.change_sets import Change
from desktop.services.einvoice_checks import check_addressing
from desktop.services.field_checks import check_place
from desktop.services.imports.intake import (
    Intake,
    Lookup,
    State,
    Writes,
    column_value,
    current_rows,
    differs,
    next_id,
)
from desktop.services.imports.references import Unknown
from desktop.services.problems import Problems

_PLAIN = (
    "name", "contact", "phone", "street", "street2", "postcode", "city", "region", "country", "tax_number",
    "currency", "language", "terms", "delivery", "po_required", "buyer_reference", "is_business", "tax_treatment",
    "tax_certificate", "withholding_section", "combine", "mail_together", "buyer_reference_required", "on_hold",
    "hold_reason", "disputed", "einvoice", "payment_means", "mandate", "mandate_date", "mandate_scheme",
    "account_kind", "note",
)  # fmt: skip


class ClientIntake(Intake):
    """Clients by code. A segment that the book does not know is made; what it bills alike is set afterwards."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._standing = {row["code"].casefold(): row for row in current_rows(self.connection, "client")}
        self._writes = Writes(Client)
        self._new: list[tuple[dict[str, Any], str | None, list[str]]] = []
        self._changed: list[tuple[dict[str, Any], dict[str, Any], str | None]] = []
        self._new_people: dict[str, str] = {}
        # By the client's code in small letters.
        self._salespeople: dict[str, str] = {}

    def take(self, row: Row) -> State:
        values = row.values
        key = values["code"].casefold()
        current = self._standing.get(key)
        if self.is_repeated(row, values["code"]) or (current is not None and current["digest"] == row.digest):
            return "same"
        problems = Lookup()
        country = values["country"] or (current["country"] if current else "")
        columns = {name: column_value(values[name]) for name in _PLAIN if values[name] is not None}
        emails = [part.strip() for part in (values["email"] or "").split(",") if part.strip()]
        if emails:
            columns["email"] = emails[0]
        if values["tax_id"]:
            checked = check_tax_id(country, values["tax_id"])
            columns["tax_id"] = checked.normal if checked.ok else values["tax_id"]
        if values["iban"]:
            columns["iban"] = check_iban(values["iban"]).normal
        if values["bic"]:
            columns["bic"] = check_bic(values["bic"]).normal
        for name, field in (("routing", "routing"), ("account_number", "bank_account_number")):
            if values[field]:
                columns[name] = normalise(values[field])
        if values["withholding"] is not None:
            columns["withholding"] = percent_to_scaled(values["withholding"])
        self._take_place(country, values["place_of_supply"], columns, problems)
        self._take_addressing(country, values, current, columns)
        currency = values["currency"] or (current["currency"] if current else self.references.firm_currency)
        columns["currency"] = currency
        limit = values["credit_limit"]
        if limit is not None:
            try:
                columns["credit_limit"] = exact_minor(limit, currency)
            except ValueError:
                problems.reject(
                    "credit_limit",
                    limit,
                    _("{currency} has {count} decimals.").format(currency=currency, count=exponent(currency)),
                    _("Round the limit."),
                )
        email = columns.get("email") or (current["email"] if current else "")
        if columns.get("delivery") == "email" and not email:
            problems.reject(
                "email",
                "",
                _("Invoices go to this client by e-mail; that needs an address."),
                _("Write the address, or choose another delivery."),
            )
        problems.done()
        segment = values["segment"]
        self.note_segment(row, segment)
        seller = self._note_salesperson(row, key, values["salesperson"])
        columns["digest"] = row.digest
        if current is None:
            self._new.append((columns | {"code": values["code"]}, segment, emails[1:]))
            return "new"
        moves = bool(segment) and self.references.segments.find(segment) != current["segment_id"]
        moves = moves or (bool(seller) and self.references.people.find(seller) != current["salesperson_id"])
        if not moves and not differs(current, columns):
            return "same"
        if current["merged_into_id"] is not None:
            problems.reject(
                "code",
                values["code"],
                _("{code} was merged into {other}.").format(
                    code=values["code"], other=self.references.clients.code(current["merged_into_id"])
                ),
                _("Write that code, or leave the row out."),
            )
            problems.done()
        self._changed.append((current, columns, segment))
        return "changed"

    def _note_salesperson(self, row: Row, key: str, name: str | None) -> str:
        """Who looks after a client; somebody whom the book does not know is added to its people."""
        if not name:
            return ""
        self._salespeople[key] = name
        if name.casefold() not in self._new_people and isinstance(self.references.people.find(name), Unknown):
            self._new_people[name.casefold()] = name
            self.notes.append(
                Note(row.row, "salesperson", _("{name} is new and joins the people of the book.").format(name=name))
            )
        return name

    def _salesperson(self, code: str) -> dict[str, int]:
        name = self._salespeople.get(code.casefold())
        found = self.references.people.find(name) if name else None
        return {"salesperson_id": found} if isinstance(found, int) else {}

    def _take_place(self, country: str, place: str | None, columns: dict[str, Any], problems: Lookup) -> None:
        """A place of supply as its country's list writes it."""
        if place:
            told, wrong = {"place_of_supply": place}, Problems()
            check_place(country, told, wrong)
            columns["place_of_supply"] = told["place_of_supply"]
            for sentence in wrong.fields.values():
                problems.reject("place_of_supply", place, sentence, _("Correct it, or leave it empty."))

    def _take_addressing(
        self, country: str, values: Mapping[str, Any], current: Mapping[str, Any] | None, columns: dict[str, Any]
    ) -> None:
        """Numbers as their schemes write them; what is wrong with them was said of the row."""
        told = {name: values[name] for name in ("endpoint", "endpoint_scheme", "legal_id") if values[name]}
        if "endpoint" in told:
            # The kind of another address says nothing of this one.
            told.setdefault("endpoint_scheme", "")
        if told:
            check_addressing(country, told, Problems(), SimpleNamespace(**current) if current else None)
            columns.update(told)

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self.make_segments(made)
        for name in self._new_people.values():
            self.references.people.add(made.insert(Person, name=name), name, "")
        contacts = Writes(Contact)
        number = next_id(made.connection, "client")
        for columns, segment, emails in self._new:
            own = {"id": number, "segment_id": self.segment_id(segment), "salesperson_id": None}
            self._writes.insert(columns | own | self._salesperson(columns["code"]))
            for email in emails:
                contacts.insert({"client_id": number, "name": email, "email": email, "gets_invoices": 1})
            number += 1
        for current, columns, segment in self._changed:
            moved = {"segment_id": self.segment_id(segment)} if segment else {}
            self._writes.update(current["id"], current, columns | moved | self._salesperson(current["code"]))
        self._writes.write(made, batch_id, report)
        contacts.write(made, None, report)
