"""Tax codes and their dated rates. Rates are percentages here (19), fractions in the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Firm, InvoiceLine, Item, Segment, TaxCode, TaxRate, TaxRule
from desktop.domain.money import percent_to_scaled, scaled_to_percent
from desktop.domain.place_catalogue import rate_rows
from desktop.domain.place_catalogue import tax_codes as catalogue_of
from desktop.domain.place_catalogue import tax_rules as catalogue_rules
from desktop.domain.tax_catalogue import ALWAYS
from desktop.domain.tax_parts import RESERVED, Parts, dated_parts
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


Taxes = Sequence[tuple[str, Decimal]]
"""The taxes that a rate is the sum of: (name, percent) each; one without a name where it is a single tax."""


def tax_codes(book: Book) -> list[Record]:
    """All codes with `rates`, a list of (valid from, percent), oldest first, and `percent`, the latest of them.

    `taxes` lists (valid from, the taxes of that day) where the rate is the sum of taxes with names, else it is empty.
    """
    with book.reading() as session:
        rows: dict[int, list[tuple[str, date, int]]] = {}
        for row in session.scalars(select(TaxRate).order_by(TaxRate.valid_from, TaxRate.id)):
            rows.setdefault(row.tax_code_id, []).append((row.name, row.valid_from, row.rate))
        return [
            record(row) | _rates(rows.get(row.id, [])) for row in session.scalars(select(TaxCode).order_by(TaxCode.id))
        ]


def _rates(rows: Sequence[tuple[str, date, int]]) -> Record:
    dated = dated_parts(rows)
    rates = [(day, scaled_to_percent(sum(rate for _name, rate in parts))) for day, parts in dated]
    named = any(name for name, _day, _rate in rows)
    taxes = [(day, [(name, scaled_to_percent(rate)) for name, rate in parts]) for day, parts in dated] if named else []
    return {"rates": rates, "percent": rates[-1][1] if rates else None, "taxes": taxes}


def save_tax_code(
    book: Book,
    values: Mapping[str, object],
    *,
    actor: str,
    tax_code_id: int | None = None,
    rate: tuple[date, Decimal] | None = None,
    taxes: tuple[date, Taxes] | None = None,
) -> int:
    """Add a code with its first rate, or its first taxes of which that is the sum, or change one.

    Raises ValidationError.

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
        given_taxes = taxes or (None if rate is None else (rate[0], [("", rate[1])]))
        if given_taxes is not None:
            _check_taxes(category, given_taxes[1], problems)
        problems.raise_any()
        if before is None:
            made.summary = _("Add tax code {code}").format(code=cleaned["code"])
            new_id = made.insert(TaxCode, **cleaned)
            _set(made, new_id, *(given_taxes or (ALWAYS, [("", Decimal(0))])))
            return new_id
        made.summary = _("Change tax code {code}").format(code=before.code)
        made.update(TaxCode, before.id, **cleaned)
        if given_taxes is not None:
            _set(made, before.id, *given_taxes)
        return before.id


def _check_taxes(category: str, taxes: Taxes, problems: Problems) -> None:
    names = [name.casefold() for name, _percent in taxes]
    if not taxes:
        problems.add("rate", _("Give at least one tax."))
    elif len(taxes) > 1 and not all(names):
        problems.add("rate", _("Each of several taxes needs a name; it stands on the invoice."))
    elif len(set(names)) < len(names):
        problems.add("rate", _("Two taxes have the same name."))
    elif any(sign in name for name in names for sign in RESERVED):
        problems.add("rate", _("The name of a tax has no “=” and no “;”."))
    elif any(percent < 0 for _name, percent in taxes):
        problems.add("rate", _("A rate lies between 0 and 100 %."))
    elif any(percent * 10_000 != int(percent * 10_000) for _name, percent in taxes):
        problems.add("rate", _("A rate has at most four decimals."))
    else:
        _check_rate(category, sum((percent for _name, percent in taxes), Decimal(0)), problems)


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


def add_code_with_taxes(
    made: Change,
    code: str,
    name: str,
    country: str,
    valid_from: date,
    taxes: Taxes,
    problems: Problems,
    field: str,
) -> int | None:
    """One of many codes within the caller's change; None with its problems noted under `field`."""
    own = Problems()
    _check_taxes("S", taxes, own)
    if "rate" in own:
        problems.add(field, own.fields["rate"])
        return None
    key = made.insert(TaxCode, code=code, name=name, country=country, category="S")
    _set(made, key, valid_from, taxes)
    return key


