from datetime import date
from decimal import Decimal

import pytest

from db.schema import Agreement, Client, Item
from desktop.services.problems import Problems, ValidationError
from desktop.services.records import column_values


def _values(model, **values):
    problems = Problems()
    return column_values(model, values, problems), problems.fields


def test_plain_values_become_column_values():
    values, problems = _values(Item, name="  Care   plan ", price=Decimal("99.50"), currency="")
    assert values == {"name": "Care plan", "price": 99_500_000, "currency": None}
    assert problems == {}


def test_lines_of_a_note_stay():
    assert _values(Client, note=" one\n two ")[0] == {"note": "one\n two"}


def test_what_a_book_cannot_keep_is_said_at_its_field():
    values, problems = _values(Item, price=Decimal("0.1234567"))
    assert problems == {"price": "0.1234567 has more than six decimals, which a book does not keep."}
    assert values == {}
    assert _values(Item, price=Decimal(10) ** 15)[1] == {"price": "The figure is larger than a book can hold."}
    assert _values(Client, credit_limit=2**63)[1] == {"credit_limit": "The figure is larger than a book can hold."}
    assert _values(Agreement, start_date=None)[1] == {"start_date": "This is needed."}


@pytest.mark.parametrize(
    "model, values",
    [
        (Item, {"price": 1.5}),
        (Item, {"price": "1.50"}),
        (Item, {"price": True}),
        (Item, {"colour": "red"}),
        (Item, {"id": 7}),
        (Client, {"credit_limit": Decimal(7)}),
        (Client, {"active": 1}),
        (Agreement, {"start_date": "2026-01-01"}),
        (Agreement, {"every_count": "3"}),
    ],
)
def test_a_value_of_another_kind_is_a_bug(model, values):
    with pytest.raises(TypeError):
        _values(model, **values)


def test_dates_and_words_pass():
    assert _values(Agreement, start_date=date(2026, 1, 31), billing="time")[0] == {
        "start_date": date(2026, 1, 31),
        "billing": "time",
    }


def test_a_validation_error_crosses_processes():
    import pickle

    error = pickle.loads(pickle.dumps(ValidationError({"name": "Needed.", "email": "Wrong."}, "Mend it.")))
    assert (error.fields, error.message, error.remedy) == (
        {"name": "Needed.", "email": "Wrong."},
        "Needed. Wrong.",
        "Mend it.",
    )
