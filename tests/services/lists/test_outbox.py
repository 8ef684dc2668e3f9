"""The list of the outbox: what each filter, each order and the search give, and what a row says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client, MailAccount, Segment
from desktop.domain.wording import phrase
from desktop.services.changes import change
from desktop.services.lists import outbox
from desktop.services.lists.outbox import OutboxList
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.outgoing import NOON, mailed, stand

TODAY = date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Six documents: one waits for a person, one for its turn, one failed, one is uncertain, one bounced, one went."""
    with new_book(tmp_path) as book:
        acme, zinc = add_client(book, "ACME"), add_client(book, "ZINC", name="Zinc & Söhne")
        numbers = [add_invoice(book, one, date(2026, 5, 1), (1_000, 0)) for one in (acme, zinc) * 3]
        stand(book, numbers[1], channel="email", not_before="2026-05-31T13:00:00Z", tries=2, address="a@zinc.example")
        stand(book, numbers[2], channel="email", state="failed", answer=phrase("The client is unknown.").stored())
        stand(book, numbers[3], channel="email", state="uncertain", tries=1, address="b@zinc.example")
        mailed(book, numbers[4], fate="bounced")
        mailed(book, numbers[5], subject="May for Zinc", done_at="2026-05-03T12:00:00Z")
        yield book


def last(book: Book, search: str = "", *filters: str, sort: str = "", descending: bool = False) -> str:
    """The last digits of the documents, in order."""
    listing = OutboxList(book, TODAY)
    ids = listing.ids(search, frozenset(filters), sort, descending)
    rows = listing.rows(ids)
    return "".join(str(rows[one]["title"])[-1] for one in ids)


def test_what_is_to_be_done_stands_with_the_urgent_first(book: Book) -> None:
    assert last(book, "", "todo") == "34521"
    assert last(book) == "654321"


def test_each_state_has_its_filter(book: Book) -> None:
    assert last(book, "", "waiting") == "21"
    assert last(book, "", "failed") == "3"
    assert last(book, "", "uncertain", "failed") == "43"
    assert last(book, "", "bounced") == "5"
    assert last(book, "", "sent") == "65"
    assert last(book, "", "mailed") == "6"
    assert last(book, "", "sent", "today") == "5"
    assert last(book, "", "noaddress") == "3"
    assert last(book, "", "channel:hand") == "1"
    assert last(book, "", "waiting", "channel:email") == "2"
    assert last(book, "", "client:2") == "642"


def test_a_mail_belongs_to_the_account_that_it_went_by_or_will_go_by(book: Book) -> None:
    with change(book, ANNE, "Set up") as made:
        common = {"sender": "a@x.example", "host": "h", "port": 25}
        first = made.insert(MailAccount, uid="1", position=1, name="Office", **common)
        second = made.insert(MailAccount, uid="2", position=2, name="Projects", **common)
        segment = made.insert(Segment, name="Projects", mail_account_id=second)
        made.update(Client, 2, segment_id=segment)
    assert last(book, "", f"account:{first}") == "53"
    assert last(book, "", f"account:{second}") == "642"
    assert OutboxList(book, TODAY).accounts() == [(first, "Office"), (second, "Projects")]


def test_the_search_finds_documents_clients_addresses_and_subjects(book: Book) -> None:
    assert last(book, "0003") == "3"
    assert last(book, "söhne") == "642"
    assert last(book, "b@zinc") == "4"
    assert last(book, "may for") == "6"
    assert last(book, "zinc may") == "6"
    assert last(book, "nobody") == ""


def test_every_order_holds_all_rows_and_turns_round(book: Book) -> None:
    for sort, descending in product(outbox._SORTS, (False, True)):
        assert sorted(last(book, sort=sort, descending=descending)) == list("123456"), sort
    assert last(book, sort="title") == "123456"
    assert last(book, sort="status")[0] == "3"
    assert last(book, sort="next", descending=True)[0] == "2"
    assert (
        OutboxList(book, TODAY).ids("", frozenset(), "", False, 2)
        == OutboxList(book, TODAY).ids("", frozenset(), "", False)[:2]
    )


def test_a_row_says_where_it_stands_and_what_was_answered(book: Book) -> None:
    listing = OutboxList(book, TODAY)
    rows = {str(row["title"])[-1]: row for row in listing.rows(listing.ids("", frozenset(), "", False)).values()}
    assert (rows["3"]["status"], rows["3"]["answer"], rows["3"]["client"]) == (
        "failed", "The client is unknown.", "ACME Ltd",
    )  # fmt: skip
    assert (rows["2"]["next"], rows["2"]["tries"], rows["2"]["address"]) == (
        "2026-05-31T13:00:00Z",
        2,
        "a@zinc.example",
    )
    assert (rows["5"]["status"], rows["5"]["done_at"], rows["5"]["gross"]) == ("bounced", NOON, 1_000)


def test_counts_are_those_of_the_filters(book: Book) -> None:
    listing = OutboxList(book, TODAY)
    counts = listing.counts()
    for word in ("todo", "waiting", "failed", "uncertain", "bounced", "today"):
        assert counts[word] == len(listing.ids("", frozenset({word}), "", False)), word
    assert listing.waiting_by_channel() == {"email": 1, "hand": 1}