def set_tax_rate(book: Book, tax_code_id: int, valid_from: date, percent: Decimal, *, actor: str) -> None:
    """Set a code's one rate from a day on. Raises ValidationError; issued invoices keep the rate they had."""
    set_taxes(book, tax_code_id, valid_from, [("", percent)], actor=actor)


def set_taxes(book: Book, tax_code_id: int, valid_from: date, taxes: Taxes, *, actor: str) -> None:
    """Set the taxes that a code is made of from a day on; one that is left out ends there. Raises ValidationError.

    Issued invoices keep what they were issued with.
    """
    with change(book, actor, _("Change a tax rate")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        taxes = [(" ".join(name.split()), percent) for name, percent in taxes]
        problems = Problems()
        _check_taxes(row.category, taxes, problems)
        problems.raise_any()
        whole = sum((percent for _name, percent in taxes), Decimal(0))
        made.summary = _("Set tax code {code} to {rate} from {day}").format(
            code=row.code, rate=percent_text(whole), day=date_text(valid_from)
        )
        _set(made, tax_code_id, valid_from, taxes)


def _set(made: Change, tax_code_id: int, valid_from: date, taxes: Taxes) -> None:
    own = made.session.scalars(select(TaxRate).where(TaxRate.tax_code_id == tax_code_id)).all()
    now = {row.name: row for row in own if row.valid_from == valid_from}
    levied = dict(_of_day(own, valid_from))
    wanted = dict(taxes) | {name: Decimal(0) for name, rate in levied.items() if rate and name not in dict(taxes)}
    for name, percent in wanted.items():
        standing = now.get(name)
        if standing is None:
            made.insert(
                TaxRate, tax_code_id=tax_code_id, name=name, valid_from=valid_from, rate=percent_to_scaled(percent)
            )
        else:
            made.update(TaxRate, standing.id, rate=percent_to_scaled(percent))
    for name, standing in now.items():
        if name not in wanted:
            made.delete(TaxRate, standing.id)


def _of_day(rows: Sequence[TaxRate], day: date) -> Parts:
    """The taxes as they were on the day before it changed."""
    until = dated_parts([(row.name, row.valid_from, row.rate) for row in rows if row.valid_from < day])
    return until[-1][1] if until else ()


def remove_tax_rate(book: Book, tax_code_id: int, valid_from: date, *, actor: str) -> None:
    """Take a dated rate back, with all taxes of that day. UserError for the only one: without a rate nothing can be
    taxed."""
    with change(book, actor, _("Remove a tax rate")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        rates: dict[date, list[int]] = {}
        for rate in made.session.scalars(select(TaxRate).where(TaxRate.tax_code_id == tax_code_id)):
            rates.setdefault(rate.valid_from, []).append(rate.id)
        if valid_from not in rates:
            raise UserError(_("{name} has no rate from {day}.").format(name=row.name, day=date_text(valid_from)))
        if len(rates) == 1:
            raise UserError(
                _("This is the only rate of {name}.").format(name=row.name), _("Set another one first, or archive it.")
            )
        for rate_id in rates[valid_from]:
            made.delete(TaxRate, rate_id)


def delete_tax_code(book: Book, tax_code_id: int, *, actor: str) -> None:
    """Delete a code that nothing uses; UserError otherwise."""
    with change(book, actor, _("Delete a tax code")) as made:
        row: TaxCode = found(made.session, TaxCode, tax_code_id, _("The tax code"))
        items = made.session.scalar(select(func.count()).where(Item.tax_code_id == tax_code_id)) or 0
        segments = made.session.scalar(select(func.count()).where(Segment.tax_code_id == tax_code_id)) or 0
        rules = made.session.scalar(select(func.count()).where(TaxRule.tax_code_id == tax_code_id)) or 0
        if items or segments or rules or _billed(made.session, tax_code_id):
            raise UserError(
                _("{name} is used by items, segments, rules of places or issued invoices.").format(name=row.name),
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
        added: list[str] = []
        made_codes: dict[str, int] = {}
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
            for name, day, percent in rate_rows(entry):
                made.insert(TaxRate, tax_code_id=new_id, name=name, valid_from=day, rate=percent_to_scaled(percent))
            added.append(code)
            made_codes[entry.code] = new_id
        _add_rules(made, country, made_codes)
        return added


def _add_rules(made: Change, country: str, codes: Mapping[str, int]) -> None:
    """The rules of a country's places, for its codes that were just added."""
    last = made.session.scalar(select(func.max(TaxRule.position))) or 0
    rules = [rule for rule in catalogue_rules(country) if rule.code in codes]
    for position, rule in enumerate(rules, last + 1):
        made.insert(
            TaxRule,
            position=position,
            country=country,
            region=rule.region,
            item_code=rule.item_code,
            tax_code_id=codes[rule.code],
        )
