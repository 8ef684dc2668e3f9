"""Tax codes and their dated rates. Rates are percentages here (19), fractions in the book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Firm, InvoiceLine, Item, Segment, TaxCode, TaxRate
from desktop.domain.money import percent_to_scaled, scaled_to_percent
from desktop.domain.place_catalogue import tax_codes as catalogue_of
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text, percent_text
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_country, check_needed, check_unique
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record

_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O", "L", "M")
# Those of EN 16931 that carry a rate: the standard one (any rate above 0), the Canaries' and Ceuta's.
_TAXED = ("S", "L", "M")


def tax_codes(book: Book) -> list[Record]:
    """All codes with `rates`, a list of (valid from, percent), oldest first, and `percent`, the latest of them."""
    with book.reading() as session:
        rates: dict[int, list[tuple[date, Decimal]]] = {}
        for row in session.scalars(select(TaxRate).order_by(TaxRate.valid_from)):
            rates.setdefault(row.tax_code_id, []).append((row.valid_from, scaled_to_percent(row.rate)))
        return [
            record(row) | {"rates": (own := rates.get(row.id, [])), "percent": own[-1][1] if own else None}
            for row in session.scalars(select(TaxCode).order_by(TaxCode.id))
        ]


def save_tax_code(
    book: Book,
    values: Mapping[str, object],
    *,
    actor: str,
    tax_code_id: int | None = None,
    rate: tuple[date, Decimal] | None = None,
) -> int:
    """Add a code with its first rate, or change one. Raises ValidationError.

    The category of a code that issued invoices use stays: they would no longer match their code.
    """
    with change(book, actor, _("Change the tax codes")) as made:
        before: TaxCode | None = (
            found(made.session, TaxCode, tax_code_id, _("The tax code")) if tax_code_id is not None else None
        )
        problems = Problems()
        given = dict(values)
        if before is None:
            firm = made.session.get_one(Firm, FIRM)
            given = {"code": "", "name": "", "category": "S", "country": firm.country} | given
        cleaned = column_values(TaxCode, given, problems)
        check_needed(cleaned, problems, code=_("A tax code needs a short code."), name=_("A tax code needs a name."))
        check_unique(made.session, TaxCode.code, cleaned, problems, _("a tax code"), tax_code_id)
        check_country(cleaned, problems)
        category = cleaned.get("category", before.category if before else "S")
        if category not in _CATEGORIES:
            problems.add("category", _("“{word}” is no tax category of EN 16931.").format(word=category))
        reason = [cleaned.get(name, getattr(before, name, "")) for name in ("exemption_code", "exemption_text")]
        if category not in (*_TAXED, "Z") and not any(reason):
            problems.add("exemption_text", _("Where no tax is charged, the invoice must say why (BR-E-10)."))
        if before is not None and category != before.category and _billed(made.session, before.id):
            problems.add("category", _("Issued invoices use this code; make a new one for another category."))
        if rate is not None:
            _check_rate(category, rate[1], problems)
        problems.raise_any()
        if before is None:
            made.summary = _("Add tax code {code}").format(code=cleaned["code"])
            new_id = made.insert(TaxCode, **cleaned)
            _set(made, new_id, *(rate or (date(1970, 1, 1), Decimal(0))))
            return new_id
        made.summary = _("Change tax code {code}").format(code=before.code)
        made.update(TaxCode, before.id, **cleaned)
        if rate is not None:
            _set(made, before.id, *rate)
        return before.id


def _check_rate(category: str, percent: Decimal, problems: Problems) -> None:
    if not 0 <= percent <= 100:
        problems.add("rate", _("A rate lies between 0 and 100 %."))
    elif category not in _TAXED and percent:
        problems.add(
            "rate",
            _("Category {category} charges no tax; {rate} needs category S.").format(
                category=category, rate=percent_text(percent)
            ),
        )
    elif category == "S" and not percent:
        problems.add("rate", _("Category S needs a rate above 0 (BR-S-05); a rate of 0 is category Z."))
    elif percent * 10_000 != int(percent * 10_000):
        problems.add("rate", _("{rate} has more than four decimals.").format(rate=number_text(percent)))


def _billed(session: Session, tax_code_id: int) -> bool:
    return bool(session.scalar(select(InvoiceLine.id).where(InvoiceLine.tax_code_id == tax_code_id).limit(1)))


def set_tax_rate(book: Book, tax_code_id: int, valid_from: date, percent: Decimal, *, actor: str) -> None:
    """Set a code's rate from a day on. Raises ValidationError; issued invoices keep the rate they were issued with."""
    with change(book, actor, _("Change a tax rate")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        problems = Problems()
        _check_rate(row.category, percent, problems)
        problems.raise_any()
        made.summary = _("Set tax code {code} to {rate} from {day}").format(
            code=row.code, rate=percent_text(percent), day=date_text(valid_from)
        )
        _set(made, tax_code_id, valid_from, percent)


def _set(made: Change, tax_code_id: int, valid_from: date, percent: Decimal) -> None:
    standing = made.session.scalar(
        select(TaxRate.id).where(TaxRate.tax_code_id == tax_code_id, TaxRate.valid_from == valid_from)
    )
    if standing is None:
        made.insert(TaxRate, tax_code_id=tax_code_id, valid_from=valid_from, rate=percent_to_scaled(percent))
    else:
        made.update(TaxRate, standing, rate=percent_to_scaled(percent))


def remove_tax_rate(book: Book, tax_code_id: int, valid_from: date, *, actor: str) -> None:
    """Take a dated rate back. UserError for the only one: without a rate nothing can be taxed."""
    with change(book, actor, _("Remove a tax rate")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        rates = {
            rate.valid_from: rate.id
            for rate in made.session.scalars(select(TaxRate).where(TaxRate.tax_code_id == tax_code_id))
        }
        if valid_from not in rates:
            raise UserError(_("{name} has no rate from {day}.").format(name=row.name, day=date_text(valid_from)))
        if len(rates) == 1:
            raise UserError(
                _("This is the only rate of {name}.").format(name=row.name), _("Set another one first, or archive it.")
            )
        made.delete(TaxRate, rates[valid_from])


def delete_tax_code(book: Book, tax_code_id: int, *, actor: str) -> None:
    """Delete a code that nothing uses; UserError otherwise."""
    with change(book, actor, _("Delete a tax code")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        items = made.session.scalar(select(func.count()).where(Item.tax_code_id == tax_code_id)) or 0
        segments = made.session.scalar(select(func.count()).where(Segment.tax_code_id == tax_code_id)) or 0
        if items or segments or _billed(made.session, tax_code_id):
            raise UserError(
                _("{name} is used by items, segments or issued invoices.").format(name=row.name),
                _("Switch it off instead."),
            )
        made.summary = _("Delete tax code {code}").format(code=row.code)
        for rate_id in made.session.scalars(select(TaxRate.id).where(TaxRate.tax_code_id == tax_code_id)).all():
            made.delete(TaxRate, rate_id)
        made.delete(TaxCode, tax_code_id)


def add_country_codes(book: Book, country: str, *, actor: str) -> list[str]:
    """Add the catalogue's codes of a country that the book lacks, such as after the firm moved; the codes added.

    A code that the book has under another country gets the country's letters in front.
    """
    with change(book, actor, _("Add the tax codes of {country}").format(country=country)) as made:
        known = {(code, at) for code, at in made.session.execute(select(TaxCode.code, TaxCode.country)).all()}
        taken = {code for code, _at in known}
        added = []
        for entry in catalogue_of(country):
            code = entry.code if entry.code not in taken else f"{country.lower()}-{entry.code}"
            if (entry.code, country) in known or code in taken:
                continue
            new_id = made.insert(
                TaxCode,
                code=code,
                name=entry.name,
                country=country,
                category=entry.category,
                exemption_code=entry.exemption_code,
                exemption_text=entry.exemption_text,
            )
            for day, percent in entry.rates:
                _set(made, new_id, day, percent)
            added.append(code)
        return added
