"""What a person can do, declared once: the menus, bars, context menus and buttons all show the same action."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from desktop.errors import UserError
from desktop.ui.icons import icon
from desktop.ui.theme import Theme

log = logging.getLogger(__name__)

Text = str | Callable[[], str]

# Stands between groups in a list of action ids.
GAP = ""


def always() -> bool:
    return True


def nothing_refused(_action_id: str) -> str:
    return ""


@dataclass(frozen=True)
class Action:
    """One thing to do. `text` is a verb; where it names a figure ("Issue 140 invoices") it is a function.

    `hint` is the word beside the key at the right of a page's bar. A letter alone as shortcut works only while
    the table has the focus, so never while somebody types.
    """

    id: str
    text: Text
    run: Callable[[], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[], bool] = always
    hint: str = ""
    danger: bool = False


class Actions(QObject):
    """The declared actions of the window or of one page, as Qt's actions."""

    failed = Signal(object)  # the exception that an action raised

    def __init__(self, theme: Theme, scope: QWidget, refusal: Callable[[str], str] = nothing_refused) -> None:
        """`refusal` says why who is signed in may not do the action of an id; empty where they may."""
        super().__init__(scope)
        self._theme = theme
        self._refusal = refusal
        self._scope = scope
        self._declared: dict[str, Action] = {}
        self._made: dict[str, QAction] = {}
        self._asleep = False
        theme.changed.connect(self._draw_icons)

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._made

    def declare(self, actions: Iterable[Action], scope: QWidget | None = None) -> None:
        """Add actions. A letter as shortcut needs the focus within `scope`, other keys only that it can be seen."""
        place = scope or self._scope
        for action in actions:
            made = QAction(place)
            made.setObjectName(action.id)
            if action.shortcut:
                made.setShortcut(QKeySequence(action.shortcut))
            made.setShortcutContext(
                Qt.ShortcutContext.WindowShortcut if place.isWindow() else Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
            made.triggered.connect(lambda _checked=False, action=action: self._run(action))
            place.addAction(made)
            self._declared[action.id] = action
            self._made[action.id] = made
        self._draw_icons()
        self.refresh()

    def refresh(self) -> None:
        """Ask every action anew what it is called and whether it can be done."""
        for action_id, action in self._declared.items():
            made = self._made[action_id]
            made.setText(action.text if isinstance(action.text, str) else action.text())
            why = self._refusal(action_id)
            made.setEnabled(not self._asleep and not why and action.enabled())
            if made.statusTip() != why:
                made.setStatusTip(why)

    def sleep(self, asleep: bool) -> None:
        """While asleep nothing can be done, by no key and no menu, whatever changes meanwhile."""
        self._asleep = asleep
        self.refresh()

    @property
    def ids(self) -> list[str]:
        """Every declared action, in the order of declaration."""
        return list(self._declared)

    def fill(self, menu: QMenu, ids: Iterable[str]) -> QMenu:
        for action_id in ids:
            if action_id == GAP:
                menu.addSeparator()
            else:
                menu.addAction(self._made[action_id])
        return menu

    def button(self, action_id: str, role: str = "") -> "ActionButton":
        """A button for an action; role "main" is the one that the page is for."""
        action = self._declared[action_id]
        return ActionButton(self._made[action_id], role or ("danger" if action.danger else ""))

    def hints(self) -> list[tuple[str, str]]:
        """Keys and words of the actions that name one."""
        native = QKeySequence.SequenceFormat.NativeText
        return [
            (self._made[action.id].shortcut().toString(native), action.hint)
            for action in self._declared.values()
            if action.hint
        ]

    def _run(self, action: Action) -> None:
        try:
            action.run()
        except UserError as error:
            self.failed.emit(error)
        except Exception as error:
            log.exception("%s failed", action.id)
            self.failed.emit(error)

    def _draw_icons(self) -> None:
        tokens = self._theme.tokens
        for action_id, action in self._declared.items():
            if action.icon:
                color = tokens.blocked if action.danger else tokens.text
                self._made[action_id].setIcon(icon(action.icon, color, tokens.secondary))


class ActionButton(QPushButton):
    """A button that follows its action: text, whether it can be pressed, and the key in its tool tip."""

    def __init__(self, action: QAction, role: str = "") -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())
        if not self._action.isVisible():
            self.hide()
        elif self.isHidden() and self.parent() is not None:
            self.show()
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        why = self._action.statusTip()
        self.setToolTip(why or (f"{self._action.text()} ({keys})" if keys else ""))
        self.setAccessibleDescription(why)
