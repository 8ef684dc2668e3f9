"""Change orders: proposed, approved or rejected; an approved one alters a fixed price or a line from its day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, AgreementLine, ChangeOrder, Item
from desktop.domain.billing import line_amount
from desktop.domain.money import SCALE, unscaled
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.agreement_changes import apply_line_change
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_exists, check_unique
from desktop.services.problems import Problems
from desktop.services.project_scopes import check_scope
from desktop.services.records import Record, column_values, found, record
from desktop.services.undoing import take_back, undo_target

_OWN_FIELDS = frozenset({"agreement_id", "state", "new_line_id", "decided_by", "decided_on"})
_EFFECTS = ("scope", "line")


@dataclass(frozen=True, slots=True)
class ChangeOrderRow:
    """A change order, newest day first in lists. `amount` is what a fixed price grows by, net in minor units; of a
    line, `line` is what it is called, with the quantity and price that it has from `dated` on. `state` is proposed,
    approved or rejected.
    """

    id: int
    agreement_id: int
    effect: str
    state: str
    dated: date
    amount: int | None
    item: str
    line: str
    quantity: Decimal | None
    unit_price: Decimal | None
    reason: str
    reference: str
    decided_by: str
    decided_on: date | None


_ROWS = """SELECT o.id, o.agreement_id, o.effect, o.state, o.dated, o.amount, coalesce(i.name, ''),
  coalesce(nullif(l.description, ''), li.name, ''), o.quantity, o.unit_price, o.reason, o.reference,
  coalesce(o.decided_by, ''), o.decided_on FROM change_order o LEFT JOIN item i ON i.id = o.item_id
  LEFT JOIN agreement_line l ON l.id = o.old_line_id LEFT JOIN item li ON li.id = l.item_id
  WHERE o.agreement_id = ? ORDER BY o.dated DESC, o.id DESC"""


def change_orders(book: Book, agreement_id: int) -> list[ChangeOrderRow]:
    """The change orders of an agreement, whatever became of them."""
    with book.reading() as session:
        found(session, Agreement, agreement_id, _("The agreement"))
        rows: Sequence[Any] = session.connection().exec_driver_sql(_ROWS, (agreement_id,)).fetchall()
        return [
            ChangeOrderRow(
                id=row[0],
                agreement_id=row[1],
                effect=row[2],
                state=row[3],
                dated=date.fromisoformat(row[4]),
                amount=row[5],
                item=row[6],
                line=row[7],
                quantity=None if row[8] is None else unscaled(row[8]),
                unit_price=None if row[9] is None else unscaled(row[9]),
                reason=row[10],
                reference=row[11],
                decided_by=row[12],
                decided_on=date.fromisoformat(row[13]) if row[13] else None,
            )
            for row in rows
        ]


def change_order(book: Book, order_id: int) -> Record:
    """The row with the agreement's `currency`."""
    with book.reading() as session:
        row: ChangeOrder = found(session, ChangeOrder, order_id, _("The change order"))
        return record(row) | {"currency": session.get_one(Agreement, row.agreement_id).currency}


def propose(book: Book, agreement_id: int, values: Mapping[str, object], *, actor: str) -> int:
    """Write down a change that is not agreed yet.

    `effect` scope: the fixed price grows by `amount` (net, minor units; below 0 for less) or by `quantity` at
    `unit_price` (Decimals). `effect` line: the line `old_line_id` has another `item_id`, `quantity` or `unit_price`
    from `dated` on. Both need `dated`, `reason` and `reference`. Raises ValidationError.
    """
    with change(book, actor, _("Propose a change")) as made:
        agreement: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        problems = Problems()
        given = {"effect": "scope", "dated": None, "reason": "", "reference": ""} | dict(values)
        cleaned = _cleaned(made.session, agreement, given, problems, None)
        problems.raise_any()
        made.summary = _("Propose change {reference} of {code}").format(
            reference=cleaned["reference"], code=agreement.code
        )
        return made.insert(ChangeOrder, **cleaned | {"agreement_id": agreement_id, "state": "proposed"})


