"""What a run came to, once it has issued: how much went out, what waits, what was skipped and why, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.delivery.statuses import Funnel, funnel
from desktop.services.lists.invoices import InvoiceList
from desktop.services.runs.summing_up import RunSummary, run_summary
from desktop.ui.actions import Action, Actions
from desktop.ui.archiving import archive_run
from desktop.ui.desk import Desk
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.invoices.files import save_pdfs
from desktop.ui.letters.showing import show_run_report
from desktop.ui.outbox.print_ways import print_run
from desktop.ui.outbox.sending import send_now
from desktop.ui.repolish import repolish
from desktop.ui.runs.funnel import FunnelView
from desktop.ui.runs.outcomes import show_outcomes
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24
# More reasons than these are read in the table of everyone.
_MOST_REASONS = 8


class ResultPage(QWidget):
    """Figures, reasons, and the next steps as buttons; Esc goes back to the review."""

    def __init__(self, desk: Desk, run_id: int) -> None:
        super().__init__()
        self.desk = desk
        self.run_id = run_id
        self.summary: RunSummary | None = None
        self._way: Funnel | None = None
        # Before the figures are there nothing can be done yet that would want the focus.
        self._fresh = True
        shell = desk.shell
        self.acts = Actions(shell.theme, self, shell.refusal)
        self.acts.declare(
            [
                Action("result.send", self._send_text, self.send, "send", "Ctrl+Return", self._mails_wait),
                Action("result.save", _("Save the PDFs…"), self.save, "save", "Ctrl+S", self._issued),
                Action("result.print", _("Print…"), self.print, "print", "Ctrl+P", self._issued),
                Action("result.invoices", _("Show the invoices"), self.show_invoices, "open", enabled=self._issued),
                Action("result.review", self._review_text, shell.back, enabled=self._waiting),
                Action("result.report", _("Run report"), self.report),
                Action("result.archive", _("Archive for the accountant…"), self.archive, enabled=self._issued),
                Action("result.outcomes", _("Why, for everyone"), self.outcomes, "info"),
            ]
        )
        self.acts.failed.connect(shell.notices.show_error)
        self._build()
        shell.jobs.changed.connect(self._hear)
        self._ask()

    # Building

    def _build(self) -> None:
        self._title, self._facts = QLabel(textFormat=Qt.TextFormat.PlainText), ElidedLabel()
        self._title.setProperty("role", "title")
        self._facts.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        self._send, self._save = self.acts.button("result.send", "main"), self.acts.button("result.save", "main")
        steps = WrappingRow()
        steps.addWidget(self._send)
        steps.addWidget(self._save)
        self._send.hide()
        for one in ("print", "invoices", "review", "outcomes", "report", "archive"):
            steps.addWidget(self.acts.button(f"result.{one}"))
        self._strip = QHBoxLayout()
        self._strip.setSpacing(12)
        self.funnel = FunnelView(self.desk)
        self._reasons = QGridLayout()
        self._reasons.setHorizontalSpacing(16)
        self._reasons.setVerticalSpacing(8)
        self._reasons.setColumnStretch(1, 1)
        safe = _text(
            _(
                "Issued invoices stay as they are. One that is wrong is credited: choose it under Invoices, then"
                " Credit; what it billed can then be billed again."
            ),
            "secondary",
        )
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(18)
        column.addLayout(self._strip)
        column.addWidget(self.funnel)
        column.addLayout(steps)
        column.addWidget(safe)
        column.addLayout(self._reasons)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 0)
        layout.setSpacing(18)
        layout.addLayout(words)
        layout.addWidget(scroll, 1)

    # Following

    def _ask(self) -> None:
        book, run_id = self.desk.book, self.run_id
        self.desk.shell.jobs.ask(lambda: (run_summary(book, run_id), funnel(book, run_id)), self._show)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes & {"runs", "outbox", "payments"}:
            self._ask()

    def _show(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        found, way = answer
        assert isinstance(found, RunSummary)
        assert isinstance(way, Funnel)
        self.summary, self._way = found, way
        self.funnel.show_funnel(way, found.number)
        self._lead_with(self._send if self._mails_wait() else self._save)
        said = ngettext("{count} invoice is issued", "{count} invoices are issued", found.issued)
        self._title.setText(said.format(count=number_text(found.issued)))
        self._facts.setText(" · ".join(_facts(found)))
        self._show_figures(found)
        self._show_reasons(found)
        self.acts.refresh()
        if self._fresh:
            self._fresh = False
            (self._send if self._mails_wait() else self._save).setFocus()

    def _lead_with(self, first: QPushButton) -> None:
        """One button is what the page is for: to send while something waits to be sent, else to save."""
        self._send.setVisible(first is self._send)
        self._save.setProperty("role", "main" if first is self._save else "")
        repolish(self._save)

    def _show_figures(self, found: RunSummary) -> None:
        _empty(self._strip)
        for currency, amount in found.totals.items():
            self._strip.addWidget(_card(money_text(amount, currency), _("issued, with tax")), 1)
        if found.ready:
            self._strip.addWidget(_card(number_text(found.ready), _("still to issue")), 1)
        self._strip.addWidget(_card(number_text(found.waiting), _("waiting for you")), 1)
        skipped = sum(count for _reason, count in found.skipped)
        self._strip.addWidget(_card(number_text(skipped), _("skipped, with reasons")), 1)
        failed = sum(count for _reason, count in found.failed)
        self._strip.addWidget(_card(number_text(failed), _("failed")), 1)

    def _show_reasons(self, found: RunSummary) -> None:
        _empty(self._reasons)
        row = 0
        for title, reasons in ((_("Failed"), found.failed), (_("Skipped"), found.skipped)):
            if not reasons:
                continue
            self._reasons.addWidget(_text(title, "heading"), row, 0, 1, 2)
            row += 1
            for words, count in _told(reasons):
                figure = _text(number_text(count), "strong")
                figure.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignTop)
                self._reasons.addWidget(figure, row, 0)
                self._reasons.addWidget(_text(words, ""), row, 1)
                row += 1

    # What can be done next

    def _issued(self) -> bool:
        return self.summary is not None and bool(self.summary.document_ids)

    def _mails_wait(self) -> bool:
        return self._way is not None and self._way.by_channel.get("email", 0) > 0

    def _send_text(self) -> str:
        count = self._way.by_channel.get("email", 0) if self._way is not None else 0
        said = ngettext("Send {count} e-mail now", "Send {count} by e-mail now", count)
        return said.format(count=number_text(count))

    def _waiting(self) -> bool:
        return self.summary is not None and self.summary.waiting + self.summary.ready > 0

    def _review_text(self) -> str:
        count = 0 if self.summary is None else self.summary.waiting + self.summary.ready
        said = ngettext("Go on with {count} that waits", "Go on with the {count} that wait", count)
        return said.format(count=number_text(count)) if count else _("Nothing waits")

    def _documents(self) -> list[int]:
        return list(self.summary.document_ids) if self.summary else []

    def send(self) -> None:
        """What of this run goes by mail."""
        assert self.summary is not None
        send_now(self.desk, self, run=self.summary.number)

    def save(self) -> None:
        save_pdfs(self.desk, self, InvoiceList(self.desk.book, self.desk.today()), self._documents())

    def print(self) -> None:
        assert self.summary is not None
        print_run(self.desk, self, self.summary.number)

    def show_invoices(self) -> None:
        assert self.summary is not None
        self.desk.shell.go("invoices", filters=frozenset({f"run:{self.summary.number}"}))

    def report(self) -> None:
        show_run_report(self.desk, self.run_id)

    def archive(self) -> None:
        assert self.summary is not None
        archive_run(self.desk, self, self.summary.number)

    def outcomes(self) -> None:
        if self.summary is not None:
            show_outcomes(self.desk, self, self.summary.number)


def _facts(found: RunSummary) -> list[str]:
    words = [_("Run {number}").format(number=found.number)]
    if found.issued > 1:
        words.append(_("{first} to {last}").format(first=found.first_number, last=found.last_number))
    elif found.issued:
        words.append(found.first_number)
    if found.issued_on:
        first, last = found.issued_on
        words.append(_("dated {day}").format(day=_days(first, last)))
    return words


def _days(first: date, last: date) -> str:
    if first == last:
        return date_text(first)
    return _("{first} to {last}").format(first=date_text(first), last=date_text(last))


def _told(reasons: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    shown = list(reasons[:_MOST_REASONS])
    rest = reasons[_MOST_REASONS:]
    if rest:
        shown.append((_("for other reasons: see “Why, for everyone”"), sum(count for _reason, count in rest)))
    return shown


def _card(figure: str, words: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(14, 10, 14, 10)
    inside.setSpacing(1)
    inside.addWidget(_text(figure, "figure"))
    inside.addWidget(_text(words, "secondary"))
    return card


def _text(words: str, role: str) -> QLabel:
    made = QLabel(words, wordWrap=role != "figure", textFormat=Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    return made


def _empty(layout: QHBoxLayout | QGridLayout) -> None:
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
