"""What a change in mid-period would credit and charge, figured out by making it, billing it and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.agreement import Agreement
from desktop.domain.billing import Line, Work, build
from desktop.domain.billing.unused import UNUSED
from desktop.services.agreement_changes import add_within, change_within, end_line_within
from desktop.services.agreements import end_within
from desktop.services.changes import Change, change
from desktop.services.runs.loading import load
from desktop.services.runs.setting import read_setting

_PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class ChangeFigure:
    """A line that the next run would bill for the change: days of [start, end), net in minor units, below 0 a credit.

    `whole_days` are those of the full period, or of what was charged.
    """

    text: str
    start: date
    end: date
    days: int
    whole_days: int
    net: int
    credit: bool


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """Figures in the order of the invoice, their sum net, and the through-date of the run that bills them."""

    currency: str
    figures: tuple[ChangeFigure, ...]
    net: int
    through: date


class _Seen(Exception):
    """Carries what was seen out of the transaction, which it thereby takes back."""

    def __init__(self, preview: ChangePreview) -> None:
        self.preview = preview


def preview_change(
    book: Book, agreement_id: int, act: Callable[[Change], object], dated: date, *, today: date
) -> ChangePreview:
    """What the lines that `act` changes would be credited and charged because of it; nothing stays written.

    Billed in advance that is what a run bills on the day of the change, in arrears at the end of its period. Raises
    what `act` raises.
    """
    try:
        with change(book, _PREVIEW, "") as made:
            before = _lines(made.connection, agreement_id, dated, today)[0]
            act(made)
            figures, through, currency = _lines(made.connection, agreement_id, dated, today)
            new = list(figures)
            for figure in before:
                if figure in new:
                    new.remove(figure)
            # What is billed of the days before is not for the change.
            new = [figure for figure in new if figure.credit or figure.start >= dated]
            raise _Seen(ChangePreview(currency, tuple(new), sum(one.net for one in new), through))
    except _Seen as seen:
        return seen.preview


def _lines(connection: Connection, agreement_id: int, dated: date, today: date) -> tuple[list[ChangeFigure], date, str]:
    client = connection.exec_driver_sql("SELECT client_id FROM agreement WHERE id = ?", (agreement_id,)).scalar_one()
    asked = max(dated, today)
    loaded = load(connection, read_setting(connection, asked, asked), [(client, agreement_id)])
    agreement = loaded.agreements[agreement_id]
    work = loaded.work[agreement_id]
    # Later periods are billed anyway, and come to what the line then says.
    billed = max((span.end for span in work.charged.values()), default=dated)
    through = max(dated, min(today, date.fromordinal(billed.toordinal() - 1)))
    if agreement.timing == "arrears":
        through = max(through, date.fromordinal(agreement.cadence.full_period(dated)[1].toordinal() - 1))
    setting = read_setting(connection, through, through)
    only = Work(charged=work.charged, standing=work.standing)
    # Switched off, it bills nothing now; what the change comes to is asked all the same.
    built = build(agreement._replace(active=True), loaded.client_of(agreement), only, setting.billing)
    lines = [line for draft in built.drafts for line in draft.lines]
    return [_figure(agreement, line) for line in lines if line.period_start], max(through, today), agreement.currency


def _figure(agreement: Agreement, line: Line) -> ChangeFigure:
    assert line.period_start is not None
    assert line.period_end is not None
    start, end = date.fromisoformat(line.period_start), date.fromisoformat(line.period_end)
    first, after = agreement.cadence.full_period(start)
    return ChangeFigure(
        line.description, start, end, (end - start).days, (after - first).days, line.net, line.price_source == UNUSED
    )


def preview_changed(
    book: Book, agreement_id: int, line_id: int, dated: date, *, today: date, **given: Any
) -> ChangePreview:
    """What `agreement_changes.change_line` with these figures would come to; same errors."""
    return preview_change(
        book, agreement_id, lambda made: change_within(made, agreement_id, line_id, dated, **given), dated, today=today
    )


def preview_added(book: Book, agreement_id: int, dated: date, *, today: date, **given: Any) -> ChangePreview:
    """What `agreement_changes.add_line` with these figures would come to; same errors."""
    return preview_change(
        book, agreement_id, lambda made: add_within(made, agreement_id, dated, **given), dated, today=today
    )


def preview_end(
    book: Book, agreement_id: int, line_id: int | None, last_day: date, *, credit: bool, today: date
) -> ChangePreview:
    """What ending an agreement, or one of its lines, on a day would credit; same errors as ending it."""

    def act(made: Change) -> object:
        if line_id is None:
            return end_within(made, agreement_id, last_day, credit=credit)
        return end_line_within(made, agreement_id, line_id, last_day, credit=credit)

    return preview_change(book, agreement_id, act, last_day, today=today)
