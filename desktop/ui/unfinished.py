"""Keeps what is typed into a form until it is saved, and offers it at the next opening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from desktop.i18n import _, moment_text
from desktop.jobs import Job, Lane
from desktop.services.unfinished import Kept, forget, keep, kept
from desktop.ui.form import Form
from desktop.ui.notice import Offer

if TYPE_CHECKING:
    from desktop.ui.desk import Desk

# A crash loses what was typed since the last look.
_MS_BETWEEN_LOOKS = 1_500

Say = Callable[[str, Sequence[Offer]], object]


class Unfinished(QObject):
    """Lives as long as its form. `say` tells a sentence with its offers beside the form."""

    def __init__(self, desk: Desk, form: Form, name: str, subject_id: int, say: Say, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._form = form
        self._place = (name, subject_id)
        self._say = say
        self._first: dict[str, Any] = form.entries()
        self._last = self._first
        self._written = False
        self._over = False
        self._timer = QTimer(self, interval=_MS_BETWEEN_LOOKS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        book, actor, (form_name, subject) = desk.book, desk.actor, self._place
        desk.shell.jobs.ask(lambda: kept(book, form_name, subject, actor=actor), self._offer)

    def look(self) -> None:
        """Keep what stands there now, if it is something else than at the last look."""
        entries = self._form.entries()
        if self._over or entries == self._last:
            return
        self._last = entries
        book, actor, (name, subject) = self._desk.book, self._desk.actor, self._place
        if entries != self._first:
            self._written = True
            self._write(lambda: keep(book, name, subject, entries, actor=actor))
        elif self._written:
            self._forget()

    @property
    def touched(self) -> bool:
        """Whether something stands there that did not at the beginning."""
        return self._form.entries() != self._first

    def end(self, *, forgotten: bool) -> None:
        """The form is closed: saved or dropped, which forgets what was kept, or just put away."""
        if not self._over:
            self._over = True
            self._timer.stop()
            if forgotten:
                self._forget()

    def _forget(self) -> None:
        self._written = False
        book, actor, (name, subject) = self._desk.book, self._desk.actor, self._place
        self._write(lambda: forget(book, name, subject, actor=actor))

    def _write(self, work: Callable[[], None]) -> None:
        # All in one lane: what is kept last is written last.
        job = Job(_("Keeping what was typed"), lambda _report: work(), lane=Lane.HAND, quiet=True)
        self._desk.shell.jobs.start(job)

    def _offer(self, found: object) -> None:
        if self._over or self._form.entries() != self._first or not isinstance(found, Kept):
            return
        if found.entries == self._first:
            self._forget()
            return
        sentence = _("You typed here on {moment} and did not save it.").format(moment=moment_text(found.at))
        offers: list[Offer] = [(_("Go on with it"), lambda: self._go_on(found)), (_("Discard"), self._forget)]
        self._say(sentence, offers)

    def _go_on(self, found: Kept) -> None:
        self._written = True
        self._form.restore(found.entries)
        self._last = self._form.entries()
