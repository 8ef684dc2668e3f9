from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from db.schema import Agreement
from desktop.errors import UserError
from desktop.services import agreement_dates, agreements, catalogue, clients, files
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from desktop.services.runs import bill
from tests.books import new_book

ACTOR = "Ada"
JANUARY = date(2026, 1, 1)


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def client(book):
    address = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    return clients.create_client(book, {"name": "Nordlicht GmbH"} | address, actor=ACTOR)


@pytest.fixture
def item(book):
    return catalogue.save_item(book, {"name": "Care plan", "unit": "month", "price": Decimal(200)}, actor=ACTOR)


def _create(book, client, item, *lines, **values):
    given = {"client_id": client, "start_date": JANUARY} | values
    return agreements.create_agreement(book, given, lines or [{"item_id": item}], actor=ACTOR)


def _bill(book, through):
    return bill(book, through=through, issue_date=through, actor=ACTOR, now=f"{through}T09:00:00Z")


def _totals(book, through):
    return _bill(book, through).totals.get("EUR", 0)


def test_an_agreement_is_made_with_what_is_usual(book, client, item):
    made = agreements.agreement(book, _create(book, client, item))
    assert (made["code"], made["title"], made["currency"], made["anchor"]) == ("A-0001", "Care plan", "EUR", JANUARY)
    assert [(x["position"], x["kind"], x["quantity"], x["unit_price"]) for x in made["lines"]] == [
        (1, "recurring", 1, None)
    ]
    assert (made["client"], made["billed_through"], made["pauses"]) == ("Nordlicht GmbH", None, [])


def test_all_problems_come_at_once(book, client):
    with pytest.raises(ValidationError) as refused:
        agreements.create_agreement(
            book,
            {
                "client_id": 99,
                "start_date": JANUARY,
                "end_date": JANUARY,
                "billing": "weekly",
                "every_count": 0,
                "alignment": "moon",
                "bill_day": 32,
                "trial_until": JANUARY,
                "charged_through": date(2025, 12, 31),
                "terms": "never",
                "cap": 0,
                "discount": Decimal(1),
                "currency": "XYZ",
            },
            [
                {"quantity": Decimal(-1), "unit_price": Decimal(-5), "description": "X"},
                {"quantity": Decimal(0), "unit_price": Decimal(0), "kind": "metered", "discount": Decimal("1.5")},
                {"unit_price": None, "start_date": JANUARY, "end_date": date(2025, 12, 1), "item_id": 7},
            ],
            actor=ACTOR,
        )
    fields = refused.value.fields
    assert set(fields) == {
        "client_id",
        "end_date",
        "billing",
        "every_count",
        "alignment",
        "bill_day",
        "trial_until",
        "charged_through",
        "terms",
        "cap",
        "discount",
        "currency",
        "lines.0.quantity",
        "lines.0.unit_price",
        "lines.1.kind",
        "lines.1.quantity",
        "lines.1.unit_price",
        "lines.1.discount",
        "lines.2.item_id",
        "lines.2.end_date",
    }
    assert fields["end_date"] == "It ends on 31 Dec 2025, before it starts on 1 Jan 2026."
    assert fields["lines.0.quantity"].startswith("A quantity of −1 would take money off")
    with book.reading() as session:
        assert session.scalar(select(func.count(Agreement.id))) == 0


def test_an_agreement_needs_a_start_and_a_recurring_line(book, client):
    with pytest.raises(ValidationError) as refused:
        agreements.create_agreement(book, {"client_id": client}, actor=ACTOR)
    assert set(refused.value.fields) == {"start_date", "lines"}
    # Hours and one-off charges need no line.
    for billing in ("time", "fixed"):
        agreements.create_agreement(book, {"client_id": client, "start_date": JANUARY, "billing": billing}, actor=ACTOR)


def test_a_price_of_0_needs_consent_once(book, client, item):
    lines = [{"item_id": item, "unit_price": Decimal(0)}]
    with pytest.raises(ValidationError, match="Confirm that this is meant") as refused:
        _create(book, client, item, *lines)
    assert list(refused.value.fields) == ["lines.0.unit_price"]
    made = agreements.create_agreement(
        book, {"client_id": client, "start_date": JANUARY}, lines, actor=ACTOR, allow_zero=True
    )
    kept = agreements.agreement(book, made)["lines"]
    agreements.update_agreement(book, made, {"note": "Free year"}, kept, actor=ACTOR)
    assert agreements.agreement(book, made)["note"] == "Free year"


