"""Milestones of a project: planned, put in order, marked as done, and billed at once where the segment says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.queries import projects as queries
from db.queries.rows import ids_text
from db.schema import Agreement, Client, Draft, Invoice, Item, Milestone, Run, Segment
from desktop.domain.billing.milestones import worths
from desktop.domain.money import SCALE, unscaled
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text, percent_text
from desktop.services.changes import change
from desktop.services.field_checks import check_exists, check_needed, check_unique
from desktop.services.problems import Problems
from desktop.services.project_scopes import as_done, in_order, scope_of
from desktop.services.records import Record, column_values, found, record
from desktop.services.runs import Scope, bill, earliest_issue_date, explain
from desktop.services.runs.scope import Report, silent

_OWN_FIELDS = frozenset({"agreement_id", "position", "done_on", "draft_id", "invoice_id"})
AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone in the order of its agreement. `amount` is its net in minor units: as billed, else as it would be
    now; None for a fraction without an agreed sum. `fraction` is None where an amount was agreed. `state` is planned,
    late, done, draft (of `run`) or billed (on `invoice`).
    """

    id: int
    agreement_id: int
    position: int
    name: str
    item_id: int | None
    fraction: int | None
    amount: int | None
    planned_on: date | None
    done_on: date | None
    state: str
    run: str
    run_id: int | None
    invoice: str
    invoice_id: int | None


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a milestone marked as done: `billed` on the invoices, `held`, or waiting for the `next` run.

    `reason` says why it is held or not billed at once.
    """

    state: str
    invoices: Sequence[str] = ()
    run: str = ""
    run_id: int | None = None
    reason: str = ""


def milestones(book: Book, agreement_id: int, today: date) -> list[MilestoneRow]:
    """The milestones of an agreement in its order; `today` tells which planned ones are late."""
    with book.reading() as session:
        found(session, Agreement, agreement_id, _("The agreement"))
        return read_milestones(session.connection(), [agreement_id], today).get(agreement_id, [])


def read_milestones(connection: Connection, agreement_ids: Sequence[int], today: date) -> dict[int, list[MilestoneRow]]:
    """As `milestones`, of many agreements in one go."""
    rows: dict[int, list[Any]] = {}
    for row in queries.all_milestones(connection, ids_text(agreement_ids)):
        rows.setdefault(row[1], []).append(row)
    scopes = scope_of(connection, list(rows))
    told: dict[int, list[MilestoneRow]] = {}
    for key, own in rows.items():
        currency, scope = scopes[key]
        waiting = in_order([row for row in own if row[9] is None])
        expected = worths(scope, [as_done(row) for row in waiting], currency)
        worth = {row[0]: amount for row, amount in zip(waiting, expected, strict=True)}
        told[key] = [_row(row, worth.get(row[0], row[12]), today) for row in own]
    return told


def _row(row: Any, amount: int | None, today: date) -> MilestoneRow:
    planned = date.fromisoformat(row[7]) if row[7] else None
    done = date.fromisoformat(row[8]) if row[8] else None
    if row[9] is not None:
        state = "billed"
    elif done is not None:
        state = "draft" if row[11] else "done"
    else:
        state = "late" if planned is not None and planned < today else "planned"
    return MilestoneRow(
        id=row[0],
        agreement_id=row[1],
        position=row[3],
        name=row[4],
        item_id=row[2],
        fraction=row[6],
        amount=amount,
        planned_on=planned,
        done_on=done,
        state=state,
        run=row[11],
        run_id=row[13],
        invoice=row[10],
        invoice_id=row[9],
    )


def milestone(book: Book, milestone_id: int) -> Record:
    """The row with `invoice`, the number that billed it, empty while unbilled, and the agreement's `currency`."""
    with book.reading() as session:
        row: Milestone = found(session, Milestone, milestone_id, _("The milestone"))
        number = session.scalar(select(Invoice.number).where(Invoice.id == row.invoice_id))
        currency = session.get_one(Agreement, row.agreement_id).currency
        return record(row) | {"invoice": number or "", "currency": currency}


def create_milestone(book: Book, agreement_id: int, values: Mapping[str, object], *, actor: str) -> int:
    """Add a milestone at the end: `name` and either `amount` (net, minor units) or `fraction` (Decimal) of the scope.

    Raises ValidationError.
    """
    with change(book, actor, _("Add a milestone")) as made:
        agreement: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        problems = Problems()
        given = {"name": "", "amount": None, "fraction": None} | dict(values)
        cleaned = _cleaned(made.session, agreement, given, problems, None)
        problems.raise_any()
        last = made.session.scalar(select(func.max(Milestone.position)).where(Milestone.agreement_id == agreement_id))
        made.summary = _("Add milestone {name} to {code}").format(name=cleaned["name"], code=agreement.code)
        return made.insert(Milestone, **cleaned | {"agreement_id": agreement_id, "position": (last or 0) + 1})


