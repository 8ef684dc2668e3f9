"""Which tax code a place bears for which items: the rules of a book, and the areas where a firm collects sales tax."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Firm, TaxCode, TaxRule
from desktop.domain.place_catalogue import SAMPLE_AREAS
from desktop.domain.states import PLACES, state_name, state_of
from desktop.domain.tax_catalogue import STANDARD
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_country, check_exists
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record
from desktop.services.taxes import add_code_with_taxes

_NOT_CODE = re.compile("[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Area:
    """A place with the taxes levied there from a day on, (name, percent) each, for the classes of items it taxes.

    `region` is a state, alone or with an area within it ("TX", "TX Austin"); a class is the tax code of an item.
    """

    region: str
    name: str
    taxes: Sequence[tuple[str, Decimal]]
    since: date
    item_codes: Sequence[str] = (STANDARD,)


def tax_rules(book: Book) -> list[Record]:
    """The rules in the order in which they are tried, with `code` and `code_name` of their tax code and `place`."""
    with book.reading() as session:
        rows = session.execute(
            select(TaxRule, TaxCode.code, TaxCode.name)
            .join(TaxCode, TaxCode.id == TaxRule.tax_code_id)
            .order_by(TaxRule.position, TaxRule.id)
        )
        return [
            record(rule) | {"code": code, "code_name": name, "place": place_of_rule(rule.country, rule.region)}
            for rule, code, name in rows
        ]


def place_of_rule(country: str, region: str) -> str:
    """A rule's place in words."""
    own, union, other = _("own state"), _("own union territory"), _("any other state")
    words = {"@own": own, "@union": union, "@other": other}.get(region)
    return words or (state_name(country, state_of(country, region)) if region else _("everywhere"))


def save_tax_rule(book: Book, values: Mapping[str, object], *, actor: str, rule_id: int | None = None) -> int:
    """Add a rule, which is tried before all others, or change one. Raises ValidationError with every problem."""
    with change(book, actor, _("Change the tax rules")) as made:
        before: TaxRule | None = (
            found(made.session, TaxRule, rule_id, _("The tax rule")) if rule_id is not None else None
        )
        problems = Problems()
        cleaned = column_values(TaxRule, values, problems)
        country = str(cleaned.get("country", before.country if before else ""))
        check_country(cleaned, problems, needed=False)
        if cleaned.get("region") and cleaned["region"] not in PLACES:
            if not country:
                problems.add("country", _("A state needs its country."))
            cleaned["region"] = state_of(country, str(cleaned["region"]))
        if before is None and not cleaned.get("tax_code_id"):
            problems.add("tax_code_id", _("Choose the tax code that is billed there."))
        check_exists(made.session, TaxCode, "tax_code_id", cleaned, problems, _("The tax code"))
        _check_class(made.session, cleaned, problems)
        problems.raise_any()
        if before is None:
            return made.insert(TaxRule, position=_first(made.session), **cleaned)
        made.update(TaxRule, before.id, **cleaned)
        return before.id


def _check_class(session: Session, values: Record, problems: Problems) -> None:
    item_code = values.get("item_code")
    if item_code and session.scalar(select(TaxCode.id).where(TaxCode.code == item_code)) is None:
        problems.add("item_code", _("There is no tax code “{code}”.").format(code=item_code))


def _first(session: Session) -> int:
    """Before all others: what is added later is meant to be the exception."""
    lowest = session.scalar(select(func.min(TaxRule.position)))
    return 1 if lowest is None else lowest - 1


def delete_tax_rule(book: Book, rule_id: int, *, actor: str) -> None:
    with change(book, actor, _("Delete a tax rule")) as made:
        found(made.session, TaxRule, rule_id, _("The tax rule"))
        made.delete(TaxRule, rule_id)


def move_tax_rule(book: Book, rule_id: int, by: int, *, actor: str) -> None:
    """Try a rule earlier (-1) or later (1); nothing happens at either end."""
    with change(book, actor, _("Move a tax rule")) as made:
        order = made.session.scalars(select(TaxRule).order_by(TaxRule.position, TaxRule.id)).all()
        at = next((place for place, rule in enumerate(order) if rule.id == rule_id), None)
        if at is None:
            raise UserError(_("The tax rule is not there any more."), _("Reload the list."))
        to = at + by
        if not 0 <= to < len(order):
            return
        moved = list(order)
        moved.insert(to, moved.pop(at))
        numbers = {rule.id: position for position, rule in enumerate(moved, moved[0].position)}
        for rule in order:
            if rule.position != numbers[rule.id]:
                made.update(TaxRule, rule.id, position=numbers[rule.id])


def save_areas(book: Book, areas: Sequence[Area], *, actor: str) -> list[str]:
    """Collect in each of the areas: a tax code of its taxes, and rules that lead there. The codes made.

    Raises ValidationError; problems of an area stand under `areas.0.region` and the like. An area whose code the book
    has already is left as it is.
    """
    with change(book, actor, _("Add areas where tax is collected")) as made:
        country = made.session.get_one(Firm, FIRM).country
        problems = Problems()
        added = []
        for at, area in enumerate(areas):
            region = state_of(country, area.region)
            if not region:
                problems.add(f"areas.{at}.region", _("Say which state, alone or with the area within it."))
                continue
            for item_code in area.item_codes:
                own = Problems()
                _check_class(made.session, {"item_code": item_code}, own)
                if own.fields:
                    problems.add(f"areas.{at}.item_codes", own.fields["item_code"])
            code = _NOT_CODE.sub("-", region.lower()).strip("-")
            if made.session.scalar(select(TaxCode.id).where(func.lower(TaxCode.code) == code)) is not None:
                continue
            key = add_code_with_taxes(
                made, code, area.name or region, country, area.since, area.taxes, problems, f"areas.{at}.rate"
            )
            if key is not None:
                _lead_to(made, country, region, area.item_codes, key)
                added.append(code)
        problems.raise_any()
        return added


def _lead_to(made: Change, country: str, region: str, item_codes: Sequence[str], tax_code_id: int) -> None:
    for item_code in item_codes:
        made.insert(
            TaxRule,
            position=_first(made.session),
            country=country,
            region=region,
            item_code=item_code,
            tax_code_id=tax_code_id,
        )


def add_sample_areas(book: Book, *, actor: str) -> list[str]:
    """Three areas of the US with their taxes, to see how one is written; the codes that were not there before."""
    return save_areas(book, [Area(one.region, one.name, one.taxes, one.since) for one in SAMPLE_AREAS], actor=actor)