def update_proposal(book: Book, order_id: int, values: Mapping[str, object], *, actor: str) -> None:
    """Change what is only proposed. UserError for one that was decided, ValidationError for what does not fit."""
    with change(book, actor, _("Change a proposal")) as made:
        before = _proposed(made, order_id)
        agreement = made.session.get_one(Agreement, before.agreement_id)
        problems = Problems()
        cleaned = _cleaned(made.session, agreement, values, problems, before)
        problems.raise_any()
        made.summary = _("Change proposal {reference} of {code}").format(
            reference=before.reference, code=agreement.code
        )
        made.update(ChangeOrder, order_id, **cleaned)


def _cleaned(
    session: Session,
    agreement: Agreement,
    values: Mapping[str, object],
    problems: Problems,
    before: ChangeOrder | None,
) -> Record:
    if _OWN_FIELDS & values.keys():
        raise TypeError("deciding a change order is a function of its own")
    given = dict(values)
    if given.get("dated", True) is None:
        problems.add("dated", _("From which day on does it hold?"))
        del given["dated"]
    cleaned = column_values(ChangeOrder, given, problems)
    check_exists(session, Item, "item_id", cleaned, problems, _("The item"))
    check_unique(
        session, ChangeOrder.external_id, cleaned, problems, _("a change order"), before.id if before else None
    )

    def now(name: str) -> Any:
        return cleaned.get(name, getattr(before, name) if before else None)

    for name, sentence in (
        ("reason", _("Why is it changed?")),
        ("reference", _("What shows that it was agreed, such as the number of the order or the date of a letter?")),
    ):
        if not now(name):
            problems.add(name, sentence)
    effect = now("effect")
    if effect not in _EFFECTS:
        problems.add("effect", _("“{word}” is not one of {words}.").format(word=effect, words=", ".join(_EFFECTS)))
    elif effect == "scope":
        _check_scope_change(agreement, cleaned, problems, now("amount"), now("quantity"), now("unit_price"))
    else:
        _check_line_change(session, agreement, problems, now)
    return cleaned


def _check_scope_change(
    agreement: Agreement,
    cleaned: Record,
    problems: Problems,
    amount: int | None,
    quantity: int | None,
    unit_price: int | None,
) -> None:
    if agreement.agreed is None:
        problems.add(
            "amount",
            _("{code} has no agreed sum to change: enter it at the agreement first.").format(code=agreement.code),
        )
    elif quantity is not None and unit_price is not None:
        cleaned["amount"] = line_amount(quantity, unit_price, SCALE, agreement.currency)
        if cleaned["amount"] == 0:
            problems.add("quantity", _("This changes nothing."))
    elif quantity is not None or unit_price is not None:
        problems.add("unit_price", _("A quantity needs a price, and a price a quantity."))
    elif not amount:
        problems.add("amount", _("By how much does the price grow? Below 0 it gets less."))


def _check_line_change(session: Session, agreement: Agreement, problems: Problems, now: Any) -> None:
    line = session.get(AgreementLine, now("old_line_id")) if now("old_line_id") is not None else None
    if line is None or line.agreement_id != agreement.id:
        problems.add("old_line_id", _("Which line of the agreement changes?"))
    if now("item_id") is None and now("quantity") is None and now("unit_price") is None:
        problems.add("quantity", _("What changes: the quantity, the price or the item?"))
    if now("quantity") is not None and now("quantity") <= 0:
        problems.add("quantity", _("A quantity is above 0; end the line to stop it."))
    if now("unit_price") is not None and now("unit_price") < 0:
        problems.add("unit_price", _("A price cannot be below 0."))


def approve(book: Book, order_id: int, *, by: str, on: date, actor: str) -> None:
    """Let a proposed change hold from its day on, as decided by a person on a day.

    UserError where the price would fall below what is billed, or the line cannot change on that day.
    """
    with change(book, actor, _("Approve a change")) as made:
        row = _proposed(made, order_id)
        agreement = made.session.get_one(Agreement, row.agreement_id)
        made.summary = _("Approve change {reference} of {code}").format(reference=row.reference, code=agreement.code)
        if row.effect == "line":
            if row.old_line_id is None:
                raise UserError(_("The line is not there any more."), _("Reject the change and propose it anew."))
            apply_line_change(
                made,
                row.agreement_id,
                row.old_line_id,
                row.dated,
                item_id=row.item_id,
                quantity=row.quantity,
                unit_price=... if row.unit_price is None else row.unit_price,
                reason=row.reason,
                reference=row.reference,
                order_id=order_id,
            )
        made.update(ChangeOrder, order_id, state="approved", decided_by=by, decided_on=on)
        if row.effect == "scope":
            check_scope(made.connection, row.agreement_id, row.dated)


