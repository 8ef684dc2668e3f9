"""`privacy` and `verify-script`: a request of a person answered without the window."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.schema import Client, Contact
from desktop import cli
from desktop.services.changes import change
from tests.books import new_book


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("desktop.cli.call.Call.today", date(2026, 11, 22))
    with new_book(tmp_path) as book:
        with change(book, "Anne", "Add") as made:
            for code in ("A", "B"):
                made.insert(Client, code=code, name=f"Name of {code}", country="DE", currency="EUR", active=code == "A")
            made.insert(Contact, client_id=1, name="Jo Miller", email="jo@example.org")
        return book.path


def run(path: Path, *arguments: str, code: int = 0) -> Any:
    out, err = io.StringIO(), io.StringIO()
    assert cli.run([*arguments, "--json"], out=out, err=err, folder=path.parent) == code, err.getvalue()
    return err.getvalue() if code else json.loads(out.getvalue())


def test_what_may_go_is_listed_erased_and_told(path: Path) -> None:
    book = str(path)
    (plan,) = run(path, "privacy", book)["due"]
    assert (plan["name"], plan["now"], plan["kept_until"]) == ("Name of B", 1, None)
    assert run(path, "privacy", book, "erase", "B", "--preview")["now"] == 1
    assert "needs its reason" in run(path, "privacy", book, "erase", "B", code=1)
    done = run(path, "privacy", book, "erase", "B", "--reason", "over", "--retention")
    assert (done["erasure"], done["rows"]["client"], done["overwritten"]) == ("E-2026-0001", 1, True)
    (told,) = run(path, "privacy", book, "list")["erasures"]
    assert (told["number"], told["kind"], told["reason"]) == ("E-2026-0001", "retention", "over")
    assert run(path, "privacy", book)["due"] == []
    assert run(path, "check", book)["clean"]


def test_a_contact_is_named(path: Path) -> None:
    book = str(path)
    made = run(path, "privacy", book, "export", "A", "--contact", "jo miller", "--to", "jo.zip")
    assert made["rows"] == {"contact": 1}
    assert "no contact" in run(path, "privacy", book, "erase", "A", "--contact", "Al", "--reason", "x", code=1)
    assert run(path, "privacy", book, "erase", "A", "--contact", "Jo Miller", "--reason", "x")["rows"]["contact"] == 1


def test_periods_are_shown_and_set(path: Path) -> None:
    assert run(path, "privacy", str(path), "periods") == {
        "documents": 8,
        "letters": 6,
        "statute": "§ 147 AO, § 14b UStG, § 257 HGB",
        "country": "DE",
    }
    assert run(path, "privacy", str(path), "periods", "--documents", "10")["documents"] == 10
    assert "asks for 8 years" in run(path, "privacy", str(path), "periods", "--documents", "3", code=1)


def test_the_script_is_copied_out(path: Path) -> None:
    made = run(path, "verify-script", "--to", str(path.parent))
    assert Path(made["script"]).read_text(encoding="utf-8").startswith("#!/usr/bin/env python3")
    assert Path(made["readme"]).exists()
    assert "does not exist" in run(path, "verify-script", "--to", str(path.parent / "none"), code=1)
