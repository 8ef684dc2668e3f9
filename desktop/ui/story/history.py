"""All that happened to a thing, newest first; what can be taken back is taken back from here."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.i18n import _, moment_text, pgettext
from desktop.services.history import History, HistoryEntry, history
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.saving import take_back
from desktop.ui.story.entries import Entry, EntryList
from desktop.ui.story.tab import Question, StoryTab

_PAGE = 50
_PLACES = {
    "client": "clients",
    "agreement": "agreements",
    "invoice": "invoices",
    "payment": "payments",
    "delivery": "outbox",
}
# Whatever a change touched may be shown somewhere.
_ALL = frozenset({"runs", "invoices", "payments", "clients", "agreements", "billables", "firm", "outbox"})


class HistoryTab(StoryTab):
    """Enter goes to what was issued or paid; U takes a change back."""

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, subject)
        self._found: tuple[HistoryEntry, ...] = ()
        self._limit = _PAGE
        self.list = EntryList(desk.shell.theme, _("What happened"))
        self.acts.declare(
            [
                Action("history.open", pgettext("verb", "Open"), self.open_chosen, enabled=self._leads_somewhere),
                Action("history.undo", _("Undo this change"), self.undo, "undo", "U", self._can_undo),
            ],
            self.list,
        )
        self.acts.declare([Action("history.older", _("Show older"), self.older)])
        self.list.set_menu([self.acts["history.open"], self.acts["history.undo"]])
        self.list.opened.connect(lambda _key: self.open_chosen())
        self.list.current_changed.connect(lambda _key: self.acts.refresh())
        self._undo = self.acts.button("history.undo")
        self._older = self.acts.button("history.older", "link")
        self._older.hide()
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self._older, 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignLeading)

    def enter(self) -> None:
        self._limit = _PAGE

    def focus_first(self) -> None:
        self.list.setFocus()

    def question(self, one: int) -> Question:
        book, subject, limit = self.desk.book, self.subject, self._limit
        return lambda: history(book, subject, one, limit=limit)

    def take(self, answer: object) -> None:
        found = answer if isinstance(answer, History) else History((), False)
        self._found = found.entries
        self.list.put(
            [_entry(place, one) for place, one in enumerate(found.entries)],
            _("Whatever happens to it will stand here: who changed what, when, from what to what."),
        )
        self._older.setVisible(found.more)
        self._undo.setVisible(bool(found.entries))
        self.acts.refresh()

    def older(self) -> None:
        self._limit += _PAGE
        self.refresh()

    def undo(self) -> None:
        one = self._chosen()
        if one is not None and one.change_set is not None:
            take_back(self.desk, (one.change_set,), _ALL)

    def open_chosen(self) -> None:
        one = self._chosen()
        if one is not None and one.place:
            self.shell.go(_PLACES[one.place], one.thing)

    def _chosen(self) -> HistoryEntry | None:
        key = self.list.chosen
        return self._found[key] if key is not None and key < len(self._found) else None

    def _can_undo(self) -> bool:
        one = self._chosen()
        return one is not None and one.undoable

    def _leads_somewhere(self) -> bool:
        one = self._chosen()
        return one is not None and bool(one.place)


def _entry(place: int, one: HistoryEntry) -> Entry:
    # What a server answered has nobody behind it.
    who = _("{moment} by {person}") if one.actor else "{moment}"
    who = who.format(moment=moment_text(one.at), person=one.actor)
    lines = [who, *one.lines]
    if one.undone:
        lines.append(_("Undone since."))
    return Entry(place, one.summary, "\n".join(lines), quiet=one.undone)
