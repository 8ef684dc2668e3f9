"""What nobody would print on purpose: every finished template sets it, within its margins and nothing over anything."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.documents.render import check_template, render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.template import (
    BLOCKS,
    BODY_BLOCKS,
    COLUMNS,
    FACTS,
    FACTS_PLACES,
    LETTERHEADS,
    PAGES,
    SIDES,
    TABLES,
    TYPEFACES,
    WINDOWS,
    Block,
    Column,
    Layout,
    Text,
)
from desktop.errors import UserError
from tests.documents.papers import BANK, BUYER, PLAIN, SELLER, document, line, pages, text
from tests.documents.test_pages import EDGES, LONG_NAME, assert_clean
from tests.golden.table import TEMPLATES

ALL = tuple(Column(name) for name in COLUMNS)
RICH = tuple(
    line(
        number,
        classification="998311",
        period_start=date(2026, 11, 1),
        period_end=date(2026, 12, 1),
        allowance=1250,
        allowance_reason="Treue",
    )
    for number in range(1, 12)
)


def odd(currency: str, price: str, net: int) -> Document:
    rows = tuple(
        line(n, currency, unit_price=Decimal(price), net=net, rate=Decimal(0), category="Z") for n in range(1, 5)
    )
    return document(rows, currency=currency, language="en", bank=())


NAMES = {
    "300 characters": LONG_NAME,
    "one word of 300 characters": "Wort" * 75,
    "right to left": "شركة الأمل للتجارة المحدودة, תל אביב",
    "emoji": "🦊 Fox & Söhne 🏳️‍🌈👩‍👩‍👧",
    "control characters": "A\x00c\x07me\u202e \u200bLtd\ufeff\r\nUnd Co",
}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("case", EDGES)
def test_every_template_takes_every_edge(case: str, template: str) -> None:
    assert_clean(EDGES[case], TEMPLATES[template])


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name(name: str, template: str) -> None:
    paper = document(4, buyer=replace(BUYER, name=NAMES[name]), seller=replace(SELLER, name=NAMES[name]))
    assert_clean(paper, replace(TEMPLATES[template], logo=b""))
    assert_clean(paper, TEMPLATES[template])


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "currency, price, net, shown",
    [("KWD", "1250.5", 1_250_500, "1,250.500"), ("JPY", "123456789012", 123_456_789_012, "123,456,789,012")],
)
def test_decimals_of_any_currency(currency: str, price: str, net: int, shown: str, template: str) -> None:
    paper = odd(currency, price, net)
    assert_clean(paper, TEMPLATES[template])
    assert text(render_pdf(paper, TEMPLATES[template])).count(shown) >= 8


@pytest.mark.parametrize("template", TEMPLATES)
def test_two_thousand_lines_of_every_template(template: str) -> None:
    read = pages(render_pdf(document(2000), TEMPLATES[template]))
    assert len(read) > 60
    assert f"Seite {len(read)} von {len(read)}" in read[-1]
    assert sum(page.count("Retainer Support und Betrieb") for page in read) == 250


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_text_of_5000_characters_is_all_there(template: str) -> None:
    words = [f"Wort{number}" for number in range(700)]
    read = " ".join(pages(render_pdf(document((line(1, description=" ".join(words)), line(2))), TEMPLATES[template])))
    assert all(word in read for word in words)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("margin, size", [(10, 8.0), (25, 8.75), (60, 11.0)])
def test_columns_too_many_for_the_page_give_way(margin: int, size: float, table: str) -> None:
    """Whatever gives way as a column is said beneath the description, and the amounts stay."""
    for page in PAGES:
        layout = Layout(page=page, margin_left=margin, margin_right=margin, size=size, columns=ALL, table=table)
        template = replace(PLAIN, layout=layout)
        paper = document(RICH)
        assert_clean(paper, template)
        found = text(render_pdf(paper, template))
        for row in RICH:
            assert row.description.split()[0] in found
        assert found.count("998311") == len(RICH)
        assert found.count("2.387,50") >= 2
        assert "12,50" in found


def test_a_column_may_be_as_wide_as_it_is_told() -> None:
    wide = Layout(columns=(Column("position"), Column("description", width=60), Column("net", width=45)))
    narrow = Layout(columns=(Column("position"), Column("description"), Column("net", width=5)))
    for layout in (wide, narrow):
        assert_clean(document(RICH), replace(PLAIN, layout=layout))


def test_a_template_that_cannot_be_drawn_is_refused() -> None:
    for layout in (
        Layout(columns=(Column("net"),)),
        Layout(columns=(Column("description"), Column("net"), Column("net"))),
        Layout(size=40),
        Layout(blocks=(Block("table", size=40),)),
        Layout(margin_left=float("nan")),
        Layout(typeface="comic"),
        Layout(letterhead="preprinted", window="din5008a", head=60),
        Layout(texts=(Text("intro", "Dear {nobody}"),)),
    ):
        for use in (check_template, lambda template: render_pdf(document(1), template)):
            with pytest.raises(UserError, match="cannot be printed"):
                use(replace(PLAIN, layout=layout))


def test_a_logo_that_is_no_picture_is_refused() -> None:
    with pytest.raises(UserError, match="cannot be read as a picture"):
        check_template(replace(PLAIN, logo=b"%PDF-1.4 not a picture"))


def blocks() -> st.SearchStrategy[tuple[Block, ...]]:
    one = st.builds(
        Block,
        block=st.sampled_from(BLOCKS),
        shown=st.booleans(),
        size=st.sampled_from((0, 5, 9, 14)),
        bold=st.sampled_from((None, True, False)),
        colour=st.sampled_from(("", "accent", "#123456")),
        side=st.sampled_from(("", *SIDES)),
        space=st.sampled_from((0, -20, 3, 100)),
    )
    large = st.sampled_from((Block("title", size=40), Block("letterhead", size=40, side="right")))
    return st.lists(one | large, max_size=8, unique_by=lambda block: block.block).map(tuple)


def layouts() -> st.SearchStrategy[Layout]:
    optional = st.sets(st.sampled_from([name for name in COLUMNS if name not in ("description", "net")]))
    names = optional.flatmap(lambda some: st.permutations([*sorted(some), "description", "net"]))
    widths = st.sampled_from((0, 0, 0, 5, 25, 120))
    columns = names.flatmap(
        lambda order: st.tuples(*[st.builds(Column, st.just(name), width=widths) for name in order])
    )
    fields: dict[str, Any] = {
        "page": st.sampled_from(PAGES),
        "margin_left": st.sampled_from((10, 25, 60)),
        "margin_right": st.sampled_from((10, 20, 60)),
        "window": st.sampled_from(WINDOWS),
        "letterhead": st.sampled_from(LETTERHEADS),
        "head": st.sampled_from((0, 20, 40)),
        "typeface": st.sampled_from(TYPEFACES),
        "size": st.sampled_from((6, 8.75, 14)),
        "logo_side": st.sampled_from(SIDES),
        "logo_width": st.sampled_from((10, 120)),
        "logo_height": st.sampled_from((5, 50)),
        "facts_place": st.sampled_from(FACTS_PLACES),
        "table": st.sampled_from(TABLES),
        "blocks": blocks(),
        "facts": st.lists(st.sampled_from(FACTS), unique=True).map(tuple),
        "columns": columns,
    }
    return st.builds(Layout, **fields)


FULL = document(
    RICH,
    bank=BANK,
    project="Atlas",
    delivery=replace(BUYER, name="Lager Nord"),
    closing="Vielen Dank.",
    footer="Es gelten unsere Geschäftsbedingungen. " * 4,
    discount_percent=Decimal(2),
    discount_until=date(2026, 12, 10),
)


@settings(max_examples=60)
@given(layout=layouts(), logo=st.sampled_from((b"", TEMPLATES["classic"].logo)))
def test_any_layout_that_is_not_refused_is_set(layout: Layout, logo: bytes) -> None:
    template = TemplateVersion(1, "Any", 1, layout, logo)
    assert len(BODY_BLOCKS) == 15
    check_template(template)
    assert_clean(FULL, template)
