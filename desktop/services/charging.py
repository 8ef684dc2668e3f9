"""Charge rows: what a document bills, written with it and freed again; the marks of what they bill follow.

Everything here runs inside the caller's one write transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from desktop.domain.billing import Charged
from desktop.domain.money import spread
from desktop.domain.periods import Cadence, Interval, Period
from desktop.errors import UserError
from desktop.i18n import _

MARKED: Final = {"time": "time_entry", "one_off": "one_off", "milestone": "milestone"}
"""Kinds of charge whose source is a billable with marks of its own: draft_id while reserved, invoice_id once billed."""

_SOURCES: Final = ("agreement_line_id", "time_entry_id", "one_off_id", "milestone_id", "commitment_id", "credits_id")
_PLACE: Final = {"recurring": 0, "usage": 0, "time": 1, "one_off": 2, "milestone": 3, "commitment": 4, "unused": 5}
_COLUMNS: Final = (
    "kind",
    "agreement_id",
    *_SOURCES,
    "period_start",
    "period_end",
    "sequence",
    "invoice_id",
    "position",
    "quantity",
    "amount",
    "mark",
)
_CHARGE: Final = f"INSERT INTO charge ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_BEFORE: Final = tuple((None,) * place for place in range(len(_SOURCES)))
_AFTER: Final = tuple((None,) * (len(_SOURCES) - 1 - place) for place in range(len(_SOURCES)))
_PART: Final = """INSERT INTO charge (kind, agreement_id, agreement_line_id, part_of_id, period_start, period_end,
 sequence, invoice_id, position, quantity, amount, mark)
 VALUES ('recurring', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id"""
# What a line counts lies in its own span, which ends before its period's where a threshold was crossed.
_USED: Final = """UPDATE usage SET invoice_id = ?1 WHERE agreement_id = ?2
 AND item_id = (SELECT item_id FROM agreement_line WHERE id = ?3)
 AND end_date > (SELECT period_start FROM invoice_line WHERE invoice_id = ?1 AND position = ?4)
 AND end_date <= (SELECT period_end FROM invoice_line WHERE invoice_id = ?1 AND position = ?4)
 AND id <= ?5 AND invoice_id IS NULL"""
_UNUSED: Final = """UPDATE usage SET invoice_id = NULL WHERE invoice_id = ? AND agreement_id = ?
 AND item_id = (SELECT item_id FROM agreement_line WHERE id = ?) AND end_date > ? AND end_date <= ?"""


class Freed(NamedTuple):
    """A charge that was reversed: its id, and how the same is charged again."""

    id: int
    charged: Charged


def reserve(connection: Connection, drafted: Iterable[tuple[int, Charged]]) -> None:
    """Mark what the drafts (id, charge) bill, so that no other draft takes it."""
    rows: dict[str, dict[int, list[int]]] = {}
    for draft_id, charge in drafted:
        if charge.kind in MARKED:
            rows.setdefault(charge.kind, {}).setdefault(draft_id, []).append(charge.source_id)
    for kind, marks in rows.items():
        connection.exec_driver_sql(
            f"UPDATE {MARKED[kind]} SET draft_id = ? WHERE id IN (SELECT value FROM json_each(?))",
            [(draft_id, json.dumps(sources)) for draft_id, sources in marks.items()],
        )


def release(connection: Connection, draft_id: int, keep: Iterable[Charged] = ()) -> None:
    """What a draft reserved is free again, but for what it still bills."""
    kept: dict[str, list[int]] = {kind: [] for kind in MARKED}
    for charge in keep:
        if charge.kind in kept:
            kept[charge.kind].append(charge.source_id)
    for kind, table in MARKED.items():
        connection.exec_driver_sql(
            f"UPDATE {table} SET draft_id = NULL WHERE draft_id = ? AND id NOT IN (SELECT value FROM json_each(?))",
            (draft_id, json.dumps(kept[kind])),
        )


def write_charges(connection: Connection, charges: Sequence[tuple[int, Charged]]) -> None:
    """Write the charges of documents (invoice id, charge) and mark what they bill.

    IntegrityError where the schema refuses, because it is billed already.
    """
    rows: list[tuple[Any, ...]] = []
    billed: dict[str, list[tuple[int, int]]] = {}
    used: list[tuple[Any, ...]] = []
    unused: list[tuple[int, Charged]] = []
    for invoice_id, charge in charges:
        kind, source = charge.kind, charge.source_id
        place = _PLACE[kind]
        rows.append(
            (
                kind,
                charge.agreement_id,
                *_BEFORE[place],
                source,
                *_AFTER[place],
                charge.period_start,
                charge.period_end,
                charge.sequence,
                invoice_id,
                charge.position,
                charge.quantity,
                charge.amount,
                charge.mark,
            )
        )
        if kind in MARKED:
            billed.setdefault(MARKED[kind], []).append((invoice_id, source))
        elif kind == "usage" and charge.mark:
            used.append((invoice_id, charge.agreement_id, source, charge.position, charge.mark))
        elif kind == "unused":
            unused.append((invoice_id, charge))
    if unused:
        _reduce(connection, unused)
    if rows:
        connection.exec_driver_sql(_CHARGE, rows)
    for table, marks in billed.items():
        connection.exec_driver_sql(f"UPDATE {table} SET invoice_id = ?, draft_id = NULL WHERE id = ?", marks)
    if used:
        connection.exec_driver_sql(_USED, used)


def _reduce(connection: Connection, unused: Sequence[tuple[int, Charged]]) -> None:
    """The charges that were credited in part are reversed, and what of them stays is charged anew."""
    by_charge: dict[int, list[tuple[int, Charged]]] = {}
    for invoice_id, charge in unused:
        by_charge.setdefault(charge.source_id, []).append((invoice_id, charge))
    # All are reversed before any is charged anew: the tiers of one span must not meet each other's parts.
    reversed_rows: list[tuple[int, list[tuple[int, Charged]], Any]] = []
    for charge_id, credits in by_charge.items():
        row = connection.exec_driver_sql(
            """UPDATE charge SET reversed_by = ? WHERE id = ? AND reversed_by IS NULL AND kind = 'recurring'
            RETURNING agreement_id, agreement_line_id, period_start, period_end, sequence, invoice_id, position,
            quantity, amount""",
            (credits[0][0], charge_id),
        ).fetchone()
        if row is None:
            raise UserError(_("Unused days of it were credited already."), _("Plan it again: begin a new run."))
        reversed_rows.append((charge_id, credits, row))
    for charge_id, credits, row in reversed_rows:
        agreement, line, start, end, sequence, invoice_id, position, quantity, amount = row
        spans = sorted((credit.period_start, credit.period_end) for _, credit in credits)
        kept: list[tuple[str, str]] = []
        for first, last in spans:
            if start < first:
                kept.append((start, first))
            start = max(start, last)
        if start < end:
            kept.append((start, end))
        left = amount + sum(credit.amount for _, credit in credits)
        units = quantity + sum(credit.quantity for _, credit in credits)
        days = _weights(connection, agreement, kept)
        shares = zip(kept, spread(units, days), spread(left, days), strict=True) if kept else ()
        for (first, last), part, share in shares:
            connection.exec_driver_sql(
                _PART, (agreement, line, charge_id, first, last, sequence, invoice_id, position, part, share)
            ).fetchone()


def _weights(connection: Connection, agreement_id: int, spans: Sequence[tuple[str, str]]) -> list[int]:
    """The days of spans of one charge as its agreement counts them: a 31st of fixed 30-day months weighs nothing."""
    found = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans]
    calendar = [(last - first).days for first, last in found]
    row = connection.exec_driver_sql(
        "SELECT every_count, every_unit, alignment, anchor, bill_day, fixed_30 FROM agreement WHERE id = ?",
        (agreement_id,),
    ).one()
    if len(spans) < 2 or not row[5]:
        return calendar
    cadence = Cadence(Interval(row[0], row[1]), row[2], date.fromisoformat(row[3]), row[4], fixed_30=True)
    first, after = cadence.full_period(found[0][0])
    if not cadence.counts_30 or found[-1][1] > after:
        return calendar
    counted = [Period(start, end, first, after, fixed_30=True).days for start, end in found]
    return counted if any(counted) else calendar


def free_charges(connection: Connection, invoice_id: int, positions: set[int] | None, note_id: int) -> list[Freed]:
    """Reverse the standing charges of an invoice's lines, all of them for None, so that they may be billed again.

    Days that a line credited as unused stand charged again, until they are credited once more.
    """
    rows = [
        row
        for row in connection.exec_driver_sql(
            f"""SELECT id, kind, agreement_id, {", ".join(_SOURCES)}, period_start, period_end, sequence, position,
            quantity, amount, mark FROM charge WHERE invoice_id = ? AND reversed_by IS NULL ORDER BY id""",
            (invoice_id,),
        ).fetchall()
        if positions is None or row[12] in positions
    ]
    if not rows:
        return []
    if positions is not None:
        _refuse_parts_of_use(connection, invoice_id, rows)
        _refuse_tiers_of_hours(connection, invoice_id, positions)
    connection.exec_driver_sql("UPDATE charge SET reversed_by = ? WHERE id = ?", [(note_id, row[0]) for row in rows])
    freed: list[Freed] = []
    for row in rows:
        kind, source = row[1], row[3 + _PLACE[row[1]]]
        charged = Charged(kind, row[2], source, *row[9:16])
        if kind in MARKED:
            connection.exec_driver_sql(f"UPDATE {MARKED[kind]} SET invoice_id = NULL WHERE id = ?", (source,))
        elif kind == "usage" and charged.mark:
            connection.exec_driver_sql(
                _UNUSED, (invoice_id, charged.agreement_id, source, charged.period_start, charged.period_end)
            )
        elif kind == "unused":
            charged = charged._replace(source_id=_restore(connection, charged))
        freed.append(Freed(row[0], charged))
    return freed


def _refuse_parts_of_use(connection: Connection, invoice_id: int, rows: Sequence[Any]) -> None:
    """The units of a meter's period are freed together: no row of usage belongs to one tier alone.

    So are those of two lines that count the same meter one after the other within a period.
    """
    chosen = {row[0] for row in rows}
    spans = {(row[3], row[9], row[10]) for row in rows if row[1] == "usage"}
    for line, start, end in spans:
        for charge, position in connection.exec_driver_sql(
            """SELECT c.id, c.position FROM agreement_line f JOIN agreement_line g ON g.agreement_id = f.agreement_id
            AND g.item_id = f.item_id JOIN charge c ON c.agreement_line_id = g.id AND c.invoice_id = ?1
            AND c.period_start < ?4 AND c.period_end > ?3 AND c.kind = 'usage' AND c.reversed_by IS NULL
            WHERE f.id = ?2 ORDER BY c.position""",
            (invoice_id, line, start, end),
        ):
            if charge not in chosen:
                raise UserError(
                    _(
                        "Line {position} bills the same period of the same meter, and its units are freed together."
                    ).format(position=position),
                    _("Credit line {position} too, or credit without billing it again.").format(position=position),
                )


def _refuse_tiers_of_hours(connection: Connection, invoice_id: int, positions: set[int]) -> None:
    """Hours on a graduated card stand on a line a tier, and an entry over two tiers is freed with both."""
    tiers: dict[tuple[Any, ...], list[tuple[int, bool]]] = {}
    for *span, position, whole in connection.exec_driver_sql(
        """SELECT l.item_id, l.period_start, l.period_end, l.position, coalesce(sum(c.quantity), 0) = l.quantity
        FROM invoice_line l LEFT JOIN charge c ON c.invoice_id = l.invoice_id AND c.position = l.position
        WHERE l.invoice_id = ? AND l.rate_id IS NOT NULL AND coalesce(c.kind, 'time') = 'time' GROUP BY l.position""",
        (invoice_id,),
    ):
        tiers.setdefault(tuple(span), []).append((position, bool(whole)))
    for lines in tiers.values():
        chosen = [position for position, _ in lines if position in positions]
        if chosen and len(chosen) < len(lines) and not all(whole for _, whole in lines):
            left = next(position for position, _ in lines if position not in positions)
            raise UserError(
                _("Line {left} bills the same hours in another tier, and they are freed together.").format(left=left),
                _("Credit line {left} too, or credit without billing it again.").format(left=left),
            )


def _restore(connection: Connection, credited: Charged) -> int:
    """The id of the charge that stands again for days whose credit was taken back."""
    line, sequence, invoice_id, position = connection.exec_driver_sql(
        "SELECT agreement_line_id, sequence, invoice_id, position FROM charge WHERE id = ?", (credited.source_id,)
    ).one()
    days = (credited.period_start, credited.period_end)
    row = (credited.agreement_id, line, credited.source_id, *days, sequence, invoice_id, position)
    return int(connection.exec_driver_sql(_PART, (*row, -credited.quantity, -credited.amount)).scalar_one())
