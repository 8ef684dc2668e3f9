"""The catalogue: one entry a service or product, so that the same thing never has two names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import AgreementLine, Firm, InvoiceLine, Item, OneOff, Rate, TaxCode, TimeEntry
from desktop.domain.recognition import METHODS
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.beside import delete_beside
from desktop.services.changes import change
from desktop.services.field_checks import (
    check_currency,
    check_exists,
    check_needed,
    check_not_negative,
    check_unique,
    next_code,
)
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record

_USES: tuple[Any, ...] = (AgreementLine, TimeEntry, OneOff, InvoiceLine, Rate)


def items(book: Book, *, archived: bool = False) -> list[Record]:
    """The entries by name, for choosing one; price as Decimal."""
    with book.reading() as session:
        query = select(Item).order_by(Item.name)
        return [record(row) for row in session.scalars(query if archived else query.where(Item.active))]


def item(book: Book, item_id: int) -> Record:
    with book.reading() as session:
        return record(found(session, Item, item_id, _("The item")))


def item_id(book: Book, code: str) -> int:
    """The id of the item with this code, whatever its capitals, or of the one it was merged into.

    UserError if there is none.
    """
    with book.reading() as session:
        merged_or_own = func.coalesce(Item.merged_into_id, Item.id)
        known = session.scalar(select(merged_or_own).where(func.lower(Item.code) == func.lower(code.strip())))
    if known is None:
        raise UserError(_("There is no item with the code “{code}”.").format(code=code), _("See the catalogue."))
    return known


def save_item(book: Book, values: Mapping[str, object], *, actor: str, item_id: int | None = None) -> int:
    """Add an entry, or change one. Raises ValidationError.

    A list price without a currency is in the firm's; an entry without a tax code takes the standard one.
    """
    with change(book, actor, _("Change the catalogue")) as made:
        before: Item | None = found(made.session, Item, item_id, _("The item")) if item_id is not None else None
        problems = Problems()
        cleaned = column_values(Item, values if before else {"name": ""} | dict(values), problems)
        check_item(made.session, cleaned, problems, before)
        if before is None:
            if not cleaned.get("code"):
                cleaned["code"] = next_code(made.session, Item.code, "I-")
            if cleaned.get("tax_code_id") is None:
                cleaned["tax_code_id"] = made.session.scalar(select(TaxCode.id).where(TaxCode.code == "standard"))
            problems.raise_any()
            made.summary = _("Add item {code}").format(code=cleaned["code"])
            return made.insert(Item, **cleaned)
        if "code" in cleaned and not cleaned["code"]:
            problems.add("code", _("An item needs a code."))
        problems.raise_any()
        made.summary = _("Change item {code}").format(code=before.code)
        made.update(Item, before.id, **cleaned)
        return before.id


def check_item(session: Session, values: Record, problems: Problems, before: Item | None) -> None:
    """Note what is wrong with fields of an item, and give a price its currency."""
    check_needed(
        values,
        problems,
        name=_("An item needs a name: it stands on every line that bills it."),
        unit=_("An item needs a unit, such as hour or month."),
    )
    own_id = before.id if before else None
    check_unique(session, Item.code, values, problems, _("an item"), own_id)
    check_unique(session, Item.name, values, problems, _("an item"), own_id)
    check_currency(values, problems)
    check_not_negative(values, problems, "price")
    check_exists(session, TaxCode, "tax_code_id", values, problems, _("The tax code"))
    if values.get("kind", "service") not in ("service", "goods"):
        problems.add("kind", _("An item is a service or goods."))
    if values.get("recognition") not in (None, *METHODS):
        problems.add("recognition", _("Choose how its revenue is earned from the list."))
    price = values.get("price", before.price if before else None)
    currency = values.get("currency", before.currency if before else None)
    if price is not None and currency is None and "currency" not in problems:
        values["currency"] = session.get_one(Firm, FIRM).currency


def delete_item(book: Book, item_id: int, *, actor: str) -> None:
    """Delete an entry that nothing uses; UserError otherwise."""
    with change(book, actor, _("Delete an item")) as made:
        row: Item = found(made.session, Item, item_id, _("The item"))
        uses = sum(made.session.scalar(select(func.count()).where(model.item_id == item_id)) or 0 for model in _USES)
        uses += made.session.scalar(select(func.count()).where(Item.merged_into_id == item_id)) or 0
        if uses:
            raise UserError(
                _("{name} is used {count} times: on agreements, entries, rates or invoices.").format(
                    name=row.name, count=uses
                ),
                _("Archive the item instead; it can then no longer be chosen."),
            )
        made.summary = _("Delete item {code}").format(code=row.code)
        delete_beside(made, "item", item_id)
        made.delete(Item, item_id)


def archive_item(book: Book, item_id: int, *, actor: str, archived: bool = True) -> None:
    """Take an entry out of the choices, or bring it back; what bills it already goes on."""
    with change(book, actor, _("Archive an item")) as made:
        row: Item = found(made.session, Item, item_id, _("The item"))
        if row.merged_into_id is not None and not archived:
            head: Item = found(made.session, Item, row.merged_into_id, _("The item"))
            raise UserError(
                _("{name} was merged into {code} {other}.").format(name=row.name, code=head.code, other=head.name),
                _("Undo the merge to have both."),
            )
        made.summary = (_("Archive item {code}") if archived else _("Restore item {code}")).format(code=row.code)
        made.update(Item, item_id, active=not archived)
