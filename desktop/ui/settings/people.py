"""Who works with the book, and how much each may credit, write off or approve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from desktop.domain.access import ROLES
from desktop.i18n import _, money_text, pgettext
from desktop.services.access.passphrases import take_away, with_passphrase
from desktop.services.access.words import role_note, role_word
from desktop.services.limits import Act, limits_of_others, second_approval, set_limits_of_others
from desktop.services.people import people, remove_person, save_person
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts
from desktop.ui.settings.people_access import ask_second, ask_signing_in, give_passphrase

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
                    Column("name", _("Name"), 180, sort_key="name", strong=True, wide=True),
                    Column("approval_limit", _("May approve"), 150, "money", sort_key="approval_limit"),
                    Column("credit_limit", _("May credit, an invoice"), 180, "money", sort_key="credit_limit"),
                    Column("write_off_limit", _("May write off, an invoice"), 180, "money", sort_key="write_off_limit"),
                    Column("role_word", pgettext("rights", "Role"), 110, sort_key="role_word"),
                    Column("signs_in", _("Signs in"), 120, sort_key="signs_in", secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search people"),
                nothing_yet=_("People stand here with what each may approve, credit or write off."),
                depends=frozenset({"firm"}),
                summary=self._summary,
                main_action="people.new",
                side_actions=["people.sign_ins", "people.second"],
                menu=["people.edit", "people.passphrase", "people.no_passphrase", GAP, "people.remove"],
                empty_action="people.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("people.new", _("Add a person…"), self.new, "add", "Ctrl+N"),
            Action("people.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("people.passphrase", _("Give a passphrase…"), self.give, "", "P", self._person, _("passphrase")),
            Action("people.no_passphrase", _("Take the passphrase away"), self.take_away, enabled=self._has_words),
            Action("people.sign_ins", _("Signing in…"), self.signing_in),
            Action("people.second", _("Second pair of eyes…"), self.second),
            Action("people.remove", _("Remove"), self.remove, "delete", "Del", self._person, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        home, none = self.shell.home_currency, _("no limit")
        others = limits_of_others(self.desk.book)
        have = with_passphrase(self.desk.book)
        rows: list[dict[str, object]] = [
            {"id": _OTHERS, "name": _("Everyone else"), **{f"{act}_limit": limit for act, limit in others.items()}},
            *people(self.desk.book),
        ]
        return [
            {
                **row,
                "role_word": role_word(str(row["role"])) if "role" in row else "",
                "signs_in": _signs_in(row, have),
                "has_words": row["id"] in have,
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

    def _has_words(self) -> bool:
        return self._person() and bool(self._chosen["has_words"])

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        # Somebody has to be the owner before anybody can be anything else.
        role = "clerk" if people(self.desk.book) else "owner"
        self._open_form({"role": role, "active": True}, None)

    def edit(self) -> None:
        limits = self._chosen["limits"]
        assert isinstance(limits, Mapping)
        known = {name: self._chosen.get(name) for name in ("name", "role", "active")}
        self._open_form({**known, **limits}, int(str(self._chosen["id"])))

    def second(self) -> None:
        """Ask above which amounts one person is not enough."""
        ask_second(self.desk, self)

    def signing_in(self) -> None:
        """Who came in, and after how many idle minutes the window locks."""
        ask_signing_in(self.desk, self)

    def give(self) -> None:
        """Ask for a passphrase of the chosen person."""
        give_passphrase(self.desk, self, int(str(self._chosen["id"])), str(self._chosen["name"]))

    def take_away(self) -> None:
        key, name = int(str(self._chosen["id"])), str(self._chosen["name"])
        act = partial(take_away, self.desk.book, key, actor=self.desk.actor)
        follows = _("{name} cannot sign in then. With the last passphrase the book opens to everyone who has the file.")

        def go() -> None:
            said = _("{name} has no passphrase now.").format(name=name)
            write(self.desk, _("Taking the passphrase away"), act, said, changed=SETTINGS)

        title = _("Take the passphrase of {name} away?").format(name=name)
        Question(self, title, follows.format(name=name), _("Take it away"), go).open()

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
            roles = [(role, role_word(role)) for role in ROLES]
            fields[:0] = [
                Field("name", _("Name"), required=True, note=note),
                Field("role", pgettext("rights", "Role"), "choice", required=True, choices=roles, note=_role_notes()),
                Field("active", _("Works with this book"), "check"),
            ]
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
            _("Saved."),
            self.reveal_written,
        )

    def remove(self) -> None:
        key, name = int(str(self._chosen["id"])), str(self._chosen["name"])
        act = partial(remove_person, self.desk.book, key, actor=self.desk.actor)
        write(self.desk, _("Removing the person"), act, _("{name} is removed.").format(name=name), changed=SETTINGS)


def _signs_in(row: Mapping[str, object], have: frozenset[int]) -> str:
    if "role" not in row:
        return ""
    if not row["active"]:
        return _("not any more")
    return _("by passphrase") if row["id"] in have else _("no passphrase")


def _role_notes() -> str:
    """What each role may do, a line each."""
    return "\n".join(_("{role}: {what}").format(role=role_word(role), what=role_note(role)) for role in ROLES)
