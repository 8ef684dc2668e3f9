"""The rate card of an item: its dated prices, for everyone and for single clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.lists.items import RateList
from desktop.services.rates import raise_rates, remove_rate, set_rate
from desktop.ui.choices import currencies
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Section
from desktop.ui.listing import Query, Row
from desktop.ui.payments.payers import payers
from desktop.ui.rows_model import RowsModel
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.table import Empty, Table

# More tiers than these are imported rather than typed.
_TIERS = 4


def modes() -> list[Choice]:
    return [
        ("flat", _("one price")),
        ("volume", _("volume: all units at the price reached")),
        ("graduated", _("graduated: each tier at its own price")),
    ]


class PriceRows:
    """Lines of the rate card with whom they are for, and the price with its currency."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def _list(self) -> RateList:
        return RateList(self._desk.book, self._desk.today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list().ids(search, filters, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {key: _shown(row) for key, row in self._list().rows(ids).items()}


def _shown(row: Row) -> Row:
    price, up_to = row["price"], row["up_to"]
    assert isinstance(price, Decimal)
    words = f"{row['currency']} {number_text(price)}"
    if isinstance(up_to, Decimal):
        words = _("{price} to {quantity}").format(price=words, quantity=number_text(up_to))
    return {**row, "client": str(row["client"]) or _("Everyone"), "price_words": words}


class PriceList(QWidget):
    """The prices of one item, the newest first."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        shell = desk.shell
        self._model = RowsModel(
            PriceRows(desk),
            [
                Column("client", _("For"), 84, wide=True),
                Column("valid_from", _("From"), 102, "date", secondary=True),
                Column("price_words", _("Price"), 92, "number"),
            ],
            shell.jobs,
            shell.home_currency,
        )
        self.table = Table(self._model, shell.theme, shell.memory, shell.jobs, "item_prices")
        self.table.setAccessibleName(_("Prices"))
        nothing = Empty(_("No price of its own yet: the list price counts."))
        self.table.set_empty(nothing, nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self._item: int | None = None

    @property
    def chosen(self) -> int | None:
        """The chosen line of the card, if there is one."""
        return self.table.current_id() if self._item is not None and self._model.rowCount() else None

    def show_item(self, item_id: int | None) -> None:
        self._item = item_id
        self._model.set_query(Query(filters=frozenset({f"item:{item_id or 0}"})))


def ask_price(desk: Desk, parent: QWidget, item_id: int, name: str) -> None:
    """Ask what an item costs from a day on, in one price or in tiers."""
    desk.shell.jobs.ask(lambda: payers(desk), lambda found: _show_price(desk, parent, item_id, name, found))


def _show_price(desk: Desk, parent: QWidget, item_id: int, name: str, found: object) -> None:
    assert isinstance(found, list)
    home = desk.shell.home_currency
    everyone: Choice = (None, _("Everyone"))
    fields = [
        Field("client", _("For"), "choice", choices=[everyone, *((one.id, one.name) for one in found)]),
        Field("valid_from", _("From"), "date", required=True, span=3),
        Field("currency", _("Currency"), "choice", required=True, span=3, choices=_codes(home)),
        Field("mode", _("Priced by"), "choice", required=True, choices=modes()),
    ]
    tiers = []
    for at in range(_TIERS):
        price, up_to = (f"{words} {number_text(at + 1)}" for words in (_("Price"), _("Up to a quantity of")))
        first = not at
        tiers += [
            Field(f"tiers.{at}.price", _("Price") if first else "", "number", required=first, span=3, spoken=price),
            Field(
                f"tiers.{at}.up_to",
                _("Up to a quantity of") if first else "",
                "number",
                span=3,
                hint=_("open"),
                spoken=up_to,
            ),
        ]
    sections = [Section("", fields), Section(_("Prices; with one price the first line is enough"), tiers)]
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> None:
        day, client = typed["valid_from"], typed["client"]
        assert isinstance(day, date)
        set_rate(
            book,
            item_id,
            valid_from=day,
            tiers=_tiers(typed),
            currency=str(typed["currency"]),
            client_id=client if isinstance(client, int) else None,
            mode=str(typed["mode"]),
            actor=actor,
        )

    values = {"client": None, "valid_from": desk.today(), "currency": home, "mode": "flat"}
    title = _("Price of {name}").format(name=name)
    ask(desk, parent, title, sections, values, _("Set the price"), work, _("Price set."), proposes=True)


def _tiers(typed: Mapping[str, object]) -> list[tuple[Decimal | None, Decimal]]:
    tiers = []
    for at in range(_TIERS):
        price, up_to = typed[f"tiers.{at}.price"], typed[f"tiers.{at}.up_to"]
        if price is None and up_to is not None:
            raise UserError(_("A tier up to {quantity} has no price.").format(quantity=number_text(up_to)))  # type: ignore[arg-type]
        if isinstance(price, Decimal):
            tiers.append((up_to if isinstance(up_to, Decimal) else None, price))
    return tiers


def take_price_back(desk: Desk, rate_id: int) -> None:
    """Take a card of one day back, all its tiers."""
    act = partial(remove_rate, desk.book, rate_id, actor=desk.actor)
    write(desk, _("Taking the price back"), act, _("The price is taken back."), changed=SETTINGS)


def ask_raise(desk: Desk, parent: QWidget) -> None:
    """Ask by how much every flat price rises, and from when on."""
    fields = [
        Field("percent", _("Raise by percent"), "percent", required=True, span=3, hint="3"),
        Field("valid_from", _("From"), "date", required=True, span=3),
    ]
    note = _("Every flat price for everyone is set anew from that day, rounded to a hundredth.")
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> int:
        percent, day = typed["percent"], typed["valid_from"]
        assert isinstance(percent, Decimal)
        assert isinstance(day, date)
        return raise_rates(book, percent, day, actor=actor)

    def said(count: object) -> str:
        assert isinstance(count, int)
        return ngettext("{count} price is raised.", "{count} prices are raised.", count).format(
            count=number_text(count)
        )

    start = desk.today()
    ask(
        desk,
        parent,
        _("Raise all prices"),
        [Section(note, fields)],
        {"valid_from": start.replace(year=start.year + 1, month=1, day=1)},
        _("Raise the prices"),
        work,
        said,
        proposes=True,
    )


def _codes(home: str) -> list[Choice]:
    return [(code, str(code)) for code, _name in currencies(home)]
