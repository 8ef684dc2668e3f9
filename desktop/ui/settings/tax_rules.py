"""Tax by place: which code a state bears for which items, and the areas where the firm collects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.domain.tax_catalogue import STANDARD
from desktop.i18n import _
from desktop.services.firm import firm
from desktop.services.problems import ValidationError
from desktop.services.tax_rules import (
    Area,
    add_sample_areas,
    delete_tax_rule,
    move_tax_rule,
    save_areas,
    save_tax_rule,
    tax_rules,
)
from desktop.services.taxes import tax_codes
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import countries, country_name
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import tell, write, writing
from desktop.ui.settings.asking import SETTINGS, ask

_OWN_PLACES = ("@own", "@union", "@other")


def places() -> list[Choice]:
    """What a rule may name; the state itself is written beside it."""
    return [
        ("", _("The state written beside it, or everywhere")),
        ("@own", _("The firm’s own state")),
        ("@union", _("The firm’s own state, where it is a union territory")),
        ("@other", _("Any other state")),
    ]


class TaxRulesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="tax_rules",
                title=_("Tax by place"),
                columns=[
                    Column("order", "", 40, "number", secondary=True),
                    Column("place", _("Place of supply"), 190, strong=True),
                    Column("country", _("Country"), 72, secondary=True),
                    Column("class", _("Items of class"), 140),
                    Column("code_name", _("Bears"), 200, wide=True),
                ],
                listing=self._rows,
                search_hint=_("Search rules"),
                nothing_yet=_(
                    "Where tax goes by place, a rule says which tax code a state bears. The first that fits decides. "
                    "VAT needs none: it goes by buyer and seller."
                ),
                depends=frozenset({"firm"}),
                main_action="tax_rules.new",
                side_actions=["tax_rules.area"],
                menu=[
                    "tax_rules.edit",
                    "tax_rules.up",
                    "tax_rules.down",
                    GAP,
                    "tax_rules.delete",
                    GAP,
                    "tax_rules.area",
                    "tax_rules.samples",
                ],
                empty_action="tax_rules.area",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("tax_rules.new", _("New rule…"), self.new, "add", "Ctrl+N"),
            Action("tax_rules.area", _("Collect in an area…"), self.area, "add", "A"),
            Action("tax_rules.samples", _("Add sample areas of the US"), self.samples, "add"),
            Action("tax_rules.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("tax_rules.up", _("Try it earlier"), partial(self.shift, -1), "", "Ctrl+Up", self._one),
            Action("tax_rules.down", _("Try it later"), partial(self.shift, 1), "", "Ctrl+Down", self._one),
            Action("tax_rules.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {**one, "order": order, "class": one["item_code"] or _("any")}
            for order, one in enumerate(tax_rules(self.desk.book), 1)
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["tax_rules.edit", "tax_rules.up", "tax_rules.down", "tax_rules.delete"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No rule chosen"))
            return
        self.pane.show_thing(
            str(row["place"]),
            str(row["code_name"]),
            [
                (_("Country"), country_name(str(row["country"])) if row["country"] else _("any")),
                (_("Items of class"), str(row["class"])),
                (_("Bears"), str(row["code"])),
                *([(_("Note"), str(row["note"]))] if row["note"] else []),
            ],
            _("The class of an item is its own tax code. Rules are tried from the first to the last."),
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def _key(self) -> int:
        return int(str(self._chosen["id"]))

    def open_row(self, one: int) -> None:
        self.edit()

    # What can be done

    def new(self) -> None:
        self.shell.jobs.ask(self._around, lambda known: self._open_form({}, None, known))

    def edit(self) -> None:
        row, key = dict(self._chosen), self._key()
        self.shell.jobs.ask(self._around, lambda known: self._open_form(row, key, known))

    def _around(self) -> tuple[str, list[Choice], list[Choice]]:
        codes = [one for one in tax_codes(self.desk.book) if one["active"]]
        named: list[Choice] = [(one["id"], f"{one['code']} · {one['name']}") for one in codes]
        classes: list[Choice] = [("", _("any")), *((one["code"], str(one["code"])) for one in codes)]
        return firm(self.desk.book)["country"], named, classes

    def _open_form(self, row: Mapping[str, object], key: int | None, known: object) -> None:
        assert isinstance(known, tuple)
        home, codes, classes = known
        region = str(row.get("region") or "")
        kept = {"country": home, "item_code": ""} if key is None else dict(row)
        kept |= {"kind": region if region in _OWN_PLACES else "", "region": "" if region in _OWN_PLACES else region}
        fields = [
            Field("country", _("Country"), "choice", span=3, choices=countries()),
            Field("region", _("State, with the area within it"), span=3, hint="TX Austin"),
            Field("kind", _("Place"), "choice", span=6, choices=places()),
            Field("item_code", _("Items of class"), "choice", span=3, choices=classes),
            Field("tax_code_id", _("Bear the tax code"), "choice", required=True, span=3, choices=codes),
            Field("note", _("Note")),
        ]
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> int:
            values = {
                "country": typed["country"] or "",
                "region": typed["kind"] or typed["region"] or "",
                "item_code": typed["item_code"] or "",
                "tax_code_id": typed["tax_code_id"],
                "note": typed["note"] or "",
            }
            return save_tax_rule(book, values, actor=actor, rule_id=key)

        title = _("Edit the rule") if key else _("New rule")
        ask(
            self.desk,
            self,
            title,
            [Section("", fields)],
            kept,
            _("Save"),
            work,
            _("Rule saved."),
            self.reveal_written,
            proposes=True,
        )

    def area(self) -> None:
        """A place with its taxes: the code and the rule in one step."""
        shell, book, actor = self.desk.shell, self.desk.book, self.desk.actor
        fields = [
            Field("region", _("State, with the area within it"), required=True, span=3, hint="TX Austin"),
            Field("name", _("Name"), span=3, hint=_("As you call it")),
            Field("since", _("From"), "date", required=True, span=3),
            Field("item_codes", _("Items of class"), span=3, hint=", ".join(("standard", "software"))),
        ]
        form = LinesForm([Section("", fields)], shell.theme)
        columns = [
            LineColumn("name", _("Tax on the invoice"), wide=True, hint=_("Such as Texas")),
            LineColumn("percent", _("Percent"), "percent", width=110),
        ]
        form.add_table("taxes", _("Taxes levied there"), LineTable(columns, shell.theme, _("Taxes levied there")), 1)
        form.put({"since": self.desk.today(), "item_codes": STANDARD, "taxes": []})
        title = _("Collect in an area")

        def work(typed: dict[str, object]) -> list[str]:
            rows = typed["taxes"]
            assert isinstance(rows, list)
            classes = [part.strip() for part in str(typed["item_codes"] or STANDARD).split(",") if part.strip()]
            taxes = [(str(row.get("name") or ""), row.get("percent") or Decimal(0)) for row in rows]
            since = typed["since"]
            assert isinstance(since, date)
            area = Area(str(typed["region"]), str(typed["name"] or ""), taxes, since, classes)
            try:
                return save_areas(book, [area], actor=actor)
            except ValidationError as error:
                fields = {"areas.0.region": "region", "areas.0.item_codes": "item_codes"}
                raise ValidationError({fields.get(key, "since"): said for key, said in error.fields.items()}) from None

        dialog = FormDialog(
            shell,
            title,
            form,
            _("Collect there"),
            lambda typed: writing(self.desk, title, lambda: work(typed), SETTINGS),
            self,
        )
        dialog.saved.connect(lambda written: tell(self.desk, _added, written, SETTINGS))
        dialog.open()

    def samples(self) -> None:
        act = partial(add_sample_areas, self.desk.book, actor=self.desk.actor)
        write(self.desk, _("Adding sample areas"), act, _added, changed=SETTINGS)

    def shift(self, by: int) -> None:
        act = partial(move_tax_rule, self.desk.book, self._key(), by, actor=self.desk.actor)
        said = _("The rule is tried earlier.") if by < 0 else _("The rule is tried later.")
        write(self.desk, _("Moving the rule"), act, said, changed=SETTINGS)

    def delete(self) -> None:
        act = partial(delete_tax_rule, self.desk.book, self._key(), actor=self.desk.actor)
        write(self.desk, _("Deleting the rule"), act, _("Rule deleted."), changed=SETTINGS)


def _added(codes: object) -> str:
    assert isinstance(codes, list)
    return _("Added: {codes}.").format(codes=", ".join(codes)) if codes else _("They are all there already.")