def update_milestone(book: Book, milestone_id: int, values: Mapping[str, object], *, actor: str) -> None:
    """Change a milestone that is not billed; UserError else. A draft that holds it is checked again by its run."""
    with change(book, actor, _("Change a milestone")) as made:
        before: Milestone = found(made.session, Milestone, milestone_id, _("The milestone"))
        _refuse_billed(made.session, before)
        agreement = made.session.get_one(Agreement, before.agreement_id)
        problems = Problems()
        cleaned = _cleaned(made.session, agreement, values, problems, before)
        problems.raise_any()
        made.summary = _("Change milestone {name} of {code}").format(name=before.name, code=agreement.code)
        made.update(Milestone, milestone_id, **cleaned)


def _cleaned(
    session: Session,
    agreement: Agreement,
    values: Mapping[str, object],
    problems: Problems,
    before: Milestone | None,
) -> Record:
    if _OWN_FIELDS & values.keys():
        raise TypeError("place, done day and invoice of a milestone have functions of their own")
    cleaned = column_values(Milestone, values, problems)
    check_needed(cleaned, problems, name=_("What is done when it is reached?"))
    check_exists(session, Item, "item_id", cleaned, problems, _("The item"))
    check_unique(session, Milestone.external_id, cleaned, problems, _("a milestone"), before.id if before else None)

    def now(name: str) -> Any:
        return cleaned.get(name, getattr(before, name) if before else None)

    amount, fraction = now("amount"), now("fraction")
    if "amount" in problems or "fraction" in problems:
        return cleaned
    if amount is None and fraction is None:
        problems.add("amount", _("What is billed for it: an amount, or a share of the agreed sum?"))
    elif amount is not None and fraction is not None:
        problems.add("amount", _("Give either an amount or a share, not both."))
    elif amount is not None and amount <= 0:
        problems.add("amount", _("The amount of a milestone is above 0."))
    elif fraction is not None:
        _check_fraction(session, agreement, fraction, problems, before)
    return cleaned


def _check_fraction(
    session: Session, agreement: Agreement, fraction: int, problems: Problems, before: Milestone | None
) -> None:
    if fraction <= 0:
        problems.add("fraction", _("A share is above 0 %."))
        return
    if agreement.agreed is None:
        problems.add(
            "fraction",
            _("A share of what? Enter the agreed sum of {code} first, or give an amount.").format(code=agreement.code),
        )
        return
    query = select(func.coalesce(func.sum(Milestone.fraction), 0)).where(Milestone.agreement_id == agreement.id)
    if before is not None:
        query = query.where(Milestone.id != before.id)
    others = int(session.scalar(query) or 0)
    if others + fraction > SCALE:
        problems.add(
            "fraction",
            _("The other milestones have {others}; with {share} they come to {all}, more than 100 %.").format(
                others=percent_text(unscaled(others) * 100),
                share=percent_text(unscaled(fraction) * 100),
                all=percent_text(unscaled(others + fraction) * 100),
            ),
        )


def order_milestones(book: Book, agreement_id: int, ids: Sequence[int], *, actor: str) -> None:
    """Put all milestones of an agreement in the given order. UserError where the list is not of all of them."""
    with change(book, actor, _("Put milestones in order")) as made:
        agreement: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        standing = set(made.session.scalars(select(Milestone.id).where(Milestone.agreement_id == agreement_id)))
        if standing != set(ids) or len(ids) != len(standing):
            raise UserError(
                _("The milestones of {code} changed meanwhile.").format(code=agreement.code), _("Try again.")
            )
        made.summary = _("Put the milestones of {code} in order").format(code=agreement.code)
        for position, id in enumerate(ids, 1):
            made.update(Milestone, id, position=position)


def delete_milestone(book: Book, milestone_id: int, *, actor: str) -> None:
    """UserError for one that is billed or on a draft."""
    with change(book, actor, _("Delete a milestone")) as made:
        row: Milestone = found(made.session, Milestone, milestone_id, _("The milestone"))
        _refuse_billed(made.session, row)
        _refuse_drafted(made.session, row)
        made.summary = _("Delete milestone {name}").format(name=row.name)
        made.delete(Milestone, milestone_id)


def mark_done(
    book: Book,
    milestone_id: int,
    done_on: date,
    *,
    actor: str,
    today: date,
    now: str,
    report: Report = silent,
) -> Marked:
    """Mark a milestone as done on a day that has come; where its segment says `at_once`, bill its agreement today.

    Billing goes the way of any run, limited to the agreement: all that is due of it. Raises UserError where it is
    billed already or the day is still to come; what keeps it from being billed at once is told, not raised.
    """
    return mark_all_done(book, [milestone_id], done_on, actor=actor, today=today, now=now, report=report)


