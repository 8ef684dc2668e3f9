"""Who works with the book, and how much each may credit, write off or approve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from desktop.i18n import _, money_text
from desktop.services.limits import (
    Act,
    limits_of_others,
    second_approval,
    set_limits_of_others,
    set_second_approval,
)
from desktop.services.people import people, remove_person, save_person
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts

# Stands for everyone without a row of their own; ids of people begin at 1.
_OTHERS = 0
_ACTS: tuple[Act, ...] = ("approval", "credit", "write_off")
_LIMITS = tuple(f"{act}_limit" for act in _ACTS)


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
                    Column("name", _("Name"), 200, sort_key="name", strong=True, wide=True),
                    Column("approval_limit", _("May approve"), 150, "money", sort_key="approval_limit"),
                    Column("credit_limit", _("May credit, an invoice"), 180, "money", sort_key="credit_limit"),
                    Column("write_off_limit", _("May write off, an invoice"), 180, "money", sort_key="write_off_limit"),
                ],
                listing=self._rows,
                search_hint=_("Search people"),
                nothing_yet=_("People stand here with what each may approve, credit or write off."),
                depends=frozenset({"firm"}),
                summary=self._summary,
                main_action="people.new",
                side_actions=["people.second"],
                menu=["people.edit", GAP, "people.remove"],
                empty_action="people.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("people.new", _("Add a person…"), self.new, "add", "Ctrl+N"),
            Action("people.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("people.second", _("Two approvals…"), self.second),
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
                "limits": {name: row[name] for name in _LIMITS},
                **{name: none if row[name] is None else row[name] for name in _LIMITS},
                "currency": home,
            }
            for row in rows
        ]

    def _summary(self) -> Summary:
        above = second_approval(self.desk.book)
        if above is None:
            return Summary(_("One person is enough to approve what the gate holds."))
        amount = money_text(above, self.shell.home_currency)
        return Summary(_("Above {amount} two people approve what the gate holds.").format(amount=amount))

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
        assert isinstance(limits, Mapping)
        self._open_form({"name": self._chosen["name"], **limits}, int(str(self._chosen["id"])))

    def second(self) -> None:
        """Ask above which amount one approval is not enough."""
        home, book, actor = self.shell.home_currency, self.desk.book, self.desk.actor
        field = Field(
            "above",
            _("Two people approve above"),
            "money",
            currency=home,
            hint=_("One is always enough"),
            note=_("Of what the gate holds. Whoever changed a draft by hand counts as one of the two."),
        )

        def work(typed: dict[str, object]) -> None:
            above = typed["above"]
            assert above is None or isinstance(above, int)
            set_second_approval(book, above, actor=actor)

        ask(
            self.desk,
            self,
            _("Two approvals"),
            [Section("", [field])],
            {"above": second_approval(book)},
            _("Save"),
            work,
            _("Saved."),
        )

    def _open_form(self, values: Mapping[str, object], key: int | None) -> None:
        home, empty = self.shell.home_currency, _("No limit")
        labels = {
            "approval_limit": _("May approve, a draft"),
            "credit_limit": _("May credit, an invoice"),
            "write_off_limit": _("May write off, an invoice"),
        }
        fields = [Field(name, labels[name], "money", span=2, currency=home, hint=empty) for name in _LIMITS]
        if key != _OTHERS:
            note = _("As the name under which they work on this computer.")
            fields.insert(0, Field("name", _("Name"), required=True, note=note))
        actor, book = self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> int:
            if key == _OTHERS:
                limits: dict[Act, int | None] = {}
                for act in _ACTS:
                    limit = typed[f"{act}_limit"]
                    assert limit is None or isinstance(limit, int)
                    limits[act] = limit
                set_limits_of_others(book, limits, actor=actor)
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
