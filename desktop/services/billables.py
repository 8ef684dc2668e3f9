"""What waits to be billed: hours worked, and charges, discounts and deposits billed once. Free until billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, Client, Draft, Invoice, Item, Milestone, OneOff, Run, TimeEntry
from desktop.domain.money import SCALE, unscaled
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_currency, check_exists, check_unique
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record
from desktop.services.usage import delete_usage_within

_OWN_FIELDS = frozenset({"draft_id", "invoice_id"})
_KINDS = ("charge", "discount", "deposit")
_LONGEST_DAY = 24 * SCALE


def time_entry(book: Book, entry_id: int) -> Record:
    """The entry with `invoice`, the number that billed it, empty while unbilled."""
    return _with_invoice(book, TimeEntry, entry_id, _("The time entry"))


def one_off(book: Book, one_off_id: int) -> Record:
    """The charge, discount or deposit with `invoice`, the number that billed it, empty while unbilled."""
    return _with_invoice(book, OneOff, one_off_id, _("The charge"))


def _with_invoice(book: Book, model: Any, id: int, what: str) -> Record:
    with book.reading() as session:
        row = found(session, model, id, what)
        number = session.scalar(select(Invoice.number).where(Invoice.id == row.invoice_id))
        return record(row) | {"invoice": number or ""}


def create_time_entry(book: Book, values: Mapping[str, object], *, actor: str) -> int:
    """Add hours worked; with an agreement the client follows from it. Raises ValidationError."""
    with change(book, actor, _("Add a time entry")) as made:
        problems = Problems()
        given = {"client_id": None, "work_date": None, "hours": None} | dict(values)
        cleaned = _cleaned(made.session, TimeEntry, given, problems)
        if cleaned.get("work_date") is None:
            problems.fields["work_date"] = _("On which day was it worked?")
        if cleaned.get("hours") is None:
            problems.fields["hours"] = _("How many hours were worked?")
        _check_time(made.session, cleaned, problems, None)
        problems.raise_any()
        return made.insert(TimeEntry, **cleaned)


def update_time_entry(book: Book, entry_id: int, values: Mapping[str, object], *, actor: str) -> None:
    """Change an unbilled entry; UserError once it is billed. A draft that holds it is checked again by its run."""
    with change(book, actor, _("Change a time entry")) as made:
        before: TimeEntry = found(made.session, TimeEntry, entry_id, _("The time entry"))
        _refuse_billed(made.session, before)
        problems = Problems()
        cleaned = _cleaned(made.session, TimeEntry, values, problems, before)
        _check_time(made.session, cleaned, problems, before)
        problems.raise_any()
        made.update(TimeEntry, entry_id, **cleaned)


def create_one_off(book: Book, values: Mapping[str, object], *, actor: str, allow_zero: bool = False) -> int:
    """Add a charge, a discount or a deposit. Raises ValidationError.

    An empty quantity is 1, an empty currency the agreement's or the client's. A discount is entered as the amount it
    takes off and kept below 0. A price of 0 needs `allow_zero`.
    """
    with change(book, actor, _("Add a charge")) as made:
        problems = Problems()
        given = {"client_id": None, "due_date": None, "quantity": 1, "kind": "charge", "currency": ""} | {
            name: value for name, value in values.items() if value is not None
        }
        cleaned = _cleaned(made.session, OneOff, given, problems)
        if cleaned.get("due_date") is None:
            problems.fields["due_date"] = _("From which day on may it be billed?")
        cleaned["currency"] = cleaned.get("currency") or _currency_of(made.session, cleaned)
        _check_one_off(made.session, cleaned, problems, None, allow_zero)
        problems.raise_any()
        return made.insert(OneOff, **cleaned)


def update_one_off(
    book: Book, one_off_id: int, values: Mapping[str, object], *, actor: str, allow_zero: bool = False
) -> None:
    """Change an unbilled charge; UserError once it is billed."""
    with change(book, actor, _("Change a charge")) as made:
        before: OneOff = found(made.session, OneOff, one_off_id, _("The charge"))
        _refuse_billed(made.session, before)
        problems = Problems()
        cleaned = _cleaned(made.session, OneOff, values, problems, before)
        _check_one_off(made.session, cleaned, problems, before, allow_zero)
        problems.raise_any()
        made.update(OneOff, one_off_id, **cleaned)


def _cleaned(
    session: Session, model: Any, values: Mapping[str, object], problems: Problems, before: Any = None
) -> Record:
    """Column values with client and agreement that belong together."""
    if _OWN_FIELDS & values.keys():
        raise TypeError("only billing marks what is billed")
    given = dict(values)
    if given.get("external_id") == "":
        given["external_id"] = None
    agreement_id = given.get("agreement_id", before.agreement_id if before else None)
    agreement = session.get(Agreement, agreement_id) if agreement_id is not None else None
    if agreement_id is not None and agreement is None:
        problems.add("agreement_id", _("The agreement is not there any more."))
    if agreement is not None:
        client_id = given.get("client_id")
        if client_id is None:
            given["client_id"] = agreement.client_id
        elif client_id != agreement.client_id:
            problems.add("agreement_id", _("{code} is another client's.").format(code=agreement.code))
    if given.get("client_id", before) is None:
        problems.add("client_id", _("Choose a client."))
        given.pop("client_id", None)
    if not given.get("due_date", True):
        given.pop("due_date")
    cleaned = column_values(model, given, problems)
    check_exists(session, Client, "client_id", cleaned, problems, _("The client"))
    check_exists(session, Item, "item_id", cleaned, problems, _("The item"))
    check_unique(session, model.external_id, cleaned, problems, _("an entry"), before.id if before else None)
    return cleaned


def _check_time(session: Session, values: Record, problems: Problems, before: TimeEntry | None) -> None:
    hours = values.get("hours")
    if hours is not None and hours == 0:
        problems.add("hours", _("0 hours bill nothing."))
    elif hours is not None and abs(hours) > _LONGEST_DAY:
        problems.add("hours", _("A day has 24 hours, not {hours}.").format(hours=number_text(unscaled(hours))))
    if values.get("rate") is not None and values["rate"] < 0:
        problems.add("rate", _("A rate cannot be below 0; take hours back by negative hours."))


def _check_one_off(
    session: Session, values: Record, problems: Problems, before: OneOff | None, allow_zero: bool
) -> None:
    def now(name: str) -> Any:
        return values.get(name, getattr(before, name) if before else None)

    if now("currency"):
        check_currency(values, problems)
    kind, price = now("kind"), now("unit_price")
    if kind not in _KINDS:
        problems.add("kind", _("“{word}” is no kind of charge.").format(word=kind))
    if now("quantity") is not None and now("quantity") <= 0:
        problems.add("quantity", _("A quantity is above 0; what takes money off is a discount."))
    if now("item_id") is None and not now("description"):
        problems.add("description", _("Choose an item, or say what is billed."))
    if price is None and (kind != "charge" or now("item_id") is None):
        problems.add("unit_price", _("It needs a price."))
    elif price == 0 and not allow_zero and (before is None or before.unit_price != 0):
        problems.add("unit_price", _("A price of 0 bills nothing. Confirm that this is meant."))
    elif price is not None and kind == "discount":
        values["unit_price"] = -abs(price)
    elif price is not None and price < 0:
        problems.add("unit_price", _("What takes money off is a discount, not a {kind}.").format(kind=kind))


def _currency_of(session: Session, values: Record) -> str:
    for model, name in ((Agreement, "agreement_id"), (Client, "client_id")):
        row = session.get(model, values[name]) if values.get(name) else None
        if row is not None:
            return str(row.currency)  # type: ignore[attr-defined]
    return ""


def delete_billables(
    book: Book,
    *,
    time_ids: Sequence[int] = (),
    one_off_ids: Sequence[int] = (),
    usage_ids: Sequence[int] = (),
    milestone_ids: Sequence[int] = (),
    actor: str,
) -> int:
    """Delete unbilled entries, charges and records of use, all or none; how many.

    UserError for what is billed or on a draft.
    """
    with change(book, actor, _("Delete billables")) as made:
        for model, ids, what in (
            (TimeEntry, time_ids, _("The time entry")),
            (OneOff, one_off_ids, _("The charge")),
            (Milestone, milestone_ids, _("The milestone")),
        ):
            for id in ids:
                row = found(made.session, model, id, what)
                _refuse_billed(made.session, row)
                _refuse_drafted(made, row)
                made.delete(model, id)
        delete_usage_within(made, usage_ids)
        return len(time_ids) + len(one_off_ids) + len(usage_ids) + len(milestone_ids)


def _refuse_billed(session: Session, row: TimeEntry | OneOff | Milestone) -> None:
    if row.invoice_id is not None:
        number = session.scalar(select(Invoice.number).where(Invoice.id == row.invoice_id))
        raise UserError(
            _("It was billed on {number}.").format(number=number),
            _("Write a credit note that frees it, then change it and bill it again."),
        )


def _refuse_drafted(made: Change, row: TimeEntry | OneOff | Milestone) -> None:
    if row.draft_id is not None:
        number = made.session.scalar(
            select(Run.number).join(Draft, Draft.run_id == Run.id).where(Draft.id == row.draft_id)
        )
        raise UserError(
            _("It is on a draft of run {number}.").format(number=number),
            _("Discard the draft first, or issue it."),
        )