def reject(book: Book, order_id: int, *, by: str, on: date, actor: str) -> None:
    """Keep a proposed change as one that was not agreed."""
    with change(book, actor, _("Reject a change")) as made:
        row = _proposed(made, order_id)
        made.summary = _("Reject change {reference}").format(reference=row.reference)
        made.update(ChangeOrder, order_id, state="rejected", decided_by=by, decided_on=on)


def take_decision_back(book: Book, order_id: int, *, actor: str) -> None:
    """Make a decided change a proposed one again, as if nobody had decided it.

    UserError where the price would fall below what is billed, or where a changed line has been billed since.
    """
    with book.writing() as session:
        row: ChangeOrder = found(session, ChangeOrder, order_id, _("The change order"))
        if row.state == "proposed":
            raise UserError(_("“{reference}” is not decided yet.").format(reference=row.reference))
        summary = _("Take back the decision on change {reference}").format(reference=row.reference)
        agreement_id, dated, effect, state = row.agreement_id, row.dated, row.effect, row.state
        if effect == "line" and state == "approved":
            # With the decision goes the line that it made.
            target = undo_target(session.connection(), _decision(session, row))
            made = Change(book, session, actor, summary, undoable=target.restorable)
            take_back(made, target)
        else:
            made = Change(book, session, actor, summary, undoable=True)
            made.update(ChangeOrder, order_id, state="proposed", decided_by=None, decided_on=None)
            if effect == "scope" and state == "approved":
                check_scope(made.connection, agreement_id, dated)
        session.flush()
        made.finish()


def _decision(session: Session, row: ChangeOrder) -> int:
    """The change set that approved it alone and still stands; UserError where more was done in one go."""
    found_set = (
        session.connection()
        .exec_driver_sql(
            """SELECT c.id, c.summary, (SELECT count(DISTINCT o.subject_id) FROM audit_event o
              WHERE o.change_set_id = c.id AND o.subject = 'change_order') FROM audit_event e
            JOIN change_set c ON c.id = e.change_set_id JOIN audit_payload p ON p.event_id = e.id
            WHERE e.subject = 'change_order' AND e.subject_id = ? AND json_extract(p.after, '$.state') = 'approved'
            AND c.undone_by IS NULL ORDER BY e.id DESC LIMIT 1""",
            (row.id,),
        )
        .fetchone()
    )
    if row.batch_id is not None or (found_set is not None and found_set[2] > 1):
        raise UserError(
            _("“{reference}” was approved together with others: {what}.").format(
                reference=row.reference, what=found_set[1] if found_set else _("an import")
            ),
            _("Undo all of that, or change the line back from a day on."),
        )
    if found_set is None:
        raise UserError(_("Nothing in the log says when it was approved."), _("Change the line back from a day on."))
    return int(found_set[0])


def _proposed(made: Change, order_id: int) -> ChangeOrder:
    row: ChangeOrder = found(made.session, ChangeOrder, order_id, _("The change order"))
    if row.state != "proposed":
        words = {"approved": _("approved"), "rejected": _("rejected")}
        raise UserError(
            _("“{reference}” was {decided} on {day}.").format(
                reference=row.reference,
                decided=words[row.state],
                day=date_text(row.decided_on) if row.decided_on else "–",
            ),
            _("Take the decision back first."),
        )
    return row


def delete_proposal(book: Book, order_id: int, *, actor: str) -> None:
    """Delete a change that nobody decided; UserError for one that was decided."""
    with change(book, actor, _("Delete a proposal")) as made:
        row = _proposed(made, order_id)
        made.summary = _("Delete proposal {reference}").format(reference=row.reference)
        made.delete(ChangeOrder, order_id)
