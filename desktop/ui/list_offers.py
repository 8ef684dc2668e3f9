"""What every list offers beside its page's own actions: its views, its columns, and itself as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.views import View
from desktop.ui.actions import Action, Actions
from desktop.ui.columns_dialog import ColumnsDialog
from desktop.ui.desk import Desk
from desktop.ui.exporting import Sheet, ask_export
from desktop.ui.shell import Shell
from desktop.ui.table import Table
from desktop.ui.views import ViewsButton


class ListOffers:
    """Of one page; `views` is the button of its bar, None where no book is open to keep views in."""

    def __init__(
        self,
        shell: Shell,
        table: Table,
        page: QWidget,
        name: str,
        title: str,
        first: View,
        now: Callable[[], View],
    ) -> None:
        self._shell, self._table, self._page, self._name, self._title = shell, table, page, name, title
        self.views: ViewsButton | None = None
        if isinstance(shell.desk, Desk):
            self.views = ViewsButton(shell.desk, name, table.rows.columns, first, now)
            table.arrangement.changed.connect(self.views.follow)
            table.rows.loaded.connect(self.views.follow)

    def declare(self, acts: Actions) -> None:
        """Add the actions to the page's own, after them."""
        if self.views is not None:
            acts.declare(self.views.offers(), scope=self._page)
        acts.declare(self._offers(), scope=self._page)
        if self.views is not None:
            self.views.use(acts, [self._own("columns"), self._own("export_list")])

    def of_selection(self) -> Sequence[str]:
        """Ids of what can be done with the selected rows of any list."""
        return [self._own("export_selected")]

    def _own(self, word: str) -> str:
        return f"{self._name}.{word}"

    def _offers(self) -> Iterable[Action]:
        return [
            Action(self._own("columns"), _("Columns…"), self._choose_columns, shortcut="Ctrl+Shift+L"),
            Action(self._own("export_list"), _("Export this list…"), self._export_list, "export", "Ctrl+Shift+E"),
            Action(self._own("export_selected"), _("Export the selected rows…"), self._export_selected, "export"),
        ]

    def _choose_columns(self) -> None:
        ColumnsDialog(self._table.arrangement, self._page).open()

    def _export_list(self) -> None:
        self._export(list(self._table.rows.ids))

    def _export_selected(self) -> None:
        self._export(self._table.selected_ids())

    def _export(self, ids: Sequence[int]) -> None:
        """Write these rows in this order, under the columns that are shown."""
        if not ids:
            raise UserError(_("There is no row to export."), _("Change the search or the filters."))
        sheet = Sheet(self._title, self._table.rows.listing, ids, self._table.shown_columns())
        ask_export(self._shell, self._page, sheet)
