"""The sample firm: lifelike, the same every time, and faulty only where it is meant to be."""

import dataclasses
from datetime import date, timedelta

import pytest

from db.book_files import open_book
from desktop.domain.findings import RULES
from desktop.domain.identifiers import check_iban, check_tax_id
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.reports import report
from desktop.services.runs import plan, preview
from desktop.services.sample import make_sample
from desktop.services.sample.year import Year, add_months

TODAY = date(2026, 11, 21)

# What depends on chance or on the hour, not on seed and day.
_APART = {"book", "change_set", "audit_event", "audit_payload"}


def _rows(book, sql, *values):
    with book.reading() as session:
        return session.connection().exec_driver_sql(sql, values).fetchall()


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    path = tmp_path_factory.mktemp("faulty") / "sample.sheaf"
    result = make_sample(path, today=TODAY)
    with open_book(path) as book:
        yield result, book


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    path = tmp_path_factory.mktemp("clean") / "sample.sheaf"
    make_sample(path, today=TODAY, clean=True)
    with open_book(path) as book:
        yield book


def test_it_has_sixty_clients_in_five_segments_and_many_countries(faulty):
    result, book = faulty
    assert (result.clients, result.book.name) == (60, "sample.sheaf")
    assert (result.agreements, result.invoices) == tuple(
        _rows(book, "SELECT (SELECT count(*) FROM agreement), (SELECT count(*) FROM invoice)")[0]
    )
    segments = _rows(book, "SELECT s.name, count(*) FROM client c JOIN segment s ON s.id = c.segment_id GROUP BY 1")
    assert {name for name, _ in segments} == {
        "Retainers",
        "Projects",
        "Time and materials",
        "Licences and support",
        "Hosting by use",
    }
    assert min(count for _, count in segments) >= 4
    assert len(_rows(book, "SELECT DISTINCT country FROM client")) == 12
    assert {row[0] for row in _rows(book, "SELECT DISTINCT currency FROM agreement")} == {"EUR", "CHF", "GBP", "USD"}
    assert {row[0] for row in _rows(book, "SELECT DISTINCT billing FROM agreement")} == {
        "recurring",
        "time",
        "fixed",
        "hybrid",
    }


def test_a_year_of_runs_lies_behind_it_and_a_month_is_due(faulty):
    _result, book = faulty
    runs = _rows(book, "SELECT through, count(i.id) FROM run r JOIN invoice i ON i.run_id = r.id GROUP BY r.id")
    assert [run[0] for run in runs[:12]] == [day.isoformat() for day in Year(TODAY).run_days]
    assert all(count > 20 for _, count in runs[:12])
    assert _rows(book, "SELECT count(*) FROM run WHERE state NOT IN ('done')")[0][0] == 0
    kinds = {row[0] for row in _rows(book, "SELECT DISTINCT kind FROM invoice")}
    assert kinds == {"invoice", "deposit", "final", "credit_note"}
    assert preview(book, through=TODAY, issue_date=TODAY).outcomes["issued"] > 20


def test_its_clients_pay_as_clients_do(faulty):
    _result, book = faulty
    (figures,) = _rows(
        book,
        """SELECT (SELECT count(*) FROM open_item WHERE open = 0), (SELECT count(*) FROM open_item WHERE open > 0
          AND open < amount), (SELECT count(*) FROM open_item WHERE open > 0 AND due_date < ?),
        (SELECT count(*) FROM open_credit WHERE open > 0 AND payment_id IS NOT NULL),
        (SELECT count(*) FROM payment WHERE reverses_id IS NOT NULL), (SELECT count(*) FROM write_off),
        (SELECT count(*) FROM dispute WHERE closed_on IS NOT NULL), (SELECT count(*) FROM dispute),
        (SELECT count(*) FROM allocation WHERE kind = 'discount'), (SELECT count(*) FROM payment)""",
        TODAY.isoformat(),
    )
    paid, partly, overdue, credit, returned, written_off, settled, disputes, discounts, payments = figures
    assert paid > 300
    assert payments > 300
    assert partly >= 3
    assert overdue >= 10
    assert credit >= 3
    assert (returned, written_off, settled, disputes) == (1, 1, 1, 2)
    assert discounts >= 3
    assert _rows(book, "SELECT count(*) FROM payment p WHERE p.paid_on > ?", TODAY.isoformat())[0][0] == 0
    (together,) = _rows(book, "SELECT count(*) FROM payment WHERE reference LIKE '% %'")
    assert together[0] >= 1


def test_its_faults_trip_the_gate(faulty):
    _result, book = faulty
    run = plan(book, through=TODAY, issue_date=TODAY, actor="Ada", now="2026-11-21T10:00:00Z")
    found = {
        row[0]
        for row in _rows(
            book,
            "SELECT DISTINCT code FROM finding f JOIN draft d ON d.id = f.draft_id WHERE d.run_id = ?",
            run.id,
        )
    }
    # Off by default, or impossible by design: overlaps and backward dates are refused before they arise.
    silent = {"first_invoice", "glyph_missing", "overlap", "date_backwards", "exchange_rate_missing"}
    # Its clients abroad pay by rates that are of this month.
    silent |= {"exchange_rate_old"}
    # A template is checked when it is saved.
    silent |= {"template_unreadable"}
    # Its accounts are sound.
    silent |= {"pay_code_missing"}
    # Rules for firms in other countries.
    silent |= {"hsn_missing", "place_missing", "state_mismatch", "tax_rate_missing", "portal_refuses"}
    # Nobody here is sent an e-invoice, so none of their rules may be heard of.
    silent |= {rule.code for rule in RULES if rule.electronic}
    assert {rule.code for rule in RULES} - found == silent


