"""Draws the program's icon in the sizes and forms that each system wants, from one picture."""

from __future__ import annotations

import os
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(source: Path, folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    renderer = QSvgRenderer(str(source))
    for size in SIZES:
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        picture.save(str(folder / f"{size}.png"))
    del application
    with Image.open(folder / f"{SIZES[-1]}.png") as largest:
        largest.save(folder / "sheaf.ico", sizes=[(size, size) for size in SIZES])
        largest.save(folder / "sheaf.icns")
