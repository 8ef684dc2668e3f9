"""Bookings for DATEV: the form of the file, and that its books come to the same as ours, to the cent."""

import csv
import io
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.engine import Book
from desktop.documents.datev import COLUMNS, Booking, Head, datev_file, document_number
from desktop.domain.journal import Posting, firm_factor, invoice_postings
from desktop.domain.money import round_half_away
from desktop.errors import UserError
from desktop.services.accounting.chart import save_account
from desktop.services.archive.datev_accounts import Account, Accounts, What
from desktop.services.archive.datev_bookings import bookings
from desktop.services.archive.datev_export import write_datev
from desktop.services.archive.datev_settings import datev_settings, datev_values, set_datev
from desktop.services.setting_keys import set_setting
from desktop.services.setting_keys import settings as all_settings
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.lived_book import TODAY, lived_book

CENT = Decimal("0.01")
# The accounts of both charts that take tax out of the gross by themselves, with their rates.
AUTOMATIC = {8400: 19, 4400: 19, 8300: 7, 4300: 7, 1718: 19, 3272: 19, 1711: 7, 3260: 7, 8736: 19, 4736: 19}
TAX = {1776: 19, 3806: 19, 1771: 7, 3801: 7}
ROLES = {
    "03": {
        "revenue": {8400, 8300, 8336, 8290, 8125, 8338}, "deposits": {1718, 1711, 1710}, "bank": {1200},
        "bad_debt": {2400}, "discount": {8736}, "exchange": {2660, 2150}, "opening": {9008}, "rounding": {2709},
        "cash": {1000},
    },
    "04": {
        "revenue": {4400, 4300, 4336, 4290, 4125, 4338}, "deposits": {3272, 3260, 3250}, "bank": {1800},
        "bad_debt": {6930}, "discount": {4736}, "exchange": {4840, 6880}, "opening": {9008}, "rounding": {4839},
        "cash": {1600},
    },
}  # fmt: skip


def lines_of(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The fields of the first line, and the bookings by column."""
    text = content.decode("cp1252")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    head, names, *told = csv.reader(io.StringIO(text), delimiter=";")
    assert names == list(COLUMNS)
    return head, [dict(zip(names, line, strict=True)) for line in told]


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def balances(told: list[dict[str, str]]) -> dict[int, Decimal]:
    """What DATEV's accounts come to, debits positive, in euros: automatic accounts give their tax away."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for line in told:
        gross = amount(line["Basis-Umsatz"] or line["Umsatz (ohne Soll/Haben-Kz)"])
        assert gross > 0
        side = 1 if line["Soll/Haben-Kennzeichen"] == "S" else -1
        contra, key = int(line["Gegenkonto (ohne BU-Schlüssel)"]), line["BU-Schlüssel"]
        rate = AUTOMATIC.get(contra, 0) if key == "" else {"3": 19, "2": 7, "40": 0}[key]
        tax = Decimal(round_half_away(gross * 100 * rate / (100 + rate))) / 100
        found[int(line["Konto"])] += side * gross
        found[contra] -= side * (gross - tax)
        if tax:
            found[next(number for number, known in TAX.items() if known == rate)] -= side * tax
    return found


def by_role(found: dict[int, Decimal], chart: str) -> dict[str, Decimal]:
    roles: dict[str, Decimal] = defaultdict(Decimal)
    known = {number: role for role, numbers in ROLES[chart].items() for number in numbers}
    for number, sum_ in found.items():
        role = "tax_payable" if number in TAX else known.get(number) or ("receivable" if number >= 10_000 else "?")
        roles[role] += sum_
    return {role: sum_ for role, sum_ in roles.items() if sum_}


def journal(book: Book) -> dict[str, Decimal]:
    """What the journal comes to by roles; what moves in a till without a client is no business of debtors' bookings."""
    found = rows(
        book,
        "SELECT role, sum(firm_amount) FROM posting GROUP BY role",
    )
    return {role: Decimal(sum_) / 100 for role, sum_ in found if sum_}


def told_datev(book: Book, chart: str = "03", **more: str) -> None:
    given = {"datev.consultant": "1001", "datev.client": "12", "datev.chart": chart}
    set_datev(book, given | more, actor=ANNE)


def written(book: Book, folder: Path, first: str, last: str) -> tuple[list[str], list[dict[str, str]]]:
    path = folder / "EXTF_Buchungsstapel.csv"
    write_datev(book, path, first=date.fromisoformat(first), last=date.fromisoformat(last))
    return lines_of(path.read_bytes())


@pytest.mark.parametrize("chart", ["03", "04"])
def test_a_lived_book_comes_to_the_same_in_datev(tmp_path: Path, chart: str) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book, chart)
        past = written(book, tmp_path, "2025-01-01", "2025-12-31")[1]
        told = written(book, tmp_path, "2026-01-01", TODAY.isoformat())[1]
        assert by_role(balances(past + told), chart) == journal(book)
        sums = "SELECT client_id, sum(firm_amount) FROM posting WHERE role = 'receivable' GROUP BY client_id"
        debtors = {10_000 + client: total for client, total in rows(book, sums)}
        found = balances(past + told)
        assert {number: found[number] * 100 for number in debtors} == debtors
        entries = value(
            book,
            "SELECT count(DISTINCT entry_id) FROM posting WHERE firm_amount <> 0",
        )
        assert len(past + told) >= entries


