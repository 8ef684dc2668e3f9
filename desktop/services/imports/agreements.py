"""Agreements from a file, each with all its lines.

A fixed price is billed once: such a line becomes a charge of the agreement, due on its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.schema import Agreement, AgreementLine, OneOff
from desktop.domain.money import exact_minor, exponent, percent_to_scaled
from desktop.domain.periods import Interval
from desktop.i18n import _, date_text
from desktop.importing.results import Report, Row
from desktop.services.agreement_checks import check_line
from desktop.services.change_sets import Change
from desktop.services.imports.intake import (
    Intake,
    Lookup,
    State,
    Writes,
    column_value,
    current_rows,
    differs,
    next_id,
    scaled_or_none,
)
from desktop.services.problems import Problems
from desktop.services.project_scopes import scope_obstacle, scope_of

_DAY = timedelta(days=1)
# What a file calls the fields of the book.
_FIELD_NAMES = {"discount": "discount_percent", "item_id": "item"}

_Line = dict[str, Any]


class _Plan:
    """What becomes of one agreement: its columns, and its lines as (line that stands, columns)."""

    def __init__(self, current: dict[str, Any] | None, columns: dict[str, Any], segment: str | None) -> None:
        self.current = current
        self.columns = columns
        self.segment = segment
        self.lines: list[tuple[_Line | None, _Line]] = []
        self.left_out: list[_Line] = []
        self.one_offs: list[tuple[dict[str, Any] | None, dict[str, Any]]] = []


class AgreementIntake(Intake):
    """Agreements by code. An empty cell says nothing; of the lines, what the file leaves out goes."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._standing = {row["code"].casefold(): row for row in current_rows(self.connection, "agreement")}
        self._lines: dict[int, list[dict[str, Any]]] = {}
        for line in current_rows(self.connection, "agreement_line", "ORDER BY agreement_id, position"):
            self._lines.setdefault(line["agreement_id"], []).append(line)
        self._plans: list[_Plan] = []

    def take(self, row: Row) -> State:
        values = row.values
        current = self._standing.get(values["code"].casefold())
        if self.is_repeated(row, values["code"]) or (current is not None and current["digest"] == row.digest):
            return "same"
        problems = Lookup()
        client = problems.id("client", values["client"], self.references.clients.find(values["client"]))
        if client is not None and current is None and client in self.references.archived_clients:
            problems.reject(
                "client", values["client"], _("The client is archived."), _("Bring the client back in the book first.")
            )
        if client is None:
            problems.done()
        assert client is not None
        currency = values["currency"] or (current["currency"] if current else self.references.client_currencies[client])
        self._refuse_another_party(current, client, currency, row, problems)
        plan = _Plan(current, self._columns(row, client, currency, current, problems), values["segment"])
        self._plan_lines(plan, row, currency, problems)
        self._check_span(plan, row, problems)
        self._check_agreed(plan, row, problems)
        problems.done()
        self.note_segment(row, values["segment"])
        if current is None:
            plan.columns.setdefault("title", self._title(row))
            self._plans.append(plan)
            return "new"
        moves = plan.segment is not None and self.references.segments.find(plan.segment) != current["segment_id"]
        if not (
            moves
            or differs(current, plan.columns)
            or plan.left_out
            or any(line is None or differs(line, columns) for line, columns in plan.lines + plan.one_offs)
        ):
            return "same"
        self._plans.append(plan)
        return "changed"

    def _check_span(self, plan: _Plan, row: Row, problems: Lookup) -> None:
        """What the file leaves out stands in the book, and must fit to what it says."""
        whole = (plan.current or {}) | plan.columns
        end = whole.get("end_date")
        if end is not None and end <= whole["start_date"]:
            problems.reject(
                "start",
                row.values["start"],
                _("{code} ends on {last}, before this start.").format(
                    code=row.values["code"], last=date_text(date.fromisoformat(end) - _DAY)
                ),
                _("Correct the start, or write the new end."),
            )

    def _check_agreed(self, plan: _Plan, row: Row, problems: Lookup) -> None:
        """A price of which milestones are billed does not fall below them."""
        current, agreed = plan.current, plan.columns.get("agreed")
        if current is None or agreed is None or agreed == current["agreed"]:
            return
        currency, scope = scope_of(self.connection, [current["id"]])[current["id"]]
        refused = scope_obstacle(currency, replace(scope, agreed=agreed), None) if scope else None
        if refused is not None:
            problems.reject("agreed", row.values["agreed"], refused.message, refused.remedy)

    def _refuse_another_party(
        self, current: dict[str, Any] | None, client: int, currency: str, row: Row, problems: Lookup
    ) -> None:
        """The invoices of an agreement would no longer be those of their client."""
        if current is None:
            return
        for field, column, now in (("client", "client_id", client), ("currency", "currency", currency)):
            if current[column] != now:
                number = self._invoice_of(current["id"])
                if number:
                    problems.reject(
                        field,
                        row.values[field],
                        _("{code} is billed on {invoice}.").format(code=current["code"], invoice=number),
                        _("Give the agreement with the new {what} a code of its own.").format(what=field),
                    )

    def _invoice_of(self, agreement_id: int) -> str:
        rows = self.references.rows(
            "SELECT number FROM invoice WHERE agreement_id = ? ORDER BY id LIMIT 1", agreement_id
        )
        return str(rows[0][0]) if rows else ""

    def _columns(
        self, row: Row, client: int, currency: str, current: dict[str, Any] | None, problems: Lookup
    ) -> dict[str, Any]:
        values = row.values
        every = Interval.parse(values["every"]) if values["every"] else None
        anchor = values["anchor"] or (values["start"] if current is None else None)
        columns = {
            "title": values["title"],
            "client_id": client,
            "billing": self._billing(values["billing"], current),
            "currency": currency,
            "every_count": every.count if every else None,
            "every_unit": every.unit if every else None,
            "alignment": values["alignment"] if "alignment" in self.mapped or values["bill_day"] else None,
            "bill_day": values["bill_day"],
            "anchor": anchor,
            "timing": values["timing"],
            "start_date": values["start"],
            "end_date": _after(values["end"]),
            "charged_through": _after(values["charged_through"]),
            "po_number": values["po_number"],
            "po_limit": self._minor("po_limit", values["po_limit"], currency, problems),
            "agreed": self._minor("agreed", values["agreed"], currency, problems),
            "budget": self._minor("budget", values["budget"], currency, problems),
            "digest": row.digest,
        }
        found = {name: column_value(value) for name, value in columns.items() if value is not None}
        return found if current is not None else {"code": values["code"]} | found

    def _billing(self, said: str, current: dict[str, Any] | None) -> str | None:
        """None where the file says nothing else than the lines that stand."""
        if current is None:
            return said
        if "billing" not in self.mapped or said == current["billing"]:
            return None
        kinds = {line["kind"] for line in self._lines.get(current["id"], ())}
        return None if said == ("hybrid" if len(kinds) > 1 else next(iter(kinds), "")) else said

    def _minor(self, field: str, value: Any, currency: str, problems: Lookup) -> int | None:
        if value is None:
            return None
        try:
            return exact_minor(value, currency)
        except ValueError:
            problems.reject(
                field,
                value,
                _("{currency} has {count} decimals.").format(currency=currency, count=exponent(currency)),
                _("Round the amount."),
            )
            return None

    def _plan_lines(self, plan: _Plan, row: Row, currency: str, problems: Lookup) -> None:
        lines = [self._line(line, plan.current, problems) for line in row.lines]
        fixed = [columns for kind, columns in lines if kind == "fixed"]
        wanted = [{"kind": kind} | columns for kind, columns in lines if kind != "fixed"]
        own = Problems()
        for columns in wanted if not problems.problems else ():
            check_line(self.session, dict(columns), own, True, None)
        for field, sentence in own.fields.items():
            name = _FIELD_NAMES.get(field, field)
            problems.reject(name, "", sentence, _("Correct the row."))
        standing = list(self._lines.get(plan.current["id"], ())) if plan.current else []
        plan.lines = _matched(standing, wanted)
        plan.left_out = standing
        for line in standing:
            charged = self.references.rows(
                "SELECT i.number FROM charge c JOIN invoice i ON i.id = c.invoice_id"
                " WHERE c.agreement_line_id = ? ORDER BY c.id DESC LIMIT 1",
                line["id"],
            )
            if charged:
                problems.reject(
                    "item",
                    line["description"] or self._item_code(line["item_id"]),
                    _("Line {position} of {code} is billed on {invoice} and cannot go.").format(
                        position=line["position"], code=row.values["code"], invoice=charged[0][0]
                    ),
                    _("Keep the line in the file; in the book, give it an end date."),
                )
        self._plan_one_offs(plan, row, currency, fixed, problems)

    def _line(self, line: Mapping[str, Any], current: dict[str, Any] | None, problems: Lookup) -> tuple[str, _Line]:
        """The way in which the line bills, and its columns."""
        item = line["item"]
        billing = line["billing"]
        if current is not None and "billing" not in self.mapped and current["billing"] == "time":
            billing = "time"
        discount = 0
        try:
            discount = percent_to_scaled(line["discount_percent"] or Decimal(0))
        except ValueError:
            problems.reject(
                "discount_percent",
                line["discount_percent"],
                _("The discount has more than four decimals."),
                _("Round it to four decimals, which is all that is kept."),
            )
        columns = {
            "item_id": problems.id("item", item, self.references.items.find(item)) if item else None,
            "description": line["description"] or "",
            "quantity": scaled_or_none(line["quantity"]),
            "unit_price": scaled_or_none(line["unit_price"]),
        }
        columns["discount"] = discount
        for field, column in (("line_start", "start_date"), ("line_end", "end_date")):
            if field in self.mapped:
                columns[column] = column_value(line[field] if field == "line_start" else _after(line[field]))
        if billing == "usage" and not item:
            problems.reject("item", "", _("A line of usage needs its meter."), _("Write the item that is counted."))
        return billing, columns

    def _plan_one_offs(self, plan: _Plan, row: Row, currency: str, fixed: list[_Line], problems: Lookup) -> None:
        code, start = row.values["code"], row.values["start"]
        for number, line in enumerate(fixed, 1):
            key = f"{code}#{number}"
            if line["unit_price"] is None and line["item_id"] is None:
                problems.reject(
                    "unit_price", "", _("A fixed price needs its amount."), _("Write the price of this line.")
                )
            discount = line.pop("discount")
            if discount and line["unit_price"] is not None:
                line["unit_price"] = line["unit_price"] * (1_000_000 - discount) // 1_000_000
            columns = {"client_id": plan.columns["client_id"], "due_date": column_value(start), "currency": currency}
            standing = current_rows(self.connection, "one_off", "WHERE external_id = ?", (key,))
            current = standing[0] if standing else None
            columns |= line if current is not None else line | {"external_id": key, "kind": "charge"}
            if current is not None and current["invoice_id"] is not None and differs(current, columns):
                ((invoice,),) = self.references.rows("SELECT number FROM invoice WHERE id = ?", current["invoice_id"])
                problems.reject(
                    "unit_price",
                    "",
                    _("The fixed price of {code} is billed on {invoice}.").format(code=code, invoice=invoice),
                    _("Credit that invoice, or leave the row as it was."),
                )
            plan.one_offs.append((current, columns))

    def _item_code(self, item_id: int | None) -> str:
        return self.references.items.code(item_id) if item_id is not None else ""

    def _title(self, row: Row) -> str:
        for line in row.lines:
            if line["description"]:
                return str(line["description"]).splitlines()[0]
        for line in row.lines:
            found = self.references.items.find(line["item"]) if line["item"] else None
            if isinstance(found, int):
                return self.references.items.name(found)
        return str(row.values["code"])

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        self.make_segments(made)
        agreements, lines, one_offs = Writes(Agreement), Writes(AgreementLine), Writes(OneOff)
        number = next_id(made.connection, "agreement")
        for plan in self._plans:
            columns = plan.columns | ({"segment_id": self.segment_id(plan.segment)} if plan.segment else {})
            if plan.current is None:
                key = number
                number += 1
                agreements.insert(columns | {"id": key})
            else:
                key = plan.current["id"]
                agreements.update(key, plan.current, columns)
            for left in plan.left_out:
                made.delete(AgreementLine, left["id"])
            position = max((line["position"] for line in self._lines.get(key, ())), default=0)
            for current, line in plan.lines:
                if current is not None:
                    lines.update(current["id"], current, line)
                    continue
                position += 1
                columns_of = line | {"agreement_id": key, "position": position}
                if plan.current is None:
                    lines.insert(columns_of)
                else:
                    # Only a new agreement takes its lines along when the import is undone.
                    made.insert(AgreementLine, **columns_of)
            for current, charge in plan.one_offs:
                if current is not None:
                    one_offs.update(current["id"], current, charge)
                else:
                    one_offs.insert(charge | {"agreement_id": key, "digest": ""})
        for writes in (agreements, lines, one_offs):
            writes.write(made, batch_id, report)


def _after(last: date | None) -> date | None:
    """The first day no longer in."""
    return None if last is None else last + _DAY


def _matched(standing: list[_Line], wanted: list[_Line]) -> list[tuple[_Line | None, _Line]]:
    """The line that stands for each wanted one: of equal words first, then of equal kind and item.

    What is matched is taken out of `standing`.
    """
    found: dict[int, _Line] = {}
    for names in (("kind", "item_id", "description"), ("kind", "item_id")):
        for place, columns in enumerate(wanted):
            if place in found:
                continue
            for line in standing:
                if all(line[name] == columns[name] for name in names):
                    found[place] = line
                    standing.remove(line)
                    break
    return [(found.get(place), columns) for place, columns in enumerate(wanted)]
