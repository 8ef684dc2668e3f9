"""Takes a change that is in force back as one, and says what was billed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from db.engine import Book
from db.schema import ConfigurationChange, Rate, TemplateVersion
from desktop.domain.configuration import RowChange, changes_of
from desktop.i18n import _
from desktop.services.change_sets import INSERT, Change
from desktop.services.changes import change
from desktop.services.configuration.proposing import refuse_decided
from desktop.services.configuration.standing import row_named
from desktop.services.undoing import Target, take_back, undo_target

_OWN = "configuration_change"


@dataclass(frozen=True, slots=True)
class Billed:
    """Documents issued since a change came into force: all of them, and those that its prices or templates made."""

    since: int
    by_it: tuple[str, ...]
    totals: dict[str, int]


def billed_by(book: Book, number: str) -> Billed:
    """What was issued under a change; totals are gross by currency, minor units, of those that it made."""
    with book.reading() as session:
        row = row_named(session, number)
        return _billed(session.connection(), row)


def roll_back(book: Book, number: str, *, reason: str, actor: str, today: date) -> Billed:
    """Let everything that the change wrote be as before, from now on; what was issued under it stays as it is.

    A price that has billed stays on the card for its days, and the one before it counts again from today. Raises
    UserError where the change is not in force, or where something of it was changed since.
    """
    with change(book, actor, _("Roll a change back")) as made:
        row = row_named(made.session, number)
        refuse_decided(row, "applied")
        assert row.applied_set_id is not None
        # Going back to what was decided before needs nobody's word again.
        made.decided = True
        billed = _billed(made.connection, row)
        target = undo_target(made.connection, row.applied_set_id)
        written = _written(target)
        prices, looks = _used(made.connection, written)
        kept = {("rate", key) for key in prices} | {("template_version", key) for key in looks}
        # Its own state is set below; what billed keeps the row that explains it.
        events = [one for one in target.events if one.subject != _OWN and (one.subject, one.subject_id) not in kept]
        take_back(made, replace(target, events=events))
        _price_as_before(made, prices, written, today)
        _look_as_before(made, looks)
        made.update(ConfigurationChange, row.id, state="rolled_back", rolled_back_set_id=made.id)
        made.record(_OWN, row.id, "rolled_back", None, {"reason": reason.strip(), "number": row.number})
        made.summary = _("Roll back {number}: {summary}").format(number=row.number, summary=row.summary)
    return billed


def _written(target: Target) -> tuple[RowChange, ...]:
    return tuple(
        RowChange(one.subject, one.subject_id, one.action, one.before, one.after)
        for one in target.events
        if one.subject_id is not None and one.subject != _OWN
    )


def _used(connection: Connection, written: Sequence[RowChange]) -> tuple[list[int], list[int]]:
    """Of the prices and versions of templates that the change brought, those that an issued document names.

    A card of one day stays whole: without one of its tiers the others would say something else.
    """

    def named(table: str, query: str) -> list[RowChange]:
        new = [one for one in written if one.table == table and one.action == INSERT]
        return [one for one in new if connection.exec_driver_sql(query, (one.id,)).first() is not None]

    prices = named("rate", "SELECT 1 FROM invoice_line WHERE rate_id = ? LIMIT 1")
    cards = {_card(one) for one in prices}
    looks = named("template_version", "SELECT 1 FROM invoice WHERE template_version_id = ? LIMIT 1")
    whole = [one for one in written if one.table == "rate" and one.action == INSERT and _card(one) in cards]
    return [int(one.id) for one in whole], [int(one.id) for one in looks]


def _card(one: RowChange) -> tuple[object, ...]:
    return tuple((one.after or {})[name] for name in ("item_id", "client_id", "currency", "valid_from"))


def _price_as_before(made: Change, used: Sequence[int], written: Sequence[RowChange], today: date) -> None:
    """A whole card of one day, of which one tier has billed at least, is followed by the card before it."""
    cards = {}
    for key in used:
        row = made.session.get_one(Rate, key)
        cards[row.item_id, row.client_id, row.currency, row.valid_from] = row
    for item_id, client_id, currency, valid_from in cards:
        own = Rate.client_id.is_(None) if client_id is None else Rate.client_id == client_id
        of_card = made.session.query(Rate).where(Rate.item_id == item_id, own, Rate.currency == currency)
        earlier = of_card.where(Rate.valid_from < valid_from).order_by(Rate.valid_from.desc()).all()
        day = max(today, valid_from + timedelta(days=1))
        if earlier and not of_card.where(Rate.valid_from == day).count():
            for row in earlier:
                if row.valid_from == earlier[0].valid_from:
                    made.insert(
                        Rate,
                        item_id=item_id,
                        client_id=client_id,
                        currency=currency,
                        valid_from=day,
                        up_to=row.up_to,
                        price=row.price,
                        mode=row.mode,
                    )


def _look_as_before(made: Change, used: Sequence[int]) -> None:
    for key in used:
        row = made.session.get_one(TemplateVersion, key)
        versions = made.session.query(TemplateVersion).where(TemplateVersion.template_id == row.template_id)
        before = versions.where(TemplateVersion.version < row.version).order_by(TemplateVersion.version.desc()).first()
        last = versions.order_by(TemplateVersion.version.desc()).first()
        if before is not None and last is not None and last.id == key:
            made.insert(
                TemplateVersion,
                template_id=row.template_id,
                version=row.version + 1,
                specification=before.specification,
                logo_id=before.logo_id,
                created_at=made.at,
                made_by=made.actor,
                note=_("As version {version}").format(version=before.version),
            )


def _billed(connection: Connection, row: ConfigurationChange) -> Billed:
    at = connection.exec_driver_sql("SELECT at FROM change_set WHERE id = ?", (row.applied_set_id,)).scalar()
    if at is None:
        return Billed(0, (), {})
    since = connection.exec_driver_sql("SELECT count(*) FROM invoice WHERE created_at >= ?", (at,)).scalar_one()
    written = _written_rows(connection, row)
    found: dict[str, tuple[str, int]] = {}
    for table, query in (
        ("rate", "SELECT DISTINCT i.number, i.currency, i.gross FROM invoice_line l JOIN invoice i"
         " ON i.id = l.invoice_id WHERE l.rate_id = ? AND i.created_at >= ? ORDER BY i.id"),
        ("template_version", "SELECT number, currency, gross FROM invoice"
         " WHERE template_version_id = ? AND created_at >= ? ORDER BY id"),
    ):  # fmt: skip
        for key in written.get(table, ()):
            for number, currency, gross in connection.exec_driver_sql(query, (key, at)):
                found[str(number)] = (str(currency), int(gross))
    totals: dict[str, int] = {}
    for currency, gross in found.values():
        totals[currency] = totals.get(currency, 0) + gross
    return Billed(int(since), tuple(found), totals)


def _written_rows(connection: Connection, row: ConfigurationChange) -> dict[str, list[int]]:
    """New and changed rows by table, with the ids that they have in the book."""
    if not any(one.table in ("rate", "template_version") for one in changes_of(row.changes)):
        return {}
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT subject, subject_id FROM audit_event WHERE change_set_id = ? AND subject_id IS NOT NULL",
        (row.applied_set_id,),
    )
    found: dict[str, list[int]] = {}
    for table, key in rows:
        found.setdefault(str(table), []).append(int(key))
    return found
