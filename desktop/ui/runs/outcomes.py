"""Two tables in a window of their own: why, for everyone in a run, and what changed since the last one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.runs import Comparison, OutcomeRow, explain
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip
from desktop.ui.page import Design, Page

_SIZE = (900, 560)


class _TableDialog(QDialog):
    def __init__(self, page: Page, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(page.design.title)
        self.resize(*_SIZE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 16)
        layout.addWidget(page)


def show_outcomes(desk: Desk, parent: QWidget, run: str, first: str = "") -> None:
    """Every agreement of the run with its one outcome and the reason; `first` shows only those of one outcome."""
    desk.shell.jobs.ask(lambda: explain(desk.book, run), lambda found: _outcomes(desk, parent, run, first, found))


def _outcomes(desk: Desk, parent: QWidget, run: str, first: str, found: object) -> None:
    assert isinstance(found, list)
    rows: list[OutcomeRow] = found
    shown = [
        {
            "state": row.outcome,
            "client": row.client_name,
            "agreement": row.title or row.agreement,
            "amount": row.amount,
            "currency": row.currency or desk.shell.home_currency,
            "reason": row.reason,
        }
        for row in rows
    ]
    page = Page(
        desk.shell,
        Design(
            name="outcomes",
            title=_("Why, for everyone: {run}").format(run=run),
            columns=[
                Column("state", "", 84, "tag", sort_key="state"),
                Column("client", _("Client"), 170, sort_key="client"),
                Column("agreement", _("Agreement"), 150, sort_key="agreement", secondary=True),
                Column("amount", _("Amount"), 104, "money", sort_key="amount"),
                Column("reason", _("Why"), 260, wide=True, lines=2),
            ],
            listing=FewRows(lambda: shown),
            search_hint=_("Search client, agreement, reason"),
            nothing_yet=_("The run has no outcomes yet."),
            depends=frozenset(),
            chips=[
                Chip("issued", _("Issued"), "state"),
                Chip("held", _("Held"), "state"),
                Chip("skipped", _("Skipped"), "state"),
                Chip("failed", _("Failed"), "state"),
            ],
            first_filters=frozenset({first} if first else ()),
        ),
    )
    _TableDialog(page, parent).open()


def show_comparison(desk: Desk, parent: QWidget, found: object) -> None:
    """Agreement by agreement, what differs from the last run."""
    assert isinstance(found, Comparison)
    if not found.last:
        desk.shell.notices.say(_("There is no earlier run of this scope to compare with."), tone="note")
        return
    shown = [
        {
            "client": row.client_name,
            "agreement": row.agreement,
            "before": row.before,
            "now": row.now,
            "change": row.change,
            "currency": row.currency,
        }
        for row in found.rows
    ]
    page = Page(
        desk.shell,
        Design(
            name="comparison",
            title=_("{run} against {last}").format(run=found.run, last=found.last),
            columns=[
                Column("client", _("Client"), 200, sort_key="client", wide=True),
                Column("agreement", _("Agreement"), 130, sort_key="agreement", secondary=True),
                Column("before", _("Last run"), 120, "money", sort_key="before"),
                Column("now", _("This run"), 120, "money", sort_key="now"),
                Column("change", _("Difference"), 120, "money", sort_key="change"),
            ],
            listing=FewRows(lambda: shown),
            search_hint=_("Search client, agreement"),
            nothing_yet=_("Both runs bill the same."),
            depends=frozenset(),
            sum_key="change",
        ),
    )
    _TableDialog(page, parent).open()
