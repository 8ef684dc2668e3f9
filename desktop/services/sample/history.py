"""The sample's year as it was lived: hours written, runs billed and approved, payments come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.money import scaled
from desktop.domain.sealing import batch_digest
from desktop.paths import resource
from desktop.services import agreement_changes, agreement_dates, agreements, billables, change_orders, milestones
from desktop.services.changes import change
from desktop.services.runs import approve_drafts, bill, resume
from desktop.services.sample.beginning import CLERK, OWNER, Basis
from desktop.services.sample.contracts import Contract, Work, contracts
from desktop.services.sample.events import happen
from desktop.services.sample.members import Member
from desktop.services.sample.metering import Meter, record_month
from desktop.services.sample.paying import Payer
from desktop.services.sample.posting import post
from desktop.services.sample.world import stock
from desktop.services.sample.year import Clock, Year, add_months

Report = Callable[[int, int, str], None]

_ENTRY = """INSERT INTO time_entry (external_id, client_id, agreement_id, item_id, work_date, person, hours, note,
 billable, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, '')"""


@dataclass(frozen=True, slots=True)
class Job:
    """An agreement on which hours are written each month."""

    agreement_id: int
    client_id: int
    work: Work
    seed: str
    start: date


@dataclass(slots=True)
class Entered:
    """What the sample firm has agreed: agreements by client, those that take hours, meters, and what is to happen.

    `steps` are milestones by the day on which they are done, `changes` what else is agreed later.
    """

    agreements: int = 0
    jobs: list[Job] = field(default_factory=list)
    meters: list[Meter] = field(default_factory=list)
    steps: list[tuple[date, int]] = field(default_factory=list)
    changes: list[tuple[date, Callable[[Book], object]]] = field(default_factory=list)


def enter_contracts(book: Book, members: Sequence[Member], basis: Basis, year: Year, *, clean: bool) -> Entered:
    """Enter agreements, prices agreed ahead, pauses, charges and signed contracts."""
    entered = Entered()
    paper = resource("sample/contract.pdf").read_bytes()
    for member in members:
        for number, contract in enumerate(contracts(member, basis, year, clean=clean)):
            code = f"A-{entered.agreements + 1:04}"
            agreement_id = agreements.create_agreement(
                book, contract.values | {"code": code}, contract.lines, actor=CLERK
            )
            entered.agreements += 1
            _agree_ahead(book, agreement_id, contract)
            _agree_parts(book, agreement_id, contract, entered, basis)
            if contract.signed:
                signed_on = contract.values["start_date"] - timedelta(days=9)
                agreements.attach_contract(
                    book, agreement_id, f"{code}.pdf", paper, signed_on, actor=CLERK, today=year.today
                )
            start = contract.values["start_date"]
            entered.meters += [
                Meter(agreement_id, basis.items[item], level, f"{member.seed}:{number}", start)
                for item, level in contract.meters.items()
            ]
            if contract.work:
                entered.jobs.append(Job(agreement_id, member.id, contract.work, f"{member.seed}:{number}", start))
    return entered


def _agree_ahead(book: Book, agreement_id: int, contract: Contract) -> None:
    if contract.rises:
        lines = agreements.agreement(book, agreement_id)["lines"]
        for index, day, price in contract.rises:
            agreement_dates.set_price(book, lines[index]["id"], day, price, reason="Annual adjustment", actor=OWNER)
    for first, last in contract.pauses:
        agreement_dates.pause_agreement(book, agreement_id, first, last, reason="At the client's wish", actor=CLERK)
    for charge in contract.charges:
        billables.create_one_off(book, charge | {"agreement_id": agreement_id}, actor=CLERK)


def _agree_parts(book: Book, agreement_id: int, contract: Contract, entered: Entered, basis: Basis) -> None:
    """Milestones to be done and changes to be agreed, each when its day has come."""
    for name, fraction, day in contract.milestones:
        values = {"name": name, "fraction": fraction, "planned_on": day, "item_id": basis.items["PROJECT"]}
        entered.steps.append((day, milestones.create_milestone(book, agreement_id, values, actor=CLERK)))
    for number, (day, amount, reason) in enumerate(contract.orders, 1):
        values = {"dated": day, "amount": amount, "reason": reason, "reference": f"CO-{agreement_id}-{number}"}
        entered.changes.append((day, partial(_agree_scope, agreement_id=agreement_id, values=values, day=day)))
    for index, day, quantity in contract.more:
        entered.changes.append(
            (day, partial(_more, agreement_id=agreement_id, index=index, day=day, quantity=quantity))
        )


def _agree_scope(book: Book, agreement_id: int, values: dict[str, Any], day: date) -> None:
    order = change_orders.propose(book, agreement_id, values, actor=CLERK)
    change_orders.approve(book, order, by=OWNER, on=day, actor=OWNER)


def _more(book: Book, agreement_id: int, index: int, day: date, quantity: Decimal) -> None:
    line = agreements.agreement(book, agreement_id)["lines"][index]["id"]
    agreement_changes.change_line(book, agreement_id, line, day, quantity=quantity, reason="New staff", actor=CLERK)


def _move_on(book: Book, entered: Entered, since: date, clock: Clock) -> None:
    """What was agreed and done since the last run, day by day; `clock` stands at the day of this one."""
    until = clock.day
    acts = list(entered.changes)
    acts += [(day, partial(_done, milestone_id=one, day=day, until=until)) for day, one in entered.steps]
    for day, act in sorted(acts, key=lambda one: one[0]):
        if since < day <= until:
            act(book)


def _done(book: Book, milestone_id: int, day: date, until: date) -> None:
    milestones.mark_done(book, milestone_id, day, actor=CLERK, today=until, now=until.isoformat())


def write_hours(book: Book, jobs: Sequence[Job], year: Year, month: date, *, clean: bool) -> int:
    """A month of time sheets; how many entries."""
    days = list(year.workdays(month))
    rows: list[tuple[Any, ...]] = []
    for job in jobs:
        if job.start > month:
            continue
        chance = Random(f"hours:{job.seed}:{month.isoformat()}")
        stretches = list(job.work.stretches)
        # A month has its holidays and its rush; in a clean book not so much that anyone would look twice.
        factor = Decimal(chance.randrange(95, 106) if clean else chance.randrange(82, 119)) / 100
        for number, stretch in enumerate(stretches):
            person, code = job.work.staff[number % len(job.work.staff)]
            hours = max(Decimal("0.25"), (stretch * factor * 4).quantize(Decimal(1)) / 4)
            note = chance.choice(stock()["notes"][code])
            rows.append((job, chance.choice(days), person, code, hours, note))
    rows.sort(key=lambda row: (row[1], row[0].agreement_id, row[2]))
    return _keep(book, rows, month)


def _keep(book: Book, rows: Sequence[tuple[Any, ...]], month: date) -> int:
    if not rows:
        return 0
    with change(book, CLERK, f"Enter the hours of {month:%B %Y}", undoable=False) as made:
        items = dict(tuple(row) for row in made.connection.exec_driver_sql("SELECT code, id FROM item"))
        kept = [
            (
                f"T-{month:%y%m}-{number:05}",
                job.client_id,
                job.agreement_id,
                items[code],
                day.isoformat(),
                person,
                scaled(hours),
                note,
            )
            for number, (job, day, person, code, hours, note) in enumerate(rows, 1)
        ]
        made.connection.exec_driver_sql(_ENTRY, kept)
        made.record_bulk("time_entry", "enter", len(kept), batch_digest(kept))
    return len(kept)


def live(book: Book, entered: Entered, payer: Payer, year: Year, clock: Clock, *, clean: bool, report: Report) -> None:
    """Twelve months, run by run; then the month that is due, written but not billed."""
    days = year.run_days
    before = date.min
    for number, day in enumerate(days):
        clock.day = day
        write_hours(book, entered.jobs, year, add_months(day, -1), clean=clean)
        record_month(book, entered.meters, add_months(day, -1), clean=clean)
        _move_on(book, entered, before, clock)
        before = day
        result = bill(book, through=day, issue_date=day, actor=CLERK, now=clock.text)
        if result.outcomes["held"]:
            _release(book, result.run, clock)
        # Before anybody pays: a mail says what is open.
        post(book, mishaps=not clean and number == len(days) - 1)
        payer.expect(book, result.run_id)
        until = days[number + 1] - timedelta(days=1) if number + 1 < len(days) else year.today
        payer.pay(book, day, until, clock)
        happen(book, number, result.run_id, payer, until, clock)
        report(number + 1, len(days) + 1, f"Month {number + 1} of {len(days)}")
    clock.day = year.today
    write_hours(book, entered.jobs, year, year.last_run, clean=clean)
    record_month(book, entered.meters, year.last_run, clean=clean)
    _move_on(book, entered, before, clock)


def _release(book: Book, run: str, clock: Clock) -> None:
    """The owner looks through what was held and approves it."""
    with book.reading() as session:
        held = _held(session.connection(), run)
    approve_drafts(book, held, "Checked with the team", actor=OWNER, now=clock.text)
    resume(book, run, actor=CLERK, now=clock.text)


def _held(connection: Connection, run: str) -> list[int]:
    return [
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT d.id FROM draft d JOIN run r ON r.id = d.run_id WHERE r.number = ? AND d.state = 'held'", (run,)
        )
    ]
