"""`recognise`, `close`, `reopen` and `rates` over one book, as a script uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop import cli
from tests.books import new_book
from tests.contracts import Contracts

CSV = "Date,USD,JPY,\n2026-03-31,1.25,160,\n2026-03-30,1.28,161.5,\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_book(tmp_path) as book:
        contracts = Contracts(book)
        contracts.client("US", currency="USD", country="US")
    return tmp_path / "Harbour.sheaf"


def answer(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> Any:
    assert cli.main([*(str(one) for one in words), "--json"]) == code
    printed = capsys.readouterr()
    return json.loads(printed.out) if code == 0 else printed.err


def test_a_month_is_earned_and_closed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "recognise", path, "--policy", "monthly") == {"policy": "monthly"}
    from db.book_files import open_book

    with open_book(path) as book:
        contracts = Contracts(book)
        contracts.agreement(contracts.client(), "A1", {"unit_price": "1200"}, every_unit="year", timing="advance")
        contracts.bill("2026-01-01")
    seen = answer(capsys, "recognise", path, "--through", "2026-02-28", "--preview")
    assert (seen["booked"], seen["totals"], len(seen["entries"])) == (False, {"EUR": "200.00"}, 2)
    assert answer(capsys, "recognise", path, "--through", "2026-02-28")["entries"] == seen["entries"]
    assert answer(capsys, "recognise", path, "--through", "2026-02-28")["entries"] == []
    steps = {
        one["step"]: one["state"]
        for one in answer(capsys, "close", path, "--through", "2026-01-31", "--check")["steps"]
    }
    assert (steps["recognised"], steps["check"]) == ("done", "done")
    made = answer(capsys, "close", path, "--through", "2026-01-31")
    assert (made["through"], made["passed_over"], len(made["digest"])) == ("2026-01-31", [], 64)
    assert "closed through 31 Jan 2026 already" in answer(capsys, "close", path, "--through", "2026-01-31", code=1)
    assert answer(capsys, "reopen", path, "--reason", "a late bill") == {"reopened": "2026-01-31"}
    listed = answer(capsys, "close", path, "--list")["closings"]
    assert [(one["through"], one["reason"]) for one in listed] == [("2026-01-31", "a late bill")]
    assert cli.main(["close", str(path), "--through", "2026-01-31", "--check"]) == 0
    assert "Every bank line is booked." in capsys.readouterr().out


def test_rates_of_a_file(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(CSV, encoding="utf-8")
    seen = answer(capsys, "rates", path, file, "--since", "2026-03-31", "--preview")
    assert (seen["written"], seen["new"]) == (0, 1)
    assert answer(capsys, "rates", path, file, "--since", "2026-03-01")["written"] == 2
    kept = answer(capsys, "rates", path, "--currency", "usd")["rates"]
    assert kept[0] == {"currency": "USD", "from": "2026-03-31", "rate": "0.8", "source": "ECB"}
    assert cli.main(["rates", str(path), str(file), "--since", "2026-03-01"]) == 0
    assert "0 rates written, of 30 Mar 2026 to 31 Mar 2026; 2 stood already" in capsys.readouterr().out
