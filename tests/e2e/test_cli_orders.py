"""`sheaf orders`: shown, made, given to the bank, booked, as a person would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from db.schema import BankAccount, Client, Firm
from desktop.services.changes import change
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.e2e.commands import Sheaf

IBAN = "DE02120300000000202051"


def filled(tmp_path: Path) -> str:
    """Two clients who pay by debit, the second without a mandate. Orders are of today: so is the mandate."""
    with new_book(tmp_path) as book:
        made = Contracts(book)
        for k in range(2):
            client = made.client(f"C{k}", payment_means="debit", iban="NL91ABNA0417164300")
            made.agreement(client, f"A{k}", {"unit_price": "100"})
        made.bill("2026-01-31")
        with change(book, ANNE, "Account") as changed:
            changed.update(Client, 1, mandate="M-1", mandate_date=date.today())
            changed.insert(BankAccount, position=1, holder="Firm", iban=IBAN)
            changed.update(Firm, 1, creditor_id="DE98ZZZ09999999999")
        return book.path.name


def test_debits_by_command(tmp_path: Path) -> None:
    sheaf = Sheaf(tmp_path)
    book = filled(tmp_path)
    assert "No order was made yet." in sheaf("orders", book).out
    good, bad = sheaf.json("orders", book, "--due", "debit")["items"]
    assert good["problem"] == ""
    assert bad["problem"] == "The client gave no mandate."
    refused = sheaf("orders", book, "--make", "debit", "--only", bad["number"])
    assert refused.code == 1
    assert "no mandate" in refused.err
    made = sheaf.json("orders", book, "--make", "debit", "--account", IBAN, "--to", "bank", "--form", "pain.008.001.02")
    assert made["left_out"] == [bad]
    assert (made["items"], made["total"]) == (1, good["amount"])
    written = Path(made["file"])
    assert b"pain.008.001.02" in written.read_bytes()
    number = made["order"]
    before = written.read_bytes()
    written.unlink()
    assert Path(sheaf.json("orders", book, "--file", number, "--to", "bank")["file"]).read_bytes() == before
    sheaf.json("orders", book, "--hand-over", number)
    assert sheaf.json("orders", book, "--settle", number)["payments"] == 1
    (row,) = sheaf.json("orders", book)["orders"]
    assert (row["state"], row["paid"], row["waiting"]) == ("handed_over", 1, 0)
    assert number in sheaf("orders", book).out
    assert sheaf.json("check", book)["clean"]


def test_wrong_calls_say_what_to_do(tmp_path: Path) -> None:
    sheaf = Sheaf(tmp_path)
    book = filled(tmp_path)
    assert "no order D-1" in sheaf("orders", book, "--cancel", "D-1").err
    assert "no account DE1" in sheaf("orders", book, "--make", "debit", "--account", "DE1").err
    assert "not among" in sheaf("orders", book, "--make", "refund", "--only", "P-1").err
    assert "nothing to order" in sheaf("orders", book, "--make", "refund").err
