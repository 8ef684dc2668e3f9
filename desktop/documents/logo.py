"""The firm's logo as the picture objects of a PDF, checked when a template is loaded and not in the middle of a run."""

from __future__ import annotations

import io
import zlib
from functools import lru_cache
from typing import Any

from desktop.documents.setting import Logo
from desktop.errors import UserError
from desktop.i18n import _

_DOTS_PER_POINT = 300 / 72
_MOST_PIXELS = 40_000_000


@lru_cache(maxsize=32)
def load_logo(data: bytes, box: tuple[float, float]) -> Logo | None:
    """The picture of a PNG or JPEG file, as large as the box in points allows, None where there is no data.

    UserError if it cannot be read.
    """
    if not data:
        return None
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise _unfit(
                    _("The logo has {width} × {height} pixels.").format(width=opened.width, height=opened.height)
                )
            photo = opened.format == "JPEG"
            untouched = photo and opened.mode in ("RGB", "L")
            turned = ImageOps.exif_transpose(opened)
            untouched = untouched and turned.size == opened.size and not opened.getexif()
            turned.load()
    except UserError:
        raise
    except Exception as problem:  # Pillow's decoders raise nearly anything on a damaged file
        raise _unfit(_("The logo cannot be read as a picture.")) from problem
    scale = min(box[0] / turned.width, box[1] / turned.height)
    width, height = turned.width * scale, turned.height * scale
    pixels = (max(1, round(width * _DOTS_PER_POINT)), max(1, round(height * _DOTS_PER_POINT)))
    if pixels[0] < turned.width:
        turned = _with_channels(turned).resize(pixels, Image.Resampling.LANCZOS)
        untouched = False
    if photo:
        return Logo(width, height, *_photo(turned, data if untouched else None))
    return Logo(width, height, *_drawing(_with_channels(turned)))


def _unfit(message: str) -> UserError:
    return UserError(message, _("Choose a PNG or JPEG file of at most 40 million pixels."))


def _with_channels(picture: Any) -> Any:
    """Palettes, bitmaps and deep greys as plain L, LA, RGB or RGBA."""
    if picture.mode in ("L", "LA", "RGB", "RGBA"):
        return picture
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if "transparency" in picture.info or picture.mode in ("PA", "RGBa") else "RGB")


def _photo(picture: Any, original: bytes | None) -> tuple[bytes, bytes]:
    if original is None:
        if picture.mode not in ("L", "RGB"):
            picture = picture.convert("RGB")
        coded = io.BytesIO()
        picture.save(coded, "JPEG", quality=90)
        original = coded.getvalue()
    return _image(picture, "DCTDecode", original)


def _drawing(picture: Any) -> tuple[bytes, bytes, bytes | None]:
    if picture.mode not in ("LA", "RGBA"):
        return *_packed(picture), None
    alpha = picture.getchannel("A")
    colours = picture.convert(picture.mode[:-1])
    if alpha.getextrema() == (255, 255):
        return *_packed(colours), None
    return *_packed(colours, "/SMask %d 0 R"), b"".join(_packed(alpha))


def _packed(picture: Any, entry: str = "") -> tuple[bytes, bytes]:
    return _image(picture, f"FlateDecode{entry}", zlib.compress(picture.tobytes(), 9))


def _image(picture: Any, coding: str, data: bytes) -> tuple[bytes, bytes]:
    space = "DeviceGray" if picture.mode == "L" else "DeviceRGB"
    head = (
        f"<</Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}/ColorSpace/{space}"
        f"/BitsPerComponent 8/Filter/{coding}/Length {len(data)}>>stream\n"
    )
    return head.encode("ascii"), data + b"\nendstream"
