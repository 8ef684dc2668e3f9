"""Shows a PDF as it will be sent: white pages on the window's ground, sharp on every screen."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job, Jobs, Lane
from desktop.ui.pdf_pages import PageSize, page_picture, page_sizes, page_texts
from desktop.ui.theme import Theme

_GAP = 12
_ZOOM_STEP = 1.2
_LEAST_SCALE, _MOST_SCALE = 0.2, 8.0
# A single page may give up this much of its width to be seen whole.
_NEARLY = 0.85
# Pages beyond these, or beyond those in view, are drawn again when they come back.
_PICTURES_KEPT = 8


class _Opened(NamedTuple):
    ticket: int
    pdf: bytes
    sizes: list[PageSize]


class _Drawn(NamedTuple):
    ticket: int
    page: int
    scale: float
    picture: QImage


class PdfView(QAbstractScrollArea):
    """Fits the page to its width until a person zooms: Ctrl and plus, minus or the wheel; Ctrl+0 fits the width, and
    pressed again the whole page.
    """

    changed = Signal()  # another document, page or scale

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self._theme = theme
        self._jobs = jobs
        self._ticket = 0
        self._pdf = b""
        self._sizes: list[PageSize] = []
        self.pictures: dict[int, tuple[float, QImage]] = {}  # by page, with the scale they were drawn at
        self._drawing: Job | None = None
        self._zoom = 0.0
        self._whole = False
        self._most = 0.0
        self._fitting = 1.0
        self._words = ""
        self._in_view = 0
        # A live preview stays where the person looks, and never blinks.
        self.stays = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Page"))
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.changed.emit())

    # What is shown

    def ask(self, make: Callable[[], bytes]) -> Job:
        """Show the PDF that a worker makes; the newest question wins."""
        self._ticket += 1
        ticket = self._ticket

        def work() -> _Opened:
            pdf = make()
            return _Opened(ticket, pdf, page_sizes(pdf))

        return self._jobs.ask(work, self._open, self._fail, lane=Lane.SIDE)

    def say(self, words: str) -> None:
        """Show a sentence instead of pages: why there is none."""
        self._ticket += 1
        self._put(b"", [], words)

    @property
    def page_count(self) -> int:
        return len(self._sizes)

    @property
    def words(self) -> str:
        return self._words

    @property
    def pdf(self) -> bytes:
        """The document that is shown; empty where none is."""
        return self._pdf

    @property
    def page(self) -> int:
        """The page that fills most of the view, from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        rects = self._page_rects()
        return next((place for place, rect in enumerate(rects) if rect.bottom() + _GAP > middle), len(rects) - 1)

    def go_to(self, page: int) -> None:
        """Show the top of a page."""
        rects = self._page_rects()
        if rects:
            self.verticalScrollBar().setValue(round(rects[min(max(page, 0), len(rects) - 1)].top()) - 1)

    def copy_text(self) -> None:
        """All words of the document to the clipboard."""
        pdf = self._pdf
        if pdf:
            self._jobs.ask(lambda: "\n".join(page_texts(pdf)), self._put_on_clipboard, lane=Lane.SIDE)

    def _put_on_clipboard(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))

    def _open(self, answer: object) -> None:
        assert isinstance(answer, _Opened)
        if answer.ticket == self._ticket and answer.pdf != self._pdf:
            self._put(answer.pdf, answer.sizes, "")

    def _fail(self, error: object) -> None:
        said = str(error) if isinstance(error, UserError) else _("This page cannot be shown. The log says why.")
        self._put(b"", [], said)

    def _put(self, pdf: bytes, sizes: list[PageSize], words: str) -> None:
        self._pdf, self._sizes, self._words = pdf, sizes, words
        if self.stays:
            # The old picture stands until the new one is drawn.
            self.pictures = {page: (0.0, picture) for page, (_scale, picture) in self.pictures.items()}
        else:
            self.pictures.clear()
            self.verticalScrollBar().setValue(0)
        self._lay_out()
        self.changed.emit()

    # Size and place

    def zoom_in(self) -> None:
        self._zoom_to(self._scale() * _ZOOM_STEP)

    def zoom_out(self) -> None:
        self._zoom_to(self._scale() / _ZOOM_STEP)

    def open_at_most(self, percent: int) -> None:
        """Fit the width, but no larger than this: in a wide window a page would fill several screens."""
        self._most = percent / 100 * self.logicalDpiX() / 72
        self._lay_out()

    def fit(self) -> None:
        """Fit the width; where it fits already, the whole page, and back."""
        if self._zoom or self._whole or self._most:
            self.fit_width()
        else:
            self.fit_page()

    def fit_width(self) -> None:
        self._whole = False
        self._most = 0.0
        self._zoom_to(0.0)

    def fit_page(self) -> None:
        """Show each page whole."""
        self._whole = True
        self._zoom_to(0.0)

    @property
    def percent(self) -> int:
        """The size on the screen against that on paper, by what the screen says of its dots."""
        return round(self._scale() * 72 / self.logicalDpiX() * 100)

    def _zoom_to(self, scale: float) -> None:
        """0 fits the view."""
        page = self.page
        self._zoom = scale and min(max(scale, _LEAST_SCALE), _MOST_SCALE)
        self._lay_out()
        self.go_to(page)
        self.changed.emit()

    def _scale(self) -> float:
        """Pixels of the window a point."""
        return self._zoom or self._fitting

    def _fit(self) -> None:
        """Measure the fitting scale by the whole view: a bar that comes and goes by the scale would chase itself."""
        wide = max((size.width for size in self._sizes), default=1.0)
        # Without the frame, and a hair for the line around each page.
        inside = self.contentsRect()
        room, seen = inside.width() - 2, inside.height() - 2
        height = sum(size.height for size in self._sizes)
        scale = max(_LEAST_SCALE, room / wide)
        to_height = seen / height if height else scale
        if self._whole:
            tallest = max((size.height for size in self._sizes), default=1.0)
            scale = max(_LEAST_SCALE, min(scale, seen / tallest))
        elif self._most and self._most < scale:
            scale = self._most
            wide = room / scale
        elif len(self._sizes) == 1 and _NEARLY * scale <= to_height < scale:
            # The foot of the only page is worth a little of its width.
            scale = to_height
        needs_bar = height * scale > inside.height()
        if needs_bar:
            scale = max(_LEAST_SCALE, (room - self.verticalScrollBar().sizeHint().width()) / wide)
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if needs_bar else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded if self._zoom else policy)
        self._fitting = scale

    def _page_rects(self) -> list[QRectF]:
        """Where each page stands, from the top of the first."""
        scale, top = self._scale(), 1.0
        rects = []
        for size in self._sizes:
            width, height = size.width * scale, size.height * scale
            left = max(1.0, (self.viewport().width() - width) / 2)
            rects.append(QRectF(left, top, width, height))
            top += height + _GAP
        return rects

    def _lay_out(self) -> None:
        self._fit()
        rects = self._page_rects()
        seen = self.viewport().size()
        height = round(rects[-1].bottom()) + 2 if rects else 0
        width = round(max(rect.right() for rect in rects)) + 1 if rects else 0
        self.verticalScrollBar().setRange(0, max(0, height - seen.height()))
        self.verticalScrollBar().setPageStep(seen.height())
        self.horizontalScrollBar().setRange(0, max(0, width - seen.width()))
        self.horizontalScrollBar().setPageStep(seen.width())
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_in() if event.angleDelta().y() > 0 else self.zoom_out()
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window has shortcuts of its own on these keys; over a document they are the document's.
        if event.type() is QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if self._zooming(event) is not None:
                event.accept()
                return True
        return super().event(event)

    def _zooming(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does to the size, or with the words."""
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy_text
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return None
        # Plus is a shifted key on some keyboards and an unshifted one on others.
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                return self.zoom_in
            case Qt.Key.Key_Minus:
                return self.zoom_out
            case Qt.Key.Key_0:
                return self.fit
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (act := self._zooming(event)) is not None:
            act()
            return
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case Qt.Key.Key_Space:
                bar.triggerAction(bar.SliderAction.SliderPageStepAdd)
            case _:
                super().keyPressEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._words:
            painter.setPen(self._theme.color("secondary"))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect(), flags, self._words)
            return
        offset = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        painter.translate(-offset)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        seen = QRectF(self.viewport().rect()).translated(offset)
        wanted = None
        self._in_view = 0
        for page, rect in enumerate(self._page_rects()):
            if not rect.intersects(seen):
                continue
            self._in_view += 1
            painter.fillRect(rect, Qt.GlobalColor.white)
            scale, picture = self.pictures.get(page, (0.0, None))
            if picture is not None:
                painter.drawImage(rect, picture)
            if wanted is None and scale != self.sharp_scale:
                wanted = page
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.drawRect(rect)
        if wanted is not None:
            self._draw(wanted)

    @property
    def sharp_scale(self) -> float:
        """Pixels of the screen a point."""
        return self._scale() * self.devicePixelRatioF()

    def _draw(self, page: int) -> None:
        """Have one page drawn; when it is there, the repaint asks for the next that is in view."""
        if self._drawing is not None:
            return
        pdf, scale, ticket = self._pdf, self.sharp_scale, self._ticket

        def work() -> _Drawn:
            return _Drawn(ticket, page, scale, page_picture(pdf, page, scale))

        self._drawing = self._jobs.ask(work, self._show, self._fail, lane=Lane.SIDE)
        self._drawing.ended.connect(self._end_drawing)

    def _show(self, answer: object) -> None:
        assert isinstance(answer, _Drawn)
        if answer.ticket != self._ticket:
            return
        self.pictures.pop(answer.page, None)
        self.pictures[answer.page] = (answer.scale, answer.picture)
        while len(self.pictures) > max(_PICTURES_KEPT, self._in_view):
            del self.pictures[next(iter(self.pictures))]

    def _end_drawing(self, _job: object) -> None:
        self._drawing = None
        self.viewport().update()