def test_the_books_prove(faulty, clean):
    for book in (faulty[1], clean):
        assert check(book).problems == ()


def test_without_faults_a_run_holds_nothing(clean):
    result = preview(clean, through=TODAY, issue_date=TODAY)
    assert result.outcomes["held"] == result.outcomes["failed"] == 0
    assert result.outcomes["issued"] > 40


# Ends and starts of months and years are where periods, hours and due dates meet.
@pytest.mark.parametrize(
    "today, seed", [("2027-01-31", 3), ("2026-11-01", 2), ("2026-12-31", 5), ("2028-02-29", 6), ("2026-07-27", 9)]
)
def test_on_any_day_a_run_over_a_clean_book_holds_nothing(tmp_path, today, seed):
    day = date.fromisoformat(today)
    make_sample(tmp_path / "sample.sheaf", today=day, clients=60, seed=seed, clean=True)
    with open_book(tmp_path / "sample.sheaf") as book:
        result = preview(book, through=day, issue_date=day)
    assert result.outcomes["held"] == 0
    assert result.outcomes["issued"] > 30


def test_every_id_passes_its_check(clean):
    rows = _rows(clean, "SELECT country, tax_id, iban, is_business, name FROM client")
    for country, tax_id, iban, business, name in rows:
        assert check_tax_id(country, tax_id).ok, name
        assert check_iban(iban).ok, name
        assert bool(tax_id) == bool(business), name
    assert len({row[4] for row in rows}) == len(rows)
    assert check_tax_id("DE", _rows(clean, "SELECT tax_id FROM firm")[0][0]).ok
    assert all(check_iban(row[0]).ok for row in _rows(clean, "SELECT iban FROM bank_account"))


def _content(path):
    with open_book(path) as book:
        names = [row[0] for row in _rows(book, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [tuple(row) for row in _rows(book, f"SELECT * FROM {name} ORDER BY 1")]
            for name in names
            if name not in _APART and not name.startswith("sqlite_")
        }


def test_the_same_seed_and_day_give_the_same_book(tmp_path):
    for name in ("first", "second"):
        make_sample(tmp_path / f"{name}.sheaf", today=TODAY, clients=16, seed=4)
    first, second = _content(tmp_path / "first.sheaf"), _content(tmp_path / "second.sheaf")
    assert {name for name in first if first[name] != second[name]} == set()
    assert len(first["invoice"]) > 50
    make_sample(tmp_path / "third.sheaf", today=TODAY, clients=16, seed=5)
    assert _content(tmp_path / "third.sheaf")["client"] != first["client"]


def test_one_client_is_a_firm_too(tmp_path):
    seen = []
    result = make_sample(
        tmp_path / "sample.sheaf", today=TODAY, clients=1, report=lambda done, total, _text: seen.append((done, total))
    )
    assert result.clients == 1
    assert [done for done, _ in seen] == list(range(14))
    assert {total for _, total in seen} == {13}


def test_nobody_pays_a_credit_note(tmp_path):
    # More seats at a lower price each: the run of that month gives money back.
    make_sample(tmp_path / "sample.sheaf", today=TODAY, clients=1, seed=165)
    with open_book(tmp_path / "sample.sheaf") as book:
        credits = "SELECT count(*) FROM invoice WHERE kind = 'credit_note' AND run_id IS NOT NULL"
        assert _rows(book, credits)[0][0] == 1
        assert _rows(book, "SELECT count(*) FROM payment WHERE reference LIKE '%CN-%'")[0][0] == 0
        assert check(book).problems == ()


def test_what_cannot_be_made_is_said(tmp_path):
    path = tmp_path / "sample.sheaf"
    for count in (0, 20_001):
        with pytest.raises(UserError, match="Choose 1 to 20,000"):
            make_sample(path, today=TODAY, clients=count)
    path.write_text("mine")
    with pytest.raises(UserError, match="exists already"):
        make_sample(path, today=TODAY)
    assert path.read_text() == "mine"


def test_what_is_owed_has_salespeople_and_clients_of_nobody(faulty):
    _result, book = faulty
    groups = {row["group"] for row in report(book, "aging", as_of=TODAY, by="salesperson").rows}
    assert groups == {"Lena Brandt", "Jonas Kühn", "No salesperson"}


def test_the_year_hangs_on_today_alone():
    year = Year(date(2026, 11, 21))
    assert (year.month, year.opening, year.last_run) == (date(2026, 11, 1), date(2025, 11, 1), date(2026, 10, 1))
    # On the last day of a month that month is over and due.
    assert Year(date(2026, 11, 30)).month == date(2026, 12, 1)
    assert (year.free_bill_day, Year(date(2026, 11, 27)).free_bill_day) == (28, None)
    assert len(year.run_days) == 12
    with pytest.raises(dataclasses.FrozenInstanceError):
        year.today = TODAY  # type: ignore[misc]


@pytest.mark.parametrize(
    "first, months, timing, until",
    [
        (date(2024, 1, 1), 1, "advance", date(2025, 11, 1)),
        (date(2024, 1, 1), 1, "arrears", date(2025, 10, 1)),
        (date(2024, 1, 1), 3, "advance", date(2025, 10, 1)),
        (date(2024, 1, 28), 1, "advance", date(2025, 10, 28)),
    ],
)
def test_the_first_run_bills_one_period(first, months, timing, until):
    year = Year(TODAY)
    assert year.billed_before(first, months, timing) == until
    due = until if timing == "advance" else add_months(until, months) - timedelta(days=1)
    assert due <= year.opening < add_months(due, months)
