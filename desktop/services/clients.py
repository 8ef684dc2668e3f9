"""Clients, their contacts and further addresses: made, changed, set aside, deleted where nothing hangs on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import (
    Address,
    Agreement,
    Client,
    Contact,
    Delivery,
    Draft,
    Firm,
    Invoice,
    OneOff,
    Outcome,
    Payment,
    Person,
    Rate,
    RuleSetting,
    Segment,
    Template,
    TimeEntry,
)
from desktop.domain.identifiers import check_iban
from desktop.domain.money import SCALE
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put
from desktop.services.beside import delete_beside
from desktop.services.changes import Change, change
from desktop.services.delivery.mail.recipients import PLACES
from desktop.services.delivery.mail.texts import drop_mail_texts
from desktop.services.einvoice_checks import check_addressing, check_einvoice, check_paying
from desktop.services.field_checks import (
    check_country,
    check_currency,
    check_delivery,
    check_email,
    check_exists,
    check_language,
    check_needed,
    check_not_negative,
    check_place,
    check_tax_id_of,
    check_terms,
    check_unique,
    next_code,
)
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record, rows_of
from desktop.services.templates.choices import drop_choices

_TREATMENTS = ("auto", "domestic", "reverse_charge", "intra_goods", "export", "exempt", "outside")
_KINDS = ("delivery", "office", "other")


def _what_keeps() -> tuple[tuple[Any, str], ...]:
    """What keeps a client in the book, in words for the refusal."""
    return (
        (Invoice, _("{count} invoices")),
        (Payment, _("{count} payments")),
        (Agreement, _("{count} agreements")),
        (TimeEntry, _("{count} time entries")),
        (OneOff, _("{count} charges")),
        (Draft, _("{count} drafts")),
        (Outcome, _("{count} outcomes of runs")),
        (Delivery, _("{count} documents in the outbox")),
    )


def client(book: Book, client_id: int) -> Record:
    """The client's row with `contacts` and `addresses`, each a list of records."""
    with book.reading() as session:
        row: Client = found(session, Client, client_id, _("The client"))
        return record(row) | {
            "contacts": rows_of(session, Contact, Contact.client_id == client_id),
            "addresses": rows_of(session, Address, Address.client_id == client_id),
        }


def client_id(book: Book, code: str) -> int:
    """The id of the client with this code, whatever its capitals, or of the one it was merged into.

    UserError if there is none.
    """
    with book.reading() as session:
        merged_or_own = func.coalesce(Client.merged_into_id, Client.id)
        known = session.scalar(select(merged_or_own).where(func.lower(Client.code) == func.lower(code.strip())))
    if known is None:
        raise UserError(
            _("There is no client with the code “{code}”.").format(code=code), _("See the list of clients.")
        )
    return known


def create_client(
    book: Book,
    values: Mapping[str, object],
    *,
    actor: str,
    contacts: Sequence[Mapping[str, object]] = (),
    addresses: Sequence[Mapping[str, object]] = (),
) -> int:
    """Add a client; an empty code is made, an empty currency is the firm's. Raises ValidationError.

    Problems of a contact stand under `contacts.0.email` and the like.
    """
    with change(book, actor, _("Add a client")) as made:
        firm = made.session.get_one(Firm, FIRM)
        problems = Problems()
        given = {"name": "", "country": "", "currency": firm.currency} | {
            name: value for name, value in values.items() if not (name == "currency" and not value)
        }
        cleaned = column_values(Client, given, problems)
        check_client(made.session, cleaned, problems, None)
        if not cleaned.get("code"):
            cleaned["code"] = next_code(made.session, Client.code, "C-")
        parts = [
            (model, _part(model, part, problems, f"{name}.{at}"))
            for name, model, rows in (("contacts", Contact, contacts), ("addresses", Address, addresses))
            for at, part in enumerate(rows)
        ]
        problems.raise_any()
        made.summary = _("Add client {code}").format(code=cleaned["code"])
        new_id = made.insert(Client, **cleaned)
        for model, part in parts:
            made.insert(model, client_id=new_id, **part)
        return new_id


def update_client(
    book: Book,
    client_id: int,
    values: Mapping[str, object],
    *,
    actor: str,
    contacts: Sequence[Mapping[str, object]] | None = None,
) -> None:
    """Set fields of a client and, where `contacts` is given, its contacts. Raises ValidationError with every problem.

    A contact with an `id` is that contact changed, one without is new, one left out is removed.
    """
    with change(book, actor, _("Change a client")) as made:
        before: Client = found(made.session, Client, client_id, _("The client"))
        problems = Problems()
        cleaned = column_values(Client, values, problems)
        check_client(made.session, cleaned, problems, before)
        if "code" in cleaned and not cleaned["code"]:
            problems.add("code", _("A client needs a code."))
        parts = [
            (part.get("id"), _part(Contact, {k: v for k, v in part.items() if k != "id"}, problems, f"contacts.{at}"))
            for at, part in enumerate(contacts or ())
        ]
        problems.raise_any()
        made.summary = _("Change client {code}").format(code=before.code)
        made.update(Client, client_id, **cleaned)
        if contacts is not None:
            _replace_contacts(made, client_id, parts)


