"""The rate card: dated prices of items, for everyone or one client, in one price or in tiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Client, Item, Rate
from desktop.domain.money import scaled
from desktop.domain.pricing import Price, PriceBook, RateRow
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_currency
from desktop.services.problems import Problems
from desktop.services.records import Record, found, record

Tiers = Sequence[tuple[Decimal | None, Decimal]]


def rates(book: Book, *, item_id: int | None = None, client_id: int | None = None) -> list[Record]:
    """Lines of the card, newest first, each with `item`, `client` (empty for everyone), up_to and price as Decimals.

    With a client its own lines only.
    """
    query = (
        select(Rate, Item.name, Client.name)
        .join(Item, Item.id == Rate.item_id)
        .outerjoin(Client, Client.id == Rate.client_id)
        .order_by(Item.name, Client.name, Rate.currency, Rate.valid_from.desc(), Rate.up_to.is_(None), Rate.up_to)
    )
    if item_id is not None:
        query = query.where(Rate.item_id == item_id)
    if client_id is not None:
        query = query.where(Rate.client_id == client_id)
    with book.reading() as session:
        return [
            record(row) | {"item": item_name, "client": client_name or ""}
            for row, item_name, client_name in session.execute(query)
        ]


def price_on(
    book: Book, item_id: int, client_id: int | None, currency: str, day: date, quantity: Decimal = Decimal(1)
) -> Price | None:
    """What the item would cost, and by which line of the card."""
    with book.reading() as session:
        return _price_book(session, item_id).price(item_id, client_id, currency, day, quantity)


def _price_book(session: Session, item_id: int) -> PriceBook:
    listed = session.get(Item, item_id)
    values = [record(row) for row in session.scalars(select(Rate).where(Rate.item_id == item_id))]
    fields = ("id", "item_id", "client_id", "currency", "valid_from", "up_to", "price", "mode")
    plain = record(listed) if listed else {}
    prices = {item_id: (plain["currency"], plain["price"])} if plain.get("price") is not None else {}
    return PriceBook([RateRow(**{name: value[name] for name in fields}) for value in values], prices)


def set_rate(
    book: Book,
    item_id: int,
    *,
    valid_from: date,
    tiers: Tiers,
    currency: str,
    client_id: int | None = None,
    mode: str = "flat",
    actor: str,
) -> None:
    """Set what an item costs from a day on; what stood for that very day is replaced.

    `tiers` are (last quantity, unit price), the last one open (None); a flat rate is one open tier.
    Raises ValidationError; problems of a tier stand under `tiers.0.price`.
    """
    with change(book, actor, _("Change the rate card")) as made:
        item: Item = found(made.session, Item, item_id, _("The item"))
        client: Client | None = (
            found(made.session, Client, client_id, _("The client")) if client_id is not None else None
        )
        problems = Problems()
        checked: Record = {"currency": currency}
        check_currency(checked, problems)
        _check_tiers(tiers, mode, problems)
        problems.raise_any()
        made.summary = (
            _("Set the rate of {item} for {client} from {day}").format(
                item=item.name, client=client.name, day=date_text(valid_from)
            )
            if client
            else _("Set the rate of {item} from {day}").format(item=item.name, day=date_text(valid_from))
        )
        _replace(made, item_id, client_id, checked["currency"], valid_from, tiers, mode)


def _check_tiers(tiers: Tiers, mode: str, problems: Problems) -> None:
    if mode not in ("flat", "volume", "graduated"):
        problems.add("mode", _("“{word}” is no way of pricing.").format(word=mode))
    if not tiers:
        problems.add("tiers", _("A rate needs a price."))
        return
    if mode == "flat" and len(tiers) > 1:
        problems.add("mode", _("A flat rate has one price; choose volume or graduated tiers."))
    below = Decimal(0)
    for at, (up_to, price) in enumerate(tiers):
        for name, figure in (("up_to", up_to), ("price", price)):
            _check_figure(f"tiers.{at}.{name}", figure, problems)
        if price < 0:
            problems.add(f"tiers.{at}.price", _("A price cannot be below 0."))
        last = at == len(tiers) - 1
        if up_to is None and not last:
            problems.add(f"tiers.{at}.up_to", _("Only the last tier is open."))
        elif up_to is not None and last:
            problems.add(
                f"tiers.{at}.up_to",
                _("Leave the last tier open: {quantity} and more would have no price.").format(
                    quantity=number_text(up_to)
                ),
            )
        elif up_to is not None and up_to <= below:
            problems.add(
                f"tiers.{at}.up_to", _("Each tier ends above the one before, {below}.").format(below=number_text(below))
            )
        below = up_to if up_to is not None else below


def _check_figure(field: str, figure: Decimal | None, problems: Problems) -> None:
    if figure is None:
        return
    try:
        scaled(figure)
    except ValueError:
        problems.add(field, _("{figure} has more than six decimals.").format(figure=number_text(figure)))


def _replace(
    made: Change, item_id: int, client_id: int | None, currency: str, valid_from: date, tiers: Tiers, mode: str
) -> None:
    """Rows that keep their tier keep their id, because issued lines name the rate that priced them."""
    standing = {
        row.up_to: row.id
        for row in made.session.scalars(
            select(Rate).where(
                Rate.item_id == item_id,
                Rate.client_id.is_(None) if client_id is None else Rate.client_id == client_id,
                Rate.currency == currency,
                Rate.valid_from == valid_from,
            )
        )
    }
    wanted = {(scaled(up_to) if up_to is not None else None): scaled(price) for up_to, price in tiers}
    for up_to, rate_id in standing.items():
        if up_to not in wanted:
            made.delete(Rate, rate_id)
    for up_to, price in wanted.items():
        if up_to in standing:
            made.update(Rate, standing[up_to], price=price, mode=mode)
        else:
            made.insert(
                Rate,
                item_id=item_id,
                client_id=client_id,
                currency=currency,
                valid_from=valid_from,
                up_to=up_to,
                price=price,
                mode=mode,
            )


def remove_rate(book: Book, rate_id: int, *, actor: str) -> None:
    """Take a whole card of one day back, all its tiers. UserError when the line is gone."""
    with change(book, actor, _("Remove a rate")) as made:
        row: Rate = found(made.session, Rate, rate_id, _("The rate"))
        item = made.session.get_one(Item, row.item_id)
        made.summary = _("Remove the rate of {item} from {day}").format(item=item.name, day=date_text(row.valid_from))
        _replace(made, row.item_id, row.client_id, row.currency, row.valid_from, (), row.mode)


def raise_rates(book: Book, percent: Decimal, valid_from: date, *, actor: str, client_id: int | None = None) -> int:
    """Raise every flat rate of everyone's card, or of one client's, by a percentage from a day on.

    Prices are rounded to a hundredth; the number of rates set. UserError when there is nothing to raise.
    """
    if not Decimal(-100) < percent <= Decimal(1000):
        raise UserError(_("{percent} % is no rise of prices.").format(percent=number_text(percent)))
    with change(book, actor, _("Raise the rates by {percent} %").format(percent=number_text(percent))) as made:
        owner = Rate.client_id.is_(None) if client_id is None else Rate.client_id == client_id
        latest: dict[tuple[int, str], Rate] = {}
        for row in made.session.scalars(select(Rate).where(owner).order_by(Rate.valid_from)):
            if row.valid_from < valid_from:
                latest[row.item_id, row.currency] = row
        flat = [row for row in latest.values() if row.mode == "flat"]
        if not flat:
            raise UserError(
                _("No flat rate stands before {day}.").format(day=date_text(valid_from)), _("Choose a later day.")
            )
        for row in flat:
            price = record(row)["price"] * (1 + percent / 100)
            rounded = price.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
            _replace(made, row.item_id, row.client_id, row.currency, valid_from, [(None, rounded)], "flat")
        return len(flat)