def test_the_first_line_says_whose_bookings_of_which_days(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book, "04")
        head, told = written(book, tmp_path, "2026-03-01", "2026-04-30")
    assert len(head) == 31
    assert head[:5] == ["EXTF", "700", "21", "Buchungsstapel", "13"]
    assert len(head[5]) == 17
    assert (head[10], head[11], head[12], head[13]) == ("1001", "12", "20260101", "4")
    assert (head[14], head[15], head[18], head[20], head[21], head[26]) == (
        "20260301",
        "20260430",
        "1",
        "0",
        "EUR",
        "04",
    )
    first = next(line for line in told if line["Belegfeld 1"] == "INV-2026-0001")
    assert (first["Konto"], first["Belegdatum"]) == ("10001", "0104")
    assert first["Belegfeld 2"] == "010526"
    assert first["Leistungsdatum"] == first["Datum Zuord. Steuerperiode"]
    assert len(first["Leistungsdatum"]) == 8
    assert first["Buchungstext"] == "Acme AG"


def test_a_foreign_amount_has_its_rate_and_what_it_is_at_home(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book)
        told = written(book, tmp_path, "2026-01-01", TODAY.isoformat())[1]
    foreign = [line for line in told if line["WKZ Umsatz"] == "USD"]
    assert foreign
    for line in foreign:
        assert line["WKZ Basis-Umsatz"] == "EUR"
        home = amount(line["Umsatz (ohne Soll/Haben-Kz)"]) / amount(line["Kurs"])
        assert abs(home - amount(line["Basis-Umsatz"])) <= CENT
    assert all(not line["Kurs"] and not line["WKZ Basis-Umsatz"] for line in told if line["WKZ Umsatz"] == "EUR")


def test_a_run_has_its_own_documents_and_nothing_else(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book)
        path = tmp_path / "run.csv"
        made = write_datev(book, path, run="R-2026-0001")
        _head, told = lines_of(path.read_bytes())
        documents = {number for (number,) in rows(book, "SELECT number FROM invoice WHERE run_id = 1")}
    assert {line["Belegfeld 1"] for line in told} == documents
    assert made.bookings == len(told)


def row(
    posting: Posting, kind: str = "invoice", country: str = "DE", tax_id: str = "", small: int = 0
) -> tuple[Any, ...]:
    """A posting as the query gives it."""
    return (
        1, kind, "2026-03-31", posting.role, posting.client_id, "C1", "Acme", posting.currency, posting.amount,
        posting.firm_amount, posting.category, posting.rate_scaled, "INV-1", "2026-04-30", "2026-03-31", country,
        tax_id, None, None, small, None, None, "",
    )  # fmt: skip


