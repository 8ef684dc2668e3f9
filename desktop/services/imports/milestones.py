"""Milestones from a file: known by their id, or by their name within the agreement."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from db.schema import Milestone
from desktop.domain.money import SCALE, exact_minor, exponent, percent_to_scaled, scaled_to_percent
from desktop.i18n import _, date_text, percent_text
from desktop.importing.results import Report, Row
from desktop.services.change_sets import Change
from desktop.services.imports.intake import Intake, Lookup, State, Writes, column_value, current_rows, differs

_FIELDS = {
    "agreement_id": "agreement",
    "name": "name",
    "item_id": "item",
    "amount": "amount",
    "fraction": "percent",
    "planned_on": "due",
    "done_on": "done",
}


class MilestoneIntake(Intake):
    """An empty cell says nothing; a milestone that is billed stays as it is."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._by_id: dict[str, dict[str, Any]] = {}
        self._by_name: dict[tuple[int, str], list[dict[str, Any]]] = {}
        self._last: dict[int, int] = {}
        self._shares: dict[int, int] = {}
        for row in current_rows(self.connection, "milestone", "ORDER BY id"):
            if row["external_id"] is not None:
                self._by_id[row["external_id"]] = row
            self._by_name.setdefault(_name(row), []).append(row)
            agreement = row["agreement_id"]
            self._last[agreement] = max(self._last.get(agreement, 0), row["position"])
            self._shares[agreement] = self._shares.get(agreement, 0) + (row["fraction"] or 0)
        self._agreed = dict(self.references.rows("SELECT id, agreed FROM agreement"))
        self._writes = Writes(Milestone)
        self._told: dict[tuple[int, str], Row] = {}

    def take(self, row: Row) -> State:
        values = row.values
        if row.occurrence and values["id"] is not None:
            return "same"
        problems = Lookup()
        columns = self._columns(row, problems)
        problems.done()
        standing = self._standing(row, columns, problems)
        problems.done()
        if standing is None and values["id"] is None:
            earlier = self._told.setdefault(_name(columns), row)
            if earlier is not row:
                if earlier.digest == row.digest:
                    return "same"
                problems.reject(
                    "name",
                    values["name"],
                    _("Row {row} is the milestone of this name, and says something else.").format(row=earlier.row),
                    _("Give one of them another name, or each an id."),
                )
                problems.done()
        if standing is not None and not differs(standing, columns):
            return "same"
        self._check(row, columns, standing, problems)
        problems.done()
        share = (columns.get("fraction") or 0) - ((standing or {}).get("fraction") or 0)
        agreement = columns["agreement_id"]
        self._shares[agreement] = self._shares.get(agreement, 0) + share
        if standing is not None:
            self._writes.update(standing["id"], standing, columns)
            return "changed"
        self._last[agreement] = self._last.get(agreement, 0) + 1
        self._writes.insert(columns | {"position": self._last[agreement], "external_id": values["id"]})
        return "new"

    def _columns(self, row: Row, problems: Lookup) -> dict[str, Any]:
        values = row.values
        agreement = problems.id("agreement", values["agreement"], self.references.agreements.find(values["agreement"]))
        item = values["item"]
        columns = {
            "agreement_id": agreement,
            "name": values["name"],
            "item_id": problems.id("item", item, self.references.items.find(item)) if item else None,
            "planned_on": column_value(values["due"]),
            "done_on": column_value(values["done"]),
            "digest": row.digest,
        }
        found = {name: value for name, value in columns.items() if value is not None}
        if agreement is None:
            return found
        # One of the two takes the other's place.
        return found | {"amount": self._amount(row, agreement, problems), "fraction": _fraction(row, problems)}

    def _amount(self, row: Row, agreement: int, problems: Lookup) -> int | None:
        amount, said = row.values["amount"], row.values["currency"]
        currency = self.references.agreement_facts[agreement].currency
        if said and said != currency:
            problems.reject(
                "currency",
                said,
                _("The amount is in {said}; it is billed in {currency}.").format(said=said, currency=currency),
                _("Convert the amount, or leave the currency out."),
            )
        if amount is None:
            return None
        try:
            return exact_minor(amount, currency)
        except ValueError:
            problems.reject(
                "amount",
                amount,
                _("{currency} has {count} decimals.").format(currency=currency, count=exponent(currency)),
                _("Round the amount."),
            )
            return None

    def _standing(self, row: Row, columns: dict[str, Any], problems: Lookup) -> dict[str, Any] | None:
        if row.values["id"] is not None:
            return self._by_id.get(row.values["id"])
        named = self._by_name.get(_name(columns), [])
        if len(named) > 1:
            problems.reject(
                "name",
                row.values["name"],
                _("{count} milestones of the agreement have this name.").format(count=len(named)),
                _("Write the id of the one that is meant."),
            )
        return named[0] if len(named) == 1 else None

    def _check(self, row: Row, columns: dict[str, Any], standing: dict[str, Any] | None, problems: Lookup) -> None:
        if standing is not None and standing["invoice_id"] is not None:
            ((number,),) = self.references.rows("SELECT number FROM invoice WHERE id = ?", standing["invoice_id"])
            changed = next(name for name, value in columns.items() if name != "digest" and standing[name] != value)
            problems.reject(
                _FIELDS[changed],
                row.values[_FIELDS[changed]],
                _("“{name}” is billed on {invoice}.").format(name=standing["name"], invoice=number),
                _("Credit that invoice first, or leave the row as it was."),
            )
        done = row.values["done"]
        if done is not None and done > self.today:
            problems.reject(
                "done",
                done,
                _("{day} has not come yet.").format(day=date_text(done)),
                _("Write it as the planned day, and the day of completion once it is done."),
            )
        agreement = columns["agreement_id"]
        if columns["fraction"] is None:
            return
        if self._agreed[agreement] is None:
            problems.reject(
                "percent",
                row.values["percent"],
                _("{code} has no agreed sum that it could be a share of.").format(
                    code=self.references.agreements.code(agreement)
                ),
                _("Enter the agreed sum of the agreement first, or write an amount."),
            )
            return
        whole = self._shares.get(agreement, 0) - ((standing or {}).get("fraction") or 0) + columns["fraction"]
        if whole > SCALE:
            problems.reject(
                "percent",
                row.values["percent"],
                _("The shares of {code} would come to {sum} of its price.").format(
                    code=self.references.agreements.code(agreement), sum=percent_text(scaled_to_percent(whole))
                ),
                _("Lower one of the shares to 100 % in all."),
            )

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self._writes.write(made, batch_id, report)


def _fraction(row: Row, problems: Lookup) -> int | None:
    percent = row.values["percent"]
    if percent is None:
        return None
    try:
        return percent_to_scaled(percent)
    except ValueError:
        problems.reject(
            "percent",
            percent,
            _("The percentage has more than four decimals."),
            _("Round it to four decimals, or write an amount."),
        )
        return None


def _name(row: dict[str, Any]) -> tuple[int, str]:
    return row["agreement_id"], row["name"].casefold()
