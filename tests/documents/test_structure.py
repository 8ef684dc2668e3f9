"""The PDF as a file: a strict reader finds every object, every font is inside, nothing depends on the day."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.documents.render import render_parts, render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.template import Layout
from tests.documents.papers import BUYER, LOGO, PLAIN, document
from tests.documents.pdf_parts import dictionary, number, parts, references, stream

GREEK = replace(BUYER, name="Ελληνική Ενέργεια Α.Ε.", contact="Олександр Шевченко", city="Łódź")
CASES = [
    pytest.param(document(), PLAIN, id="plain"),
    pytest.param(document(), LOGO, id="logo with alpha"),
    pytest.param(document(60), LOGO, id="several pages"),
    pytest.param(document(buyer=GREEK), PLAIN, id="every European script"),
    pytest.param(document(buyer=replace(BUYER, name="ქართული שלום 😀 漢字 (a\\b)")), PLAIN, id="fallback font"),
    pytest.param(document(number=""), replace(PLAIN, layout=Layout(page="LETTER")), id="draft on letter"),
]


@pytest.mark.parametrize("paper, template", CASES)
def test_a_strict_reader_finds_everything(paper: Document, template: TemplateVersion) -> None:
    objects, trailer = parts(render_pdf(paper, template))
    for body in objects.values():
        if b">>stream\n" in body:
            stream(body)
    assert re.search(rb"/ID\[<[0-9a-f]{32}><[0-9a-f]{32}>\]", trailer)


@pytest.mark.parametrize("paper, template", CASES)
def test_every_font_is_embedded_and_searchable(paper: Document, template: TemplateVersion) -> None:
    objects, _ = parts(render_pdf(paper, template))
    fonts = [body for body in objects.values() if body.startswith(b"<</Type/Font/")]
    assert len(fonts) >= 2
    for font in fonts:
        found = re.search(rb"/FontDescriptor (\d+) 0 R/ToUnicode (\d+) 0 R", font)
        assert found
        descriptor, unicode = objects[int(found[1])], objects[int(found[2])]
        (program,) = references(descriptor)
        data = stream(objects[program])
        assert data[:4] == b"\x00\x01\x00\x00", "a TrueType program"
        assert number(rb"/Length1 (\d+)", dictionary(objects[program])) == len(data)
        sections = [int(size) for size in re.findall(rb"(\d+) beginbf(?:char|range)", stream(unicode))]
        assert sections
        assert max(sections) <= 100


def test_pages_use_only_fonts_and_drawings_that_they_name() -> None:
    paper = document(60, buyer=GREEK, number="")
    objects, _ = parts(render_pdf(paper, LOGO))
    pages = [body for body in objects.values() if body.startswith(b"<</Type/Page/")]
    assert len(pages) > 1
    for page in pages:
        shared = objects[number(rb"/Resources (\d+) 0 R", page)]
        content = stream(objects[number(rb"/Contents (\d+) 0 R", page)])
        used = set(re.findall(rb"/(\w+) [\d.]+ Tf", content)) | set(re.findall(rb"/(\w+) Do", content))
        assert used
        for name in used:
            assert b"/%b " % name in shared, f"{name!r} is used and not among the resources"


def test_one_page_is_small() -> None:
    assert len(render_pdf(document(8), PLAIN)) < 50_000
    assert len(render_pdf(document(8), LOGO)) < 60_000


def test_the_same_document_gives_the_same_bytes() -> None:
    paper = document(buyer=GREEK)
    first = render_pdf(paper, LOGO)
    render_pdf(document(40, language="fr"), LOGO)
    assert render_pdf(paper, LOGO) == first
    assert b"".join(render_parts(paper, LOGO)) == first


def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    """Sets are ordered by chance from process to process, and so must nothing of the file be."""
    script = (
        "import sys; from tests.documents.test_structure import *; "
        "sys.stdout.buffer.write(render_pdf(document(9, buyer=GREEK), LOGO))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=Path(__file__).resolve().parents[2]
    )
    assert done.stdout == render_pdf(document(9, buyer=GREEK), LOGO)


def test_documents_of_one_kind_share_their_prefix() -> None:
    one, other = document(3), document(5, number="INV-2026-0419", buyer=replace(BUYER, name="Elm & Sons"))
    (first, first_delta), (second, second_delta) = render_parts(one, LOGO), render_parts(other, LOGO)
    assert first == second
    assert first_delta != second_delta
    assert len(first_delta) < 12_000 < len(first)


def test_another_content_gives_another_identity() -> None:
    def identity(paper: Document) -> bytes:
        found = re.search(rb"/ID\[<(\w+)>", render_pdf(paper, PLAIN))
        assert found
        return found[1]

    assert identity(document()) != identity(document(po_number="4711-23"))


def test_what_the_file_says_of_itself() -> None:
    objects, trailer = parts(render_pdf(document(issue_date=date(2026, 2, 3), language="de-CH"), PLAIN))
    info = objects[number(rb"/Info (\d+) 0 R", trailer)]
    catalog = objects[number(rb"/Root (\d+) 0 R", trailer)]
    assert b"/Title(Rechnung INV-2026-0418)" in info
    assert b"/Author(Brandt & Partner GmbH)" in info
    assert b"/CreationDate(D:20260203000000Z)/ModDate(D:20260203000000Z)" in info
    assert b"/Lang(de-CH)" in catalog
    assert b"/DisplayDocTitle true" in catalog


def test_a_title_beyond_ascii_is_written_as_utf_16() -> None:
    objects, _ = parts(render_pdf(document(number="Größe (1)"), PLAIN))
    info = next(body for body in objects.values() if body.startswith(b"<</Title"))
    raw = re.match(rb"<</Title<FEFF([0-9A-F]+)>", info)
    assert raw
    assert bytes.fromhex(raw[1].decode()).decode("utf-16-be") == "Rechnung Größe (1)"
