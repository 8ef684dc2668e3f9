"""How far the documents of a run have come, as steps in a row; each opens its documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.services.delivery.statuses import Funnel
from desktop.ui.desk import Desk
from desktop.ui.wrapping import WrappingRow

_NEXT = "›"


class Step(NamedTuple):
    """A figure in words, and the rows that it stands for: a place and its filters."""

    text: str
    place: str
    filters: frozenset[str]


def steps(found: Funnel, run: str) -> list[Step]:
    """From issued to paid; what is nothing after the first is left out where it could still come."""
    went = {
        "sent": ngettext("{count} sent", "{count} sent", found.went.get("sent", 0)),
        "printed": ngettext("{count} printed", "{count} printed", found.went.get("printed", 0)),
        "filed": ngettext("{count} filed", "{count} filed", found.went.get("filed", 0)),
        "handed_over": ngettext("{count} handed over", "{count} handed over", found.went.get("handed_over", 0)),
    }
    # One way tells by its own word how it went.
    out = went[next(iter(found.went))] if len(found.went) == 1 else ngettext("{count} out", "{count} out", found.out)
    told = [
        # A run counts what it issued by agreements.
        (found.issued, ngettext("{count} document", "{count} documents", found.issued), ""),
        (found.waiting, ngettext("{count} waiting", "{count} waiting", found.waiting), "unsent"),
        (found.out, out, "out"),
        (found.delivered, ngettext("{count} delivered", "{count} delivered", found.delivered), "arrived"),
        (found.seen, ngettext("{count} seen", "{count} seen", found.seen), "seen"),
    ]
    found_steps = [_step(count, text, run, word) for count, text, word in told if count or not word or word == "out"]
    paid = ngettext("{count} paid", "{count} paid", found.paid).format(count=number_text(found.paid))
    return [*found_steps, Step(paid, "invoices", frozenset({f"run:{run}", "paid"}))]


def beside(found: Funnel, run: str) -> list[Step]:
    """What left the way, where there is any."""
    told = [
        (found.failed, ngettext("{count} failed", "{count} failed", found.failed), "failed"),
        (found.uncertain, ngettext("{count} uncertain", "{count} uncertain", found.uncertain), "uncertain"),
        (found.bounced, ngettext("{count} bounced", "{count} bounced", found.bounced), "bounced"),
        (found.cancelled, ngettext("{count} cancelled", "{count} cancelled", found.cancelled), "cancelled"),
    ]
    return [_step(count, text, run, word, "outbox") for count, text, word in told if count]


def to_do(found: Funnel, run: str) -> list[Step]:
    """What waits, by its way."""
    count = {channel: found.by_channel.get(channel, 0) for channel in ("email", "print", "folder", "hand")}
    words = {
        "email": ngettext("{count} by e-mail", "{count} by e-mail", count["email"]),
        "print": ngettext("{count} to print", "{count} to print", count["print"]),
        "folder": ngettext("{count} for folders", "{count} for folders", count["folder"]),
        "hand": ngettext("{count} to hand over", "{count} to hand over", count["hand"]),
    }
    return [
        Step(
            words[channel].format(count=number_text(some)),
            "outbox",
            frozenset({"unsent", f"run:{run}", f"channel:{channel}"}),
        )
        for channel, some in count.items()
        if some
    ]


def _step(count: int, text: str, run: str, word: str, place: str = "invoices") -> Step:
    state = {f"delivery:{word}" if place == "invoices" else word} if word else set()
    return Step(text.format(count=number_text(count)), place, frozenset({f"run:{run}", *state}))


class FunnelView(QWidget):
    """The steps, below them what left the way and what waits; nothing until it is told."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.told: list[str] = []
        self._rows: list[QWidget] = []

    def show_funnel(self, found: Funnel | None, run: str = "") -> None:
        """Show a run's; None empties it."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.told = [], []
        if found is None or not found.issued:
            return
        self._add(steps(found, run), "", _NEXT)
        self._add(beside(found, run), _("Needs a look"))
        self._add(to_do(found, run), _("Still to go"))

    def _add(self, shown: Sequence[Step], title: str, between: str = "") -> None:
        if not shown:
            return
        row = QWidget()
        line = WrappingRow(row, spacing=6)
        if title:
            line.addWidget(_words(title))
        for place, one in enumerate(shown):
            if place and between:
                line.addWidget(_words(between))
            line.addWidget(self._button(one))
        self._column.addWidget(row)
        self._rows.append(row)
        self.told += [one.text for one in shown]

    def _button(self, one: Step) -> QPushButton:
        button = QPushButton(one.text)
        button.setProperty("role", "chip")
        button.setAutoDefault(False)
        open_rows: Callable[[], object] = partial(self._desk.shell.go, one.place, filters=one.filters)
        button.clicked.connect(lambda: open_rows())
        return button


def _words(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", "secondary")
    return label
