"""Reminders: each item once at a level, each letter in the outbox, and sums that follow from what it names."""

from __future__ import annotations

import sqlite3
from datetime import date

from desktop.i18n import _
from desktop.services.check.problem import Problems, figure


def check_reminders(connection: sqlite3.Connection, problems: Problems) -> None:
    """Letters against their items, their clients and the outbox; runs against their letters."""
    _check_letters(connection, problems)
    _check_items(connection, problems)
    for run, state in connection.execute(
        """SELECT n.number, r.state FROM reminder_run n JOIN reminder r ON r.run_id = n.id
        WHERE n.state <> 'planned' AND r.state = 'planned' GROUP BY n.id"""
    ):
        problems.add("reminder", run, _("the run is over, yet a letter of it is “{state}”").format(state=state))


def _check_letters(connection: sqlite3.Connection, problems: Problems) -> None:
    lost = _("it went, yet the outbox has no letter of it")
    apart = _("it asks for {amount}, yet its items come to {items}")
    bearing = _("it asks for {amount} of interest, yet that of its items is {items}")
    for run, code, currency, state, letter, amount, credit, interest, asked, borne in connection.execute(
        """SELECT n.number, c.code, r.currency, r.state,
          (SELECT d.letter FROM delivery d WHERE d.id = r.delivery_id AND d.client_id IN (
            SELECT k.id FROM client k WHERE coalesce(k.merged_into_id, k.id) = coalesce(c.merged_into_id, c.id))),
          r.amount, r.credit, r.interest, coalesce(sum(t.open - t.disputed), 0), coalesce(sum(t.interest), 0)
        FROM reminder r JOIN reminder_run n ON n.id = r.run_id JOIN client c ON c.id = r.client_id
        LEFT JOIN reminder_item t ON t.reminder_id = r.id
          AND (t.stands = 1 OR r.delivery_id IN (SELECT d.id FROM delivery d WHERE d.state = 'cancelled'))
        WHERE r.state IN ('planned', 'sent') GROUP BY r.id ORDER BY r.id"""
    ):
        where = f"{run} {code}"
        if state == "sent" and letter != "reminder":
            problems.add("reminder", where, lost)
        if amount + credit != asked:
            told = apart.format(amount=figure(amount + credit, currency), items=figure(asked, currency))
            problems.add("reminder", where, told)
        if interest != borne:
            told = bearing.format(amount=figure(interest, currency), items=figure(borne, currency))
            problems.add("reminder", where, told)


def _check_items(connection: sqlite3.Connection, problems: Problems) -> None:
    twice = _("{number} was reminded twice at level {level}")
    for run, code, number, level in connection.execute(
        """SELECT n.number, c.code, i.number, t.level FROM reminder_item t JOIN reminder r ON r.id = t.reminder_id
        JOIN reminder_run n ON n.id = r.run_id JOIN client c ON c.id = r.client_id
        JOIN open_item o ON o.id = t.open_item_id JOIN invoice i ON i.id = o.invoice_id
        WHERE t.stands = 1 GROUP BY t.open_item_id, t.level HAVING count(*) > 1"""
    ):
        problems.add("reminder", f"{run} {code}", twice.format(number=number, level=level))
    foreign = _("{number} is not of this client and currency")
    days_apart = _("{number} is told to be {days} days past due, and it was due on {day}")
    for run, code, number, due, as_of, days, strange in connection.execute(
        """SELECT n.number, c.code, i.number, o.due_date, n.as_of, t.days,
          o.currency <> r.currency OR coalesce(c.merged_into_id, c.id) <> coalesce(k.merged_into_id, k.id)
        FROM reminder_item t JOIN reminder r ON r.id = t.reminder_id JOIN reminder_run n ON n.id = r.run_id
        JOIN client c ON c.id = r.client_id JOIN open_item o ON o.id = t.open_item_id
        JOIN invoice i ON i.id = o.invoice_id JOIN client k ON k.id = o.client_id
        WHERE t.days <> CAST(julianday(n.as_of) - julianday(o.due_date) AS INTEGER) OR o.currency <> r.currency
          OR coalesce(c.merged_into_id, c.id) <> coalesce(k.merged_into_id, k.id) ORDER BY t.id"""
    ):
        if strange:
            problems.add("reminder", f"{run} {code}", foreign.format(number=number))
        if days != _days(due, as_of):
            problems.add("reminder", f"{run} {code}", days_apart.format(number=number, days=days, day=due))


def _days(due: str, as_of: str) -> int:
    return (date.fromisoformat(as_of) - date.fromisoformat(due)).days
