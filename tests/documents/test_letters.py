"""Letters on paper: long and odd ones in every finished template, over pages, heard, kept in archives."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pikepdf.pdfa
import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import TemplateVersion
from desktop.domain.letter import (
    Carried,
    Letter,
    LetterColumn,
    LetterRow,
    LetterTable,
    LetterTotal,
    Money,
    Percent,
    Span,
    term,
)
from desktop.domain.template import Layout, Text
from tests.documents.papers import BUYER, PLAIN, missing_glyphs, pages, text
from tests.documents.test_pages import LONG_NAME, assert_clean
from tests.documents.test_structure_tree import tree
from tests.golden.letters import LETTERS, letter
from tests.golden.table import TEMPLATES

DAY = date(2026, 1, 1)
HEADS = (
    LetterColumn("document"),
    LetterColumn("issued", "day"),
    LetterColumn("debit", "money"),
    LetterColumn("balance", "money"),
)


def moves(count: int, *, carried: Carried = "last", amount: int = 1_000, name: str = "") -> LetterTable:
    rows = tuple(
        LetterRow(
            (
                term("named", kind=term("kind_invoice"), number=name or f"I-{place:05}"),
                DAY + timedelta(days=place),
                Money(amount),
                Money(amount * place),
            ),
            note=f"Order {place}" if place % 7 == 0 else None,
        )
        for place in range(1, count + 1)
    )
    foot = LetterRow((term("sum"), None, Money(amount * count), Money(amount * count)), strong=True)
    return LetterTable(HEADS, rows, title=term("movements"), sums=(foot,), carried=carried)


def ages(amount: int) -> LetterTable:
    heads = ("current", "d1_30", "d31_60", "d61_90", "over_90", "unused", "balance")
    return LetterTable(
        tuple(LetterColumn(head, "money") for head in heads),
        (LetterRow(tuple(Money(amount) for _ in heads)),),
        title=term("by_age"),
        wide=-1,
    )


def statement(*tables: LetterTable, **changes: object) -> Letter:
    total = LetterTotal(term("account_balance"), Money(123_456), emphasis=True)
    return letter("statement", "en", tables=tables, totals=(total,), **changes)


@pytest.mark.parametrize("name", TEMPLATES)
def test_two_thousand_rows_are_all_there_below_heads_and_carried_balances(name: str) -> None:
    found = pages(render_pdf(statement(moves(2_000), ages(5)), TEMPLATES[name]))
    whole = "\n".join(found)
    assert all(f"I-{place:05}" in whole for place in range(1, 2_001))
    table = [page for page in found if "I-0" in page]
    assert len(table) > 30
    for page in table:
        assert "Balance" in page
    for before, after in pairwise(table):
        last = max(int(word[2:]) for word in before.split() if word.startswith("I-"))
        figure = f"{last * 10:,}.00"
        # At the foot of the one and below the head of the other, beside the row that it comes from.
        assert before.count("Carried over") >= 1
        assert before.count(figure) == 2, figure
        assert after.count(figure) == 1, figure


def test_a_sum_is_carried_as_a_sum() -> None:
    found = pages(render_pdf(statement(replace(moves(120, carried="sum"), rows=moves(120).rows)), PLAIN))
    first = found[0]
    shown = [int(word[2:]) for word in first.split() if word.startswith("I-")]
    assert f"{sum(shown) * 10:,}.00" in first
    plain = pages(render_pdf(statement(moves(120, carried="")), PLAIN))
    assert "Carried over" not in "\n".join(plain)


def test_sums_never_stand_without_a_row() -> None:
    for count in range(20, 60):
        found = pages(render_pdf(statement(moves(count, carried="")), PLAIN))
        last = next(page for page in reversed(found) if f"{count * 10:,}.00" in page)
        assert f"I-{count:05}" in last


ODD = {
    "300 characters": statement(moves(3), buyer=replace(BUYER, name=LONG_NAME, contact=LONG_NAME)),
    "right to left": statement(moves(3, name="فاتورة 7"), buyer=replace(BUYER, name="شركة الأمل", city="תל אביב")),
    "emoji and controls": statement(moves(3, name="I\x00\x07 😀 7"), buyer=replace(BUYER, name="Ka\x1bi 🚀")),
    "5,000 characters in a cell": statement(moves(2, name="word " * 1_000), moves(3)),
    "5,000 letters in a cell": statement(moves(2, name="W" * 5_000), moves(3)),
    "long in two columns": statement(
        LetterTable(
            (LetterColumn("client"), LetterColumn("result"), LetterColumn("gross", "money", mixed=True)),
            tuple(LetterRow(("name " * 600, "reason " * 900, Money(1, "JPY"))) for _ in range(2)),
            wide=1,
        )
    ),
    "12 digits": statement(moves(40, amount=987_654_321_098), ages(987_654_321_012)),
    "15 digits": statement(ages(-123_456_789_012_345)),
    "no decimals": statement(moves(3), ages(12_345_678), currency="JPY"),
    "three decimals": statement(moves(3), ages(123_456_789_012), currency="KWD"),
    "no rows": statement(LetterTable(HEADS, (), title=term("open_items"), empty="nothing_open")),
    "no tables": letter("cover_letter", "de", buyer=replace(BUYER, name="")),
    "a long text": letter("cover_letter", "fr", intro="Une phrase assez longue. " * 400, tables=(moves(3),)),
}


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("odd", ODD)
def test_odd_letters_stay_within_the_page(odd: str, name: str) -> None:
    assert_clean(ODD[odd], TEMPLATES[name])  # type: ignore[arg-type]


def test_a_cell_over_pages_keeps_every_word() -> None:
    words = " ".join(f"w{place}" for place in range(1_500))
    other = " ".join(f"v{place}" for place in range(1_200))
    table = LetterTable((LetterColumn("client"), LetterColumn("result")), (LetterRow((words, other)),), wide=1)
    data = render_pdf(statement(table), PLAIN)
    found = text(data).split()
    assert [word for word in found if word[0] == "w" and word[1:].isdigit()] == words.split()
    assert {word for word in found if word[0] == "v" and word[1:].isdigit()} == set(other.split())
    (heard,) = [found for found in tree(data).all("Table") if "w7" in found.words()]
    # Lines of one piece are heard without the space that they were broken at.
    assert "".join(heard.all("TD")[0].words().split()) == words.replace(" ", "")
    assert "".join(heard.all("TD")[1].words().split()) == other.replace(" ", "")


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_is_heard_as_headings_tables_and_paragraphs(kind: str) -> None:
    paper = LETTERS[kind]
    heard = tree(render_pdf(paper, PLAIN))
    assert len(heard.all("H1")) == 1
    tables = heard.all("Table")
    for table, told in zip(paper.tables, tables, strict=False):
        assert len(told.all("TH")) == len(table.columns)
        assert len(told.all("TR")) == 1 + len(table.rows) + len(table.sums)
    titled = [table for table in paper.tables if table.title is not None]
    assert len(heard.all("H2")) == len(titled)


@pytest.mark.parametrize("kind", LETTERS)
def test_archives_take_letters_and_they_come_out_the_same(kind: str) -> None:
    data = render_pdf(LETTERS[kind], PLAIN)
    report = pikepdf.pdfa.validate_written(io.BytesIO(data), "3b")
    assert report.passed, [str(finding) for finding in report.findings]
    assert data == render_pdf(replace(LETTERS[kind]), replace(PLAIN))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "hi"])
def test_no_letter_lacks_a_glyph(language: str) -> None:
    for paper in LETTERS.values():
        said = replace(paper, language=language)
        assert missing_glyphs(said) == ""
        assert "\N{REPLACEMENT CHARACTER}" not in text(render_pdf(said, PLAIN))


def test_cells_are_written_as_the_language_does() -> None:
    row = LetterRow(("as it is", date(2026, 3, 4), 1_234, Percent(Decimal("9.5")), Money(123_450, "CHF")))
    heads = (
        LetterColumn("document"),
        LetterColumn("issued", "day"),
        LetterColumn("count", "number"),
        LetterColumn("interest", "percent"),
        LetterColumn("gross", "money", mixed=True),
    )
    facts = ((term("period"), Span(DAY, date(2026, 2, 1))), (term("as_of"), DAY))
    said = text(render_pdf(letter("statement", "de", tables=(LetterTable(heads, (row,)),), facts=facts), PLAIN))
    for words in ("as it is", "04.03.2026", "1.234", "9,5 %", "1.234,50", "1.–31. Jan. 2026", "01.01.2026"):
        assert words in said.replace("\N{NO-BREAK SPACE}", " "), words


def test_what_a_template_says_stands_in_place_of_the_usual_words() -> None:
    layout = Layout(
        texts=(
            Text("intro", "About level {level}, {client.name}.", "reminder"),
            Text("closing", "Call {firm.phone}.", "reminder"),
        )
    )
    template = TemplateVersion(1, "own", 1, layout)
    paper = replace(LETTERS["reminder"], salutation=term("dear", name="Ms Hay"), regards=(term("regards"), "Lena"))
    said = text(render_pdf(paper, template))
    assert f"About level 2, {BUYER.name}." in said
    assert "Guten Tag Ms Hay," in said
    assert "Mit freundlichen Grüßen" in said
    assert "Zahlungserinnerung" not in said
    assert "Wir finden eine Lösung" not in said
    own = replace(paper, intro="Only now for {client.code}.")
    assert f"Only now for {BUYER.code}." in text(render_pdf(own, template))
