"""The catalogue: every service and product once, and what each costs from when on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.domain.recognition import METHODS
from desktop.i18n import _, ngettext, number_text
from desktop.services.accounting.schedules import method_word
from desktop.services.catalogue import archive_item, delete_item, item, save_item
from desktop.services.lists.items import ItemList
from desktop.services.taxes import tax_codes
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import currencies
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.importing.exchange import exchange, same_ids
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts
from desktop.ui.settings.prices import PriceList, ask_price, ask_raise, take_price_back
from desktop.ui.story.pane import StoryPane


class ItemRows:
    """Items with the list price in words: a price has more decimals than an amount."""

    def __init__(self, book: Book) -> None:
        self._list = ItemList(book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {
            key: {
                **row,
                "price_words": price_words(row["price"], str(row["currency"])),
                "tag": "inactive" if row["state"] == "inactive" else None,
                "rates": row["rates"] or None,
            }
            for key, row in self._list.rows(ids).items()
        }


def price_words(price: object, currency: str) -> str | None:
    """A unit price with its currency; at least two decimals, and every further one it has."""
    if not isinstance(price, Decimal):
        return None
    exponent = price.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 0)
    return f"{currency} {number_text(price, places=places)}".strip()


class ItemsSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = ItemRows(desk.book)
        self._key: int | None = None
        self._row: Row = {}
        self.prices = PriceList(desk)
        super().__init__(
            desk.shell,
            Design(
                name="items",
                title=_("Items and prices"),
                columns=[
                    Column("tag", "", 84, "tag", hidden=True),
                    Column("code", _("Code"), 84, sort_key="code", secondary=True),
                    Column("name", _("Item"), 190, sort_key="name", strong=True, wide=True),
                    Column("unit", _("Unit"), 66, sort_key="unit"),
                    Column("price_words", _("List price"), 114, "number", sort_key="price"),
                    Column("rates", _("Prices"), 66, "number", secondary=True),
                    Column("tax_code", _("Tax"), 108, sort_key="tax_code", secondary=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search code, name"),
                nothing_yet=_(
                    "Each service or product stands here once, with its unit, price and tax. What you bill refers to "
                    "it, so that the same thing never has two names."
                ),
                depends=frozenset({"firm"}),
                chips=[
                    Chip("service", _("Services"), "kind"),
                    Chip("goods", _("Goods"), "kind"),
                    Chip("archived", _("Archived")),
                ],
                main_action="items.new",
                side_actions=["items.raise"],
                menu=[
                    "items.edit",
                    "items.price",
                    "items.unprice",
                    GAP,
                    "items.merge",
                    "items.archive",
                    "items.delete",
                ],
                empty_action="items.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("items.new", _("New item…"), self.new, "add", "Ctrl+N"),
            Action("items.raise", _("Raise all prices…"), self.raise_all),
            Action("items.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("items.price", _("Set a price…"), self.price, "add", "P", self._one, _("price")),
            Action("items.unprice", _("Take the price back"), self.unprice, "undo", "", self._price_chosen),
            Action("items.merge", _("Merge with…"), self.merge, "", "M", self._one_or_two),
            Action("items.archive", self._archive_text, self.archive, "", "A", self._one),
            Action("items.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
            *exchange(self.desk, self, ["items", "rates"], ids_of=same_ids),
        ]

    def _summary(self) -> Summary:
        count = len(self._rows.ids("", frozenset(), "", False))
        return Summary(ngettext("{count} item", "{count} items", count).format(count=number_text(count)))

    # The pane at the right

    def detail(self) -> QWidget:
        self.prices.table.selection_changed.connect(self.acts.refresh)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["items.price", "items.unprice"], self.prices)
        self.story_pane = StoryPane(self.desk, "item", self.pane, self.acts)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        if one is None:
            self._latest.drop()
            self._take({})
        else:
            self._latest.ask(lambda: self._rows.rows([one]), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, Mapping)
        nothing: tuple[int | None, Row] = (None, {})
        self._key, row = next(iter(found.items()), nothing)
        self._row = row
        self.acts.refresh()
        self.prices.show_item(self._key)
        if not row:
            self.pane.show_thing(_("No item chosen"))
            return
        self.pane.show_thing(
            str(row["name"]),
            str(row["code"]),
            [(_("List price"), f"{row['price_words'] or '–'} / {row['unit']}"), (_("Tax"), str(row["tax_code"]))],
            _("A client’s own price comes before that for everyone, and both before the list price."),
        )

    # What is chosen

    def _one(self) -> bool:
        return self._key is not None

    def _one_or_two(self) -> bool:
        return self._one() and self.table.selected_count() <= 2

    def _price_chosen(self) -> bool:
        return self.prices.chosen is not None

    def _archive_text(self) -> str:
        return _("Bring back") if self._row.get("state") == "inactive" else _("Archive")

    # What can be done

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        self._open_form(None)

    def edit(self) -> None:
        self._open_form(self._key)

    def _open_form(self, key: int | None) -> None:
        book = self.desk.book
        start = {"kind": "service", "unit": "hour", "currency": self.shell.home_currency}
        self.shell.jobs.ask(
            lambda: (start if key is None else item(book, key), tax_codes(book)),
            lambda found: self._show_form(key, found),
        )

    def _show_form(self, key: int | None, found: object) -> None:
        assert isinstance(found, tuple)
        values, codes = found
        values = {**values, "recognition": values.get("recognition") or ""}
        known = [(one["id"], f"{one['name']} ({one['code']})") for one in codes if one["active"]]
        fields = [
            Field("name", _("Name"), required=True, span=4, note=_("It stands on every line that bills it.")),
            Field("code", _("Code"), span=2, hint=_("Made by itself")),
            Field("unit", _("Unit"), required=True, span=2, hint=_("hour, month, piece")),
            Field("price", _("List price"), "number", span=2),
            Field("currency", _("Currency"), "choice", span=2, choices=_codes(self.shell.home_currency)),
            Field("kind", _("Kind"), "choice", span=2, choices=[("service", _("Service")), ("goods", _("Goods"))]),
            Field("tax_code_id", _("Tax code"), "choice", span=4, choices=known, note=_("Empty: the standard rate.")),
            Field(
                "recognition",
                _("Revenue is earned"),
                "choice",
                choices=[("", _("As the firm does")), *((one, method_word(one)) for one in METHODS)],
                note=_("Over the days of a line, or all at once when its service is over."),
            ),
        ]
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> int:
            wanted = {**typed, **texts(typed, "name", "code", "unit"), "recognition": typed["recognition"] or None}
            return save_item(book, wanted, actor=actor, item_id=key)

        title = _("New item") if key is None else _("Edit the item")
        dialog = ask(
            self.desk,
            self,
            title,
            [Section("", fields)],
            values,
            _("Save"),
            work,
            _("Item saved."),
            self.reveal_written,
            proposes=True,
        )
        dialog.keep_typing("item", key or 0)

    def price(self) -> None:
        assert self._key is not None
        ask_price(self.desk, self, self._key, str(self._row["name"]))

    def unprice(self) -> None:
        chosen = self.prices.chosen
        assert chosen is not None
        take_price_back(self.desk, chosen)

    def raise_all(self) -> None:
        ask_raise(self.desk, self)

    def merge(self) -> None:
        from desktop.ui.hygiene.compare import merge_selected

        merge_selected(self.desk, self, "items", self.selected_ids(), self.reveal_written)

    def archive(self) -> None:
        assert self._key is not None
        back = self._row["state"] == "inactive"
        act = partial(archive_item, self.desk.book, self._key, actor=self.desk.actor, archived=not back)
        self._write(act, _("{name} can be chosen again.") if back else _("{name} is archived."))

    def delete(self) -> None:
        assert self._key is not None
        self._write(partial(delete_item, self.desk.book, self._key, actor=self.desk.actor), _("{name} is deleted."))

    def _write(self, act: Callable[[], object], sentence: str) -> None:
        write(self.desk, _("Changing the item"), act, sentence.format(name=self._row["name"]), changed=SETTINGS)


def _codes(home: str) -> list[tuple[object, str]]:
    return [(code, str(code)) for code, _name in currencies(home)]