def test_lines_are_changed_added_moved_and_removed_as_one(book, client, item):
    made = _create(
        book, client, item, {"item_id": item}, {"description": "Hosting", "unit_price": Decimal(20)}, title="Care"
    )
    care, hosting = agreements.agreement(book, made)["lines"]
    new = {"description": "Backups", "unit_price": Decimal(5)}
    agreements.update_agreement(book, made, {}, [hosting | {"unit_price": Decimal(25)}, new, care], actor=ACTOR)
    seen = agreements.agreement(book, made)["lines"]
    assert [(x["description"], x["unit_price"]) for x in seen] == [("Hosting", 25), ("Backups", 5), ("", None)]
    assert [x["id"] for x in seen][::2] == [hosting["id"], care["id"]]
    agreements.update_agreement(book, made, {"title": "Care+"}, seen[:1], actor=ACTOR)
    assert [x["description"] for x in agreements.agreement(book, made)["lines"]] == ["Hosting"]
    undo(book, ACTOR)
    undo(book, ACTOR)
    again = agreements.agreement(book, made)
    assert (again["title"], again["lines"]) == ("Care", [care, hosting])
    with pytest.raises(UserError, match="not there any more"):
        agreements.update_agreement(book, made, {}, [care | {"id": 999}], actor=ACTOR)


def test_a_line_that_was_billed_stays(book, client, item):
    made = _create(book, client, item)
    assert _totals(book, date(2026, 1, 31)) == 23_800
    (line,) = agreements.agreement(book, made)["lines"]
    with pytest.raises(UserError, match="Line 1 of A-0001 was billed"):
        agreements.update_agreement(book, made, {}, [{"description": "Other", "unit_price": Decimal(1)}], actor=ACTOR)
    other = clients.create_client(book, {"name": "Other", "country": "DE"}, actor=ACTOR)
    with pytest.raises(ValidationError) as refused:
        agreements.update_agreement(book, made, {"client_id": other, "currency": "USD"}, actor=ACTOR)
    assert set(refused.value.fields) == {"client_id", "currency"}
    with pytest.raises(UserError, match="A-0001 stays in the book"):
        agreements.delete_agreement(book, made, actor=ACTOR)
    agreements.update_agreement(book, made, {}, [line | {"end_date": date(2026, 2, 1)}], actor=ACTOR)
    assert _bill(book, date(2026, 3, 31)).outcomes["skipped"] == 1


def test_a_price_agreed_ahead_is_billed_from_its_day(book, client, item):
    made = _create(book, client, item, {"item_id": item, "unit_price": Decimal(100)})
    (line,) = agreements.agreement(book, made)["lines"]
    agreement_dates.set_price(book, line["id"], date(2026, 3, 1), Decimal(120), actor=ACTOR, reason="Index")
    with pytest.raises(ValidationError, match="starts on 1 Jan 2026"):
        agreement_dates.set_price(book, line["id"], date(2025, 2, 15), Decimal(1), actor=ACTOR)
    assert _totals(book, date(2026, 2, 28)) == 2 * 11_900
    with pytest.raises(ValidationError, match="The days before 1 Mar 2026 are billed already"):
        agreement_dates.set_price(book, line["id"], date(2026, 2, 15), Decimal(1), actor=ACTOR)
    with pytest.raises(ValidationError, match="Confirm"):
        agreement_dates.set_price(book, line["id"], date(2026, 5, 1), Decimal(0), actor=ACTOR)
    agreement_dates.set_price(book, line["id"], date(2026, 3, 1), Decimal(130), actor=ACTOR)
    assert _totals(book, date(2026, 3, 31)) == 15_470
    (rise,) = agreements.agreement(book, made)["lines"][0]["price_changes"]
    with pytest.raises(UserError, match="Days at this price are billed, up to 31 Mar 2026"):
        agreement_dates.remove_price(book, rise["id"], actor=ACTOR)


def test_many_prices_rise_at_once_or_none(book, client, item):
    first = _create(book, client, item, {"item_id": item, "unit_price": Decimal("99.90")}, {"item_id": item})
    second = _create(book, client, item, {"item_id": item, "unit_price": Decimal(50)})
    ended = _create(book, client, item, {"item_id": item, "unit_price": Decimal(50)}, end_date=date(2026, 6, 1))
    day = date(2027, 1, 1)
    assert agreement_dates.raise_prices(book, [first, second, ended], Decimal("2.5"), day, actor=ACTOR) == 2
    rises = agreements.agreement(book, first)["lines"][0]["price_changes"]
    assert [(r["valid_from"], r["unit_price"]) for r in rises] == [(day, Decimal("102.40"))]
    _bill(book, date(2026, 2, 28))
    with pytest.raises(ValidationError, match="A-0002 is billed up to 28 Feb 2026 already"):
        agreement_dates.raise_prices(book, [second, first], Decimal(5), date(2026, 2, 1), actor=ACTOR)
    assert len(agreements.agreement(book, second)["lines"][0]["price_changes"]) == 1
    with pytest.raises(ValidationError, match="is no rise"):
        agreement_dates.raise_prices(book, [first], Decimal(-100), day, actor=ACTOR)


