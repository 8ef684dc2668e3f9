"""The rates of interest for late payment: what the law says, by country and debtor, and what the user entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from desktop.domain.money import percent_to_scaled, scaled_to_percent
from desktop.i18n import _, percent_text
from desktop.services.dunning.rates import add_rate, delete_rate, rate_rows
from desktop.services.firm import firm
from desktop.ui.actions import Action
from desktop.ui.choices import countries, country_name
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask

_OWN: Final = "own"


def show_rates(desk: Desk) -> None:
    """Show the rates above the place where one is, those of the firm's country first."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: str(firm(book)["country"]), lambda country: desk.shell.push(RatesPage(desk, str(country)))
    )


def debtors() -> list[tuple[str, str]]:
    return [("business", _("Businesses")), ("consumer", _("Consumers"))]


class RatesPage(Page):
    def __init__(self, desk: Desk, country: str) -> None:
        self.desk = desk
        self._country = country
        self._rows = FewRows(self._load)
        super().__init__(
            desk.shell,
            Design(
                name="reminder_rates",
                title=_("Rates of interest for late payment"),
                columns=[
                    Column("country_name", _("Country"), 150, sort_key="country_name", strong=True),
                    Column("who_name", _("Who owes"), 120, sort_key="who_name"),
                    Column("rate", _("A year"), 92, sort_key="rate_order"),
                    Column("valid_from", _("From"), 104, "date", sort_key="valid_from"),
                    Column("valid_until", _("Until"), 104, "date", sort_key="valid_until"),
                    Column("law", _("By"), 300, wide=True, lines=2, secondary=True),
                    Column("base", _("Published by"), 200, lines=2, secondary=True, hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search country, statute"),
                nothing_yet=_("Rates stand here once they are entered."),
                depends=frozenset({"firm"}),
                chips=[Chip(_OWN, _("Entered here"), "which")],
                chip_menus=[ChipMenu("country", _("Country"), _("All countries"))],
                first_filters=frozenset({f"country:{country}"}),
                main_action="rates.add",
                menu=["rates.delete"],
                empty_action="rates.add",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("rates.add", _("Enter a rate…"), self.add, "add", "Ctrl+N"),
            Action("rates.delete", _("Take it away"), self.delete, "delete", "Del", self._own, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        words = dict(debtors())
        return [
            {
                "id": place,
                "own_id": one.own_id,
                "country": one.country,
                "country_name": country_name(one.country),
                "who_name": words[one.who],
                "rate": percent_text(scaled_to_percent(one.rate)),
                "rate_order": one.rate,
                "valid_from": one.valid_from,
                "valid_until": one.valid_until,
                "law": one.law or _("entered here"),
                "base": one.base,
                "marks": (f"country:{one.country}", *((_OWN,) if one.own_id is not None else ())),
            }
            for place, one in enumerate(rate_rows(self.desk.book), 1)
        ]

    def _summary(self) -> Summary:
        found = rate_rows(self.desk.book)
        codes = sorted({one.country for one in found} | {self._country}, key=country_name)
        said = _("What you enter goes before what Sheaf knows. A day after the last known rate bears no interest.")
        return Summary(
            said,
            counts={_OWN: sum(one.own_id is not None for one in found)},
            choices={"country": [(f"country:{one}", country_name(one)) for one in codes]},
        )

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def _chosen(self) -> Row:
        ids = self.selected_ids()[:1]
        return self._rows.rows(ids).get(ids[0], {}) if ids else {}

    def _own(self) -> bool:
        return self._chosen().get("own_id") is not None

    def add(self) -> None:
        fields = [
            Field("country", _("Country of the firm"), "choice", required=True, span=3, choices=countries()),
            Field("who", _("Who owes"), "choice", required=True, span=3, choices=debtors()),
            Field("valid_from", _("From"), "date", required=True, span=3),
            Field("rate", _("Rate a year"), "percent", required=True, span=3, hint=percent_text(Decimal("10.27"))),
        ]
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> int:
            rate, day = typed["rate"], typed["valid_from"]
            assert isinstance(rate, Decimal)
            assert isinstance(day, date)
            return add_rate(book, str(typed["country"]), str(typed["who"]), day, percent_to_scaled(rate), actor=actor)

        ask(
            self.desk,
            self,
            _("Enter a rate"),
            [Section("", fields)],
            {"country": self._country, "who": "business"},
            _("Save"),
            work,
            _("Rate saved."),
        )

    def delete(self) -> None:
        key = self._chosen()["own_id"]
        assert isinstance(key, int)
        act = partial(delete_rate, self.desk.book, key, actor=self.desk.actor)
        write(self.desk, _("Taking a rate away"), act, _("The rate is taken away."), changed=SETTINGS)