def _replace_contacts(made: Change, client_id: int, parts: Sequence[tuple[object, Record]]) -> None:
    standing = set(made.session.scalars(select(Contact.id).where(Contact.client_id == client_id)))
    kept = {id for id, _ in parts if id is not None}
    if not kept <= standing:
        raise UserError(_("A contact of the client is not there any more."), _("Reload the client."))
    for contact_id in sorted(standing - kept):
        made.delete(Contact, contact_id)
    for id, part in parts:
        if isinstance(id, int):
            made.update(Contact, id, **part)
        else:
            made.insert(Contact, client_id=client_id, **part)


def _check_payer(session: Session, values: Record, problems: Problems, before: Client | None) -> None:
    """A group has one head: whoever pays for others is not paid for by one of them."""
    check_exists(session, Client, "paid_by_id", values, problems, _("The client that pays"))
    if before is None or "paid_by_id" in problems:
        return
    above = values.get("paid_by_id")
    for _step in range(session.scalar(select(func.count(Client.id))) or 0):
        if above == before.id:
            problems.add("paid_by_id", _("A client cannot be paid for by itself, nor by one that it pays for."))
        if above is None or above == before.id:
            return
        above = session.scalar(select(Client.paid_by_id).where(Client.id == above))


def clients_to_name(book: Book, but: int | None = None) -> tuple[tuple[int, str], ...]:
    """Id and "Name · CODE" of every client but one, by name; those merged into another left out."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, name || ' · ' || code FROM client WHERE merged_into_id IS NULL AND id IS NOT ? "
            "ORDER BY lower(name), code",
            (but,),
        )
        return tuple((int(row[0]), str(row[1])) for row in rows)


def check_client(session: Session, values: Record, problems: Problems, before: Client | None) -> None:
    """Note what is wrong with fields of a client, and write them as the book keeps them."""
    check_needed(values, problems, name=_("A client needs a name: it stands on its invoices."))
    check_unique(session, Client.code, values, problems, _("a client"), before.id if before else None)
    check_country(values, problems)
    check_currency(values, problems)
    check_language(values, problems)
    check_terms(values, problems)
    check_delivery(values, problems)
    check_email(values, problems)
    check_exists(session, Segment, "segment_id", values, problems, _("The segment"))
    check_exists(session, Template, "template_id", values, problems, _("The template"))
    check_exists(session, Person, "salesperson_id", values, problems, _("The salesperson"))
    _check_payer(session, values, problems, before)
    check_not_negative(values, problems, "credit_limit")
    if values.get("tax_treatment", "auto") not in _TREATMENTS:
        problems.add("tax_treatment", _("“{word}” is no tax treatment.").format(word=values["tax_treatment"]))
    country = values.get("country", before.country if before else "")
    if before is not None and "country" in values and "tax_id" not in values and country != before.country:
        # The id that was right for the old country may be wrong for the new one.
        values["tax_id"] = before.tax_id
    check_tax_id_of(country, values, problems)
    if values.get("iban"):
        checked = check_iban(values["iban"])
        values["iban"] = checked.normal
        if not checked.ok:
            problems.add("iban", put(checked.problem))
    check_place(country, values, problems)
    check_einvoice(values, problems)
    check_addressing(country, values, problems, before)
    check_paying(values, problems)
    if not 0 <= values.get("withholding", 0) < SCALE:
        problems.add("withholding", _("What is withheld is at least 0 and below 100 %."))
    delivery = values.get("delivery", before.delivery if before else None)
    email = values.get("email", before.email if before else "")
    if delivery == "email" and not email and ("delivery" in values or "email" in values):
        problems.add("email", _("Invoices go to this client by e-mail; that needs an address."))


def _part(model: Any, values: Mapping[str, object], problems: Problems, prefix: str) -> Record:
    own = Problems()
    cleaned = column_values(model, values, own)
    if model is Contact:
        check_email(cleaned, own)
        check_needed({"name": cleaned.get("name", "")}, own, name=_("A contact needs a name."))
        if cleaned.get("gets_invoices") and not cleaned.get("email"):
            own.add("email", _("Who gets the invoices needs an e-mail address."))
        elif cleaned.get("gets_reminders") and not cleaned.get("email"):
            own.add("email", _("Who gets the reminders needs an e-mail address."))
        if cleaned.get("mail_as", "to") not in PLACES:
            own.add(
                "mail_as", _("“{word}” is not one of {words}.").format(word=cleaned["mail_as"], words=", ".join(PLACES))
            )
    else:
        check_country(cleaned, own, needed=False)
        if cleaned.get("kind") not in _KINDS:
            own.add("kind", _("Say what the address is for."))
    if prefix:
        problems.add_from(prefix, own)
    else:
        problems.fields.update(own.fields)
    return cleaned


def archive_client(book: Book, client_id: int, *, actor: str) -> None:
    """Set a client aside: it stays in the books and out of the lists. UserError while an agreement is active."""
    with change(book, actor, _("Archive a client")) as made:
        row: Client = found(made.session, Client, client_id, _("The client"))
        running = made.session.scalars(
            select(Agreement.code).where(Agreement.client_id == client_id, Agreement.active).order_by(Agreement.code)
        ).all()
        if running:
            raise UserError(
                _("{name} has active agreements: {codes}.").format(name=row.name, codes=", ".join(running)),
                _("End them or switch them off first."),
            )
        made.summary = _("Archive client {code}").format(code=row.code)
        made.update(Client, client_id, active=False)


def restore_client(book: Book, client_id: int, *, actor: str) -> None:
    with change(book, actor, _("Restore a client")) as made:
        row: Client = found(made.session, Client, client_id, _("The client"))
        if row.merged_into_id is not None:
            head: Client = found(made.session, Client, row.merged_into_id, _("The client"))
            raise UserError(
                _("{name} was merged into {code} {other}.").format(name=row.name, code=head.code, other=head.name),
                _("Undo the merge to have both, or add a client with another code."),
            )
        made.summary = _("Restore client {code}").format(code=row.code)
        made.update(Client, client_id, active=True)


def delete_client(book: Book, client_id: int, *, actor: str) -> None:
    """Delete a client that nothing in the book refers to; UserError says what does."""
    with change(book, actor, _("Delete a client")) as made:
        row: Client = found(made.session, Client, client_id, _("The client"))
        counted = [
            words.format(count=count)
            for model, words in _what_keeps()
            if (count := made.session.scalar(select(func.count()).where(model.client_id == client_id)))
        ]
        merged = made.session.scalar(select(func.count()).where(Client.merged_into_id == client_id))
        counted += [_("{count} clients merged into it").format(count=merged)] if merged else []
        if counted:
            raise UserError(
                _("{name} stays in the book: it has {things}.").format(name=row.name, things=", ".join(counted)),
                _("Archive the client instead; that takes it out of the lists."),
            )
        made.summary = _("Delete client {code}").format(code=row.code)
        _delete_what_is_its_own(made, client_id)
        made.delete(Client, client_id)


def _delete_what_is_its_own(made: Change, client_id: int) -> None:
    own_rules = select(RuleSetting.id).where(RuleSetting.scope == "client", RuleSetting.scope_id == client_id)
    for rule_id in made.session.scalars(own_rules).all():
        made.delete(RuleSetting, rule_id)
    for rate_id in made.session.scalars(select(Rate.id).where(Rate.client_id == client_id)).all():
        made.delete(Rate, rate_id)
    drop_choices(made, "client", client_id)
    drop_mail_texts(made, "client", client_id)
    delete_beside(made, "client", client_id)


def save_contact(
    book: Book, client_id: int, values: Mapping[str, object], *, actor: str, contact_id: int | None = None
) -> int:
    """Add a contact of a client, or change one. Raises ValidationError."""
    return _save_part(book, Contact, client_id, values, contact_id, actor, _("The contact"))


def save_address(
    book: Book, client_id: int, values: Mapping[str, object], *, actor: str, address_id: int | None = None
) -> int:
    """Add a further address of a client, or change one. Raises ValidationError."""
    return _save_part(book, Address, client_id, values, address_id, actor, _("The address"))


def _save_part(
    book: Book, model: Any, client_id: int, values: Mapping[str, object], id: int | None, actor: str, what: str
) -> int:
    with change(book, actor, _("Change a client")) as made:
        row: Client = found(made.session, Client, client_id, _("The client"))
        made.summary = _("Change client {code}").format(code=row.code)
        before = record(found(made.session, model, id, what)) if id is not None else {}
        own = {name: value for name, value in before.items() if name not in ("id", "client_id")}
        problems = Problems()
        cleaned = _part(model, own | dict(values), problems, "")
        problems.raise_any()
        if id is None:
            return made.insert(model, client_id=client_id, **cleaned)
        made.update(model, id, **cleaned)
        return id


def remove_contact(book: Book, contact_id: int, *, actor: str) -> None:
    with change(book, actor, _("Remove a contact")) as made:
        found(made.session, Contact, contact_id, _("The contact"))
        made.delete(Contact, contact_id)


def remove_address(book: Book, address_id: int, *, actor: str) -> None:
    with change(book, actor, _("Remove an address")) as made:
        found(made.session, Address, address_id, _("The address"))
        made.delete(Address, address_id)
