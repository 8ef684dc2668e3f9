"""Draws the cases and compares them: small, in few greys, with a tolerance for smoothing and none for what moves."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from desktop.documents.render import render_pdf
from tests.golden.table import PAPERS, TEMPLATES

FOLDER = Path(__file__).resolve().parent / "pages"
DOTS_PER_INCH = 56
# Sixteen greys fill four bits a dot.
_STEP = 17
MOST_PAGES = 2
# Renderers of different versions smooth edges differently; a line of text that moves or goes changes far more.
GREY_LEVELS = 30
SHARE = 0.0001


def picture(pdf: bytes) -> Image.Image:
    """The first pages side by side."""
    with pypdfium2.PdfDocument(pdf) as opened:
        drawn = []
        for number in range(min(len(opened), MOST_PAGES)):
            page = opened[number]
            drawn.append(page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("L"))
            page.close()
    whole = Image.new("L", (sum(one.width for one in drawn), max(one.height for one in drawn)), 255)
    x = 0
    for one in drawn:
        whole.paste(one, (x, 0))
        x += one.width
    return whole.point([round(level / _STEP) * _STEP for level in range(256)])


def drawn(template: str, paper: str) -> Image.Image:
    return picture(render_pdf(PAPERS[paper], TEMPLATES[template]))


def file_of(template: str, paper: str) -> Path:
    return FOLDER / f"{template}-{paper}.png"


def keep(image: Image.Image, file: Path) -> None:
    levels = Image.frombytes("P", image.size, bytes(level // _STEP for level in image.tobytes()))
    levels.putpalette([level for step in range(16) for level in (step * _STEP,) * 3])
    levels.save(file, optimize=True, bits=4)


def approved(file: Path) -> Image.Image:
    with Image.open(file) as opened:
        return opened.convert("L")


def _blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.BoxBlur(1))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of dots that differ clearly, after a slight blur that forgives smoothing; all where the sizes do."""
    if one.size != other.size:
        return 1.0
    counts = ImageChops.difference(_blurred(one), _blurred(other)).histogram()
    return sum(counts[GREY_LEVELS:]) / (one.width * one.height)


def shown(one: Image.Image, other: Image.Image) -> Image.Image:
    """What was approved in red, what is drawn now in blue: what is the same is black."""
    size = (max(one.width, other.width), max(one.height, other.height))
    both = []
    for image in (one, other):
        sheet = Image.new("L", size, 255)
        sheet.paste(image, (0, 0))
        both.append(sheet)
    return Image.merge("RGB", (both[1], ImageChops.lighter(*both), both[0]))
