"""Duplicates of a book: found with their reasons, told apart for good, shown side by side before they are merged."""

from decimal import Decimal

import pytest

from desktop.jobs import Cancelled
from desktop.services.changes import undo
from desktop.services.clients import save_contact
from desktop.services.duplicates import find_clients, find_items, tell_apart
from desktop.services.merge_previews import compare_clients, compare_items
from desktop.services.merging import merge_clients
from desktop.services.rates import set_rate
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def told(book):
    return Contracts(book)


def test_groups_have_their_reasons_and_the_busiest_first(book, told):
    one = told.client("C1", name="Nordlicht GmbH", tax_id="DE136695976", city="Kiel")
    other = told.client("C2", name="Nordlicht", tax_id="DE136695976", city="Kiel")
    told.client("C3", name="Bakery Rossi", city="Roma")
    told.agreement(other, "A1")
    (found,) = find_clients(book)
    assert [(member.id, member.code, member.detail) for member in found.members] == [
        (other, "C2", "Kiel, DE"),
        (one, "C1", "Kiel, DE"),
    ]
    assert found.reasons == ("the same tax ID DE136695976", "the same name", "the same city", "the same street")
    assert found.score > 90


def test_contacts_have_mailboxes_too(book, told):
    one = told.client("C1", name="Nordlicht GmbH")
    told.client("C2", name="Aurora AG", email="anna@nordlicht.de", street="Hof 2", city="Ulm")
    save_contact(book, one, {"name": "Anna", "email": "anna@nordlicht.de"}, actor=ANNE)
    (found,) = find_clients(book)
    assert found.reasons == ("the same mailbox anna@nordlicht.de",)


def test_who_is_told_apart_is_not_asked_again_until_it_is_undone(book, told):
    ids = [told.client(f"C{n}", name="Nordlicht") for n in (1, 2, 3)]
    (found,) = find_clients(book)
    assert len(found.members) == 3
    tell_apart(book, "clients", [ids[2], ids[0]], actor=ANNE)
    assert len(find_clients(book)[0].members) == 3
    tell_apart(book, "clients", ids, actor=ANNE)
    assert find_clients(book) == []
    undo(book, ANNE)
    assert len(find_clients(book)) == 1


def test_who_is_merged_is_found_no_more(book, told):
    ids = [told.client(f"C{n}", name="Nordlicht") for n in (1, 2)]
    merge_clients(book, *ids, actor=ANNE)
    assert find_clients(book) == []


def test_items(book, told):
    told.item("CON", "Consulting hour", unit="hour")
    told.item("CONS", "Consulting hours", unit="hours")
    told.item("TRV", "Travel", unit="km")
    (found,) = find_items(book)
    assert [member.code for member in found.members] == ["CON", "CONS"]
    assert "the same unit" in found.reasons


def test_the_search_can_be_stopped(book, told):
    for n in (1, 2):
        told.client(f"C{n}", name="Nordlicht")

    def stop(done, total, text):
        raise Cancelled

    with pytest.raises(Cancelled):
        find_clients(book, stop)


def test_a_comparison_says_what_a_merge_would_do(book, told):
    keep = told.client("C1", name="Nordlicht GmbH", currency="EUR")
    absorb = told.client("C2", name="Nordlicht", currency="USD", phone="1", terms="net 14")
    told.agreement(absorb, "A1")
    told.hours(absorb, None, "2026-03-02", "1")
    for owner in (keep, absorb):
        tiers = [(None, Decimal(5))]
        set_rate(
            book, told.item(), valid_from=day("2026-01-01"), tiers=tiers, currency="EUR", client_id=owner, actor=ANNE
        )
    shown = compare_clients(book, keep, absorb)
    assert (shown.keep, shown.absorb) == ("C1 Nordlicht GmbH", "C2 Nordlicht")
    assert {field.name: field.take for field in shown.fields if field.keep != field.absorb} == {
        "name": False,
        "phone": True,
        "currency": False,
        "terms": True,
    }
    assert shown.moves == ("1 agreement", "1 price of its own", "1 unbilled time entry")
    assert shown.stays == ()
    assert len(shown.cautions) == 3
    assert shown.cautions[0] == "1 card of prices gives way to that of C1."


def test_a_comparison_of_items_says_what_will_cost_more(book, told):
    keep = told.item("CON", "Consulting hour", unit="hour", price=money(100), currency="EUR")
    absorb = told.item("CONS", "Consulting hours", unit="hour", price=money(120), currency="EUR", tax="reduced")
    told.agreement(told.client(), "A1", {"item_id": absorb, "unit_price": None})
    told.bill("2026-01-31")
    shown = compare_items(book, keep, absorb)
    assert {field.name for field in shown.fields if field.take} == set()
    assert shown.moves == ("1 line of agreements",)
    assert shown.stays == ("1 line of documents",)
    assert [sentence.split(" ")[0] for sentence in shown.cautions] == ["1", "The"]
