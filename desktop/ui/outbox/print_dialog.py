"""Asks how documents are printed: where, how often, on which paper, in which jobs; and says what that comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Progress
from desktop.services.delivery.paper.papers import Choice
from desktop.services.delivery.paper.print_outlook import Outlook, Pages, outlook
from desktop.services.delivery.paper.print_settings import PrintSettings
from desktop.services.delivery.paper.printers import Queue
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor
from desktop.ui.form import Field, Form, Section
from desktop.ui.outbox.print_words import paper_choices, queue_name, queue_state, side_choices, tray_choices

_WIDTH = 700
_BELOW_FORM = 210
_ROOM_ABOVE = 80
_WHAT = ("which", "first", "last")


@dataclass(frozen=True)
class Offer:
    """Documents that can be printed here, in words that say how many, and how they are found."""

    words: str
    choice: Choice
    bounded: bool = False


@dataclass(frozen=True)
class Printers:
    """The queues there are, and why there are none."""

    queues: Sequence[Queue]
    problem: UserError | None = None


@dataclass(frozen=True)
class Order:
    """What the person asked for."""

    choice: Choice
    settings: PrintSettings


class PrintDialog(FormDialog):
    """Prints by its main button; the others write one PDF, or go by the system's own dialog."""

    merge_wanted = Signal(object)  # Order
    native_wanted = Signal(object)  # Order

    def __init__(
        self,
        desk: Desk,
        title: str,
        offers: Sequence[Offer],
        printers: Printers,
        settings: PrintSettings,
        make: Callable[[Order], Job],
        parent: QWidget,
    ) -> None:
        self._desk = desk
        self._offers = list(offers)
        self._queues = {one.name: one for one in printers.queues}
        self._pages: Pages = {}
        self._counting: Job | None = None
        # Several count at once, and one that was asked before may answer after.
        self._asked = 0
        form = Form(_sections(offers, printers), desk.shell.theme)
        super().__init__(desk.shell, title, form, _("Print"), lambda _values: self._start(make), parent)
        self._come_to = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._come_to.setProperty("role", "strong")
        self._more = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._more.setProperty("role", "secondary")
        self._add_buttons()
        self._put(settings, printers)
        # What was remembered is no change of the person's.
        form.take_as_unchanged()
        form.changed.connect(self._follow)
        self._follow()
        self.finished.connect(self._stop_counting)

    def _add_buttons(self) -> None:
        buttons = self.findChild(QDialogButtonBox)
        layout = self.layout()
        assert isinstance(buttons, QDialogButtonBox)
        assert isinstance(layout, QVBoxLayout)
        for words, tell in (
            (_("One PDF for a print shop…"), lambda: self.merge_wanted.emit(self.order())),
            (_("The system's print dialog…"), lambda: self.native_wanted.emit(self.order())),
        ):
            button = buttons.addButton(words, QDialogButtonBox.ButtonRole.ActionRole)
            button.setAutoDefault(False)
            button.clicked.connect(tell)
            button.clicked.connect(self._leave)
        place = layout.indexOf(buttons)
        layout.insertWidget(place, self._more)
        layout.insertWidget(place, self._come_to)
        # All of it is seen at once where the screen has the room.
        wanted = self.form.sizeHint()
        room = self.screen().availableGeometry().height() - _ROOM_ABOVE
        self.resize(max(_WIDTH, self.width()), min(room, wanted.height() + _BELOW_FORM))

    def _leave(self) -> None:
        self.done(0)

    def reject(self) -> None:
        # How documents are printed is nothing that is lost by leaving.
        self.form.take_as_unchanged()
        super().reject()

    def _put(self, settings: PrintSettings, printers: Printers) -> None:
        usual = printers.queues[0].name if printers.queues else None
        name = settings.queue if settings.queue in self._queues else usual
        self.form.put({"queue": name})
        self._offer_of(name)
        self.form.put(
            {
                "which": 0,
                "queue": name,
                "copies": settings.copies,
                "sides": settings.sides,
                "tray": settings.tray,
                "media": settings.media,
                "order": settings.order,
                "per_client": settings.per_client,
                "cover": settings.cover,
                "fronts": settings.fronts,
            }
        )
        # What was remembered and this printer lacks.
        for key in ("sides", "tray", "media"):
            if self.form.read(key) is None:
                self.form.put({key: ""})

    def _offer_of(self, name: object) -> None:
        queue = self._queues.get(str(name))
        for key, choices in (
            ("sides", side_choices(queue)),
            ("tray", tray_choices(queue)),
            ("media", paper_choices(queue)),
        ):
            editor = self.form.editor(key)
            assert isinstance(editor, ChoiceEditor)
            editor.offer(choices)
            if self.form.read(key) is None:
                editor.put("")
        if queue is not None:
            self.form.explain("queue", queue_state(queue))

    # What is asked for

    def order(self) -> Order:
        """UserError where a field cannot be read."""
        values: dict[str, Any] = self.form.values()
        offer = self._offers[int(values["which"] or 0)]
        choice = offer.choice
        if offer.bounded:
            choice = replace(choice, first=_text(values["first"]), last=_text(values["last"]))
        settings = PrintSettings(
            queue=_text(values["queue"]),
            copies=int(values["copies"] or 1),
            sides=_text(values["sides"]),
            tray=_text(values["tray"]),
            media=_text(values["media"]),
            per_client=bool(values["per_client"]),
            cover=bool(values["cover"]),
            order=values["order"] or "number",
            fronts=bool(values["fronts"]),
        )
        return Order(choice, settings)

    def _start(self, make: Callable[[Order], Job]) -> Job:
        self._stop_counting()
        job = make(self.order())
        job.progressed.connect(self._progress)
        return job

    def _progress(self, progress: object) -> None:
        assert isinstance(progress, Progress)
        said = _("{done} of {total} documents are on their way to the printer.")
        self._more.setText(said.format(done=number_text(progress.done), total=number_text(progress.total)))

    # What it comes to

    def _follow(self) -> None:
        name = self.form.read("queue")
        self._offer_of(name)
        offer = self._offers[int(str(self.form.read("which") or 0))]
        for key in _WHAT[1:]:
            self.form.show_field(key, offer.bounded)
        duplex = str(self.form.read("sides") or "").startswith("two")
        self.form.editor("fronts").setEnabled(duplex)
        self._stop_counting()
        try:
            order = self.order()
        except UserError as problem:
            self._say(problem)
            return
        book, pages, ticket = self._desk.book, dict(self._pages), self._asked
        self._come_to.setText(_("Counting pages …"))
        self._more.clear()

        def work(report: Callable[[int, int, str], None]) -> tuple[int, Outlook | UserError, Pages]:
            try:
                return ticket, outlook(book, order.choice, order.settings, pages, report), pages
            except UserError as problem:
                return ticket, problem, pages

        self._counting = self._desk.shell.jobs.start(Job("", work, lane=Lane.SIDE, quiet=True), self._show, self._say)

    def _stop_counting(self) -> None:
        self._asked += 1
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None

    def _show(self, found: object) -> None:
        assert isinstance(found, tuple)
        ticket, come_to, pages = found
        self._pages |= pages
        if ticket != self._asked:
            return
        if isinstance(come_to, UserError):
            self._say(come_to)
            return
        self._counting = None
        self._accept.setEnabled(bool(come_to.documents and self._queues))
        self._come_to.setText(_summary(come_to))
        self._more.setText(_details(come_to))

    def _say(self, problem: object) -> None:
        self._counting = None
        self._accept.setEnabled(False)
        if isinstance(problem, UserError):
            self._come_to.setText(problem.message)
            self._more.setText(problem.remedy)
        else:
            self._desk.shell.notices.show_error(problem)

    @property
    def comes_to(self) -> str:
        """What the dialog says the order comes to."""
        return " ".join(part for part in (self._come_to.text(), self._more.text()) if part)


