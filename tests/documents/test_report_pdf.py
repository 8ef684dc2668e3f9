"""Reports as pages: every figure whole, every row once, whatever is in them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pikepdf.pdfa
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.documents.report_chart import Plot, PlotMark
from desktop.documents.report_pdf import Head, Table, report_pdf

A4 = (595, 842)


def table(heads: list[Head], rows: list[list[str]], sums: list[list[str]] | None = None, title: str = "Aging") -> Table:
    return Table(
        title,
        "As of 30 Nov 2026",
        "Harbour Services",
        heads,
        rows,
        sums or [],
        "Page {page} of {pages}",
        date(2026, 11, 30),
    )


def pages(made: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(made)]


def size(made: bytes) -> tuple[int, int]:
    width, height = pdfium.PdfDocument(made)[0].get_size()
    return round(width), round(height)


def test_a_small_table_is_one_upright_page() -> None:
    made = report_pdf(table([Head("Client", False), Head("Total", True)], [["ACME", "1,234.50"]], [["", "1,234.50"]]))
    (text,) = pages(made)
    assert size(made) == A4
    for words in ("Aging", "As of 30 Nov 2026", "Client", "ACME", "1,234.50", "Harbour Services", "Page 1 of 1"):
        assert words in text
    assert text.count("1,234.50") == 2


def test_a_wide_table_lies_and_figures_are_never_cut() -> None:
    heads = [Head("Client", False), *(Head(f"Column {n}", True) for n in range(12)), Head("Text", False)]
    row = ["C-1", *(f"{n}23,456,789.01" for n in range(1, 13)), "A long story " * 20]
    made = report_pdf(table(heads, [row]))
    (text,) = pages(made)
    assert size(made) == A4[::-1]
    for figure in row[1:-1]:
        assert figure in text
    assert "…" in text


@pytest.mark.parametrize("count", [0, 1, 44, 45, 46, 47, 48, 49, 50, 51, 52, 400])
def test_every_row_stands_once_and_each_page_has_headings(count: int) -> None:
    rows = [[f"row-{n:04}", f"{n}.00"] for n in range(count)]
    found = pages(report_pdf(table([Head("Who", False), Head("Much", True)], rows, [["all", "9.99"]])))
    text = "\n".join(found)
    assert [text.count(f"row-{n:04}") for n in range(count)] == [1] * count
    assert all("Who" in page and "Much" in page for page in found)
    assert [f"Page {n} of {len(found)}" in page for n, page in enumerate(found, 1)] == [True] * len(found)
    assert "9.99" in found[-1]
    assert sum("As of" in page for page in found) == 1


def test_letters_of_other_scripts_are_there() -> None:
    rows = ["Łódź Öl Αθήνα Київ", "שלום עולם", "محمد بن علي", "क्षितिज टेक्नोलॉजीज़ प्रा. लि.", "Ok 😀"]
    (text,) = pages(report_pdf(table([Head("Kunde", False)], [[row] for row in rows], title="प्राप्य राशियाँ")))
    for row in [*rows, "प्राप्य राशियाँ"]:
        assert row in text


@pytest.mark.parametrize("rows", [3, 1_200, 6_000])
def test_archives_take_it_and_readers_find_a_table(rows: int) -> None:
    made = report_pdf(table([Head("Kunde", False)], [["क्षितिज שלום"]] * rows))
    report = pikepdf.pdfa.validate_written(io.BytesIO(made), "3b")
    assert report.passed, [str(finding) for finding in report.findings]
    assert (b"/S/Table" in made) == (rows <= 5_000)


def test_the_same_report_gives_the_same_bytes_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    rows = [[f"{n}"] for n in range(1_200)]
    made = table([Head("n", True)], rows)
    assert report_pdf(made, lambda done, total: told.append((done, total))) == report_pdf(made)
    assert told == [(0, 1_200), (500, 1_200), (1_000, 1_200)]


@settings(max_examples=25, deadline=None)
@given(
    heads=st.lists(st.tuples(st.text("abc XYZ", max_size=30), st.booleans()), min_size=1, max_size=16),
    cells=st.lists(st.text(max_size=60), min_size=1, max_size=16),
)
def test_whatever_stands_in_it_there_is_a_page(heads: list[tuple[str, bool]], cells: list[str]) -> None:
    row = [cells[n % len(cells)] for n in range(len(heads))]
    assert pages(report_pdf(table([Head(*one) for one in heads], [row] * 3, [row])))


def test_notes_and_a_picture_stand_before_the_table_and_take_its_room() -> None:
    heads, rows = [Head("Month", False), Head("DSO", True)], [[f"2026-{n:02}", str(n)] for n in range(1, 13)]
    marks = [PlotMark(row[0], 10 * n, 20, 60, 100, n == 11) for n, row in enumerate(rows)]
    plot = Plot("DSO, days", "All of it in words", False, [(0, "0"), (60, "6"), (120, "12")], marks)
    plain = table(heads, rows)
    told = replace(plain, notes=("Above the upper limit.", "Without USD."), plot=plot)
    (text,) = pages(report_pdf(told))
    for words in ("Above the upper limit.", "Without USD.", "DSO, days", "2026-12"):
        assert words in text
    with pikepdf.open(io.BytesIO(report_pdf(told))) as pdf:
        alts = [str(one.get("/Alt")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
    assert alts == ["All of it in words"]
    # The picture's diamond is the only thing that is red.
    image = pdfium.PdfDocument(report_pdf(told))[0].render(scale=3).to_pil().convert("RGB")
    red = [(x, y) for x in range(image.width) for y in range(image.height) if _is_red(image.getpixel((x, y)))]
    assert red
    assert max(x for x, _y in red) - min(x for x, _y in red) <= 3 * 7
    many = [["x", "1"]] * 400
    with_room = len(pdfium.PdfDocument(report_pdf(replace(told, rows=many))))
    assert with_room >= len(pdfium.PdfDocument(report_pdf(replace(plain, rows=many))))
    for one in (plain, told):
        assert sum(page.count("x") for page in pages(report_pdf(replace(one, rows=many)))) == 400


def _is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return red > 150 and green < 80 and blue < 80


def test_bars_with_ranges_are_drawn() -> None:
    marks = [PlotMark("1 Dec", 100, 50, None, 150, False), PlotMark("8 Dec", 0, 0, None, 0, False)]
    plot = Plot("Expected", "told", True, [(0, "0"), (200, "200")], marks)
    made = report_pdf(replace(table([Head("Week", False)], [["1 Dec"]]), plot=plot))
    (text,) = pages(made)
    assert "Expected" in text
    assert text.count("1 Dec") == 2