def test_paused_days_are_not_billed(book, client, item):
    made = _create(book, client, item, {"item_id": item, "unit_price": Decimal(310)})
    agreement_dates.pause_agreement(book, made, date(2026, 1, 11), date(2026, 1, 20), actor=ACTOR, reason="Holiday")
    assert _totals(book, date(2026, 1, 31)) == 24_990
    agreements.update_agreement(book, made, {"unused": "keep"}, actor=ACTOR)
    with pytest.raises(ValidationError, match="The days before 1 Feb 2026 are billed already"):
        agreement_dates.pause_agreement(book, made, date(2026, 1, 25), actor=ACTOR)
    agreement_dates.pause_agreement(book, made, date(2026, 2, 1), actor=ACTOR)
    with pytest.raises(ValidationError, match="It is paused from 1 Feb 2026 on already"):
        agreement_dates.pause_agreement(book, made, date(2026, 6, 1), actor=ACTOR)
    with pytest.raises(ValidationError, match="ends before it starts"):
        agreement_dates.pause_agreement(book, made, date(2026, 6, 2), date(2026, 6, 1), actor=ACTOR)
    assert _bill(book, date(2026, 2, 28)).outcomes["skipped"] == 1
    agreement_dates.resume_agreement(book, made, date(2026, 3, 1), actor=ACTOR)
    assert agreements.agreement(book, made)["pauses"][-1]["end_date"] == date(2026, 3, 1)
    with pytest.raises(UserError, match="is not paused on 1 Mar 2026"):
        agreement_dates.resume_agreement(book, made, date(2026, 3, 1), actor=ACTOR)
    assert _totals(book, date(2026, 3, 31)) == 36_890


def test_a_pause_that_would_last_no_day_goes(book, client, item):
    made = _create(book, client, item)
    agreement_dates.pause_agreement(book, made, date(2026, 5, 1), actor=ACTOR)
    agreement_dates.resume_agreement(book, made, date(2026, 5, 1), actor=ACTOR)
    assert agreements.agreement(book, made)["pauses"] == []


def test_an_ended_agreement_bills_its_last_day(book, client, item):
    made = _create(book, client, item, {"item_id": item, "unit_price": Decimal(310)})
    with pytest.raises(UserError, match="starts on 1 Jan 2026, after 31 Dec 2025"):
        agreements.end_agreement(book, made, date(2025, 12, 31), actor=ACTOR)
    agreements.end_agreement(book, made, date(2026, 1, 10), actor=ACTOR)
    assert _totals(book, date(2026, 2, 28)) == 11_900


def test_switched_off_nothing_is_billed_until_on_again(book, client, item):
    made = _create(book, client, item)
    agreements.switch_agreement(book, made, active=False, actor=ACTOR)
    assert _totals(book, date(2026, 1, 31)) == 0
    agreements.switch_agreement(book, made, active=True, actor=ACTOR)
    assert _totals(book, date(2026, 1, 31)) == 23_800


def test_the_signed_contract_stays_with_its_date(book, client, item):
    made = _create(book, client, item)
    today = date(2026, 1, 20)
    for _twice in range(2):
        agreements.attach_contract(
            book, made, "/home/x/deal.pdf", b"%PDF-1.7 signed", date(2026, 1, 15), actor=ACTOR, today=today
        )
    kept = agreements.agreement(book, made)
    file = files.stored_file(book, kept["contract_id"])
    assert (file.name, file.media_type, file.content) == ("deal.pdf", "application/pdf", b"%PDF-1.7 signed")
    assert kept["signed_on"] == date(2026, 1, 15)
    for content, day, problem in [
        (b"", None, "is empty"),
        (b"x" * (files.LARGEST + 1), None, "a book keeps files of at most 20 MB"),
        (b"x", date(2026, 1, 21), "is not signed yet"),
    ]:
        with pytest.raises(UserError, match=problem):
            agreements.attach_contract(book, made, "deal.pdf", content, day, actor=ACTOR, today=today)
    agreements.detach_contract(book, made, actor=ACTOR)
    assert agreements.agreement(book, made)["contract_id"] is None


def test_an_agreement_nobody_used_is_deleted(book, client, item):
    made = _create(book, client, item)
    agreements.delete_agreement(book, made, actor=ACTOR)
    with pytest.raises(UserError, match="not there any more"):
        agreements.agreement(book, made)
    undo(book, ACTOR)
    assert len(agreements.agreement(book, made)["lines"]) == 1