def _text(value: object) -> str:
    return str(value or "").strip()


def _summary(found: Outlook) -> str:
    if not found.documents:
        return _("There is nothing to print.")
    documents = ngettext("{count} document", "{count} documents", found.documents)
    clients = ngettext("{count} client", "{count} clients", found.clients)
    pages = ngettext("{count} page", "{count} pages", found.pages)
    jobs = ngettext("{count} job", "{count} jobs", found.jobs)
    return " · ".join(
        [
            documents.format(count=number_text(found.documents)),
            clients.format(count=number_text(found.clients)),
            pages.format(count=number_text(found.pages)),
            jobs.format(count=number_text(found.jobs)),
        ]
    )


def _details(found: Outlook) -> str:
    if not found.documents:
        return _("Choose other documents, or come back when some are issued.") if not found.held_back else _held(found)
    said = ngettext("It takes {count} sheet of paper.", "It takes {count} sheets of paper.", found.sheets)
    parts = [said.format(count=number_text(found.sheets))]
    if found.copies_of:
        more = ngettext(
            "{count} of them goes another way or went already: this is a copy on paper.",
            "{count} of them go another way or went already: these are copies on paper.",
            found.copies_of,
        )
        parts.append(more.format(count=number_text(found.copies_of)))
    if found.held_back:
        parts.append(_held(found))
    return " ".join(parts)


def _held(found: Outlook) -> str:
    said = ngettext(
        "{count} waits for its registration and is left out.",
        "{count} wait for their registration and are left out.",
        len(found.held_back),
    )
    return said.format(count=number_text(len(found.held_back)))


def _sections(offers: Sequence[Offer], printers: Printers) -> list[Section]:
    no_printer = ""
    if printers.problem is not None:
        no_printer = str(printers.problem)
    elif not printers.queues:
        no_printer = _("This computer has no printer. Add one in the system's settings, or write one PDF.")
    orders = [
        ("number", _("By number")),
        ("client", _("By client")),
        ("postcode", _("By postcode")),
    ]
    return [
        Section(
            _("What"),
            [
                Field(
                    "which",
                    _("Documents"),
                    "choice",
                    required=True,
                    span=4,
                    choices=[(place, one.words) for place, one in enumerate(offers)],
                ),
                Field("order", _("Order"), "choice", required=True, span=2, choices=orders),
                Field("first", _("From number"), span=3, hint=_("the first one")),
                Field("last", _("To number"), span=3, hint=_("the last one")),
            ],
        ),
        Section(
            _("Where and how"),
            [
                Field(
                    "queue",
                    _("Printer"),
                    "choice",
                    span=4,
                    required=True,
                    choices=[(one.name, queue_name(one)) for one in printers.queues],
                    note=no_printer,
                ),
                Field("copies", _("Copies"), "whole", required=True, span=2),
                Field("sides", _("Sides"), "choice", span=3, choices=side_choices(None)),
                Field("fronts", _("Each document begins on a front"), "check", span=3),
                Field("tray", _("Paper from"), "choice", span=3, choices=tray_choices(None)),
                Field("media", _("Paper size"), "choice", span=3, choices=paper_choices(None)),
                Field("per_client", _("A job for each client"), "check", span=3),
                Field("cover", _("A cover sheet before each job"), "check", span=3),
            ],
        ),
    ]
