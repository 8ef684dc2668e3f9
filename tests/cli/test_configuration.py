"""`config` and `sandbox`: a change from its proposal to its being rolled back, and one tried in a copy."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.book_files import open_book
from db.engine import Book
from db.schema import Rate
from desktop import cli
from desktop.services.access.second_pair import set_seconds_above
from desktop.services.catalogue import items
from desktop.services.changes import change
from desktop.services.firm import firm
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import Contracts

TODAY = date(2026, 2, 10)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("desktop.cli.call.Call.today", TODAY)
    with new_book(tmp_path) as book:
        made = Contracts(book)
        item = made.item()
        with change(book, "Ada", "Prices") as changed:
            changed.insert(
                Rate, item_id=item, currency="EUR", valid_from=date(2025, 1, 1), price=money(100), mode="flat"
            )
        made.agreement(made.client("C1"), "A1", {"unit_price": None}, charged_through="2026-02-01")
        return book.path


def _run(path: Path, *arguments: str, code: int = 0) -> str:
    out, err = io.StringIO(), io.StringIO()
    command, *rest = arguments
    assert cli.run([command, str(path), *rest], out=out, err=err, folder=path.parent) == code, err.getvalue()
    return out.getvalue() + (err.getvalue() if code else "")


def _data(path: Path, *arguments: str) -> dict[str, Any]:
    found = json.loads(_run(path, *arguments, "--json"))
    assert isinstance(found, dict)
    return found


def _open(path: Path) -> Book:
    from db.book_files import open_book

    return open_book(path)


def test_a_price_from_its_proposal_to_being_rolled_back(path: Path) -> None:
    made = _data(
        path, "config", "propose", "price.RET", "120", "--from", "2026-02-01", "--reason", "Index", "--as", "Ada"
    )
    assert (made["number"], made["state"], made["from"], made["area"]) == (
        "C-2026-0001",
        "proposed",
        "2026-02-01",
        "prices",
    )
    told = _data(path, "config", "show", "C-2026-0001")
    assert {"what": told["fields"][0]["what"], "price": "120"} == {
        "what": "price on the rate card of RET",
        "price": next(one["after"] for one in told["fields"] if one["field"] == "price"),
    }
    seen = _data(path, "config", "impact", "C-2026-0001")
    assert (seen["day"], seen["before"], seen["after"]) == ("2026-02-28", {"EUR": "119.00"}, {"EUR": "142.80"})
    (one,) = seen["differences"]
    assert [(line["before"], line["after"], line["price_after"]) for line in one["lines"]] == [
        ("100.00", "120.00", "120")
    ]
    assert "€100.00" in _run(path, "config", "impact", "C-2026-0001")
    assert _data(path, "config", "accept", "C-2026-0001", "--as", "Ben")["state"] == "applied"
    billed = _data(path, "bill", "--through", "2026-02-28", "--issue-date", "2026-02-28")
    assert billed["totals"] == {"EUR": "142.80"}
    back = _data(path, "config", "roll-back", "C-2026-0001", "--reason", "Agreed otherwise")
    assert (back["state"], back["issued_since"], back["totals"]) == ("rolled_back", 1, {"EUR": "142.80"})
    assert [one["state"] for one in _data(path, "config")["changes"]] == ["rolled_back"]
    history = _data(path, "config", "history", "--area", "prices")["history"]
    assert [(one["what"], one["change"]) for one in history if one["change"]] == [
        ("price on the rate card of RET", "C-2026-0001")
    ]
    assert _data(path, "check")["clean"]


def test_terms_come_into_force_on_their_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(path, "config", "propose", "firm.terms", "net 7", "--from", "2026-03-01")
    assert _data(path, "config", "accept", "C-2026-0001", "--note", "Fine")["state"] == "accepted"
    assert _data(path, "config", "apply")["applied"] == []
    monkeypatch.setattr("desktop.cli.call.Call.today", date(2026, 3, 1))
    assert _data(path, "config", "apply")["applied"] == ["C-2026-0001"]
    with _open(path) as book:
        assert firm(book)["terms"] == "net 7"


def test_refused_and_withdrawn(path: Path) -> None:
    for _number in range(2):
        _run(path, "config", "propose", "tax.standard", "16", "--from", "2026-07-01")
    assert _data(path, "config", "refuse", "C-2026-0001", "--note", "No")["note"] == "No"
    assert _data(path, "config", "withdraw", "C-2026-0002")["state"] == "withdrawn"
    assert "already" in _run(path, "config", "accept", "C-2026-0001", code=1)
    assert "There are: C-2026-0002" in _run(path, "config", "show", "C-2026-0009", code=1)
    assert "Say which change" in _run(path, "config", "impact", code=1)


def test_a_sandbox_made_compared_and_discarded(path: Path) -> None:
    made = Path(_data(path, "sandbox", "make")["sandbox"])
    with _open(made) as copy, change(copy, "Ada", "Dearer") as changed:
        changed.update(Rate, 1, price=money(130))
    found = _data(path, "sandbox", "compare", "--to", "lines.csv")
    assert (found["before"], found["after"], found["through"]) == (
        {"EUR": "119.00"},
        {"EUR": "154.70"},
        "2026-02-28",
    )
    with (path.parent / "lines.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Client"], row["Net before"], row["Net after"], row["Price after"]) == ("C1", "100", "130", "130")
    assert "1 document differs" in _run(path, "sandbox", "compare")
    run = _data(made, "bill", "--through", "2026-02-28", "--issue-date", "2026-02-28")["run"]
    assert _data(path, "sandbox", "compare", "--run", run)["run"] == run
    assert "This is a sandbox" in _run(made, "send", code=1)
    _run(path, "sandbox", "discard")
    assert not made.exists()
    assert "no sandbox" in _run(path, "sandbox", "compare", code=1)


def test_a_file_of_prices_is_proposed_as_one_change(path: Path) -> None:
    with open_book(path) as book:
        set_seconds_above(book, {"configuration": 0}, actor="Ada")
        (code,) = [one["code"] for one in items(book)]
    file = path.parent / "prices.csv"
    file.write_text(f"item,price,valid from,currency\n{code},120,2026-03-01,EUR\n", encoding="utf-8")
    assert "second person" in _run(path, "import", "rates", str(file), "--as", "Ada", code=1)
    number = _data(path, "config", "propose", "import.rates", str(file), "--as", "Ada")["number"]
    with open_book(path) as book:
        assert _prices(book) == [money(100)]
    assert _data(path, "config", "accept", number, "--as", "Ben")["state"] == "applied"
    with open_book(path) as book:
        assert _prices(book) == [money(100), money(120)]
    bad = path.parent / "bad.csv"
    bad.write_text("item,price,valid from,currency\nNOPE,120,2026-03-01,EUR\n", encoding="utf-8")
    assert "rejected" in _run(path, "config", "propose", "import.rates", str(bad), code=1)


def _prices(book: Book) -> list[int]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT price FROM rate ORDER BY valid_from")
        return [int(row[0]) for row in rows]
