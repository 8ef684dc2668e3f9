"""Pictures of PDF pages, made off the window's thread."""

from threading import Lock
from typing import NamedTuple

from PySide6.QtGui import QImage

# PDFium knows one thread at a time, whatever the document.
_pdfium = Lock()


class PageSize(NamedTuple):
    """In points, 72 to the inch."""

    width: float
    height: float


def page_sizes(pdf: bytes) -> list[PageSize]:
    """The size of each page. ValueError if this is no PDF."""
    import pypdfium2

    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"This is no PDF that can be shown: {error}") from error
        try:
            return [PageSize(*document.get_page_size(place)) for place in range(len(document))]
        finally:
            document.close()


def page_picture(pdf: bytes, page: int, scale: float) -> QImage:
    """One page; `scale` is in pixels of the screen a point."""
    import pypdfium2

    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            bitmap = document[page].render(scale=scale, prefer_bgrx=True)
            picture = QImage(
                bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
            )
            # Left to Python it would be closed after the lock is given back.
            bitmap.close()
            # The picture must own its pixels: the bytes go with this call.
            return picture.copy()
        finally:
            document.close()


def page_texts(pdf: bytes) -> list[str]:
    """The words of each page."""
    import pypdfium2

    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [document[place].get_textpage().get_text_range() for place in range(len(document))]
        finally:
            document.close()