def booked(postings: list[Posting], **more: Any) -> list[Booking]:
    accounts = Accounts("03", {})
    return list(
        bookings(
            [row(one, **more) for one in postings], {}, accounts, home="DE", home_currency="EUR", first_debtor=10_000
        )
    )


def file_of(found: list[Booking]) -> list[dict[str, str]]:
    day = date(2026, 3, 31)
    head = Head(1001, 1, "03", "EUR", date(2026, 1, 1), day, day, day, "Test")
    return lines_of(datev_file(head, found))[1]


nets = st.integers(-500_000, 5_000_000)
told_lines = st.lists(
    st.tuples(
        nets,
        st.sampled_from([("S", 190_000), ("S", 70_000), ("Z", 0)]),
        st.sampled_from(["revenue", "deposits"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(
    told_lines,
    st.sampled_from(["invoice", "credit_note"]),
    st.sampled_from([None, 912_345, 1_000_000]),
    st.integers(-2, 2),
)
def test_every_entry_is_booked_to_the_cent(
    lines: list[tuple[int, tuple[str, int], str]], kind: str, rate: int | None, off: int
) -> None:
    """Whatever is mixed on a document: rates, deposits, a currency; even a tax that is off by a cent or two."""
    currency = "EUR" if rate is None else "USD"
    bases: dict[tuple[str, int], int] = defaultdict(int)
    for net, tax, _role in lines:
        bases[tax] += net
    taxes = [(*tax, round_half_away(Decimal(base * tax[1]) / 1_000_000) + off) for tax, base in bases.items() if tax[1]]
    gross = sum(net for net, _tax, _role in lines) + sum(tax for *_group, tax in taxes)
    postings = invoice_postings(
        kind, 1, currency, gross, [(net, *tax, None, None, role) for net, tax, role in lines], taxes,
        firm_factor(rate, currency, "EUR"),
    )  # fmt: skip
    if not postings:
        return
    found = by_role(balances(file_of(booked(postings, kind=kind))), "03")
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for posting in postings:
        assert posting.firm_amount is not None
        wanted[posting.role] += Decimal(posting.firm_amount) / 100
    assert found == {role: total for role, total in wanted.items() if total}


def test_a_tax_that_datev_would_reckon_otherwise_is_booked_apart() -> None:
    postings = invoice_postings("invoice", 1, "EUR", 11_901, [(10_000, "S", 190_000, None, None, "revenue")],
                                [("S", 190_000, 1_901)], Decimal(1))  # fmt: skip
    net, tax = file_of(booked(postings))
    assert (net["Gegenkonto (ohne BU-Schlüssel)"], net["BU-Schlüssel"]) == ("8400", "40")
    assert net["Umsatz (ohne Soll/Haben-Kz)"] == "100,00"
    assert (tax["Gegenkonto (ohne BU-Schlüssel)"], tax["BU-Schlüssel"]) == ("1776", "")
    assert tax["Umsatz (ohne Soll/Haben-Kz)"] == "19,01"


def test_a_credit_note_stands_on_the_other_side() -> None:
    postings = invoice_postings("credit_note", 1, "EUR", 11_900, [(10_000, "S", 190_000, None, None, "revenue")],
                                [("S", 190_000, 1_900)], Decimal(1))  # fmt: skip
    (line,) = file_of(booked(postings, kind="credit_note"))
    assert (line["Soll/Haben-Kennzeichen"], line["Umsatz (ohne Soll/Haben-Kz)"]) == ("H", "119,00")
    assert line["Buchungstext"] == "Gutschrift Acme"


@pytest.mark.parametrize(
    "category, country, small, account, vat_id",
    [
        ("AE", "NL", 0, "8336", "NL123456789B01"),
        ("AE", "DE", 0, "8337", ""),
        ("K", "GR", 0, "8125", "EL123456789B01"),
        ("G", "US", 0, "8120", ""),
        ("E", "DE", 0, "8100", ""),
        ("E", "DE", 1, "8195", ""),
        ("Z", "DE", 0, "8290", ""),
        ("O", "CH", 0, "8338", ""),
        ("O", "FR", 0, "8339", ""),
    ],
)
def test_what_bears_no_tax_has_its_own_account(
    category: str, country: str, small: int, account: str, vat_id: str
) -> None:
    postings = invoice_postings(
        "invoice", 1, "EUR", 5_000, [(5_000, category, 0, None, None, "revenue")], [], Decimal(1)
    )
    tax_id = {"NL": "NL 1234.567.89.B01", "GR": "123456789B01"}.get(country, "")
    (line,) = file_of(booked(postings, country=country, tax_id=tax_id, small=small))
    assert line["Gegenkonto (ohne BU-Schlüssel)"] == account
    assert line["EU-Land u. UStID (Bestimmung)"] == vat_id
    assert line["EU-Steuersatz (Bestimmung)"] == ""


def test_the_tax_of_another_state_names_it_and_its_rate() -> None:
    postings = invoice_postings("invoice", 1, "EUR", 12_000, [(10_000, "S", 200_000, None, None, "revenue")],
                                [("S", 200_000, 2_000)], Decimal(1))  # fmt: skip
    with pytest.raises(UserError, match=r"revenue\.S\.20"):
        booked(postings, country="FR")
    accounts = Accounts("03", {"revenue.S.20": Account(8320)})
    found = list(bookings([row(one, country="FR") for one in postings], {}, accounts, home="DE", home_currency="EUR",
                          first_debtor=10_000))  # fmt: skip
    (line,) = file_of(found)
    assert (line["Gegenkonto (ohne BU-Schlüssel)"], line["EU-Land u. UStID (Bestimmung)"]) == ("8320", "FR")
    assert line["EU-Steuersatz (Bestimmung)"] == "20,00"


def test_a_role_without_an_account_names_its_setting() -> None:
    what = What("revenue", "S", 50_000, "DE", "DE")
    with pytest.raises(UserError) as refused:
        Accounts("03", {}).account(what)
    assert "datev.account.revenue.S.5" in refused.value.remedy
    assert Accounts("03", {"revenue.S.5": Account(8310)}).account(what) == Account(8310)


def test_an_own_account_may_come_with_a_tax_key() -> None:
    postings = invoice_postings("invoice", 1, "EUR", 11_900, [(10_000, "S", 190_000, None, None, "revenue")],
                                [("S", 190_000, 1_900)], Decimal(1))  # fmt: skip
    accounts = Accounts("03", {"revenue.S.19": Account(8200, "3")})
    (line,) = file_of(list(bookings([row(one) for one in postings], {}, accounts, home="DE", home_currency="EUR",
                                    first_debtor=20_000)))  # fmt: skip
    assert (line["Konto"], line["Gegenkonto (ohne BU-Schlüssel)"], line["BU-Schlüssel"]) == ("20001", "8200", "3")


def test_an_amount_without_a_rate_and_too_many_clients_are_refused() -> None:
    postings = invoice_postings("invoice", 1, "USD", 100, [(100, "Z", 0, None, None, "revenue")], [], None)
    with pytest.raises(UserError, match="INV-1 was booked in USD without an exchange rate"):
        booked(postings)
    many = [one._replace(client_id=60_000) for one in invoice_postings(
        "invoice", 1, "EUR", 100, [(100, "Z", 0, None, None, "revenue")], [], Decimal(1))]  # fmt: skip
    with pytest.raises(UserError, match="70000"):
        booked(many)


def test_texts_are_such_as_datev_takes() -> None:
    assert document_number("RE 2026/7.b_ü") == "RE-2026/7-b--"
    assert len(document_number("9" * 50)) == 36
    postings = invoice_postings("invoice", 1, "EUR", 100, [(100, "Z", 0, None, None, "revenue")], [], Decimal(1))
    rows_ = [list(row(one)) for one in postings]
    for one in rows_:
        one[6] = 'Łódź "Müller" \n; 株式会社 ' + "x" * 80
    (line,) = file_of(
        list(bookings(rows_, {}, Accounts("03", {}), home="DE", home_currency="EUR", first_debtor=10_000))
    )
    assert line["Buchungstext"].startswith('Lódz "Müller" ; ???? x')
    assert len(line["Buchungstext"]) == 60


def test_days_of_two_fiscal_years_want_a_file_each(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book)
        with pytest.raises(UserError, match="2 fiscal years"):
            written(book, tmp_path, "2025-01-01", "2026-12-31")
        with pytest.raises(UserError, match="Nothing was booked"):
            written(book, tmp_path, "2030-01-01", "2030-12-31")


def test_settings_are_checked_kept_and_undone(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        with pytest.raises(UserError, match="Beraternummer"):
            datev_settings(book)
        for key, text in (
            ("datev.consultant", "12"),
            ("datev.chart", "05"),
            ("datev.first_debtor", "70000"),
            ("datev.account.bank", "12"),
            ("datev.account.nothing", "1200"),
        ):
            with pytest.raises(UserError):
                set_datev(book, {key: text}, actor=ANNE)
        told_datev(book, "04", **{"datev.account.bank.card": "1465", "datev.account.revenue.S.19": "4200/3"})
        found = datev_settings(book)
        assert (found.consultant, found.client, found.chart, found.first_debtor) == (1001, 12, "04", 10_000)
        assert found.accounts == {"bank.card": Account(1465), "revenue.S.19": Account(4200, "3")}
        set_datev(book, {"datev.account.bank.card": ""}, actor=ANNE)
        assert "datev.account.bank.card" not in datev_values(book)


def test_settings_are_keys_of_the_command_too(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert all_settings(book)["datev.chart"] == "03"
        set_setting(book, "datev.account.discount", "8735", actor=ANNE, today=TODAY, folder=tmp_path)
        assert all_settings(book)["datev.account.discount"] == "8735"
    with new_book(tmp_path, country="FR", file="france.sheaf") as book:
        assert "datev.chart" not in all_settings(book)


def test_a_payment_bears_the_number_of_what_it_settles(tmp_path: Path) -> None:
    from desktop.services.payments import record_payment

    with new_book(tmp_path) as book:
        made = Contracts(book)
        client = made.client("C1")
        made.agreement(client, "A1")
        made.bill("2026-01-31")
        number = value(book, "SELECT number FROM invoice")
        record_payment(book, amount=11_900, paid_on=date(2026, 2, 5), actor=ANNE, today=TODAY, numbers=[number],
                       method="cash")  # fmt: skip
        record_payment(book, amount=500, paid_on=date(2026, 2, 6), actor=ANNE, today=TODAY, client_id=client)
        told_datev(book)
        told = written(book, tmp_path, "2026-02-01", "2026-02-28")[1]
    cash, bank = told
    assert (cash["Belegfeld 1"], cash["Gegenkonto (ohne BU-Schlüssel)"]) == (number, "1000")
    assert (cash["Soll/Haben-Kennzeichen"], cash["Umsatz (ohne Soll/Haben-Kz)"]) == ("H", "119,00")
    assert (bank["Belegfeld 1"], bank["Gegenkonto (ohne BU-Schlüssel)"]) == ("P-2026-0002", "1200")


def test_charges_tills_and_refunds_are_booked_to_their_accounts(tmp_path: Path) -> None:
    from desktop.services.cash_book import save_till
    from desktop.services.payments import record_payment
    from desktop.services.refunds import refund_credit

    with new_book(tmp_path) as book:
        client = Contracts(book).client("C1")
        till = save_till(book, "Desk", "EUR", actor=ANNE)
        paid = record_payment(book, amount=10_000, paid_on=date(2026, 2, 5), actor=ANNE, today=TODAY, client_id=client,
                              charges=150)  # fmt: skip
        record_payment(book, amount=700, paid_on=date(2026, 2, 6), actor=ANNE, today=TODAY, client_id=client,
                       account_id=till)  # fmt: skip
        refund_credit(book, paid.payment, on=date(2026, 2, 7), reason="r", actor=ANNE, today=TODAY, amount=300)
        told_datev(book)
        told = written(book, tmp_path, "2026-02-01", "2026-02-28")[1]
    found = balances(told)
    assert {number: sum_ for number, sum_ in found.items() if number < 10_000} == {
        1000: Decimal("7.00"),
        1200: Decimal("95.50"),
        4970: Decimal("1.50"),
    }


def general(*sides: tuple[str, int, str | None], kind: str = "bank", currency: str = "EUR") -> list[dict[str, str]]:
    """Bookings of an entry without a client, of (role, amount, number of the account that a person chose)."""
    found = [
        (
            7, kind, "2026-03-31", role, None, None, None, currency, amount, amount if currency == "EUR" else amount * 9
            // 10, None, None, "", None, None, None, "", None, None, 0, chosen, 2, "Miete März",
        )
        for role, amount, chosen in sides
    ]  # fmt: skip
    return file_of(list(bookings(found, {}, Accounts("03", {}), home="DE", home_currency="EUR", first_debtor=10_000)))


def sides_of(line: dict[str, str]) -> tuple[str, str, str, str, str]:
    names = ("Konto", "Soll/Haben-Kennzeichen", "Gegenkonto (ohne BU-Schlüssel)", "Umsatz (ohne Soll/Haben-Kz)")
    return (*(line[name] for name in names), line["BU-Schlüssel"])  # type: ignore[return-value]


def test_what_the_bank_took_aside_stands_account_against_account() -> None:
    (line,) = general(("bank", -1_290, None), ("fees", 1_290, None))
    assert sides_of(line) == ("1200", "H", "4970", "12,90", "")
    assert line["Buchungstext"] == "Bank Miete März"
    assert line["Belegfeld 1"] == "B7"
    (chosen,) = general(("bank", -348_000, None), ("other", 348_000, "4210"))
    assert sides_of(chosen) == ("1200", "H", "4210", "3480,00", "")


def test_of_more_sides_the_largest_stands_against_each() -> None:
    told = general(("other", 1_250, "4930"), ("other", 750, "4920"), ("other", -2_000, "1200"), kind="adjustment")
    assert [sides_of(line) for line in told] == [
        ("1200", "H", "4930", "12,50", ""),
        ("1200", "H", "4920", "7,50", ""),
    ]
    assert {line["Buchungstext"] for line in told} == {"Umbuchung Miete März"}


def test_an_account_that_reckons_tax_is_told_that_none_is_within() -> None:
    (line,) = general(("other", -10_000, "8400"), ("other", 10_000, "1200"), kind="adjustment")
    assert sides_of(line) == ("1200", "S", "8400", "100,00", "40")


def test_an_account_that_datev_cannot_take_is_refused() -> None:
    with pytest.raises(UserError, match="is booked on account 445710, and DATEV’s have four digits"):
        general(("other", 100, "445710"), ("other", -100, "1200"), kind="adjustment")


def test_accounts_of_the_books_own_chart_go_to_datev(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        told_datev(book)
        values = {"number": "8401", "name": "Wartung", "kind": "income", "takes": "revenue.S.19"}
        save_account(book, values, actor=ANNE, valid_from=date(2026, 4, 15))
        told = written(book, tmp_path, "2026-01-01", TODAY.isoformat())[1]
        numbers = {line["Gegenkonto (ohne BU-Schlüssel)"] for line in told if line["Belegdatum"] >= "1504"}
        assert "8401" in numbers
        assert "8400" in {line["Gegenkonto (ohne BU-Schlüssel)"] for line in told if line["Belegdatum"] == "0104"}
        # Books kept by the other chart have DATEV's own accounts for this one.
        told_datev(book, "04")
        other = written(book, tmp_path, "2026-01-01", TODAY.isoformat())[1]
        assert not {line["Gegenkonto (ohne BU-Schlüssel)"] for line in other} & {"8400", "8401"}
