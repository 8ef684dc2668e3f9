"""Sending and deciding by command, to a real server on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.book_files import open_book
from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH
from tests.servers.faulty_smtp import DROP, Fault, faulty_smtp
from tests.services.delivery.posting import account

CLIENTS = (
    "code,name,country,street,postcode,city,tax_id,segment,email,delivery\n"
    "ACME,Acme GmbH,DE,Kai 1,20457,Hamburg,DE129273398,Hours,acme@client.test,email\n"
    "ZEN,Zenith SA,FR,Rue 2,75001,Paris,FR40303265045,Retainers,zen@client.test,email\n"
)


@pytest.fixture
def billed(firm: Sheaf) -> Sheaf:
    """Two invoices that wait to be mailed."""
    firm.write("clients.csv", CLIENTS)
    firm.json("import", "firm.sheaf", "clients", "clients.csv")
    assert firm.json("bill", "firm.sheaf", *MARCH)["invoices"] == 2
    return firm


def open_account(sheaf: Sheaf, port: int) -> None:
    with open_book(sheaf.folder / "firm.sheaf") as book:
        account(book, port)


def test_without_an_account_all_waits_and_the_way_out_is_named(billed: Sheaf) -> None:
    answer = billed("send", "firm.sheaf")
    assert answer.code == 1
    assert "No e-mail account is set up." in answer.err
    assert "2 wait for their turn." in answer.out


def test_send_twice_sends_once(billed: Sheaf) -> None:
    with faulty_smtp() as server:
        open_account(billed, server.port)
        first = billed.json("send", "firm.sheaf")
        second = billed.json("send", "firm.sheaf")
    names = ("sent", "failed", "waiting", "uncertain")
    assert [first[name] for name in names] == [2, 0, 0, 0]
    assert [second[name] for name in names] == [0, 0, 0, 0]
    assert len(server.taken) == 2
    rows = billed.json("outbox", "firm.sheaf", "--all")["outbox"]
    assert {(row["document"], row["state"], row["code"]) for row in rows} == {
        ("INV-2025-0001", "sent", 250),
        ("INV-2025-0002", "sent", 250),
    }
    assert billed.json("outbox", "firm.sheaf")["outbox"] == []


def test_what_is_uncertain_goes_by_a_persons_word(billed: Sheaf) -> None:
    with faulty_smtp(Fault("after_taking", DROP, times=1)) as server:
        open_account(billed, server.port)
        assert billed.json("send", "firm.sheaf")["uncertain"] == 1
        (row,) = billed.json("outbox", "firm.sheaf", "--state", "uncertain")["outbox"]
        assert billed.json("outbox", "firm.sheaf", "arrived", row["document"])["changed"] == 1
        assert billed.json("send", "firm.sheaf")["sent"] == 0
        again = billed.json("outbox", "firm.sheaf", "again", row["id"], "--address", "boss@client.test")
        assert again["changed"] == 1
        assert billed.json("send", "firm.sheaf")["sent"] == 1
    assert server.taken[-1].recipients == ("boss@client.test",)
    assert billed.json("check", "firm.sheaf")["clean"]


def test_decisions_name_what_they_pass_over(billed: Sheaf, tmp_path: Path) -> None:
    assert billed.json("outbox", "firm.sheaf", "cancel", "INV-2025-0001", "--note", "Paid in cash")["changed"] == 1
    answer = billed("outbox", "firm.sheaf", "cancel", "INV-2025-0001", "INV-2025-0002")
    assert (answer.code, answer.out) == (0, "1 document changed.\n")
    assert "INV-2025-0001 stays as it is: It was cancelled." in answer.err
    assert "NOPE is not in the outbox." in billed("outbox", "firm.sheaf", "retry", "NOPE").err
    assert billed("outbox", "firm.sheaf", "retry").code == 1
    assert billed("outbox", "firm.sheaf", "cancel", "INV-2025-0001", "--address", "a@b.test").code == 1
    assert tmp_path == billed.folder


def test_documents_without_a_decision_are_looked_up(billed: Sheaf) -> None:
    (row,) = billed.json("outbox", "firm.sheaf", "INV-2025-0001")["outbox"]
    assert row["document"] == "INV-2025-0001"
    assert "“cancle” is no decision." in billed("outbox", "firm.sheaf", "cancle", "INV-2025-0001").err
