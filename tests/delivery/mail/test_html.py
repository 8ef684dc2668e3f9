"""The simple HTML of mails: paragraphs, links, a table, nothing that runs or is fetched."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from desktop.delivery.mail.html import LIST_MARK, Heads, Listed, html_of

HEADS = Heads("Document", "Date", "Due", "Amount")
ROW = Listed("Invoice", "INV-1", "1 May", "30 May", "€10.00")
ALLOWED = {"html", "head", "meta", "title", "body", "div", "p", "br", "a", "table", "tr", "th", "td", "span"}


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not any(name.startswith("on") for name, _value in attrs)

    def handle_data(self, data):
        self.words += data


def page(text: str, rows=(ROW,)) -> Reader:
    return Reader(html_of(text, language="de_CH", title="T", heads=HEADS, rows=rows))


@given(st.text(alphabet="<>&\"'ab:/@. \n" + LIST_MARK, max_size=120))
def test_no_text_becomes_markup(text):
    read = page(text)
    assert set(read.tags) <= ALLOWED
    assert all(link.startswith(("http://", "https://", "mailto:")) for link in read.links)
    # Once where it is asked for, however often within a paragraph, and once below where it is not.
    assert read.tags.count("table") == max(1, sum(LIST_MARK in one for one in text.split("\n\n")))


def test_links_and_addresses_are_links_without_the_full_stop():
    read = page("See https://pay.example/x?a=1&b=2. Ask ap@firm.example, please.")
    assert read.links == ["https://pay.example/x?a=1&b=2", "mailto:ap@firm.example"]
    assert "See https://pay.example/x?a=1&b=2. Ask ap@firm.example, please." in read.words


def test_what_is_no_link_of_the_web_is_none():
    assert page("javascript:alert(1) ftp://x.example file:///etc/passwd").links == []


def test_the_table_stands_where_the_text_wants_it_else_above_the_closing_words():
    above = html_of(f"One\n\n{LIST_MARK}\n\nTwo", language="en", title="", heads=HEADS, rows=[ROW])
    assert above.index("One") < above.index("<table") < above.index("Two")
    closing = html_of("One\n\nTwo\n\nYours", language="en", title="", heads=HEADS, rows=[ROW])
    assert closing.index("Two") < closing.index("<table") < closing.index("Yours")
    alone = html_of("One", language="en", title="", heads=HEADS, rows=[ROW])
    assert alone.index("One") < alone.index("<table")
    assert "<table" not in html_of("One", language="en", title="", heads=HEADS, rows=[])


def test_a_column_that_nobody_needs_is_left_out():
    read = page("x", [Listed("Letter", "2026-01-31", "31 Jan", "", "")])
    assert read.tags.count("th") == 2
    assert "Due" not in read.words
