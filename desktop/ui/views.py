"""The views of a page: what it shows and how, kept in the book under names, behind one button of its bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton

from desktop.i18n import _
from desktop.services.views import NamedView, View, delete_view, rename_view, save_view, saved_views
from desktop.ui.actions import Action, Actions
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, write, writing

VIEWS = frozenset({"views"})


class ViewsButton(QPushButton):
    """Shows which view stands; its menu changes to another, keeps what is shown as one, renames and deletes."""

    chosen = Signal(object)  # View to be shown

    def __init__(
        self,
        desk: Desk,
        page: str,
        columns: Sequence[Column],
        first: View,
        now: Callable[[], View],
    ) -> None:
        super().__init__(_("Views"))
        self.setProperty("role", "chip")
        self.setProperty("menu", True)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setMenu(QMenu(self))
        self._desk, self._page, self._columns, self._first, self._now = desk, page, columns, first, now
        self._known: list[NamedView] = []
        self._last: NamedView | None = None
        self._rest: list[str] = []
        self._acts: Actions | None = None
        self.menu().aboutToShow.connect(self._fill)
        desk.shell.jobs.changed.connect(self._hear)

    def offers(self) -> list[Action]:
        """What can be done with views, for the page's own menu, too."""
        name = self._page
        return [
            Action(f"{name}.views", _("Views"), self.showMenu, shortcut="Ctrl+Shift+V"),
            Action(f"{name}.view_save", _("Save this view…"), self.save, "save", "Ctrl+Shift+S"),
            Action(f"{name}.view_rename", _("Rename the view…"), self.rename, enabled=self._has_last),
            Action(f"{name}.view_delete", _("Delete the view"), self.delete, "delete", enabled=self._has_last),
        ]

    def use(self, acts: Actions, more: Sequence[str]) -> None:
        """Take the actions for its menu: its own, and `more` below them."""
        self._acts, self._rest = acts, list(more)

    @property
    def known(self) -> Sequence[NamedView]:
        """The views of the page, as last read."""
        return self._known

    def follow(self, _query: object = None) -> None:
        """Say which view it is that is shown, if it is one."""
        now = self._signature(self._now())
        same = next((one for one in self._known if self._signature(one.view) == now), None)
        if same is not None:
            self._last = same
        elif now == self._signature(self._first):
            self._last = None
        if same is not None:
            text = same.name
        elif self._last is not None:
            text = _("{view}, changed").format(view=self._last.name)
        else:
            text = _("Views")
        self.setText(text.replace("&", "&&"))
        self.setChecked(same is not None)

    def save(self) -> None:
        """Ask for a name, and keep what is shown under it; a known name becomes what is shown."""
        desk, page, view = self._desk, self._page, self._now()
        note = _("Search, filters, order and columns. A name that is there already is given to this view.")
        self._ask(
            _("Save this view"),
            _("Save"),
            note,
            lambda name: save_view(desk.book, page, name, view, actor=desk.actor),
            _("The view {name} is saved."),
        )

    def rename(self) -> None:
        desk, view = self._desk, self._last
        assert view is not None
        self._ask(
            _("Rename the view"),
            _("Rename"),
            "",
            lambda name: rename_view(desk.book, view.id, name, actor=desk.actor),
            _("The view is called {name} now."),
        )

    def delete(self) -> None:
        """Delete the view that is shown; the rows stay as they are."""
        desk, view = self._desk, self._last
        assert view is not None
        write(
            desk,
            _("Deleting the view"),
            lambda: delete_view(desk.book, view.id, actor=desk.actor),
            _("The view {name} is deleted.").format(name=view.name),
            changed=VIEWS,
        )

    def _ask(self, title: str, verb: str, note: str, act: Callable[[str], object], said: str) -> None:
        form = Form([Section("", [Field("name", _("Name"), required=True, note=note)])], self._desk.shell.theme)
        form.put({"name": self._last.name if self._last else ""})
        desk = self._desk
        dialog = FormDialog(
            desk.shell,
            title,
            form,
            verb,
            lambda typed: writing(desk, title, lambda: act(str(typed["name"])), VIEWS),
            self,
        )
        dialog.saved.connect(lambda written: tell(desk, said.format(name=form.values()["name"]), written, VIEWS))
        dialog.open()

    def _has_last(self) -> bool:
        return self._last is not None

    def _fill(self) -> None:
        self.follow()
        menu = self.menu()
        menu.clear()
        for text, view in [(_("As it came"), self._first), *((one.name, one.view) for one in self._known)]:
            # A name may hold what a menu would take for a mnemonic.
            action = menu.addAction(text.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(self._signature(view) == self._signature(self._now()))
            action.triggered.connect(lambda _on=False, view=view: self.chosen.emit(view))
        assert self._acts is not None
        self._acts.refresh()
        menu.addSeparator()
        self._acts.fill(menu, [one.id for one in self.offers()[1:]])
        menu.addSeparator()
        self._acts.fill(menu, self._rest)

    def _signature(self, view: View) -> object:
        """What makes two views the same to a person: not the width of a column."""
        hidden = {one.key: one.hidden for one in view.columns}
        named = [one.key for one in view.columns]
        order = [*(key for key in named if key in self._keys()), *(key for key in self._keys() if key not in named)]
        first = {column.key: column.hidden for column in self._columns}
        shown = tuple(key for key in order if not hidden.get(key, first[key]))
        return view.search.split(), view.filters, view.sort, view.descending, shown

    def _keys(self) -> list[str]:
        return [column.key for column in self._columns]

    def _load(self) -> None:
        book, page = self._desk.book, self._page
        self._desk.shell.jobs.ask(lambda: saved_views(book, page), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, list)
        self._known = found
        if self._last is not None:
            # It may have another name now, or be gone.
            self._last = next((one for one in found if one.id == self._last.id), None)
        self.follow()

    def _hear(self, _changes: object) -> None:
        # Views are taken back by the undo of anything, and cost next to nothing to read.
        if self.isVisible():
            self._load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load()
