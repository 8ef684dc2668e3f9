"""How an item of Today is painted: what it is, why, how much, until when, and the verb that takes it up."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.services.today import Item
from desktop.ui.icons import picture
from desktop.ui.theme import Theme, Tone
from desktop.ui.today.items_model import Heading, ItemsModel, amount_words, due_words

Index = QModelIndex | QPersistentModelIndex

_PAD, _GAP, _ICON, _VERB_PAD, _MOST_LINES = 14, 14, 16, 12, 2
_MOST_OF_DUES = 0.2
_LOOKS: dict[str, tuple[str, Tone]] = {
    "interrupted": ("stop", "blocked"),
    "exception": ("warning", "held"),
    "ready": ("send", "good"),
    "schedule": ("calendar", "note"),
    "schedule_failed": ("stop", "blocked"),
    "configuration_stuck": ("stop", "blocked"),
    "schedule_cut_off": ("stop", "blocked"),
    "run": ("run", "note"),
    "registration": ("send", "held"),
    "delivery_failed": ("stop", "blocked"),
    "delivery_bounced": ("undo", "blocked"),
    "delivery_uncertain": ("warning", "held"),
    "delivery_account": ("warning", "blocked"),
    "delivery_email": ("send", "note"),
    "delivery_print": ("print", "note"),
    "delivery_folder": ("save", "note"),
    "delivery_hand": ("open", "note"),
    "payment": ("payment", "note"),
    "dispute": ("warning", "held"),
    "dispute_due": ("warning", "blocked"),
    "overdue": ("calendar", "blocked"),
    "reminders": ("send", "note"),
    "reminder_run": ("send", "held"),
    "escalation": ("stop", "blocked"),
    "promise": ("calendar", "blocked"),
    "target": ("warning", "held"),
    "note": ("note", "note"),
    "milestone": ("calendar", "held"),
    "unbilled": ("hold", "held"),
    "renewal": ("refresh", "held"),
    "ending": ("stop", "quiet"),
    "order": ("open", "held"),
    "price": ("edit", "note"),
    "backup": ("save", "held"),
    "tidying": ("settings", "quiet"),
}


def look_of(item: Item) -> tuple[str, Tone]:
    """Icon and tone of a kind; one that is not known yet is a plain note."""
    return _LOOKS.get(item.kind, ("info", "note"))


class ItemPaint(QStyledItemDelegate):
    """Rows are as tall as their words need, two lines of each at most; the width of the verbs is that of the widest."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verbs = self._amounts = self._dues = 0
        self.hovered = -1

    def fit(self, items: list[Item]) -> None:
        """Measure the two columns at the end once for all rows."""
        verbs, figures = QFontMetrics(self._font("verb")), QFontMetrics(self._font("amount"))
        small = QFontMetrics(self._font("why"))
        self._verbs = max((verbs.horizontalAdvance(item.verb) for item in items), default=0) + 2 * _VERB_PAD
        self._amounts = max((figures.horizontalAdvance(amount_words(item)) for item in items), default=0)
        self._dues = max((small.horizontalAdvance(due_words(item)) for item in items), default=0)

    def _figures(self, width: int) -> int:
        """The width of amounts and times in a row: amounts are never cut, a long name beside a time is."""
        return max(self._amounts, min(self._dues, int(width * _MOST_OF_DUES)))

    def _font(self, part: str) -> QFont:
        theme = self._theme
        match part:
            case "sentence":
                return theme.font("body", strong=True)
            case "amount":
                return theme.font("body", figures=True)
            case "heading":
                return theme.font("head", strong=True)
        return theme.font("body", figures=part == "why")

    def _words_width(self, width: int) -> int:
        figures = self._figures(width)
        ends = self._verbs + (figures + _GAP if figures else 0) + _GAP
        return max(width - 2 * _PAD - _ICON - _GAP - ends, 80)

    def _heights(self, item: Item, width: int) -> tuple[list[str], list[str]]:
        room = self._words_width(width)
        scale = self._theme.px(100)
        return (
            _lines(item.sentence, self._font("sentence"), room, scale),
            _lines(item.why, self._font("why"), room, scale),
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = _row(index)
        # The rectangle of a row that is only measured has not yet the width in which it will be painted.
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        if isinstance(row, Heading):
            top = 8 if index.row() == 0 else 18
            return QSize(0, self._theme.px(top + 8) + QFontMetrics(self._font("heading")).height())
        sentence, why = self._heights(row, width)
        tall = QFontMetrics(self._font("sentence")).height() * len(sentence)
        tall += QFontMetrics(self._font("why")).height() * len(why) + 2
        air = 9 if self._theme.density == "comfortable" else 5
        return QSize(0, tall + 2 * self._theme.px(air))

    def verb_rect(self, rect: QRect, verb: str) -> QRectF:
        """Where the verb stands in a row."""
        tall = self._theme.px(28)
        wide = QFontMetrics(self._font("verb")).horizontalAdvance(verb) + 2 * _VERB_PAD
        left = self._across(rect, rect.width() - _PAD - wide, wide)
        return QRectF(left, rect.center().y() - tall / 2 + 0.5, wide, tall)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = _row(index)
        if isinstance(row, Heading):
            self._paint_heading(painter, option.rect, row)
        else:
            self._paint_item(painter, option, row, index.row())
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, row: Heading) -> None:
        painter.setFont(self._font("heading"))
        painter.setPen(self._theme.color("secondary"))
        inside = rect.adjusted(_PAD, 0, -_PAD, -self._theme.px(6))
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom | self._start(), row.text)

    def _paint_item(self, painter: QPainter, option: QStyleOptionViewItem, item: Item, place: int) -> None:
        theme, rect = self._theme, option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(option.state & QStyle.StateFlag.State_HasFocus)
        ground = QRectF(rect).adjusted(4.5, 0.5, -4.5, -0.5)
        if chosen or place == self.hovered:
            painter.setPen(QPen(theme.color("accent"), 1.5) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if chosen else "hover"))
            painter.drawRoundedRect(ground, 6, 6)
        name, tone = look_of(item)
        ratio = painter.device().devicePixelRatioF()
        icon = picture(name, theme.tokens.tone(tone)[0], ratio, theme.px(_ICON))
        sentence, why = self._heights(item, rect.width())
        first = QFontMetrics(self._font("sentence"))
        small = QFontMetrics(self._font("why"))
        tall = first.height() * len(sentence) + small.height() * len(why) + 2
        top = rect.top() + (rect.height() - tall) / 2
        mark = self._across(rect, _PAD, theme.px(_ICON))
        painter.drawPixmap(QPointF(mark, top + (first.height() - theme.px(_ICON)) / 2), icon)
        room = self._words_width(rect.width())
        left = self._across(rect, _PAD + _ICON + _GAP, room)
        self._write(painter, QRectF(left, top, room, first.height()), sentence, "sentence", "text")
        below = top + first.height() * len(sentence) + 2
        self._write(painter, QRectF(left, below, room, small.height()), why, "why", "secondary")
        self._paint_figures(painter, rect, item, tall)
        self._paint_verb(painter, rect, item.verb, chosen=chosen, hovered=place == self.hovered)

    def _paint_figures(self, painter: QPainter, rect: QRect, item: Item, tall: int) -> None:
        amount, due = amount_words(item), due_words(item)
        first, small = QFontMetrics(self._font("amount")), QFontMetrics(self._font("why"))
        room = self._figures(rect.width())
        left = self._across(rect, rect.width() - _PAD - self._verbs - _GAP - room, room)
        due = small.elidedText(due, Qt.TextElideMode.ElideRight, room)
        lines = [
            (amount, "amount", first, "text"),
            (due, "why", small, "blocked" if item.urgency == 0 else "secondary"),
        ]
        shown = [line for line in lines if line[0]]
        # The amount stands beside the sentence, what is due beside the reason.
        top = rect.top() + (rect.height() - tall) / 2
        if shown and shown[0][1] == "why":
            top += first.height() + 2
        for text, part, metrics, ink in shown:
            self._write(painter, QRectF(left, top, room, metrics.height()), [text], part, ink, end=True)
            top += metrics.height() + 2

    def _paint_verb(self, painter: QPainter, rect: QRect, verb: str, *, chosen: bool, hovered: bool) -> None:
        theme, place = self._theme, self.verb_rect(rect, verb)
        ink = "accent"
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(place, 6, 6)
            ink = "on_accent"
        elif hovered:
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("card"))
            painter.drawRoundedRect(place, 6, 6)
        painter.setFont(self._font("verb"))
        painter.setPen(theme.color(ink))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, verb)

    def _write(
        self, painter: QPainter, place: QRectF, lines: list[str], part: str, ink: str, *, end: bool = False
    ) -> None:
        painter.setFont(self._font(part))
        painter.setPen(self._theme.color(ink))
        for line in lines:
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | (self._end() if end else self._start()), line)
            place.translate(0, place.height())

    # Where one reads from right to left, all is mirrored.

    def _mirrored(self) -> bool:
        widget = self.parent()
        return isinstance(widget, QWidget) and widget.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _across(self, rect: QRect, left: float, width: float) -> float:
        return rect.right() + 1 - left - width if self._mirrored() else rect.left() + left

    def _start(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._mirrored() else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignAbsolute

    def _end(self) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if self._mirrored() else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignAbsolute


def _row(index: Index) -> Heading | Item:
    model = index.model()
    assert isinstance(model, ItemsModel)
    return model.row(index)


@lru_cache(maxsize=1024)
def _broken(text: str, font: str, width: int, _scale: int) -> tuple[str, ...]:
    made = QFont()
    made.fromString(font)
    layout = QTextLayout(text, made)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    starts: list[tuple[int, int]] = []
    while len(starts) <= _MOST_LINES:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        starts.append((line.textStart(), line.textLength()))
    layout.endLayout()
    metrics = QFontMetrics(made)
    lines = [text[start : start + length].rstrip() for start, length in starts[:_MOST_LINES]]
    if len(starts) > _MOST_LINES:
        lines[-1] = metrics.elidedText(text[starts[_MOST_LINES - 1][0] :], Qt.TextElideMode.ElideRight, width)
    return tuple(lines)


def _lines(text: str, font: QFont, width: int, scale: int) -> list[str]:
    """The text in as many lines as it needs, at most two; what has no room is said by an ellipsis."""
    return list(_broken(" ".join(text.split()), font.toString(), width, scale))
