"""Icons from SVG outlines, tinted with the theme's colours and sharp at every scale."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.paths import resource

_SIZE = 16
_SCALES = (1, 2, 3)


def icon(name: str, color: str, faded: str = "") -> QIcon:
    """An icon of `resources/icons` in one colour; `faded` is the colour where it is disabled."""
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(picture(name, color, scale), QIcon.Mode.Normal)
        if faded:
            made.addPixmap(picture(name, faded, scale), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=512)
def picture(name: str, color: str, scale: float, size: int = _SIZE) -> QPixmap:
    """One picture `size` pixels wide on a screen of the given scale."""
    outline = resource(f"icons/{name}.svg").read_text(encoding="utf-8").replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(outline.encode()))
    pixmap = QPixmap(round(size * scale), round(size * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
