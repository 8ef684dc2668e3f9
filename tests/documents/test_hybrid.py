"""Factur-X: the e-invoice inside the PDF, found by other programs and equal to the one that is written alone."""

import io
import subprocess
import sys
from pathlib import Path

import facturx
import pikepdf
import pikepdf.pdfa
import pypdf
import pytest
from lxml import etree

from desktop.documents.batch import RenderPool, render_batch
from desktop.documents.einvoice.cii import cii_xml
from desktop.documents.einvoice.ubl import ubl_xml
from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from tests.documents.papers import LOGO, PLAIN, document

SHAPES = [
    pytest.param(document(), PLAIN, id="plain"),
    pytest.param(document(120), LOGO, id="long with logo"),
    pytest.param(document(2, kind="credit_note", corrects="INV-7", reason="Wrong hours"), LOGO, id="credit note"),
    pytest.param(document(2, language="fr", number="Größe <1> & 2"), PLAIN, id="signs of XML"),
]


def without_extension(data: bytes) -> bytes:
    """The file with blanks for what its metadata says by a schema of its own, which the validator does not know."""
    start = data.index(b'<rdf:Description rdf:about="" xmlns:pdfaExtension')
    end = data.index(b"</rdf:RDF>", start)
    assert end - start > 1_000
    return data[:start] + b" " * (end - start) + data[end:]


@pytest.mark.parametrize("paper, template", SHAPES)
def test_archives_take_it_with_its_invoice(paper: Document, template: TemplateVersion) -> None:
    data = render_pdf(paper, template, "facturx")
    report = pikepdf.pdfa.validate_written(io.BytesIO(without_extension(data)), "3b")
    assert report.passed, [str(finding) for finding in report.findings]
    # The validator takes no schema of one's own; everything else it must not mind in the whole file either.
    whole = pikepdf.pdfa.validate_written(io.BytesIO(data), "3b")
    assert {finding.rule for finding in whole.findings} == {"ISO_19005_3:6.6.2.3.1-1"}


def test_the_schema_describes_what_it_is_used_for() -> None:
    """ISO 19005-3 6.6.2.3: a property of another schema is described with its name, type, category and meaning."""
    data = render_pdf(document(1), PLAIN, "facturx")
    packet = data[data.index(b"<x:xmpmeta") : data.index(b"<?xpacket end")]
    root = etree.fromstring(packet)
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    schema = "{http://www.aiim.org/pdfa/ns/schema#}"
    prop = "{http://www.aiim.org/pdfa/ns/property#}"
    space = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
    assert [one.text for one in root.iter(f"{schema}namespaceURI")] == [space]
    described = set()
    for item in root.iter(f"{rdf}li"):
        if (name := item.find(f"{prop}name")) is not None:
            described.add(name.text)
            assert item.findtext(f"{prop}valueType") == "Text"
            assert item.findtext(f"{prop}category") == "external"
            assert item.findtext(f"{prop}description")
    assert described == {etree.QName(one).localname for one in root.iter(f"{{{space}}}*")}


@pytest.mark.parametrize("paper, template", SHAPES)
def test_others_find_the_invoice(paper: Document, template: TemplateVersion) -> None:
    data = render_pdf(paper, template, "facturx")
    wanted = cii_xml(paper, "facturx")
    name, found = facturx.get_xml_from_pdf(io.BytesIO(data), check_xsd=False)
    assert (name, found) == ("factur-x.xml", wanted)
    assert pypdf.PdfReader(io.BytesIO(data)).attachments == {"factur-x.xml": [wanted]}


def test_how_the_invoice_belongs_to_the_paper() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(document(), PLAIN, "facturx"))) as pdf, pdf.open_metadata() as xmp:
        (entry,) = pdf.Root.AF
        assert entry.AFRelationship == "/Alternative"
        assert str(entry.UF) == str(entry.F) == "factur-x.xml"
        assert pdf.Root.Names.EmbeddedFiles.Names[1].objgen == entry.objgen
        attached = pdf.attachments["factur-x.xml"].get_file()
        assert attached.mime_type == "text/xml"
        assert attached.size == len(attached.read_bytes())
        assert attached.md5 is not None
        assert str(entry.EF.F.Params.ModDate) == "D:20261130000000Z"
        space = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
        values = [xmp[space + key] for key in ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel")]
        assert values == ["factur-x.xml", "INVOICE", "1.0", "EN 16931"]


def test_plain_paper_says_nothing_of_an_invoice() -> None:
    data = render_pdf(document(), PLAIN)
    assert b"factur-x" not in data
    assert b"EmbeddedFile" not in data


@pytest.mark.parametrize(
    "form, ending",
    [("pdf", ".pdf"), ("facturx", ".pdf"), ("xrechnung", ".xml"), ("xrechnung_ubl", ".xml"), ("ubl", ".xml")],
)
def test_processes_write_what_one_alone_writes(tmp_path: Path, form: str, ending: str) -> None:
    papers = [document(3, number=f"INV-{number}") for number in range(5)]
    with RenderPool(2) as pool:
        rows = list(render_batch([(paper, PLAIN) for paper in papers], tmp_path, pool=pool, form=form))
    alone = {
        "xrechnung": lambda paper: cii_xml(paper, "xrechnung"),
        "xrechnung_ubl": lambda paper: ubl_xml(paper, "xrechnung"),
        "ubl": lambda paper: ubl_xml(paper, "peppol"),
    }.get(form, lambda paper: render_pdf(paper, PLAIN, form))
    for row, paper in zip(rows, papers, strict=True):
        assert row.path.name == f"{paper.number}{ending}"
        assert row.path.read_bytes() == alone(paper)
        assert row.size == row.path.stat().st_size


def test_another_process_gives_the_same_bytes() -> None:
    script = (
        "import sys; from tests.documents.test_hybrid import *; "
        "sys.stdout.buffer.write(render_pdf(document(9), LOGO, 'facturx'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=Path(__file__).resolve().parents[2]
    )
    assert done.stdout == render_pdf(document(9), LOGO, "facturx")


def test_the_file_stays_small() -> None:
    assert len(render_pdf(document(8), LOGO, "facturx")) < 66_000
    assert len(render_pdf(document(8), PLAIN, "facturx")) < 56_000


def test_a_rendering_process_loads_no_library_of_the_house() -> None:
    """Starting one costs what it imports, and each keeps it in memory."""
    script = (
        "import sys, desktop.documents.worker, desktop.documents.einvoice.cii, desktop.documents.einvoice.ubl\n"
        "print([name for name in ('babel', 'lxml', 'PySide6', 'sqlalchemy', 'reportlab') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.strip() == "[]"
