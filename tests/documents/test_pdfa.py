"""Every shape of document is a file for archives (PDF/A-3b), by the validator at hand; and its colours are sRGB."""

import io
import re
from dataclasses import replace
from datetime import date

import pikepdf
import pikepdf.pdfa
import pytest
from PIL import Image, ImageCms

from desktop.documents.pdfa import srgb
from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.template import Layout
from tests.documents.papers import BUYER, LOGO, PLAIN, document

GREEK = replace(BUYER, name="Ελληνική Ενέργεια Α.Ε.", contact="Олександр Шевченко", city="Łódź")
SHAPES = [
    pytest.param(document(), PLAIN, id="plain"),
    pytest.param(document(), LOGO, id="logo with alpha"),
    pytest.param(document(120), LOGO, id="several pages"),
    pytest.param(document(buyer=GREEK), PLAIN, id="every European script"),
    pytest.param(document(buyer=replace(BUYER, name="ქართული שלום 😀 漢字 (a\\b)")), PLAIN, id="fallback font"),
    pytest.param(document(number=""), replace(PLAIN, layout=Layout(page="LETTER")), id="draft on letter"),
    pytest.param(document(kind="credit_note", corrects="INV-7", reason="Wrong < hours > & days"), LOGO, id="credit"),
    pytest.param(document(number="R\x07\x00 <&> 1"), PLAIN, id="controls and signs of XML in the number"),
]


def said(problems: pikepdf.pdfa.ValidationReport) -> list[str]:
    return [str(finding) for finding in problems.findings]


@pytest.mark.parametrize("paper, template", SHAPES)
def test_archives_take_it(paper: Document, template: TemplateVersion) -> None:
    report = pikepdf.pdfa.validate_written(io.BytesIO(render_pdf(paper, template)), "3b")
    assert report.passed, said(report)


def test_the_validator_would_see_what_is_wrong() -> None:
    data = render_pdf(document(), PLAIN)
    wrong = data.replace(b"<pdfaid:part>3<", b"<pdfaid:part>9<")
    assert wrong != data
    assert not pikepdf.pdfa.validate_written(io.BytesIO(wrong), "3b").passed


def test_what_the_file_says_of_itself_agrees() -> None:
    paper = document(number="Größe <1> & 2", issue_date=date(2026, 2, 3), language="de-CH")
    with pikepdf.open(io.BytesIO(render_pdf(paper, PLAIN))) as pdf, pdf.open_metadata() as xmp:
        info = pdf.docinfo
        assert xmp["dc:title"] == str(info["/Title"]) == "Rechnung Größe <1> & 2"
        assert xmp["dc:creator"] == [str(info["/Author"])]
        assert xmp["pdf:Producer"] == str(info["/Producer"])
        assert xmp["xmp:CreatorTool"] == str(info["/Creator"])
        assert xmp["xmp:CreateDate"] == xmp["xmp:ModifyDate"] == "2026-02-03T00:00:00Z"
        assert str(info["/CreationDate"]) == str(info["/ModDate"]) == "D:20260203000000Z"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "B")
        assert list(xmp["dc:language"]) == ["de-CH"]
        assert pdf.pdf_version == "1.7"


def test_metadata_can_be_read_without_unpacking() -> None:
    assert re.search(rb"<\?xpacket begin=.*<dc:title>.*INV-2026-0418", render_pdf(document(), PLAIN), re.DOTALL)


def test_the_profile_is_that_of_the_web() -> None:
    """A second source: Little CMS reads it, and takes its colours for its own sRGB's."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB"
    swatches = Image.new("RGB", (16, 16))
    swatches.putdata([(red, green, 255 - red) for red in range(0, 256, 16) for green in range(0, 256, 16)])
    turned = ImageCms.profileToProfile(swatches, profile, ImageCms.createProfile("sRGB"))
    assert turned is not None
    pairs = zip(swatches.tobytes(), turned.tobytes(), strict=True)
    assert max(abs(one - other) for one, other in pairs) <= 1
    assert len(srgb()) < 700
