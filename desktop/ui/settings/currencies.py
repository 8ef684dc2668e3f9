"""Exchange rates to the firm's currency, each from its day on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, number_text
from desktop.services.currencies import exchange_rates, remove_exchange_rate, set_exchange_rate
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import currencies, word_of
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask


class CurrenciesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="currencies",
                title=_("Currencies"),
                columns=[
                    Column("currency", _("Currency"), 96, sort_key="currency", strong=True),
                    Column("name", "", 200, secondary=True, wide=True),
                    Column("valid_from", _("From"), 110, "date", sort_key="valid_from"),
                    Column("rate", _("Exchange rate"), 110, "number", sort_key="rate"),
                ],
                listing=self._rows,
                search_hint=_("Search currencies"),
                nothing_yet=_(
                    "Who bills in other currencies enters rates here: units of the firm’s currency for one of the "
                    "other. They show foreign invoices in the books and in limits."
                ),
                depends=frozenset({"firm"}),
                chips=[Chip("now", _("Of today"))],
                main_action="currencies.set",
                menu=["currencies.set", GAP, "currencies.remove"],
                empty_action="currencies.set",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("currencies.set", _("Set a rate…"), self.set, "add", "Ctrl+N"),
            Action("currencies.remove", _("Remove"), self.remove, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        today, known = self.desk.today(), currencies()
        now: set[str] = set()
        rows = []
        for one in exchange_rates(self.desk.book):
            # The newest first: the first of a currency that is not to come counts today.
            counts = one["valid_from"] <= today and one["currency"] not in now
            if counts:
                now.add(one["currency"])
            name = word_of(known, one["currency"]).partition(" · ")[2]
            rows.append({**one, "name": name, "marks": ("now",) if counts else ()})
        return rows

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["currencies.set", "currencies.remove"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No rate chosen"))
            return
        home, rate = self.shell.home_currency, row["rate"]
        assert isinstance(rate, Decimal)
        self.pane.show_thing(
            _("1 {currency} = {rate} {home}").format(currency=row["currency"], rate=number_text(rate), home=home),
            "",
            [(_("From"), date_text(row["valid_from"]))],  # type: ignore[arg-type]
            _("Issued invoices keep the rate they were issued with."),
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def open_row(self, one: int) -> None:
        self.set()

    def set(self) -> None:
        home = self.shell.home_currency
        fields = [
            Field(
                "currency",
                _("Currency"),
                "choice",
                required=True,
                choices=[one for one in currencies(str(self._chosen.get("currency", ""))) if one[0] != home],
            ),
            Field("rate", _("{home} for one of it").format(home=home), "number", required=True, span=3),
            Field("valid_from", _("From"), "date", required=True, span=3),
        ]
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> None:
            rate, day = typed["rate"], typed["valid_from"]
            assert isinstance(rate, Decimal)
            assert isinstance(day, date)
            set_exchange_rate(book, str(typed["currency"]), day, rate, actor=actor)

        values = {"currency": self._chosen.get("currency"), "valid_from": self.desk.today()}
        ask(
            self.desk,
            self,
            _("Set an exchange rate"),
            [Section("", fields)],
            values,
            _("Set the rate"),
            work,
            _("Exchange rate set."),
        )

    def remove(self) -> None:
        key, currency = int(str(self._chosen["id"])), str(self._chosen["currency"])
        act = partial(remove_exchange_rate, self.desk.book, key, actor=self.desk.actor)
        said = _("The rate of {currency} is removed.").format(currency=currency)
        write(self.desk, _("Removing the rate"), act, said, changed=SETTINGS)
