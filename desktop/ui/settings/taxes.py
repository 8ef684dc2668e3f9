"""Tax codes with their dated rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, percent_text
from desktop.services.problems import ValidationError
from desktop.services.taxes import (
    add_country_codes,
    delete_tax_code,
    remove_tax_rate,
    save_tax_code,
    set_tax_rate,
    set_taxes,
    tax_codes,
)
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import countries, country_name, word_of
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.form import Field, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import tell, write, writing
from desktop.ui.settings.asking import SETTINGS, ask, texts

_BEGINNING = date(1970, 1, 1)


def categories() -> list[Choice]:
    """Those of EN 16931 (UNCL5305)."""
    return [
        ("S", _("S · a rate above 0")),
        ("Z", _("Z · zero rate")),
        ("E", _("E · exempt")),
        ("AE", _("AE · reverse charge")),
        ("K", _("K · goods within the EU")),
        ("G", _("G · export")),
        ("O", _("O · outside the scope of tax")),
        ("L", _("L · Canary Islands, IGIC")),
        ("M", _("M · Ceuta and Melilla, IPSI")),
    ]


class TaxesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="taxes",
                title=_("Taxes"),
                columns=[
                    Column("state", "", 82, "tag"),
                    Column("code", _("Code"), 122, sort_key="code", strong=True),
                    Column("name", _("Name"), 170, sort_key="name", wide=True),
                    Column("country", _("Country"), 72, sort_key="country", secondary=True, hidden=True),
                    Column("category_word", _("Category"), 150, sort_key="category", secondary=True),
                    Column("percent", _("Rate"), 70, "percent", sort_key="percent"),
                ],
                listing=self._rows,
                search_hint=_("Search tax codes"),
                nothing_yet=_("Tax codes say at which rate an item is billed, and why where no tax is charged."),
                depends=frozenset({"firm"}),
                chips=[Chip("active", _("In use"), "state"), Chip("inactive", _("Switched off"), "state")],
                main_action="taxes.rate",
                side_actions=["taxes.new"],
                menu=[
                    "taxes.rate",
                    "taxes.several",
                    "taxes.unrate",
                    "taxes.edit",
                    GAP,
                    "taxes.switch",
                    "taxes.delete",
                    GAP,
                    "taxes.country",
                ],
                empty_action="taxes.country",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("taxes.new", _("New code…"), self.new, "add", "Ctrl+N"),
            Action("taxes.rate", _("Set a rate…"), self.rate, "edit", "R", self._one, _("rate")),
            Action("taxes.several", _("Set several taxes…"), self.several, "edit", "S", self._one, _("several taxes")),
            Action("taxes.unrate", _("Take the latest rate back"), self.unrate, "undo", "", self._one),
            Action("taxes.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("taxes.switch", self._switch_text, self.switch, "", "O", self._one, _("on or off")),
            Action("taxes.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
            Action("taxes.country", _("Add the codes of a country…"), self.country, "add"),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                **one,
                "state": "active" if one["active"] else "inactive",
                "category_word": word_of(categories(), one["category"]),
            }
            for one in tax_codes(self.desk.book)
        ]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["taxes.rate", "taxes.edit"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No tax code chosen"))
            self._facts.show_groups(())
            return
        self.pane.show_thing(
            str(row["name"]),
            str(row["code"]),
            (),
            _("A rate holds for supplies from its day on. Issued invoices keep the rate they were issued with."),
        )
        facts = [
            Fact(_("Country"), country_name(str(row["country"]))),
            Fact(_("Category"), str(row["category_word"])),
            Fact(_("Reason"), str(row["exemption_text"])),
            Fact(_("Reason code"), str(row["exemption_code"])),
        ]
        made_of = dict(self._taxes())
        rates = [
            Fact(_from(day), percent_text(percent) + _sum_of(made_of.get(day, ())))
            for day, percent in reversed(self._rates())
        ]
        self._facts.show_groups([Group("", facts), Group(_("Rates"), rates)])

    def _rates(self) -> list[tuple[date, Decimal]]:
        rates = self._chosen.get("rates", [])
        assert isinstance(rates, list)
        return rates

    def _taxes(self) -> list[tuple[date, list[tuple[str, Decimal]]]]:
        taxes = self._chosen.get("taxes", [])
        assert isinstance(taxes, list)
        return taxes

    def _one(self) -> bool:
        return bool(self._chosen)

    def _key(self) -> int:
        return int(str(self._chosen["id"]))

    def _switch_text(self) -> str:
        return _("Switch off") if not self._chosen or self._chosen["active"] else _("Switch on")

    def open_row(self, one: int) -> None:
        self.edit()

    # What can be done

    def new(self) -> None:
        self._open_form({"category": "S"}, None)

    def edit(self) -> None:
        self._open_form(self._chosen, self._key())

    def _open_form(self, row: Mapping[str, object], key: int | None) -> None:
        fields = [
            Field("code", _("Short code"), required=True, span=2),
            Field("name", _("Name"), required=True, span=4),
            Field("country", _("Country"), "choice", span=3, choices=countries()),
            Field("category", _("Category"), "choice", required=True, span=3, choices=categories()),
            Field("exemption_text", _("Reason on the invoice"), hint=_("Needed where no tax is charged")),
            Field("exemption_code", _("Code of the reason"), span=3, hint="VATEX-EU-…"),
        ]
        actor, book, theme = self.desk.actor, self.desk.book, self.desk.shell.theme
        form = LinesForm([Section("", fields)], theme)
        if key is None:
            table = LineTable(_tax_columns(), theme, _("Taxes; a single one needs no name"))
            form.add_table("taxes", _("Taxes; a single one needs no name"), table, 1)
            row = {**row, "taxes": [{"name": "", "percent": None}]}

        def work(typed: dict[str, object]) -> int:
            values = {
                **texts(typed, "code", "name", "exemption_text", "exemption_code"),
                **{name: typed[name] for name in ("country", "category") if typed[name]},
            }
            taxes = _typed_taxes(typed.get("taxes", []))
            try:
                return save_tax_code(
                    book, values, actor=actor, tax_code_id=key, taxes=(_BEGINNING, taxes) if taxes else None
                )
            except ValidationError as error:
                raise ValidationError(
                    {_cell_of(taxes) if field == "rate" else field: said for field, said in error.fields.items()}
                ) from None

        title = _("Edit the tax code") if key else _("New tax code")
        ask(
            self.desk,
            self,
            title,
            form,
            row,
            _("Save"),
            work,
            _("Tax code saved."),
            self.reveal_written,
            proposes=True,
        )

    def rate(self) -> None:
        if self._taxes():
            # One figure cannot say which of its taxes changed.
            self.several()
            return
        key, name = self._key(), str(self._chosen["name"])
        fields = [
            Field("rate", _("Rate in percent"), "percent", required=True, span=3),
            Field("valid_from", _("From"), "date", required=True, span=3),
        ]
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> None:
            percent, day = typed["rate"], typed["valid_from"]
            assert isinstance(percent, Decimal)
            assert isinstance(day, date)
            set_tax_rate(book, key, day, percent, actor=actor)

        ask(
            self.desk,
            self,
            _("Rate of {name}").format(name=name),
            [Section("", fields)],
            {"valid_from": self.desk.today(), "rate": self._chosen["percent"]},
            _("Set the rate"),
            work,
            _("Rate set."),
            proposes=True,
        )

    def several(self) -> None:
        """Which taxes the rate is the sum of, from a day on."""
        shell, key, book, actor = self.desk.shell, self._key(), self.desk.book, self.desk.actor
        form = LinesForm(
            [Section("", [Field("valid_from", _("From"), "date", required=True, span=3)])],
            shell.theme,
        )
        form.add_table("taxes", _("Taxes"), LineTable(_tax_columns(), shell.theme, _("Taxes")), 1)
        now = self._taxes()[-1][1] if self._taxes() else [("", self._chosen["percent"])]
        lines = [{"name": name, "percent": percent} for name, percent in now]
        form.put({"valid_from": self.desk.today(), "taxes": lines})
        title = _("Taxes of {name}").format(name=self._chosen["name"])

        def work(typed: dict[str, object]) -> None:
            day = typed["valid_from"]
            assert isinstance(day, date)
            try:
                set_taxes(book, key, day, _typed_taxes(typed["taxes"]), actor=actor)
            except ValidationError as error:
                # The table has no field of that name: what is wrong is said below the day.
                raise ValidationError({"valid_from": " ".join(error.fields.values())}) from None

        dialog = FormDialog(
            shell,
            title,
            form,
            _("Set the taxes"),
            lambda typed: writing(self.desk, title, lambda: work(typed), SETTINGS),
            self,
        )
        dialog.saved.connect(lambda written: tell(self.desk, _("Taxes set."), written, SETTINGS))
        dialog.open()

    def unrate(self) -> None:
        day, percent = self._rates()[-1]
        act = partial(remove_tax_rate, self.desk.book, self._key(), day, actor=self.desk.actor)
        said = _("{rate} from {day} is taken back.").format(rate=percent_text(percent), day=date_text(day))
        write(self.desk, _("Taking the rate back"), act, said, changed=SETTINGS)

    def switch(self) -> None:
        on = not self._chosen["active"]
        act = partial(save_tax_code, self.desk.book, {"active": on}, actor=self.desk.actor, tax_code_id=self._key())
        said = _("{name} can be chosen again.") if on else _("{name} can no longer be chosen.")
        write(self.desk, _("Switching"), act, said.format(name=self._chosen["name"]), changed=SETTINGS)

    def delete(self) -> None:
        act = partial(delete_tax_code, self.desk.book, self._key(), actor=self.desk.actor)
        said = _("Tax code {code} deleted.").format(code=self._chosen["code"])
        write(self.desk, _("Deleting the tax code"), act, said, changed=SETTINGS)

    def country(self) -> None:
        book, actor = self.desk.book, self.desk.actor

        def said(added: object) -> str:
            assert isinstance(added, list)
            return _("Added: {codes}.").format(codes=", ".join(added))

        ask(
            self.desk,
            self,
            _("Add the tax codes of a country"),
            [Section("", [Field("country", _("Country"), "choice", required=True, choices=countries())])],
            {},
            _("Add the codes"),
            lambda typed: add_country_codes(book, str(typed["country"]), actor=actor),
            said,
        )


def _tax_columns() -> list[LineColumn]:
    return [
        LineColumn("name", _("Name on the invoice"), wide=True, hint=_("Such as CGST")),
        LineColumn("percent", _("Percent"), "percent", width=110),
    ]


def _typed_taxes(rows: object) -> list[tuple[str, Decimal]]:
    """The taxes of a table, without the lines left empty."""
    assert isinstance(rows, list)
    typed = [(" ".join(str(row.get("name") or "").split()), row.get("percent")) for row in rows]
    return [(name, percent or Decimal(0)) for name, percent in typed if name or percent is not None]


def _cell_of(taxes: Sequence[tuple[str, Decimal]]) -> str:
    """Where it is said what is wrong with taxes: at the name that is missing, else at the first figure."""
    nameless = next((place for place, (name, _percent) in enumerate(taxes) if not name), None)
    return f"taxes.{nameless}.name" if len(taxes) > 1 and nameless is not None else "taxes.0.percent"


def _sum_of(taxes: Sequence[tuple[str, Decimal]]) -> str:
    """What a rate is made of, behind it."""
    return " = " + " + ".join(f"{name} {percent_text(percent)}" for name, percent in taxes) if taxes else ""


def _from(day: date) -> str:
    return _("always") if day <= _BEGINNING else _("from {day}").format(day=date_text(day))