def mark_all_done(
    book: Book,
    milestone_ids: Sequence[int],
    done_on: date,
    *,
    actor: str,
    today: date,
    now: str,
    report: Report = silent,
) -> Marked:
    """As `mark_done`, of several milestones in one step, billed together: all of them or none are marked."""
    if done_on > today:
        raise UserError(
            _("{day} is still to come.").format(day=date_text(done_on)), _("Mark the milestone once it is done.")
        )
    codes: dict[str, None] = {}
    off: dict[str, None] = {}
    with change(book, actor, _("Mark a milestone as done")) as made:
        names = []
        for milestone_id in milestone_ids:
            row: Milestone = found(made.session, Milestone, milestone_id, _("The milestone"))
            _refuse_billed(made.session, row)
            agreement = made.session.get_one(Agreement, row.agreement_id)
            if not agreement.active:
                off[agreement.code] = None
            elif bills_at_once(made.session, agreement):
                codes[agreement.code] = None
            names.append((row.name, agreement.code))
            made.update(Milestone, milestone_id, done_on=done_on)
        if len(names) == 1:
            made.summary = _("Mark milestone {name} of {code} as done").format(name=names[0][0], code=names[0][1])
        else:
            made.summary = _("Mark {count} milestones as done").format(count=number_text(len(names)))
    if off and not codes:
        code = ", ".join(off)
        return Marked("next", reason=_("{code} is switched off: no run bills it before it is on.").format(code=code))
    if not codes:
        return Marked("next")
    try:
        issue_date = max(today, earliest_issue_date(book) or today)
        scope = Scope(agreements=tuple(codes))
        result = bill(book, through=today, issue_date=issue_date, scope=scope, actor=actor, now=now, report=report)
    except UserError as error:
        return Marked("next", reason=str(error))
    return _became(book, milestone_ids, result.run, result.run_id)


def _became(book: Book, milestone_ids: Sequence[int], run: str, run_id: int) -> Marked:
    numbers: dict[str, None] = {}
    states = set()
    with book.reading() as session:
        for milestone_id in milestone_ids:
            row: Milestone = found(session, Milestone, milestone_id, _("The milestone"))
            if row.invoice_id is not None:
                numbers[session.get_one(Invoice, row.invoice_id).number] = None
            states.add("billed" if row.invoice_id is not None else "held" if row.draft_id is not None else "next")
    if states == {"billed"}:
        return Marked("billed", tuple(numbers), run, run_id)
    reason = " ".join(outcome.reason for outcome in explain(book, run) if outcome.reason)
    return Marked("held" if "held" in states else "next", tuple(numbers), run, run_id, reason)


def at_once(book: Book, agreement_id: int) -> bool:
    """Whether a milestone of the agreement is billed as soon as it is marked as done."""
    with book.reading() as session:
        return bills_at_once(session, found(session, Agreement, agreement_id, _("The agreement")))


def bills_at_once(session: Session, agreement: Agreement) -> bool:
    """What the segment of the agreement says, or else its client's."""
    client = session.get_one(Client, agreement.client_id)
    segment_id = agreement.segment_id or client.segment_id
    segment = session.get(Segment, segment_id) if segment_id else None
    return segment is not None and segment.milestones == AT_ONCE


def mark_undone(book: Book, milestone_id: int, *, actor: str) -> None:
    """Take the done day back. UserError for one that is billed or on a draft."""
    with change(book, actor, _("Mark a milestone as not done")) as made:
        row: Milestone = found(made.session, Milestone, milestone_id, _("The milestone"))
        _refuse_billed(made.session, row)
        _refuse_drafted(made.session, row)
        made.summary = _("Mark milestone {name} as not done").format(name=row.name)
        made.update(Milestone, milestone_id, done_on=None)


def _refuse_billed(session: Session, row: Milestone) -> None:
    if row.invoice_id is not None:
        raise UserError(
            _("“{name}” was billed on {number}.").format(
                name=row.name, number=session.get_one(Invoice, row.invoice_id).number
            ),
            _("Write a credit note that frees it, then change it and bill it again."),
        )


def _refuse_drafted(session: Session, row: Milestone) -> None:
    if row.draft_id is not None:
        number = session.scalar(select(Run.number).join(Draft, Draft.run_id == Run.id).where(Draft.id == row.draft_id))
        raise UserError(
            _("“{name}” is on a draft of run {number}.").format(name=row.name, number=number),
            _("Discard the draft first, or issue it."),
        )
