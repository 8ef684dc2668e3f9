"""What postings are called, which account takes a name on a day, and charts as rows of a file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.accounts.chart import ChartAccount, Fault, chart_of, split_names
from desktop.domain.accounts.names import ROLES, What, is_name, kind_of, names
from desktop.domain.accounts.rules import AccountRules

DAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    "what, expected",
    [
        (What("revenue", "S", 190_000, "DE", "DE"), ("revenue.S.19", "revenue.S", "revenue")),
        (What("revenue", "S", 55_000), ("revenue.S.5.5", "revenue.S", "revenue")),
        (What("revenue", "AE", 0, "NL", "DE"), ("revenue.AE", "revenue")),
        (What("revenue", "AE", 0, "DE", "DE"), ("revenue.AE.home", "revenue.AE", "revenue")),
        (What("revenue", "O", 0, "FR", "DE"), ("revenue.O.eu", "revenue.O", "revenue")),
        (What("revenue", "O", 0, "CH", "DE"), ("revenue.O", "revenue")),
        (What("revenue", "E", 0, "DE", "DE", small=True), ("revenue.small", "revenue.E", "revenue")),
        (What("revenue"), ("revenue",)),
        (What("tax_payable", "S", 190_000), ("tax.19", "tax")),
        (What("bank", money=2, method="card"), ("bank.2", "bank.card", "bank")),
        (What("cash", money=3), ("cash.3", "cash")),
        (What("exchange", gain=True), ("exchange.gain", "exchange")),
        (What("exchange"), ("exchange.loss", "exchange")),
        (What("receivable", "S", 190_000), ("receivable",)),
        (What("deferred_revenue", "S", 190_000), ("deferred_revenue.S.19", "deferred_revenue.S", "deferred_revenue")),
    ],
)
def test_what_a_posting_is_called(what: What, expected: tuple[str, ...]) -> None:
    assert names(what) == expected
    assert all(is_name(name) for name in expected)


@given(
    st.builds(
        What,
        st.sampled_from(sorted(ROLES)),
        st.sampled_from([None, "S", "Z", "E", "AE", "K", "G", "O", "L", "M"]),
        st.sampled_from([None, 0, 25_000, 190_000, 1_000_000]),
        st.sampled_from(["", "DE", "FR", "US"]),
        st.sampled_from(["DE", "US"]),
        st.booleans(),
        st.one_of(st.none(), st.integers(1, 999)),
        st.sampled_from(["", "card", "bank"]),
        st.booleans(),
    )
)
def test_every_posting_has_names_that_a_chart_may_take(what: What) -> None:
    found = names(what)
    assert found
    assert all(is_name(name) for name in found)
    assert len(set(found)) == len(found)
    assert kind_of(found[-1]) == ROLES[what.role]


@pytest.mark.parametrize("name", ["", "sales", "revenue.", "revenue.X", "revenue.S.x", "tax.", "receivable.1", "bank."])
def test_what_no_posting_is_called(name: str) -> None:
    assert not is_name(name)


def test_the_closest_name_decides_and_rules_are_dated() -> None:
    rules = AccountRules(
        [
            ("revenue", date(1900, 1, 1), 1),
            ("revenue.S.19", date(2026, 2, 1), 2),
            ("revenue.S.19", date(2026, 4, 1), 3),
        ]
    )
    what = What("revenue", "S", 190_000)
    found = [rules.account(what, date(2026, month, 1)) for month in (1, 2, 3, 4)]
    assert found == [1, 2, 2, 3]
    assert rules.account(What("bank"), DAY) is None
    assert rules.named("revenue.S", DAY) is None
    assert rules.days == (date(1900, 1, 1), date(2026, 2, 1), date(2026, 4, 1))


def test_rows_of_a_chart() -> None:
    rows = [
        {"number": " 8400 ", "name": "Sales", "kind": "Income", "takes": "revenue.S.19; revenue, revenue"},
        {"number": "", "name": "", "kind": "", "takes": ""},
        {"number": "1200", "name": "Bank", "kind": "asset", "takes": ""},
    ]
    accounts, faults = chart_of(enumerate(rows, 2))
    assert accounts == [
        ChartAccount("8400", "Sales", "income", ("revenue.S.19", "revenue")),
        ChartAccount("1200", "Bank", "asset", ()),
    ]
    assert faults == []
    assert split_names("a,b ; a") == ("a", "b")


def test_what_is_wrong_with_a_chart_is_told_row_by_row() -> None:
    rows = [
        {"number": "1", "name": "A", "kind": "asset", "takes": "bank"},
        {"number": "1", "name": "", "kind": "thing", "takes": "bank sales"},
        {"number": "1 2", "name": "B", "kind": "asset", "takes": ""},
    ]
    _accounts, faults = chart_of(enumerate(rows, 2))
    assert faults == [
        Fault(3, "name", "missing", ""),
        Fault(3, "kind", "kind", "thing"),
        Fault(3, "number", "twice", "1"),
        Fault(3, "takes", "taken", "bank", "1"),
        Fault(3, "takes", "name", "sales"),
        Fault(4, "number", "long", "1 2"),
    ]
