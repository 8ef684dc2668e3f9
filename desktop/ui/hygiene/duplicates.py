"""Clients and items that may be one, the likeliest first: compared, merged, or told apart for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.duplicates import Duplicates, Kind, find_clients, find_items, tell_apart
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.hygiene.compare import CHANGED, ask_merge
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.saving import take_back, write

_Report = Callable[[int, int, str], None]


class DuplicatesPage(Page):
    """Shown above the place that it was opened from. One row a pair: which stays, which goes into it, and why."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: list[Row] = []
        self._searching: Job | None = None
        self._listing = FewRows(lambda: self._found)
        super().__init__(
            desk.shell,
            Design(
                name="duplicates",
                title=_("Duplicates"),
                columns=[
                    Column("likely", _("Likely"), 64, "number", sort_key="likely"),
                    Column("keep", _("Stays"), 220, sort_key="keep", strong=True),
                    Column("absorb", _("Goes into it"), 220, sort_key="absorb", strong=True),
                    Column("why", _("Why"), 260, secondary=True, wide=True, lines=2),
                    Column("kind_word", "", 76, secondary=True),
                ],
                listing=self._listing,
                summary=self._summary,
                search_hint=_("Search name, code"),
                nothing_yet=_("Nothing looks double: no two share an id, a mailbox or a name."),
                depends=frozenset(),
                chips=[Chip("clients", _("Clients"), "kind"), Chip("items", _("Items"), "kind")],
                side_actions=["duplicates.back"],
                main_action="duplicates.compare",
                many=["duplicates.apart"],
                menu=["duplicates.compare", "duplicates.turn", "duplicates.apart", GAP, "duplicates.undo"],
            ),
        )
        desk.shell.jobs.changed.connect(self._hear_of_changes)
        self.search_again()

    def offers(self) -> Iterable[Action]:
        one, some = self._one, self._some
        return [
            Action("duplicates.back", _("Back"), self.shell.back),
            Action("duplicates.compare", _("Compare and merge…"), self.compare, "", "Ctrl+M", one, _("compare")),
            Action("duplicates.turn", _("The other one stays"), self.turn, "", "T", one, _("turn round")),
            Action("duplicates.apart", _("They are not the same"), self.apart, "", "N", some, _("not the same")),
            Action("duplicates.undo", _("Undo the last change"), lambda: take_back(self.desk, changed=CHANGED), "undo"),
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["duplicates.compare", "duplicates.apart"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._listing.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose a pair to see what they have in common."))
            return
        facts = [(_("Goes into it"), str(row["absorb"])), (_("Why"), str(row["why"]))]
        reason = _("What was issued stays as it is. Merging can be undone until something is built on it.")
        self.pane.show_thing(str(row["keep"]), f"{row['likely']} %", facts, reason)

    # The search

    def search_again(self) -> None:
        """Look through the book beside the other work; it can be cancelled in the job bar."""
        if self._searching is not None:
            self._searching.cancel()
        book = self.desk.book
        job = Job(_("Looking for duplicates"), lambda report: _search(book, report), lane=Lane.SIDE)
        self._searching = job
        self.shell.jobs.start(job, self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, list)
        self._searching = None
        self._found = found
        self.reload()

    def _hear_of_changes(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes & {"clients", "firm"}:
            self.search_again()

    def _summary(self) -> Summary:
        count = len(self._found)
        facts = ngettext("{count} pair that may be one", "{count} pairs that may be one", count)
        kinds = [str(row["state"]) for row in self._found]
        counts = {kind: kinds.count(kind) for kind in ("clients", "items")}
        return Summary(facts.format(count=number_text(count)), counts=counts)

    # What can be done

    def _chosen(self) -> list[Row]:
        return list(self._listing.rows(self.selected_ids()).values())

    def _one(self) -> bool:
        return len(self.selected_ids()) == 1

    def _some(self) -> bool:
        return bool(self.selected_ids())

    def open_row(self, one: int) -> None:
        row = self._listing.rows([one])[one]
        kind: Kind = "clients" if row["state"] == "clients" else "items"
        ask_merge(self.desk, self, kind, _number(row, "keep_id"), _number(row, "absorb_id"), lambda _id: None)

    def compare(self) -> None:
        self.open_row(self.selected_ids()[0])

    def turn(self) -> None:
        chosen = self.selected_ids()[0]
        self._found = [_turned(row) if row["id"] == chosen else row for row in self._found]
        self.reload()

    def apart(self) -> None:
        rows, book, actor = self._chosen(), self.desk.book, self.desk.actor

        def work() -> None:
            for row in rows:
                kind: Kind = "clients" if row["state"] == "clients" else "items"
                tell_apart(book, kind, [_number(row, "keep_id"), _number(row, "absorb_id")], actor=actor)

        said = ngettext("{count} pair will not be asked again.", "{count} pairs will not be asked again.", len(rows))
        write(self.desk, _("Telling apart"), work, said.format(count=number_text(len(rows))), changed=CHANGED)


def _search(book: Book, report: _Report) -> list[Row]:
    clients = _rows("clients", find_clients(book, report), 0)
    return clients + _rows("items", find_items(book, report), len(clients))


def _rows(kind: Kind, groups: Sequence[Duplicates], before: int) -> list[Row]:
    """The first of each group against each of the others."""
    word = _("Clients") if kind == "clients" else _("Items")
    pairs = [(group, other) for group in groups for other in group.members[1:]]
    return [
        {
            "id": before + place,
            "state": kind,
            "kind_word": word,
            "likely": group.score,
            "keep": f"{group.members[0].name} · {group.members[0].code}",
            "absorb": f"{other.name} · {other.code}",
            "keep_id": group.members[0].id,
            "absorb_id": other.id,
            "why": ", ".join(group.reasons),
        }
        for place, (group, other) in enumerate(pairs, 1)
    ]


def _turned(row: Row) -> Row:
    return {
        **row,
        "keep": row["absorb"],
        "absorb": row["keep"],
        "keep_id": row["absorb_id"],
        "absorb_id": row["keep_id"],
    }


def _number(row: Row, key: str) -> int:
    value = row[key]
    assert isinstance(value, int)
    return value
