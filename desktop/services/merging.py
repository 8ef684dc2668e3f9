"""Two clients or two items become one: what lives moves, what was issued stays as it was and counts for the one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from db.engine import Book
from db.schema import (
    Address,
    Agreement,
    AgreementLine,
    ChangeOrder,
    Client,
    Commitment,
    Contact,
    Item,
    Milestone,
    OneOff,
    Rate,
    RuleSetting,
    TimeEntry,
    Usage,
)
from db.schema.base import Base
from desktop.domain.likeness import plain_mail, plain_unit, plain_words
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.beside import move_beside
from desktop.services.catalogue import check_item
from desktop.services.changes import Change, change
from desktop.services.clients import check_client
from desktop.services.merge_fields import client_fields, item_fields, taken
from desktop.services.merge_obstacles import (
    MERGED,
    marks,
    refuse_drafts_of_client,
    refuse_drafts_of_item,
    refuse_metered,
)
from desktop.services.problems import Problems
from desktop.services.records import column_values, found, record
from desktop.services.templates.choices import move_choices


@dataclass(slots=True)
class Merged:
    """What a merge did: `kept` and `absorbed` are the codes, `moved` counts rows by table.

    `fields` came over from the absorbed one; `stayed` are cards of the rate card, contacts and rules that gave way to
    those of the kept one, in words.
    """

    kept: str
    absorbed: str
    change_set: int
    fields: tuple[str, ...] = ()
    moved: dict[str, int] = field(default_factory=dict)
    stayed: list[str] = field(default_factory=list)


def merge_clients(book: Book, keep: int, absorb: int, *, take: Collection[str] | None = None, actor: str) -> Merged:
    """Make two clients one: agreements, contacts, addresses, prices, rules and unbilled work move to `keep`.

    `take` names the fields whose values come from the absorbed one; None fills the gaps of the kept one. Invoices,
    credit notes and payments of the absorbed one stay its own and count for the kept one. UserError where a run holds
    a draft of it, or where they are one already; ValidationError where the fields do not go together.
    """
    with change(book, actor, _("Merge two clients")) as made:
        one, other = _two(made, Client, keep, absorb, _("The client"))
        refuse_drafts_of_client(made.connection, other.id, other.name)
        merged = _begun(made, "client", one, other)
        before = record(one), record(other)
        values = taken(client_fields(), *before, take)
        problems = Problems()
        cleaned = column_values(Client, values, problems)
        check_client(made.session, cleaned, problems, one)
        problems.raise_any()
        merged.fields = tuple(values)
        merged.moved["agreement"] = _move(made, Agreement, "client_id", one.id, other.id)
        _move_contacts(made, merged, one, other, before[0] | values)
        _move_addresses(made, merged, one, other)
        _move_rates(made, merged, Rate.client_id, one.id, other.id)
        _move_rules(made, merged, one.id, other.id)
        merged.moved["template_choice"] = move_choices(made, one.id, other.id)
        for model in (TimeEntry, OneOff):
            merged.moved[model.__tablename__] = _move(made, model, "client_id", one.id, other.id)
        merged.moved |= move_beside(made, "client", one.id, other.id)
        made.update(Client, one.id, **cleaned)
        _move_payer(made, one.id, other.id)
        _end(made, Client, one.id, other.id)
    return merged


def merge_items(book: Book, keep: int, absorb: int, *, take: Collection[str] | None = None, actor: str) -> Merged:
    """Make two items one: lines of agreements, prices and unbilled work refer to `keep` from now on.

    `take` as in merge_clients. Issued lines stay as they were. UserError where their units differ, where an agreement
    meters both, where a run holds a draft that bills the absorbed one, or where they are one already.
    """
    with change(book, actor, _("Merge two items")) as made:
        one, other = _two(made, Item, keep, absorb, _("The item"))
        if plain_unit(one.unit) != plain_unit(other.unit):
            raise UserError(
                _("{one} is counted in “{unit}”, {other} in “{other_unit}”.").format(
                    one=one.name, unit=one.unit, other=other.name, other_unit=other.unit
                ),
                _("Where both mean the same, give them the same unit first; else they are two items."),
            )
        refuse_drafts_of_item(made.connection, other.id, other.name)
        refuse_metered(made.connection, one.id, other.id, other.name)
        merged = _begun(made, "item", one, other)
        values = taken(item_fields(), record(one), record(other), take)
        problems = Problems()
        cleaned = column_values(Item, values, problems)
        # A name is unique; that of the absorbed one is free for the one that stays.
        name = {key: cleaned.pop(key) for key in ("name",) if key in cleaned}
        check_item(made.session, cleaned, problems, one)
        problems.raise_any()
        cleaned |= name
        merged.fields = tuple(values)
        _move_rates(made, merged, Rate.item_id, one.id, other.id)
        for model in (AgreementLine, TimeEntry, OneOff, Usage, Milestone, ChangeOrder, Commitment):
            merged.moved[model.__tablename__] = _move(made, model, "item_id", one.id, other.id)
        merged.moved |= move_beside(made, "item", one.id, other.id)
        made.update(Item, one.id, **cleaned)
        _end(made, Item, one.id, other.id)
    return merged


def _two(made: Change, model: Any, keep: int, absorb: int, what: str) -> tuple[Any, Any]:
    """The rows, the kept one replaced by what it was itself merged into."""
    one, other = found(made.session, model, keep, what), found(made.session, model, absorb, what)
    if other.merged_into_id is not None:
        head = found(made.session, model, other.merged_into_id, what)
        raise UserError(
            _("{code} was merged into {other} already.").format(code=other.code, other=head.code),
            _("Merge {other} instead.").format(other=head.code),
        )
    if one.merged_into_id is not None:
        one = found(made.session, model, one.merged_into_id, what)
    if one.id == other.id:
        raise UserError(
            _("{code} is what it would be merged with.").format(code=one.code),
            _("Choose two that are not one already."),
        )
    return one, other


def _begun(made: Change, subject: str, one: Any, other: Any) -> Merged:
    words = _("Merge client {other} into {code}") if subject == "client" else _("Merge item {other} into {code}")
    made.summary = words.format(other=other.code, code=one.code)
    made.record(subject, other.id, MERGED, None, {"into": one.id} | marks(made.connection))
    return Merged(one.code, other.code, made.id)


def _end(made: Change, model: Any, keep: int, absorb: int) -> None:
    for earlier in made.session.scalars(select(model.id).where(model.merged_into_id == absorb)).all():
        made.update(model, earlier, merged_into_id=keep)
    made.update(model, absorb, merged_into_id=keep, active=False)


def _move_payer(made: Change, keep: int, absorb: int) -> None:
    """Who was paid for by the one is paid for by the other; nobody by itself."""
    for one in _ids(made.connection, "SELECT id FROM client WHERE paid_by_id = ?", absorb):
        made.update(Client, one, paid_by_id=None if one == keep else keep)


def _move(made: Change, model: type[Base], column: str, keep: int, absorb: int) -> int:
    """Let rows refer to the kept one; what is billed stays as it was billed."""
    table = model.__tablename__
    unbilled = " AND invoice_id IS NULL" if "invoice_id" in model.__table__.columns else ""
    ids = _ids(made.connection, f"SELECT id FROM {table} WHERE {column} = ?{unbilled} ORDER BY id", absorb)
    for one in ids:
        made.update(model, one, **{column: keep})
    return len(ids)


def _ids(connection: Connection, sql: str, *values: Any) -> list[int]:
    return [int(row[0]) for row in connection.exec_driver_sql(sql, values)]


def _move_contacts(made: Change, merged: Merged, one: Client, other: Client, kept: Mapping[str, Any]) -> None:
    """Contacts with one mailbox, or of one name, are one; who was only in the client's own fields becomes a contact."""
    known: dict[str, Contact] = {}
    for row in made.session.scalars(select(Contact).where(Contact.client_id == one.id).order_by(Contact.id)):
        known.setdefault(_face(row.name, row.email), row)
    count = 0
    for row in made.session.scalars(select(Contact).where(Contact.client_id == other.id).order_by(Contact.id)).all():
        twin = known.get(_face(row.name, row.email))
        if twin is None:
            made.update(Contact, row.id, client_id=one.id)
            known[_face(row.name, row.email)] = row
            count += 1
            continue
        filled = {name: getattr(row, name) for name in ("role", "phone", "email") if not getattr(twin, name)}
        made.update(
            Contact,
            twin.id,
            **{k: v for k, v in filled.items() if v},
            gets_invoices=twin.gets_invoices or row.gets_invoices,
            gets_reminders=twin.gets_reminders or row.gets_reminders,
        )
        # Another of the same mailbox adds to what this one brought.
        made.session.refresh(twin)
        merged.stayed.append(_("contact {name} is known already").format(name=row.name))
    own = plain_mail(str(kept["email"]))
    person = other.contact or other.email
    faces = {_face(str(kept["contact"]), str(kept["email"])), *known}
    if person and _face(other.contact, other.email) not in faces and (plain_mail(other.email) or other.email) != own:
        made.insert(Contact, client_id=one.id, name=person, email=other.email, phone=other.phone)
        count += 1
    merged.moved["contact"] = count


