"""Runs that stand still, drafts that wait for a word, drafts that wait to be issued, and the run that is due."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final, NamedTuple

from db.queries import today as queries
from db.queries.rows import ids_text
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.saying import told
from desktop.services.coming_run import ComingRun, month_end
from desktop.services.today.item import FEW, Item, Look, Target, Urgency, few_or_all, local_day
from desktop.services.today.schedules import left_to_a_person

# The run of this month is told so many days ahead.
_AHEAD: Final = 7


class _Held(NamedTuple):
    """As the query gives it."""

    draft: int
    run: int
    number: str
    state: str
    severity: str
    client: str
    net: int
    currency: str
    owner: str
    due_at: str
    error: str
    finding: int | None
    findings: int


def exceptions(look: Look) -> Iterator[Item]:
    """Held and failed drafts, by run, owner and what became of them; the ones due first at the front."""
    held = [_Held(*row) for row in queries.held_drafts(look.connection)]
    held.sort(key=_group)
    for _key, group in groupby(held, key=_group):
        rows = list(group)
        shown = rows if len(rows) <= FEW else rows[:1]
        texts = queries.finding_texts(look.connection, ids_text(row.finding for row in shown if row.finding))
        yield from few_or_all(rows, partial(_held, look, texts), partial(_held_together, look, texts))


def _group(row: _Held) -> tuple[int, str, bool]:
    return row.run, row.owner, row.state == "failed"


def _urgency(look: Look, row: _Held) -> Urgency:
    if row.state == "failed":
        return Urgency.LATE
    return look.by_moment(row.due_at) if row.due_at else Urgency.TODAY


def _found(row: _Held, texts: dict[int, str]) -> str:
    """The worst that was found, and how much more."""
    if row.state == "failed" and row.error:
        return row.error
    text = told(texts.get(row.finding or 0, ""))
    if row.findings > 1:
        more = ngettext("and {count} more", "and {count} more", row.findings - 1)
        text = f"{text} · {more.format(count=number_text(row.findings - 1))}"
    return text


def _held(look: Look, texts: dict[int, str], row: _Held) -> Item:
    if row.state == "failed":
        sentence = _("The invoice for {client} could not be issued")
    elif row.severity == "block":
        sentence = _("The draft for {client} is blocked")
    else:
        sentence = _("The draft for {client} waits for you")
    return Item(
        "exception",
        f"exception:{row.draft}",
        _urgency(look, row),
        sentence.format(client=row.client),
        _found(row, texts),
        _("Look at it"),
        Target("runs", row.run, opens=True, within=row.draft),
        row.net,
        row.currency,
        owner=row.owner,
        due=local_day(row.due_at) if row.due_at else None,
        due_at=row.due_at,
        weight=10,
    )


def _held_together(look: Look, texts: dict[int, str], rows: Sequence[_Held]) -> Item:
    first, count = rows[0], len(rows)
    if first.state == "failed":
        words = ngettext(
            "{count} invoice of run {run} could not be issued",
            "{count} invoices of run {run} could not be issued",
            count,
        )
    else:
        words = ngettext("{count} draft of run {run} waits for you", "{count} drafts of run {run} wait for you", count)
    total = look.sum((row.net, row.currency) for row in rows)
    return Item(
        "exception",
        f"exception:{first.run}:{first.owner}:{first.state}:{count}",
        _urgency(look, first),
        words.format(count=number_text(count), run=first.number),
        _("First {client}: {found}").format(client=first.client, found=_found(first, texts)),
        _("Review them"),
        Target("runs", first.run, opens=True, within=first.draft),
        total.amount,
        total.currency,
        not total.whole,
        first.owner,
        local_day(first.due_at) if first.due_at else None,
        first.due_at,
        count,
        weight=10,
    )


def unfinished(look: Look) -> Iterator[Item]:
    """Runs that were interrupted, and runs in review with something to issue."""
    by_schedule = left_to_a_person(look)
    for run, number, state, _through, waiting, amounts, issued in queries.open_runs(look.connection):
        total = look.sum((net, currency) for net, currency in json.loads(amounts or "[]"))
        if state in ("planning", "issuing"):
            why = (
                _("It was planning; nothing of it is issued.")
                if state == "planning"
                else _("{issued} are issued and stand, {left} are still to do.").format(
                    issued=number_text(issued), left=number_text(waiting)
                )
            )
            yield Item(
                "interrupted",
                f"interrupted:{run}:{issued}",
                Urgency.LATE,
                _("Run {number} was interrupted").format(number=number),
                why,
                _("Resume or discard it"),
                Target("runs", run),
                total.amount if waiting else None,
                total.currency,
                not total.whole,
                weight=0,
            )
        elif waiting:
            words = ngettext(
                "{count} invoice of run {number} is ready to issue",
                "{count} invoices of run {number} are ready to issue",
                waiting,
            )
            yield Item(
                "ready",
                f"ready:{run}:{waiting}",
                Urgency.TODAY,
                words.format(count=number_text(waiting), number=number),
                by_schedule.get(run) or _("Nothing stands against them."),
                _("Issue them"),
                Target("runs", run, opens=True),
                total.amount,
                total.currency,
                not total.whole,
                count=waiting,
                weight=20,
            )


def due_run(look: Look) -> Iterator[Item]:
    """The run that is due by today, or within days."""
    coming = look.coming
    if coming is None or (coming.due - look.today).days > _AHEAD:
        return
    due = coming.due <= look.today
    since = _("Since {day}.") if due else _("Their periods end or begin on {day}.")
    why = f"{since.format(day=date_text(coming.due))} {_waiting_words(coming)}".strip()
    yield Item(
        "run",
        f"run:{month_end(look.today)}:{due}:{coming.agreements}",
        Urgency.TODAY if due else Urgency.WEEK,
        _sentence(coming, due=due),
        why,
        _("Plan the run"),
        Target("runs", act="runs.new"),
        coming.amount,
        coming.currency,
        True,
        due=None if due else coming.due,
        count=max(coming.agreements, 1),
        weight=5,
    )


def _sentence(coming: ComingRun, *, due: bool) -> str:
    count = coming.agreements
    if not count:
        return _("A run is due for work that is done") if due else _("The next run bills work that is done")
    if due:
        words = ngettext("A run is due: {count} agreement to bill", "A run is due: {count} agreements to bill", count)
    else:
        words = ngettext("The next run bills {count} agreement", "The next run bills {count} agreements", count)
    return words.format(count=number_text(count))


def _waiting_words(coming: ComingRun) -> str:
    """What is billed beside periods: hours, charges and milestones done."""
    counted: Sequence[tuple[int, Callable[[int], str]]] = (
        (coming.hours, lambda n: ngettext("{count} time entry", "{count} time entries", n)),
        (coming.charges, lambda n: ngettext("{count} charge", "{count} charges", n)),
        (coming.milestones, lambda n: ngettext("{count} milestone done", "{count} milestones done", n)),
    )
    parts: list[Any] = [words(count).format(count=number_text(count)) for count, words in counted if count]
    return _("With it {things}.").format(things=", ".join(parts)) if parts else ""
