"""Money by commands alone: charges and conversions, refunds, and a till with its cash book."""

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"


def test_cash_and_refunds(firm: Sheaf) -> None:
    firm.json("bill", BOOK, *MARCH)
    (invoice, *_rest) = firm.json("invoices", BOOK)["invoices"]
    number, gross = invoice["number"], invoice["open"]
    assert firm.json("cash", BOOK, "Desk", "--new", "EUR")["tills"] == [
        {"till": "Desk", "currency": "EUR", "balance": "0.00", "last": None}
    ]
    firm.write("slip.txt", "signed")
    paid = firm.json("pay", BOOK, number, "5000", "--account", "desk", "--attach", "slip.txt", "--date", "2025-04-02")
    assert paid["allocated"][0] == {"number": number, "amount": gross}
    left = paid["unapplied"]
    entered = firm.json("cash", BOOK, "Desk", "--expense", "12.50", "--text", "Stamps", "--date", "2025-04-03")
    assert (entered["amount"], entered["balance"]) == ("-12.50", "4987.50")
    refund = firm.json(
        "refund", BOOK, paid["payment"], "10", "--reason", "Too much", "--account", "Desk", "--date", "2025-04-03"
    )
    assert (refund["source"], refund["amount"]) == (paid["payment"], "10.00")
    assert float(refund["left"]) == float(left) - 10
    kept = firm.json("cash", BOOK, "Desk", "--since", "2025-04-03", "--date", "2025-04-30")
    assert (kept["opening"], kept["closing"]) == ("5000.00", "4977.50")
    assert [entry["kind"] for entry in kept["entries"]] == ["expense", "refund"]
    counted = firm.json("cash", BOOK, "Desk", "--count", "4977", "--text", "Change", "--date", "2025-04-04")
    assert (counted["amount"], counted["balance"]) == ("-0.50", "4977.00")
    back = firm.json("cash", BOOK, "Desk", "--reverse", entered["number"], "--text", "Twice", "--date", "2025-04-04")
    assert back["balance"] == "4989.50"
    rows = firm.json("report", BOOK, "cash", "--since", "2025-04-01", "--as-of", "2025-04-30")["rows"]
    assert [row["balance"] for row in rows] == ["0.00", "5000.00", "4987.50", "4977.50", "4977.00", "4989.50"]
    assert "4,989.50" in firm("cash", BOOK, "Desk", "--date", "2025-04-30").out
    wrong = firm("cash", BOOK, "Desk", "--deposit", "9999", "--text", "x")
    assert "4,989.50" in wrong.err
    assert firm.json("check", BOOK)["clean"]


def test_what_banks_kept_back(firm: Sheaf) -> None:
    firm.json("bill", BOOK, *MARCH)
    (invoice, *_rest) = firm.json("invoices", BOOK)["invoices"]
    paid = firm.json("pay", BOOK, invoice["number"], invoice["open"], "--charges", "2.50", "--date", "2025-04-02")
    assert paid["unapplied"] == "0.00"
    rows = firm.json("report", BOOK, "journal", "--since", "2025-04-02", "--as-of", "2025-04-02")["rows"]
    assert {row["account"]: row["debit"] for row in rows}["fees"] == "2.50"
    assert "convert" in firm("pay", BOOK, invoice["number"], "5", "--received", "5", "EUR").err
    assert "nothing was booked" in firm("pay", BOOK, invoice["number"], "5", "--attach", "no.txt").err
    assert firm.json("check", BOOK)["clean"]
