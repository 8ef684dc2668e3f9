"""Who works with the book, and how much each may credit or write off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from desktop.i18n import _
from desktop.services.limits import limits_of_others, set_limits_of_others
from desktop.services.people import people, remove_person, save_person
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts

# Stands for everyone without a row of their own; ids of people begin at 1.
_OTHERS = 0


class PeopleSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="people",
                title=_("People and limits"),
                columns=[
                    Column("name", _("Name"), 240, sort_key="name", strong=True, wide=True),
                    Column("credit_limit", _("May credit, an invoice"), 190, "money", sort_key="credit_limit"),
                    Column("write_off_limit", _("May write off, an invoice"), 190, "money", sort_key="write_off_limit"),
                ],
                listing=self._rows,
                search_hint=_("Search people"),
                nothing_yet=_("People stand here with what each may credit or write off of an invoice."),
                depends=frozenset({"firm"}),
                main_action="people.new",
                menu=["people.edit", GAP, "people.remove"],
                empty_action="people.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("people.new", _("Add a person…"), self.new, "add", "Ctrl+N"),
            Action("people.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("people.remove", _("Remove"), self.remove, "delete", "Del", self._person, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        home, none = self.shell.home_currency, _("no limit")
        others = limits_of_others(self.desk.book)
        rows: list[dict[str, object]] = [
            {"id": _OTHERS, "name": _("Everyone else"), **{f"{act}_limit": limit for act, limit in others.items()}},
            *people(self.desk.book),
        ]
        return [
            {
                **row,
                "limits": (row["credit_limit"], row["write_off_limit"]),
                "credit_limit": none if row["credit_limit"] is None else row["credit_limit"],
                "write_off_limit": none if row["write_off_limit"] is None else row["write_off_limit"],
                "currency": home,
            }
            for row in rows
        ]

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()

    def _one(self) -> bool:
        return bool(self._chosen)

    def _person(self) -> bool:
        return bool(self._chosen) and self._chosen["id"] != _OTHERS

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        self._open_form({}, None)

    def edit(self) -> None:
        limits = self._chosen["limits"]
        assert isinstance(limits, tuple)
        values = {"name": self._chosen["name"], "credit_limit": limits[0], "write_off_limit": limits[1]}
        self._open_form(values, int(str(self._chosen["id"])))

    def _open_form(self, values: Mapping[str, object], key: int | None) -> None:
        home, empty = self.shell.home_currency, _("No limit")
        fields = [
            Field("credit_limit", _("May credit, an invoice"), "money", span=3, currency=home, hint=empty),
            Field("write_off_limit", _("May write off, an invoice"), "money", span=3, currency=home, hint=empty),
        ]
        if key != _OTHERS:
            note = _("As the name under which they work on this computer.")
            fields.insert(0, Field("name", _("Name"), required=True, note=note))
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> int:
            if key == _OTHERS:
                credit, write_off = typed["credit_limit"], typed["write_off_limit"]
                assert credit is None or isinstance(credit, int)
                assert write_off is None or isinstance(write_off, int)
                set_limits_of_others(book, {"credit": credit, "write_off": write_off}, actor=actor)
                return _OTHERS
            return save_person(book, typed | texts(typed, "name"), actor=actor, person_id=key)

        title = _("Limits of everyone else") if key == _OTHERS else _("Edit the person") if key else _("Add a person")
        ask(
            self.desk,
            self,
            title,
            [Section("", fields)],
            values,
            _("Save"),
            work,
            _("Limits saved."),
            self.reveal_written,
        )

    def remove(self) -> None:
        key, name = int(str(self._chosen["id"])), str(self._chosen["name"])
        act = partial(remove_person, self.desk.book, key, actor=self.desk.actor)
        write(self.desk, _("Removing the person"), act, _("{name} is removed.").format(name=name), changed=SETTINGS)
