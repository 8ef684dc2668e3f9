"""A book under a key by commands: everything goes on as before, and without the key nothing does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from desktop import secrets
from desktop.services.encryption.opening import VARIABLE
from tests.e2e.commands import Answer, Sheaf
from tests.e2e.conftest import MARCH

PHRASE = "lantern orchard violin gravel"


@pytest.fixture(autouse=True)
def _keys_of_this_process() -> Iterator[None]:
    yield
    _forget_all()


def _forget_all() -> None:
    for name in [name for name in secrets._held if name.startswith("book-key/")]:
        del secrets._held[name]


def _typing(monkeypatch: pytest.MonkeyPatch, sheaf: Sheaf, text: str, *argv: str) -> Answer:
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    return sheaf(*argv)


def _encrypt(monkeypatch: pytest.MonkeyPatch, sheaf: Sheaf) -> None:
    answer = _typing(monkeypatch, sheaf, PHRASE, "encrypt", "firm.sheaf", "--passphrase", "--json")
    assert answer.data == {
        "book": str(sheaf.folder / "firm.sheaf"),
        "encrypted": True,
        "in_keyring": False,
        "overwritten": True,
        "readable_copies": [],
    }


def test_a_firm_is_billed_in_an_encrypted_book(firm: Sheaf, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Sheaf(firm.folder / "plain")
    plain.folder.mkdir()
    plain.write("firm.sheaf", (firm.folder / "firm.sheaf").read_bytes())
    _encrypt(monkeypatch, firm)
    same = ("outcomes", "invoices", "totals", "agreements", "run")
    here, there = (one.json("bill", "firm.sheaf", *MARCH, "--render", "pdf") for one in (firm, plain))
    assert {key: here[key] for key in same} == {key: there[key] for key in same}
    number = firm.json("invoices", "firm.sheaf")["invoices"][0]["number"]
    assert firm.json("pay", "firm.sheaf", number, "50")["unapplied"] == "0.00"
    assert firm("check", "firm.sheaf").code == 0
    assert firm("backup", "firm.sheaf", "copy.sheaf").code == 0
    assert b"Acme" not in (firm.folder / "copy.sheaf").read_bytes()
    assert firm("restore", "copy.sheaf", "firm.sheaf").code == 0
    assert firm("due", "firm.sheaf").code == 0
    assert firm("settings", "firm.sheaf", "firm.city", "Kiel").code == 0
    assert firm("undo", "firm.sheaf").code == 0
    assert firm("check", "firm.sheaf").code == 0


def test_another_process_asks_for_the_key(firm: Sheaf, monkeypatch: pytest.MonkeyPatch) -> None:
    _encrypt(monkeypatch, firm)
    process = firm.start("invoices", "firm.sheaf")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "is encrypted" in err
    assert VARIABLE in err
    monkeypatch.setenv(VARIABLE, PHRASE)
    process = firm.start("bill", "firm.sheaf", *MARCH, "--render", "pdf")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert len(list((firm.folder / "pdf").glob("*.pdf"))) == 2
    monkeypatch.setenv(VARIABLE, "another passphrase than that")
    process = firm.start("invoices", "firm.sheaf")
    assert "not the key" in process.communicate(timeout=60)[1]


def test_the_printed_key_opens_the_book(firm: Sheaf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without a keyring a key of chance would be lost with this process.
    refused = firm("encrypt", "firm.sheaf")
    assert refused.code == 1
    assert "--passphrase" in refused.err
    assert firm("encrypt", "firm.sheaf", "--recovery-to", "key.pdf").code == 0
    assert (firm.folder / "key.pdf").stat().st_mode & 0o077 == 0
    shown = firm.json("recovery-key", "firm.sheaf")["recovery_key"]
    text = pypdfium2.PdfDocument(firm.folder / "key.pdf")[0].get_textpage().get_text_range()
    assert all(group in text for group in shown.split("-"))
    _forget_all()
    assert firm("invoices", "firm.sheaf").code == 1
    monkeypatch.setenv(VARIABLE, shown)
    assert firm("invoices", "firm.sheaf").code == 0
    assert firm("decrypt", "firm.sheaf").code == 0
    _forget_all()
    monkeypatch.delenv(VARIABLE)
    assert firm("check", "firm.sheaf").code == 0
    assert "is not encrypted" in firm("recovery-key", "firm.sheaf").err


def test_an_older_readable_copy_is_named_and_encrypted_on_wish(firm: Sheaf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert firm("backup", "firm.sheaf", "firm of monday.sheaf").code == 0
    answer = _typing(monkeypatch, firm, PHRASE, "encrypt", "firm.sheaf", "--passphrase", "--json")
    assert [Path(one).name for one in answer.data["readable_copies"]] == ["firm of monday.sheaf"]
    answer = _typing(
        monkeypatch, firm, PHRASE + " two", "encrypt", "firm.sheaf", "--passphrase", "--change", "--copies", "--json"
    )
    assert answer.data["readable_copies"] == []
    assert b"Acme" not in (firm.folder / "firm of monday.sheaf").read_bytes()


def test_a_weak_passphrase_is_refused(firm: Sheaf, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (firm.folder / "firm.sheaf").read_bytes()
    for weak in ("harbour", "aaaaaaaaaaaaaaaaaaaa", ""):
        answer = _typing(monkeypatch, firm, weak, "encrypt", "firm.sheaf", "--passphrase")
        assert answer.code == 1
    assert (firm.folder / "firm.sheaf").read_bytes() == before
