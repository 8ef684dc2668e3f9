"""One PDF of many documents: every page is there, in order, and what they share is there once."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pikepdf
import pypdfium2
import pytest

from desktop.documents.merging import MergedPdf, Unmergeable
from desktop.documents.render import render_pdf
from desktop.documents.report_pdf import Head, Table, report_pdf
from tests.documents.papers import LOGO, PLAIN, document, lines, pages

DAY = date(2026, 11, 22)


def merged(files: Sequence[bytes], *, whole_sheets: bool = False) -> bytes:
    out = io.BytesIO()
    pdf = MergedPdf(out, "Läufe (November)", DAY, "Müller")
    for place, one in enumerate(files):
        pdf.add(one, f"Grün ({place}) 5 0 R", whole_sheets=whole_sheets)
    pdf.finish()
    return out.getvalue()


def invoices(count: int) -> list[bytes]:
    return [render_pdf(document(number=f"INV-{place:04}"), PLAIN) for place in range(count)]


def drawn(pdf: bytes, page: int) -> bytes:
    with pypdfium2.PdfDocument(pdf) as opened:
        found = opened[page]
        picture: bytes = found.render(scale=1).to_pil().tobytes()
        found.close()
    return picture


def test_every_page_is_there_in_order_and_looks_the_same() -> None:
    table = Table("Report", "facts", "Firm", [Head("A", False)], [["text"]], [], "{page} / {pages}", DAY)
    files = [
        render_pdf(document(lines(60)), LOGO),
        *invoices(3),
        render_pdf(document(2), replace(LOGO, name="Other")),
        report_pdf(table),
        # Another script brings fonts of its own along.
        render_pdf(document(2, intro="धन्यवाद"), PLAIN),
    ]
    whole = merged(files)
    one_by_one = [text for file in files for text in pages(file)]
    assert pages(whole) == one_by_one
    place = 0
    for file in files:
        for page in range(len(pages(file))):
            assert drawn(whole, place) == drawn(file, page)
            place += 1


def test_the_file_is_sound_and_says_what_it_is() -> None:
    with pikepdf.open(io.BytesIO(merged(invoices(150)))) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert str(pdf.docinfo["/Title"]) == "Läufe (November)"
        assert str(pdf.docinfo["/Author"]) == "Müller"
        with pdf.open_outline() as outline:
            titles = [one.title for one in outline.root]
            destinations = [one.destination[0].objgen for one in outline.root]  # type: ignore[index]
        assert titles == [f"Grün ({place}) 5 0 R" for place in range(150)]
        assert destinations == [page.obj.objgen for page in pdf.pages]


def test_what_documents_share_is_written_once() -> None:
    files = invoices(40)
    whole = merged(files)
    assert whole.count(b"/FontFile2") == files[0].count(b"/FontFile2") > 0
    assert len(whole) < len(files[0]) + 39 * 4_000


def test_documents_of_another_look_bring_their_own() -> None:
    files = [render_pdf(document(), PLAIN), render_pdf(document(), LOGO)]
    assert merged(files).count(b"/FontFile2") == 2 * files[0].count(b"/FontFile2")


def test_an_empty_page_lets_the_next_document_begin_on_a_front() -> None:
    files = [*invoices(2), render_pdf(document(lines(25)), PLAIN), *invoices(1)]
    counts = [len(pages(file)) for file in files]
    assert counts == [1, 1, 2, 1]
    found = pages(merged(files, whole_sheets=True))
    assert [bool(text.strip()) for text in found] == [True, False, True, False, True, True, True, False]


def test_a_beginning_alike_but_for_a_byte_is_not_shared() -> None:
    first, second = invoices(2)
    # The same length, so that only the content tells them apart.
    assert re.search(rb"/StemV 87", second)
    other = second.replace(b"/StemV 87", b"/StemV 88", 1)
    whole = merged([first, other])
    assert whole.count(b"/StemV 87") == whole.count(b"/StemV 88") == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"%PDF-1.4\nnothing", b"startxref\n3\n%%EOF", b"xref\n0 1\n0000000000 65535 f \ntrailer<<>>\nstartxref\n0\n"],
)
def test_what_is_no_file_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(Unmergeable):
        MergedPdf(io.BytesIO(), "x", DAY).add(data)


def test_a_file_cut_short_is_refused() -> None:
    whole = invoices(1)[0]
    for share in (0.3, 0.6, 0.9, 0.99):
        with pytest.raises(Unmergeable):
            MergedPdf(io.BytesIO(), "x", DAY).add(whole[: int(len(whole) * share)])
