"""Pages compared with pictures of pages that a person has looked at.

SHEAF_PICTURES=write draws the pictures anew after a change of the design; look at them before committing.
"""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter

from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.template import Layout
from tests.documents.papers import BUYER, FRENCH, LOGO, PLAIN, document, line, lines

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "documents"
DOTS_PER_INCH = 64
# Renderers of different versions smooth edges differently; a line of text that moves or goes changes far more.
GREY_LEVELS = 40
SHARE = 0.002

CASES: dict[str, tuple[Document, TemplateVersion, int]] = {
    "invoice_de": (document(8, discount_percent=Decimal(2), discount_until=date(2026, 12, 10)), LOGO, 1),
    "second_page_en": (
        document(
            (
                *(replace(row, group="Project Atlas") for row in lines(22)),
                line(23, allowance=12000, allowance_reason="Loyalty"),
                line(24),
                line(25, rate=Decimal(7)),
            ),
            language="en",
            prepaid=100000,
        ),
        PLAIN,
        2,
    ),
    "credit_note_fr": (
        document(
            lines(3, category="AE", rate=Decimal(0)),
            kind="credit_note",
            number="AV-2026-0012",
            language="fr",
            buyer=FRENCH,
            corrects="INV-2026-0399",
            corrects_date=date(2026, 10, 31),
            reason="Prestation non réalisée du 12 au 14 octobre",
            intro="",
            terms="",
            late_clause="",
        ),
        PLAIN,
        1,
    ),
    "draft_letter_scripts": (
        document(4, number="", language="en-US", buyer=replace(BUYER, name="Ελληνική Ενέργεια", contact="Київ, Łódź")),
        replace(PLAIN, layout=Layout(page="LETTER", accent="#1D6B3F")),
        1,
    ),
}


def picture(pdf: bytes, page: int) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as opened:
        shown = opened[page - 1]
        drawn: Image.Image = shown.render(scale=DOTS_PER_INCH / 72).to_pil().convert("L")
        shown.close()
    return drawn


@pytest.mark.parametrize("name", CASES)
def test_the_page_looks_as_it_was_approved(name: str, tmp_path: Path) -> None:
    paper, template, page = CASES[name]
    drawn = picture(render_pdf(paper, template), page)
    file = FOLDER / f"{name}.png"
    if os.environ.get("SHEAF_PICTURES") == "write":
        FOLDER.mkdir(parents=True, exist_ok=True)
        drawn.quantize(16).save(file, optimize=True)
    with Image.open(file) as opened:
        approved = opened.convert("L")
    assert drawn.size == approved.size
    drawn.save(tmp_path / f"{name}.png")
    share = difference(drawn, approved)
    assert share < SHARE, f"{share:.2%} of the page differs; see {tmp_path / name}.png"


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of dots that differ clearly, after a slight blur that forgives smoothing."""
    blurred = [image.filter(ImageFilter.BoxBlur(1)) for image in (one, other)]
    counts = ImageChops.difference(*blurred).histogram()
    return sum(counts[GREY_LEVELS:]) / (one.width * one.height)


def test_a_moved_figure_would_be_seen() -> None:
    """The tolerance is no blindness: another amount in one line of the table already fails."""
    paper, template, page = CASES["invoice_de"]
    approved = picture(render_pdf(paper, template), page)
    first = replace(paper.lines[0], net=paper.lines[0].net + 7_777_700)
    changed = picture(render_pdf(replace(paper, lines=(first, *paper.lines[1:])), template), page)
    assert difference(approved, changed) >= SHARE
    assert difference(approved, approved) == 0