def _face(name: str, email: str) -> str:
    return plain_mail(email) or " ".join(plain_words(name))


def _move_addresses(made: Change, merged: Merged, one: Client, other: Client) -> None:
    known = {_place(row) for row in made.session.scalars(select(Address).where(Address.client_id == one.id)).all()}
    count = 0
    for row in made.session.scalars(select(Address).where(Address.client_id == other.id).order_by(Address.id)).all():
        if _place(row) in known:
            merged.stayed.append(_("the address in {city} is known already").format(city=row.city or row.street))
            continue
        made.update(Address, row.id, client_id=one.id)
        count += 1
    merged.moved["address"] = count


def _place(row: Address) -> tuple[str, ...]:
    return (row.kind, *(" ".join(plain_words(part)) for part in (row.street, row.postcode, row.city, row.country)))


def _move_rates(made: Change, merged: Merged, column: Any, keep: int, absorb: int) -> None:
    """Cards move whole. Where both have prices for the same, those of the kept one count and the others stay unused:
    dates of two cards shuffled together would be a third that nobody agreed."""

    def card(row: Rate) -> tuple[Any, ...]:
        return (row.currency, row.item_id if column is Rate.client_id else row.client_id)

    standing = {card(row) for row in made.session.scalars(select(Rate).where(column == keep))}
    giving_way: dict[tuple[Any, ...], Rate] = {}
    count = 0
    for row in made.session.scalars(select(Rate).where(column == absorb).order_by(Rate.id)).all():
        if card(row) in standing:
            giving_way[card(row)] = row
            continue
        made.update(Rate, row.id, **{column.key: keep})
        count += 1
    for row in giving_way.values():
        item = made.session.get_one(Item, row.item_id)
        merged.stayed.append(
            _("prices of {item} in {currency} give way to those of {code}").format(
                item=item.name, currency=row.currency, code=merged.kept
            )
        )
    merged.moved["rate"] = count


def _move_rules(made: Change, merged: Merged, keep: int, absorb: int) -> None:
    def own(client_id: int) -> list[RuleSetting]:
        rows = select(RuleSetting).where(RuleSetting.scope == "client", RuleSetting.scope_id == client_id)
        return list(made.session.scalars(rows.order_by(RuleSetting.id)))

    standing = {row.code for row in own(keep)}
    count = 0
    for row in own(absorb):
        if row.code in standing:
            merged.stayed.append(_("rule {rule} stays as {code} has it").format(rule=row.code, code=merged.kept))
            continue
        made.update(RuleSetting, row.id, scope_id=keep)
        count += 1
    merged.moved["rule_setting"] = count
