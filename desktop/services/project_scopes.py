"""The scope of a fixed price: what it is, what of it is billed, and what may no longer be taken from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.queries import projects as queries
from db.queries.rows import ids_text
from desktop.domain.billing.facts import Milestone, Scope
from desktop.domain.billing.milestones import scope_on
from desktop.domain.money import SCALE, scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, percent_text


def read_scopes(connection: Connection, agreed: Mapping[int, int | None]) -> dict[int, Scope]:
    """The scopes of agreements by their agreed sums; those without one have none."""
    ids = ids_text(key for key, total in agreed.items() if total is not None)
    changes: dict[int, list[tuple[date, int]]] = {}
    for key, since, amount in queries.scope_changes(connection, ids):
        changes.setdefault(key, []).append((date.fromisoformat(since), amount))
    billed = {row[0]: row[1:] for row in queries.milestones_billed(connection, ids)}
    found: dict[int, Scope] = {}
    for key, total in agreed.items():
        if total is not None:
            fractions, net, latest, others = billed.get(key, (0, 0, None, 0))
            day = date.fromisoformat(latest) if latest else None
            found[key] = Scope(total, tuple(changes.get(key, ())), fractions, net, day, others)
    return found


def scope_of(connection: Connection, agreement_ids: Sequence[int]) -> dict[int, tuple[str, Scope | None]]:
    """(currency, scope or None without an agreed sum) of agreements."""
    rows = connection.exec_driver_sql(
        "SELECT id, currency, agreed FROM agreement WHERE id IN (SELECT value FROM json_each(?))",
        (ids_text(agreement_ids),),
    ).fetchall()
    scopes = read_scopes(connection, {row[0]: row[2] for row in rows})
    return {row[0]: (row[1], scopes.get(row[0])) for row in rows}


def in_order(rows: Sequence[Any]) -> list[Any]:
    """Rows of `queries.all_milestones` in the order in which they will be billed: the done by day, then the planned."""
    return sorted(rows, key=lambda row: (row[8] is None, row[8] or "", row[3], row[0]))


def as_done(row: Any) -> Milestone:
    """A row as billing will see it: one not done yet comes after every change that is agreed by now."""
    done = date.fromisoformat(row[8]) if row[8] else date.max
    return Milestone(row[0], row[2], row[4], row[5], row[6], done)


def check_scope(connection: Connection, agreement_id: int, since: date | None) -> None:
    """UserError where the scope as it stands now is below what its milestones billed, with the figures.

    `since` is the day from which it was changed: what is billed whole stays as it was billed.
    """
    currency, scope = scope_of(connection, [agreement_id])[agreement_id]
    refused = scope_obstacle(currency, scope, since) if scope is not None else None
    if refused is not None:
        raise refused


def scope_obstacle(currency: str, scope: Scope, since: date | None) -> UserError | None:
    """Why a scope that was changed from a day on does not fit what is billed of it; None where it does."""
    billed = scope.billed + scope.others
    agreed = scope_on(scope, date.max)
    if agreed < 0 and not billed:
        return UserError(
            _("The agreed sum cannot fall below nothing, to {agreed}.").format(agreed=money_text(agreed, currency)),
            _("Take less away."),
        )
    if agreed < billed:
        return UserError(
            _("{billed} of its milestones is billed; the agreed sum cannot fall to {agreed}.").format(
                billed=money_text(billed, currency), agreed=money_text(agreed, currency)
            ),
            _("Credit an invoice first, or take less away."),
        )
    if scope.fractions == SCALE and scope.latest is not None and (since is None or since <= scope.latest):
        return UserError(
            _("All of the price is billed, up to what was done on {day}.").format(day=date_text(scope.latest)),
            _("Date the change after that day, and add a milestone with its amount."),
        )
    return None


def refuse_taken_back(
    connection: Connection, subject: str, key: int | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """UserError where a row whose change was taken back leaves a price below what is billed, or above 100 % shared.

    `before` and `after` are what the change had written of the row.
    """
    told = {**before, **after}
    agreement_id, since = key, None
    if subject == "agreement" and "agreed" in told:
        pass
    elif subject == "change_order" and "approved" in (before.get("state"), after.get("state")):
        row = connection.exec_driver_sql("SELECT agreement_id, dated FROM change_order WHERE id = ?", (key,)).fetchone()
        agreement_id, day = row if row is not None else (told.get("agreement_id"), told.get("dated"))
        since = date.fromisoformat(day) if day else None
    elif subject == "milestone" and told.get("fraction") is not None:
        agreement_id = connection.exec_driver_sql("SELECT agreement_id FROM milestone WHERE id = ?", (key,)).scalar()
    else:
        return
    if agreement_id is None or not scope_of(connection, [agreement_id]):
        return
    if subject == "milestone":
        check_shares(connection, agreement_id)
    else:
        check_agreed(connection, agreement_id, since)


def check_shares(connection: Connection, agreement_id: int) -> None:
    """UserError where the shares of an agreement's milestones come to more than 100 %."""
    shared = connection.exec_driver_sql(
        "SELECT coalesce(sum(fraction), 0) FROM milestone WHERE agreement_id = ?", (agreement_id,)
    ).scalar_one()
    if shared > SCALE:
        raise UserError(
            _("Its milestones would come to {all} of the price.").format(all=percent_text(scaled_to_percent(shared))),
            _("Make another share smaller first."),
        )


def check_agreed(connection: Connection, agreement_id: int, since: date | None = None) -> None:
    """UserError where the agreed sum as it stands now does not fit what is billed or planned of it.

    `since` is the day from which it was changed, None where it was so from the beginning.
    """
    name = connection.exec_driver_sql(
        """SELECT m.name FROM milestone m JOIN agreement a ON a.id = m.agreement_id
        WHERE a.id = ? AND a.agreed IS NULL AND m.fraction IS NOT NULL ORDER BY m.position LIMIT 1""",
        (agreement_id,),
    ).scalar()
    if name is not None:
        raise UserError(
            _("“{name}” is a share of the agreed sum.").format(name=name),
            _("Keep the sum, or give its milestones amounts."),
        )
    check_scope(connection, agreement_id, since)
