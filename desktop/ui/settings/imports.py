"""The files that were taken into the book, each with the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, number_text
from desktop.services.imports.history import import_batches
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.importing.dialog import ask_import
from desktop.ui.importing.result import take_back_import
from desktop.ui.importing.words import kind_word
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.settings.kept_mappings import ask_forgetting
from desktop.ui.settings.watched_folder import ask_watched_folder


class ImportsSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="imports",
                title=_("Imports"),
                columns=[
                    Column("day", _("On"), 100, "date", sort_key="at"),
                    Column("file_name", _("File"), 180, sort_key="file_name", strong=True, wide=True),
                    Column("kind_word", _("Kind"), 120, sort_key="kind_word", secondary=True),
                    Column("imported", _("Imported"), 80, "number", sort_key="imported"),
                    Column("unchanged", _("Unchanged"), 90, "number", secondary=True, hidden=True),
                    Column("rejected", _("Rejected"), 80, "number", sort_key="rejected"),
                    Column("actor", _("By"), 90, secondary=True),
                ],
                listing=self._rows,
                search_hint=_("Search files"),
                nothing_yet=_("Imported files will stand here; each can be undone as a whole until it is billed."),
                depends=frozenset({"firm", "clients", "agreements", "billables", "invoices", "bank"}),
                main_action="imports.new",
                side_actions=["imports.watch", "imports.forget"],
                menu=["imports.undo"],
                empty_action="imports.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("imports.new", _("Import a file…"), self.new, "import", "Ctrl+N"),
            Action("imports.watch", _("Watched folder…"), self.watch),
            Action("imports.forget", _("Kept mappings…"), self.forget),
            Action("imports.undo", _("Undo this import"), self.undo, "undo", "U", self._one, _("undo")),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": one.id,
                "at": one.at,
                "day": _local(one.at).date(),
                "file_name": one.file_name,
                "kind_word": kind_word(one.kind),
                "rows": one.rows,
                "imported": one.imported,
                "unchanged": one.unchanged,
                "rejected": one.rejected,
                "actor": one.actor,
            }
            for one in import_batches(self.desk.book)
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["imports.undo"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No import chosen"))
            return
        at = _local(str(row["at"]))
        self.pane.show_thing(
            str(row["file_name"]),
            "",
            [
                (_("Kind"), str(row["kind_word"])),
                (_("On"), f"{date_text(at.date())}, {at:%H:%M}"),
                (_("Rows"), number_text(int(str(row["rows"])))),
                (_("Imported"), number_text(int(str(row["imported"])))),
                (_("Unchanged"), number_text(int(str(row["unchanged"])))),
                (_("Rejected"), number_text(int(str(row["rejected"])))),
            ],
            _("Undoing takes out all that the file brought. It is refused once something of it was billed or changed."),
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def new(self) -> None:
        ask_import(self.desk, self)

    def watch(self) -> None:
        ask_watched_folder(self.desk, self)

    def forget(self) -> None:
        ask_forgetting(self.desk, self)

    def undo(self) -> None:
        take_back_import(self.desk, int(str(self._chosen["id"])))


def _local(at: str) -> datetime:
    """The book's UTC time as the clock on this wall."""
    return datetime.fromisoformat(at).astimezone()
