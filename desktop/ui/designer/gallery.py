"""Templates as small pictures of the firm's own invoice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem

from desktop.i18n import _, number_text
from desktop.jobs import Lane
from desktop.services.templates import TemplateRow, template_version
from desktop.services.templates.previewing import preview, subjects
from desktop.ui.desk import Desk
from desktop.ui.pdf_pages import page_picture

_PICTURE = QSize(150, 212)
# A picture is drawn at twice its size, for screens that have the dots.
_SHARP = 2
_WIDE = {"LETTER": 612.0}
_A4 = 595.0
_AIR = 20
_CUT = Qt.TextElideMode.ElideRight
_ID = Qt.ItemDataRole.UserRole


class Gallery(QListWidget):
    """The arrows walk through the pictures; Enter opens one."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: dict[int, TemplateRow] = {}
        self.pictures: dict[int, QImage] = {}  # by version
        px = desk.shell.theme.px
        self.setAccessibleName(_("Templates"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setWordWrap(True)
        self.setIconSize(QSize(px(_PICTURE.width()), px(_PICTURE.height())))
        self.setGridSize(QSize(px(_PICTURE.width() + 40), px(_PICTURE.height() + 64)))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setViewportMargins(8, 10, 8, 0)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        desk.shell.theme.changed.connect(self._draw)

    @property
    def current(self) -> int:
        """The id of the template with the focus, 0 if there is none."""
        item = self.currentItem()
        return int(item.data(_ID)) if item is not None else 0

    def choose(self, template_id: int) -> None:
        for place in range(self.count()):
            if self.item(place).data(_ID) == template_id:
                self.setCurrentRow(place)

    def show_rows(self, rows: Sequence[TemplateRow]) -> None:
        """Show these; the one with the focus keeps it, at first the firm's has it."""
        before = self.current
        self._rows = {one.id: one for one in rows}
        room = self.gridSize().width() - self._desk.shell.theme.px(_AIR)
        self.clear()
        for row in rows:
            # A second line of the name would push what stands below it out of its place.
            item = QListWidgetItem(_title(self.fontMetrics().elidedText(row.name, _CUT, room), row))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _title(row.name, row))
            item.setData(_ID, row.id)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            item.setToolTip(f"{row.name}\n{row.problem}".strip())
            # Its picture comes later and must find its room.
            item.setSizeHint(self.gridSize())
            self.addItem(item)
        usual = next((one.id for one in rows if one.is_default), rows[0].id if rows else 0)
        self.choose(before if before in self._rows else usual)
        self._draw()
        self._ask()

    def _ask(self) -> None:
        """Have those drawn that are new, one after the other, so that nothing else waits for them."""
        for row in self._rows.values():
            if row.version_id not in self.pictures:
                width = _SHARP * self.iconSize().width()
                work = partial(_picture, self._desk, row.version_id, width)
                self._desk.shell.jobs.ask(work, self._take, self._leave_blank, lane=Lane.SIDE)

    def _take(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        version, picture = answer
        self.pictures[version] = picture
        self._draw()

    def _leave_blank(self, _error: object) -> None:
        """A template without a picture is no trouble here: its problem stands beside it."""

    def _draw(self) -> None:
        size, ratio = self.iconSize(), self.devicePixelRatio()
        for place in range(self.count()):
            item = self.item(place)
            picture = self.pictures.get(self._rows[int(item.data(_ID))].version_id)
            page = _paper(picture, size, ratio, self._desk.shell.theme.color("line"))
            look = QIcon(page)
            # The ground says what is chosen; paper stays white.
            look.addPixmap(page, QIcon.Mode.Selected)
            item.setIcon(look)


def _picture(desk: Desk, version_id: int, width: int) -> tuple[int, QImage]:
    version = template_version(desk.book, version_id)
    pdf = preview(desk.book, subjects(desk.book)[0], version.layout, version.logo, today=desk.today())
    return version_id, page_picture(pdf, 0, width / _WIDE.get(version.layout.page, _A4))


def _title(name: str, row: TemplateRow) -> str:
    marks = [_("version {version}").format(version=number_text(row.version))]
    marks += [_("default")] if row.is_default else []
    marks += [_("damaged")] if row.problem else []
    return f"{name}\n{' · '.join(marks)}"


def _paper(picture: QImage | None, size: QSize, ratio: float, line: QColor) -> QPixmap:
    """A page within the size of an icon, with a fine line around it; blank until it is drawn."""
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    page = size if picture is None else picture.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (size.width() - page.width()) // 2, (size.height() - page.height()) // 2
    painter.fillRect(left, top, page.width(), page.height(), Qt.GlobalColor.white)
    if picture is not None:
        small = picture.scaled(
            page * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        small.setDevicePixelRatio(ratio)
        painter.drawImage(left, top, small)
    painter.setPen(line)
    painter.drawRect(left, top, page.width() - 1, page.height() - 1)
    painter.end()
    return made
