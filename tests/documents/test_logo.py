"""Any PNG or JPEG is taken as a logo; what is none is refused in one clear sentence when the template is loaded."""

import io
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from desktop.documents.geometry import logo_box
from desktop.documents.logo import load_logo
from desktop.documents.render import check_template, render_pdf
from desktop.domain.template import USUAL_LAYOUT
from desktop.errors import UserError
from tests.documents.papers import PLAIN, document
from tests.documents.pdf_parts import parts, stream

BOX = logo_box(USUAL_LAYOUT)


def picture(mode: str, size: tuple[int, int] = (40, 20), form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 1).save(file, form, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        *(pytest.param(picture(mode), id=f"PNG {mode}") for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        *(pytest.param(picture(mode, form="JPEG"), id=f"JPEG {mode}") for mode in ("L", "RGB", "CMYK")),
        pytest.param(picture("P", transparency=0), id="palette with a transparent colour"),
        pytest.param(picture("RGB", (3000, 100)), id="very wide"),
        pytest.param(picture("RGB", (100, 3000), form="JPEG"), id="very high"),
        pytest.param(picture("RGBA", (1, 1)), id="one dot"),
    ],
)
def test_pictures_of_every_kind(data: bytes) -> None:
    template = replace(PLAIN, logo=data)
    check_template(template)
    logo = load_logo(data, BOX)
    assert logo is not None
    assert logo.width <= BOX[0] + 0.01
    assert logo.height <= BOX[1] + 0.01
    parts(render_pdf(document(1), template))


def test_no_logo() -> None:
    assert load_logo(b"", BOX) is None


def test_transparency_is_kept() -> None:
    file = io.BytesIO()
    ramp = Image.new("RGBA", (2, 1))
    ramp.putpixel((0, 0), (255, 0, 0, 255))
    ramp.putpixel((1, 0), (0, 0, 255, 51))
    ramp.save(file, "PNG")
    objects, _ = parts(render_pdf(document(1), replace(PLAIN, logo=file.getvalue())))
    images = [body for body in objects.values() if b"/Subtype/Image" in body]
    assert len(images) == 2
    mask, colours = images
    assert stream(mask) == b"\xff\x33"
    assert stream(colours) == b"\xff\x00\x00\x00\x00\xff"
    assert b"/SMask" in colours


def test_a_large_picture_is_brought_to_the_printers_measure() -> None:
    logo = load_logo(picture("RGB", (4000, 1000)), BOX)
    assert logo is not None
    assert b"/Width 732/" in logo.head


def test_a_photo_of_fitting_size_is_passed_on_as_it_is() -> None:
    data = picture("RGB", (300, 100), form="JPEG")
    logo = load_logo(data, BOX)
    assert logo is not None
    assert logo.data.startswith(data)


def test_a_photo_taken_sideways_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    logo = load_logo(picture("RGB", (300, 100), form="JPEG", exif=exif), BOX)
    assert logo is not None
    assert logo.height > logo.width


def _bomb() -> bytes:
    size = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = len(size).to_bytes(4, "big") + b"IHDR" + size + zlib.crc32(b"IHDR" + size).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no picture", id="text"),
        pytest.param(picture("RGB", (400, 400), form="JPEG")[:-400], id="cut short"),
        pytest.param(picture("RGB")[:60], id="PNG cut short"),
        pytest.param(picture("RGB", form="BMP"), id="another kind"),
        pytest.param(_bomb(), id="3.6 thousand million pixels"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UserError) as refused:
        check_template(replace(PLAIN, logo=data))
    assert "logo" in refused.value.message
    assert "PNG or JPEG" in refused.value.remedy
