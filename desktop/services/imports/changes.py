"""Changes of agreements from a file: agreed between people already, so each is applied as an approved change order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.schema import AgreementLine, ChangeOrder
from desktop.domain.billing.facts import Scope
from desktop.domain.money import exact_minor, exponent, scaled
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.importing.results import Report, Row
from desktop.services.agreement_changes import apply_line_change
from desktop.services.change_sets import Change, row_of, table_of
from desktop.services.imports.intake import Intake, Lookup, State, current_rows, scaled_or_none
from desktop.services.imports.references import AgreementFacts
from desktop.services.project_scopes import scope_obstacle, scope_of

# What makes two changes the same where neither has an id: of a line, and of a scope.
_Content = tuple[int, str, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class _Plan:
    """`line_item` is the item of the line that changes; without a line, `amount` is what the scope grows by."""

    row: Row
    agreement_id: int
    dated: date
    item_id: int | None
    quantity: int | None
    unit_price: int | None
    amount: int | None
    on_line: bool


class ChangeIntake(Intake):
    """A change of a recurring line, else of the scope of a fixed price. What is applied is not applied again."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        super().__init__(session, mapped, today)
        self._by_id: dict[str, dict[str, Any]] = {}
        self._digests: Counter[str] = Counter()
        self._contents: Counter[_Content] = Counter()
        for row in current_rows(self.connection, "change_order", "WHERE state = 'approved' ORDER BY id"):
            if row["external_id"] is not None:
                self._by_id[row["external_id"]] = row
            elif row["digest"]:
                self._digests[row["digest"]] += 1
            self._contents[_content(row)] += 1
        self._lines: dict[int, list[dict[str, Any]]] = {}
        for line in current_rows(self.connection, "agreement_line", "WHERE kind = 'recurring' ORDER BY id"):
            self._lines.setdefault(line["agreement_id"], []).append(line)
        self._agreed = dict(self.references.rows("SELECT id, agreed FROM agreement"))
        self._scopes: dict[int, tuple[str, Scope | None]] = {}
        self._told: dict[tuple[int, int | None, date], Row] = {}
        self._plans: list[_Plan] = []

    def take(self, row: Row) -> State:
        values, problems = row.values, Lookup()
        known = self._by_id.get(values["id"]) if values["id"] is not None else None
        if row.occurrence and values["id"] is not None:
            return "same"
        if known is not None:
            if known["digest"] in (row.digest, ""):
                return "same"
            problems.reject(
                "id",
                values["id"],
                _("The change “{id}” is applied already, and says something else now.").format(id=values["id"]),
                _("Undo it first, or write what changes once more as a change of its own."),
            )
            problems.done()
        if values["id"] is None and row.occurrence < self._digests[row.digest]:
            return "same"
        plan = self._plan(row, problems)
        problems.done()
        assert plan is not None
        content = (plan.agreement_id, plan.dated.isoformat(), plan.item_id, plan.quantity, plan.unit_price)
        if not plan.on_line:
            content = (plan.agreement_id, plan.dated.isoformat(), None, None, plan.amount)
        if values["id"] is None and self._contents[content] > 0:
            self._contents[content] -= 1
            return "same"
        if plan.on_line:
            if self._is_done(plan):
                return "same"
            self._check_line(plan, problems)
        else:
            self._check_scope(plan, problems)
        problems.done()
        self._plans.append(plan)
        return "new"

    def _plan(self, row: Row, problems: Lookup) -> _Plan | None:
        values = row.values
        agreement = problems.id("agreement", values["agreement"], self.references.agreements.find(values["agreement"]))
        item = values["item"]
        item_id = problems.id("item", item, self.references.items.find(item)) if item else None
        if problems.problems or agreement is None:
            return None
        facts = self.references.agreement_facts[agreement]
        said = values["currency"]
        if said and said != facts.currency:
            problems.reject(
                "currency",
                said,
                _("The price is in {said}; it is billed in {currency}.").format(said=said, currency=facts.currency),
                _("Convert the price, or leave the currency out."),
            )
        lines = [line for line in self._lines.get(agreement, ()) if item_id is None or line["item_id"] == item_id]
        quantity, price = scaled_or_none(values["quantity"]), scaled_or_none(values["unit_price"])
        if lines:
            if item_id is None:
                items = {line["item_id"] for line in lines}
                if len(items) > 1:
                    problems.reject(
                        "item",
                        "",
                        _("{code} has lines of several items.").format(code=values["agreement"]),
                        _("Write the item whose line changes."),
                    )
                item_id = next(iter(items))
            if quantity is not None and quantity < 0:
                problems.reject(
                    "quantity",
                    values["quantity"],
                    _("A line cannot have a quantity below 0."),
                    _("Write the quantity that the line has from that day on."),
                )
            if quantity is None and price is None:
                problems.reject(
                    "quantity",
                    "",
                    _("The row does not say what changes."),
                    _("Write the new quantity, the new price, or both."),
                )
            return _Plan(row, agreement, values["date"], item_id, quantity, price, None, True)
        return self._scope_plan(row, agreement, facts, item_id, problems)

    def _scope_plan(
        self, row: Row, agreement: int, facts: AgreementFacts, item_id: int | None, problems: Lookup
    ) -> _Plan | None:
        values, code = row.values, self.references.agreements.code(agreement)
        if self._agreed[agreement] is None:
            problems.reject(
                "item" if values["item"] else "agreement",
                values["item"] or values["agreement"],
                _("{code} has neither a recurring line of it nor an agreed price.").format(code=code),
                _("Write the item of a line that recurs, or enter the agreed sum of the agreement first."),
            )
            return None
        price = values["unit_price"]
        if price is None:
            problems.reject(
                "unit_price", "", _("A change of the scope needs its price."), _("Write what is added or taken off.")
            )
            return None
        quantity = values["quantity"] if values["quantity"] is not None else Decimal(1)
        try:
            amount = exact_minor(quantity * price, facts.currency)
        except ValueError:
            problems.reject(
                "unit_price",
                price,
                _("{currency} has {count} decimals.").format(currency=facts.currency, count=exponent(facts.currency)),
                _("Round the amount."),
            )
            return None
        return _Plan(row, agreement, values["date"], item_id, scaled(quantity), scaled(price), amount, False)

    def _is_done(self, plan: _Plan) -> bool:
        """Whether a line starts on that day with just this: the agreement's own file told it already."""
        day = plan.dated.isoformat()
        starting = [
            line
            for line in self._lines[plan.agreement_id]
            if line["item_id"] == plan.item_id and line["start_date"] == day
        ]
        return len(starting) == 1 and all(
            said in (None, starting[0][name])
            for name, said in (("quantity", plan.quantity), ("unit_price", plan.unit_price))
        )

    def _check_line(self, plan: _Plan, problems: Lookup) -> None:
        """That just one line can change on that day, and that no other row changes it then."""
        values = plan.row.values
        lines = [line for line in self._lines[plan.agreement_id] if line["item_id"] == plan.item_id]
        day, facts = plan.dated.isoformat(), self.references.agreement_facts[plan.agreement_id]
        running = [
            line
            for line in lines
            if (line["start_date"] or facts.start) <= day and (line["end_date"] is None or day < line["end_date"])
        ]
        if day < facts.start or (facts.end is not None and day >= facts.end) or not running:
            problems.reject(
                "date",
                values["date"],
                _("No such line of {code} runs on {day}.").format(
                    code=self.references.agreements.code(plan.agreement_id), day=date_text(plan.dated)
                ),
                _("Write a day on which it does."),
            )
        elif len(running) > 1:
            problems.reject(
                "item",
                values["item"],
                _("{count} lines of {code} bill this item on that day.").format(
                    count=len(running), code=self.references.agreements.code(plan.agreement_id)
                ),
                _("Change the right one in the agreement itself."),
            )
        elif running[0]["start_date"] == day:
            problems.reject(
                "date",
                values["date"],
                _("The line starts on {day} and says something else.").format(day=date_text(plan.dated)),
                _("Correct the line in the agreement, or write a later day."),
            )
        earlier = self._told.setdefault((plan.agreement_id, plan.item_id, plan.dated), plan.row)
        if earlier is not plan.row:
            problems.reject(
                "date",
                values["date"],
                _("Row {row} changes the same line on the same day.").format(row=earlier.row),
                _("Put both changes into one row."),
            )

    def _check_scope(self, plan: _Plan, problems: Lookup) -> None:
        """That the price, with what other rows change of it, does not fall below what its milestones billed."""
        key = plan.agreement_id
        currency, scope = self._scopes.get(key) or scope_of(self.connection, [key])[key]
        assert scope is not None
        assert plan.amount is not None
        changed = replace(scope, changes=(*scope.changes, (plan.dated, plan.amount)))
        refused = scope_obstacle(currency, changed, plan.dated)
        if refused is not None:
            problems.reject("unit_price", plan.row.values["unit_price"], refused.message, refused.remedy)
        else:
            self._scopes[key] = (currency, changed)

    def write(self, made: Change, batch_id: int, report: Report) -> None:
        # A line that changes twice changes in the order of the days.
        plans = sorted(self._plans, key=lambda plan: (plan.dated, plan.row.row))
        for done, plan in enumerate(plans):
            report(done, len(plans), _("Writing"))
            values = plan.row.values
            order = made.insert(
                ChangeOrder,
                external_id=values["id"],
                agreement_id=plan.agreement_id,
                effect="line" if plan.on_line else "scope",
                state="approved",
                dated=plan.dated,
                item_id=plan.item_id,
                quantity=plan.quantity,
                unit_price=plan.unit_price,
                amount=plan.amount,
                reason=values["reason"] or "",
                reference=values["reference"] or "",
                decided_by=made.actor,
                decided_on=self.today,
                digest=plan.row.digest,
                batch_id=batch_id,
            )
            if plan.on_line:
                self._apply(made, plan, order)
        report(len(plans), len(plans), _("Writing"))

    def _apply(self, made: Change, plan: _Plan, order: int) -> None:
        day = plan.dated.isoformat()
        line = made.connection.exec_driver_sql(
            "SELECT max(id) FROM agreement_line WHERE agreement_id = ? AND item_id IS ? AND kind = 'recurring'"
            " AND coalesce(start_date, '') <= ? AND (end_date IS NULL OR end_date > ?)",
            (plan.agreement_id, plan.item_id, day, day),
        ).scalar_one()
        if line is None:
            raise UserError(
                _("Row {row}: the line that changes is not there any more.").format(row=plan.row.row),
                _("Look at the file again: the book was changed meanwhile."),
            )
        new = apply_line_change(
            made,
            plan.agreement_id,
            line,
            plan.dated,
            quantity=plan.quantity,
            unit_price=... if plan.unit_price is None else plan.unit_price,
            reason=plan.row.values["reason"] or "",
            reference=plan.row.values["reference"] or "",
            order_id=order,
        )
        became = row_of(made.connection, table_of(AgreementLine), new)
        made.update(ChangeOrder, order, quantity=became["quantity"], unit_price=became["unit_price"])


def _content(order: dict[str, Any]) -> _Content:
    if order["effect"] == "scope":
        return order["agreement_id"], order["dated"], None, None, order["amount"]
    return order["agreement_id"], order["dated"], order["item_id"], order["quantity"], order["unit_price"]
