"""A language of tests: each text is longer and between marks, so that what is clipped or not translated shows."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from db.engine import Book
from desktop import i18n
from desktop.domain.findings import RULES

OPENS, CLOSES = "‹", "›"
# Its dates are figures alone, so that no month passes for an English word.
FORMATS = "ja_JP"
_GROWTH = 0.4
_WORD = re.compile(r"[^\W\d_]{3,}")
_TAG = re.compile(r"<[^>]*>")
# Names, and what is typed as it stands.
_PROPER = {
    "sheaf",
    "csv",
    "pdf",
    "xlsx",
    "mit",
    "ctrl",
    "alt",
    "shift",
    "del",
    "return",
    "enter",
    "esc",
    "home",
    "pgup",
    "austin",
}


_RULES = {part for rule in RULES for part in (rule.code, *rule.code.split("_"))}


class Grown(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return grown(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return grown(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return grown(message)


def grown(text: str) -> str:
    """The text between marks and grown, in words as long as its own, so that it wraps as a translation would."""
    if not text:
        return text
    words = re.sub(r"\{[^}]*\}", "00", text)
    left = max(2, round(len(words) * _GROWTH))
    more = ""
    while left > 0:
        more += "x" * min(left, 7)
        left -= 8
        more += " " if left > 0 else ""
    # What a word grows by stays with it: it cannot wrap within.
    return f"{OPENS}{text}{'' if ' ' not in text else ' '}{more}{CLOSES}"


def speak_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n._State, "texts", Grown())
    monkeypatch.setattr(i18n._State, "locale", FORMATS)
    monkeypatch.setattr(i18n._State, "language", FORMATS.split("_")[0])


def words_in(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def words_of(book: Book) -> set[str]:
    """The words of what stands in the book: names, descriptions, codes. What the program says is not among them."""
    # Summaries of changes are in the language of whoever made them.
    said = {"finding", "outcome", "audit_event", "audit_payload", "draft", "setting", "unfinished"}
    found: set[str] = set()
    with book.reading() as session:
        connection = session.connection()
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        for table in tables:
            if table in said or table.startswith("sqlite") or "fts" in table:
                continue
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, str):
                        found |= words_in(value)
    return found


def unmarked(text: str, known: set[str]) -> str:
    """What of a text is neither between marks nor of the book; empty where all of it is."""
    depth, outside = 0, ""
    for sign in _TAG.sub(" ", text):
        if sign == OPENS:
            depth += 1
        elif sign == CLOSES:
            depth = max(0, depth - 1)
        elif not depth:
            outside += sign
    left = [word for word in _WORD.findall(outside) if not word.isupper() and word.casefold() not in known | _PROPER]
    # Chinese and Japanese signs are those of the dates.
    # A code of a rule is what commands call it by.
    left = [word for word in left if word.casefold() not in _RULES]
    return " ".join(word for word in left if any(sign < "\u2e80" for sign in word))


def problems(root: QWidget, known: set[str]) -> list[str]:
    """What of a window is cut off or stands in plain English."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisibleTo(root) or widget.size().isEmpty() or isinstance(widget.parentWidget(), QTabBar):
            # The arrows of a tab bar are Qt's.
            continue
        for text, room in texts(widget):
            if left := unmarked(text, known):
                found.append(f"untranslated: “{left}” in {_name(widget)} “{text}”")
            if room < 0:
                found.append(f"clipped by {-room} px: {_name(widget)} “{text}”")
        for hint in (widget.toolTip(), widget.accessibleName()):
            if left := unmarked(hint, known):
                found.append(f"untranslated hint: “{left}” of {_name(widget)}")
    return list(dict.fromkeys(found))


def texts(widget: QWidget) -> Iterator[tuple[str, int]]:
    """The texts of a widget, each with the room that is left beside it in pixels; below nothing it is cut."""
    from desktop.ui.elided_label import ElidedLabel

    metrics = widget.fontMetrics()
    if isinstance(widget, QHeaderView):
        # A heading says in full what it means when it is pointed at.
        return
    if isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            # Qt offers arrows where the tabs need more room than there is.
            yield widget.tabText(tab), 0 if widget.usesScrollButtons() else _inside(widget.tabRect(tab), widget)
    elif isinstance(widget, ElidedLabel):
        yield widget.text(), 0
    elif isinstance(widget, QLabel):
        if widget.text():
            yield widget.text(), _room_of_label(widget)
    elif isinstance(widget, QCheckBox | QRadioButton | QPushButton | QToolButton):
        if widget.text():
            yield widget.text(), min(widget.width() - widget.minimumSizeHint().width(), _shown(widget))
    elif isinstance(widget, QComboBox):
        if not widget.isEditable():
            arrow = 24
            yield widget.currentText(), widget.width() - arrow - metrics.horizontalAdvance(widget.currentText())
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText(), 0


def _room_of_label(label: QLabel) -> int:
    inside = label.contentsRect()
    margin = 2 * label.margin()
    if label.textFormat() is not Qt.TextFormat.PlainText and "<" in label.text():
        return 0
    if label.wordWrap():
        return min(label.height() - label.heightForWidth(label.width()), _shown(label))
    widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().splitlines())
    return min(inside.width() - margin - widest, _shown(label))


def _shown(widget: QWidget) -> int:
    """Below nothing by what is cut off at the edge of something that does not scroll."""
    above = widget.parentWidget()
    while above is not None and not above.isWindow():
        if isinstance(above.parentWidget(), QAbstractScrollArea):
            return 0
        rect = QRect(widget.mapTo(above, QPoint(0, 0)), widget.size())
        over = max(-rect.left(), rect.right() - above.width() + 1)
        if over > 0:
            return -over
        above = above.parentWidget()
    return 0


def overlapping(root: QWidget) -> list[str]:
    """Neighbours that show something and lie on each other."""
    found = []
    for parent in [root, *root.findChildren(QWidget)]:
        if not parent.isVisibleTo(root):
            continue
        shown = [
            child
            for child in parent.children()
            if isinstance(child, QAbstractButton | QLabel | QLineEdit | QComboBox)
            and child.isVisibleTo(root)
            and not child.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ]
        for at, one in enumerate(shown):
            for other in shown[at + 1 :]:
                both = one.geometry().intersected(other.geometry())
                if both.width() > 1 and both.height() > 1:
                    found.append(f"{_name(one)} “{one.accessibleName()}” on {_name(other)}")
    return found


def _inside(rect: QRect, widget: QWidget) -> int:
    return min(0, rect.left(), widget.width() - rect.right() - 1)


def _name(widget: QWidget) -> str:
    owners = []
    one: QWidget | None = widget
    while one is not None:
        if type(one).__module__.startswith("desktop"):
            owners.append(type(one).__name__)
        one = one.parentWidget()
    return f"{type(widget).__name__} of {' in '.join(owners[:3])}"


def dialogs() -> list[QWidget]:
    """The dialogs that are open above the window."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.isModal()]
