"""Number series: how invoices and credit notes are numbered, and which number comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.series import delete_series, save_series, series_list
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import word_of
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.editors import Choice
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask


def _kinds() -> list[Choice]:
    return [
        ("invoice", _("Invoices")),
        ("credit_note", _("Credit notes")),
        ("deposit", _("Deposits")),
        ("final", _("Final invoices")),
    ]


def _years() -> list[Choice]:
    return [
        ("calendar", _("every year")),
        ("fiscal", _("every fiscal year")),
        ("never", _("never")),
    ]


class SeriesSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="series",
                title=_("Number series"),
                columns=[
                    Column("tag", "", 82, "tag"),
                    Column("code", _("Series"), 108, sort_key="code", strong=True),
                    Column("kind_word", _("For"), 104, sort_key="kind_word"),
                    Column("pattern", _("Pattern"), 130, sort_key="pattern", wide=True),
                    Column("year_word", _("Starts again"), 120, secondary=True),
                    Column("next_number", _("Next number"), 116),
                ],
                listing=self._rows,
                search_hint=_("Search series"),
                nothing_yet=_("A series gives documents their numbers, without gaps and in the order of their dates."),
                depends=frozenset({"firm", "invoices"}),
                main_action="series.new",
                menu=["series.edit", "series.use", GAP, "series.delete"],
                empty_action="series.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("series.new", _("New series…"), self.new, "add", "Ctrl+N"),
            Action("series.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("series.use", _("Use from now on"), self.use, "approve", "U", self._spare),
            Action("series.delete", _("Delete"), self.delete, "delete", "Del", self._spare, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                **one,
                "tag": "in_use" if one["is_default"] else None,
                "kind_word": word_of(_kinds(), one["kind"]),
                "year_word": word_of(_years(), one["year_rule"]),
            }
            for one in series_list(self.desk.book, today=self.desk.today())
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["series.edit", "series.use", "series.delete"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No series chosen"))
            return
        self.pane.show_thing(
            str(row["code"]),
            str(row["kind_word"]),
            [
                (_("Pattern"), str(row["pattern"])),
                (_("Next"), str(row["next_number"])),
                (_("Starts again"), str(row["year_word"])),
            ],
            _(
                "A number is taken in the moment of issuing: none is lost, none is given twice, "
                "and dates never run backwards."
            ),
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def _spare(self) -> bool:
        return bool(self._chosen) and not self._chosen["is_default"]

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        self._open_form({"kind": "invoice", "pattern": "INV-{year}-{n:04}", "year_rule": "calendar", "first": 1}, None)

    def edit(self) -> None:
        self._open_form(self._chosen, int(str(self._chosen["id"])))

    def _open_form(self, row: Mapping[str, object], key: int | None) -> None:
        fields = [
            Field("code", _("Short name"), required=True, span=3),
            Field("kind", _("For"), "choice", required=True, span=3, choices=_kinds()),
            Field(
                "pattern",
                _("Pattern"),
                required=True,
                note=_("{year}, {yy} and {month} stand for the date, {n:04} for the number with four digits."),
            ),
            Field(
                "year_rule", _("Starts again at the first number"), "choice", required=True, span=4, choices=_years()
            ),
            Field("first", _("First number"), "whole", required=True, span=2),
            Field(
                "is_default", _("Use it from now on"), "check", note=_("It takes the place of the series used so far.")
            ),
        ]
        actor, book = self.desk.actor, self.desk.book
        title = _("Edit the series") if key else _("New series")

        def work(typed: dict[str, object]) -> int:
            return save_series(book, typed, actor=actor, series_id=key)

        ask(
            self.desk, self, title, [Section("", fields)], row, _("Save"), work, _("Series saved."), self.reveal_written
        )

    def use(self) -> None:
        key, code = int(str(self._chosen["id"])), str(self._chosen["code"])
        act = partial(save_series, self.desk.book, {"is_default": True}, actor=self.desk.actor, series_id=key)
        said = _("Series {code} numbers from now on.").format(code=code)
        write(self.desk, _("Changing the series"), act, said, changed=SETTINGS)

    def delete(self) -> None:
        key, code = int(str(self._chosen["id"])), str(self._chosen["code"])
        act = partial(delete_series, self.desk.book, key, actor=self.desk.actor)
        write(self.desk, _("Deleting the series"), act, _("Series {code} deleted.").format(code=code), changed=SETTINGS)
