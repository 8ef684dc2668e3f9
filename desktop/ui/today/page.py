"""Today: what needs a person, the most urgent first, and beside it the firm at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.figures import Figures, figures
from desktop.services.schedules.results import see
from desktop.services.today import SLOW, SOURCES, ComingRun, Item, Source, Target, Today, Urgency, snooze, today
from desktop.services.today.schedules import result_of
from desktop.ui.actions import Action, Actions
from desktop.ui.bar import Hints
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow
from desktop.ui.saving import take_back, write
from desktop.ui.today.calm import Calm
from desktop.ui.today.glance import Owed, Strip
from desktop.ui.today.going import follow
from desktop.ui.today.items_list import ItemsList

_MARGIN = 24
_SIDE_WIDTH = 316
# Times pass while nothing is written: a draft becomes late, a day begins.
_AGAIN_MS = 5 * 60_000


class TodayPage(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.shell = desk.shell
        self._stale = True
        self._quick: Today | None = None
        self._slow: dict[Source, Today] = {}
        self._asking: list[Job] = []
        self._asked = 0
        self.acts = Actions(self.shell.theme, self, self.shell.refusal)
        self.list = ItemsList(self.shell.theme)
        self.calm = Calm(self.shell.theme)
        self.strip = Strip(self.shell.theme, self.follow)
        self.owed = Owed(self.shell.theme, self.follow)
        self.acts.declare(self._offers(), scope=self.list)
        self._build()
        self.acts.failed.connect(self.shell.notices.show_error)
        self.list.taken_up.connect(self._take_up)
        self.list.current_changed.connect(self.acts.refresh)
        self.list.menu_wanted.connect(self._show_menu)
        self.shell.jobs.changed.connect(self._hear)
        self._again = QTimer(self, interval=_AGAIN_MS)
        self._again.timeout.connect(self._reload_shown)
        self._again.start()

    def _offers(self) -> Iterable[Action]:
        return [
            Action("today.do", self._verb, self.list.take_up, "open", "", self._some, ""),
            Action("today.snooze", _("Leave it until tomorrow"), self.snooze, "hold", "S", self._some, _("tomorrow")),
            Action("today.again", _("Look again"), self.reload, "refresh", "F5"),
            Action("today.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
        ]

    # Building

    def _build(self) -> None:
        self._facts = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._facts.setProperty("role", "secondary")
        title = QLabel(_("Today"))
        title.setProperty("role", "title")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(self._facts)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self.strip)
        layout.addWidget(self._build_body(), 1)
        self.setFocusProxy(self.list)

    def _build_body(self) -> QSplitter:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.calm)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 6, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self._stack, 1)
        inside.addLayout(self._build_foot())
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(14)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(card)
        splitter.addWidget(self.owed)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        width = self.shell.theme.px(_SIDE_WIDTH)
        splitter.setSizes([3 * width, width])
        memory = self.shell.memory
        splitter.restoreState(memory.bytes("splitter/today"))
        splitter.splitterMoved.connect(lambda: memory.put_bytes("splitter/today", splitter.saveState()))
        return splitter

    def _build_foot(self) -> QHBoxLayout:
        self._count = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._count.setProperty("role", "secondary")
        self._hints = Hints([(_("Enter"), _("does it")), ("S", _("leaves it until tomorrow"))], self.shell.theme)
        self._hints.hide()
        self._hints.setMinimumHeight(self.shell.theme.px(18))
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 8, 14, 9)
        foot.setSpacing(16)
        foot.addWidget(self._count)
        foot.addWidget(self._hints, 1)
        return foot

    # What it offers

    def _some(self) -> bool:
        return self.list.current() is not None

    def _verb(self) -> str:
        item = self.list.current()
        return item.verb if item is not None else _("Do it")

    def follow(self, target: Target) -> None:
        window = self.window()
        if isinstance(window, MainWindow):
            follow(self.desk, target, window)

    def _take_up(self, item: object) -> None:
        assert isinstance(item, Item)
        book, result = self.desk.book, result_of(item)
        if result is not None:
            self.shell.jobs.start(
                Job(
                    _("Noting what was seen"),
                    lambda _report: see(book, [result]),
                    {"schedules"},
                    lane=Lane.HAND,
                    quiet=True,
                )
            )
        self.follow(item.target)

    def snooze(self) -> None:
        item, book, actor = self.list.current(), self.desk.book, self.desk.actor
        if item is None:
            return
        until = self.desk.today() + timedelta(days=1)
        write(
            self.desk,
            _("Leaving it until tomorrow"),
            lambda: snooze(book, [item], until, actor=actor),
            _("It stands here again tomorrow, or as soon as its figures change."),
            changed=frozenset({"firm"}),
        )

    def _show_menu(self, where: object) -> None:
        assert isinstance(where, QPoint)
        menu = self.acts.fill(QMenu(self), ["today.do", "today.snooze", "", "today.again"])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale or (self._quick is not None and self._asked != self.desk.today().toordinal()):
            self.reload()
        self.list.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Whoever went on to a list does not wait for this page.
        self._stale |= self._give_up()

    def _give_up(self) -> bool:
        """Cancel what was asked and has no answer yet; whether there was any."""
        asking, self._asking = self._asking, []
        for job in asking:
            job.cancel()
        return bool(asking)

    def _hear(self, _changes: object) -> None:
        self._stale = True
        self._reload_shown()

    def _reload_shown(self) -> None:
        if self.isVisible():
            self.reload()

    def reload(self) -> None:
        """Ask the book again: what is quick first, so that nobody waits for what looks at everything."""
        self._stale = False
        book, day, now = self.desk.book, self.desk.today(), self.desk.now
        self._asked = day.toordinal()
        self._give_up()
        ask = self.shell.jobs.ask
        self._asking = [
            ask(lambda: today(book, day, now, sources=SOURCES), self._show_quick),
            ask(lambda: figures(book, day), self._show_figures, lane=Lane.SIDE),
            *(
                ask(
                    lambda source=source: (source, today(book, day, now, sources=(source,))),  # type: ignore[misc]
                    self._show_slow,
                    lane=Lane.LATER,
                )
                for source in SLOW
            ),
        ]
        for job in self._asking:
            job.ended.connect(self._forget)

    def _forget(self, job: object) -> None:
        # One that was kept would keep the page, and a worker might be the one to destroy both.
        self._asking = [one for one in self._asking if one is not job]

    def _show_quick(self, found: object) -> None:
        assert isinstance(found, Today)
        self._quick = found
        self._show()

    def _show_slow(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        source, found = answer
        self._slow[source] = found
        self._show()

    def _show_figures(self, found: object) -> None:
        assert isinstance(found, Figures)
        self.strip.put(found)
        self.owed.put(found)

    def _show(self) -> None:
        if self._quick is None:
            return
        parts = [self._quick, *self._slow.values()]
        items = sorted((item for part in parts for item in part.items), key=lambda item: item.order)
        snoozed = sum(part.snoozed for part in parts)
        self.list.put(items)
        # That nothing needs a person is said when everything was looked at.
        calm = not items and len(self._slow) == len(SLOW)
        self._stack.setCurrentWidget(self.calm if calm else self.list)
        self._hints.setVisible(bool(items))
        self.calm.say(_coming_words(next((part.coming for part in parts if part.coming), None)), snoozed=snoozed)
        pressing = sum(item.urgency <= Urgency.TODAY for item in items)
        self._facts.setText(" · ".join([date_text(self.desk.today(), form="long"), _pressing_words(pressing)]))
        words = ngettext("{count} thing", "{count} things", len(items)).format(count=number_text(len(items)))
        if snoozed:
            left = ngettext("{count} left until later", "{count} left until later", snoozed)
            words = f"{words} · {left.format(count=number_text(snoozed))}"
        self._count.setText(words if items else "")
        self.acts.refresh()


def _pressing_words(count: int) -> str:
    if not count:
        return _("nothing has to be done today")
    words = ngettext("{count} thing is for today", "{count} things are for today", count)
    return words.format(count=number_text(count))


def _coming_words(coming: ComingRun | None) -> str:
    """When the next run is due, and whom it bills."""
    if coming is None:
        return _("No run is due. Once an agreement has a period to bill, its day stands here.")
    of = ngettext("{count} agreement", "{count} agreements", coming.agreements).format(
        count=number_text(coming.agreements)
    )
    if coming.amount is None:
        return _("The next run is due on {day}: {agreements}.").format(day=date_text(coming.due), agreements=of)
    return _("The next run is due on {day}: {agreements}, about {amount}.").format(
        day=date_text(coming.due), agreements=of, amount=money_text(coming.amount, coming.currency)
    )
