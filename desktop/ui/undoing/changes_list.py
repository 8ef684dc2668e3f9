"""Every change of the book, the newest first: who, when, what, and the way back where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, moment_text
from desktop.jobs import Job, Lane
from desktop.services.changes import undo
from desktop.services.undo_steps import ChangeList, why_not
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.filters import Chip
from desktop.ui.help import help_key
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.notice import NoticeBar
from desktop.ui.page import Design, Page
from desktop.ui.undoing.steps import EVERYTHING

_SIZE = (980, 620)


class _Rows:
    """The changes with their moments and states in words."""

    def __init__(self, desk: Desk) -> None:
        self._list = ChangeList(desk.book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        words = {"undone": _("Undone"), "open": "", "lasting": _("Stays")}
        return {
            key: {**row, "when": moment_text(str(row["at"])), "state_word": words[str(row["state"])]}
            for key, row in self._list.rows(ids).items()
        }


class ChangesPage(Page):
    def __init__(self, desk: Desk, notices: NoticeBar) -> None:
        self.desk = desk
        self._notices = notices
        self._rows = _Rows(desk)
        self._chosen: Row = {}
        self._standing = ""
        # What a try has shown; the list loads anew after it.
        self._tried: dict[int, str] = {}
        super().__init__(
            desk.shell,
            Design(
                name="changes",
                title=_("Changes"),
                columns=[
                    Column("when", _("When"), 140, sort_key="at", secondary=True),
                    Column("summary", _("What"), 320, sort_key="summary", strong=True, wide=True),
                    Column("actor", _("By"), 110, sort_key="actor"),
                    Column("state_word", "", 90, secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search what was done, by whom"),
                nothing_yet=_("Whatever is changed in this book stands here, with who did it and the way back."),
                depends=EVERYTHING,
                chips=[Chip("undoable", _("Can be undone"))],
                menu=["changes.undo"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [Action("changes.undo", _("Undo this change"), self.undo, "undo", "U", self._can, _("undo"))]

    def detail(self) -> QWidget:
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["changes.undo"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._standing = ""
        self.acts.refresh()
        if one is None or not self._chosen:
            self._latest.drop()
            self.pane.show_thing(_("No change chosen"))
            return
        self._tell(self._tried.get(one, ""))
        if one in self._tried:
            self._latest.drop()
            return
        book = self.desk.book
        self._latest.ask(lambda: why_not(book, one), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._standing = found[0]
        self._tell(" ".join(part for part in found if part))
        self.acts.refresh()

    def _tell(self, reason: str) -> None:
        if self._chosen:
            row = self._chosen
            facts = [(_("When"), str(row["when"])), (_("By"), str(row["actor"]))]
            self.pane.show_thing(str(row["summary"]), str(row["state_word"]), facts, reason)

    def _can(self) -> bool:
        return self._chosen.get("state") == "open" and not self._standing

    def undo(self) -> None:
        """Take the chosen change back; where something stands against it, say here what."""
        one = self.table.current_id()
        if one is None:
            return
        book, actor = self.desk.book, self.desk.actor
        self.shell.jobs.start(
            Job(_("Undoing"), lambda _report: undo(book, actor, one), EVERYTHING, lane=Lane.HAND, quiet=True),
            self._undone,
            lambda error: self._refused(one, error),
        )

    def _undone(self, summary: object) -> None:
        self._tried.clear()
        self._notices.say(_("Undone: {what}").format(what=summary))

    def _refused(self, one: int, error: object) -> None:
        if isinstance(error, UserError):
            self._tried[one] = str(error)
            self.show_detail(self.table.current_id())
        else:
            self._notices.show_error(error)


def show_changes(desk: Desk, parent: QWidget) -> None:
    """Open the list in a window of its own beside the work."""
    dialog = QDialog(parent.window())
    dialog.setObjectName("changes")
    dialog.setWindowTitle(_("Changes"))
    notices = NoticeBar(desk.shell.theme)
    page = ChangesPage(desk, notices)
    foot = QVBoxLayout()
    foot.setContentsMargins(24, 0, 24, 16)
    foot.addWidget(notices)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page, 1)
    layout.addLayout(foot)
    px = desk.shell.theme.px
    dialog.resize(px(_SIZE[0]), px(_SIZE[1]))
    help_key(desk.shell, dialog, "books")
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
