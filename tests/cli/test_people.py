"""`people` and `passphrase`, and who a command is for once people sign in."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop import cli
from desktop.cli.signing import SECOND, VARIABLE
from desktop.services.access.second_pair import set_seconds_above
from desktop.services.access.signing_in import entries, sign_in
from desktop.services.books import open_
from desktop.services.handover import Command, HandoverServer, hand_over
from tests.access import WORDS
from tests.books import new_book
from tests.issued import add_client, add_invoice

OTHER = "nine quiet lanterns"


class Terminal:
    """Runs commands on one book, with what would stand in the variable and on standard input."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.err = ""
        self._patch = monkeypatch

    def run(
        self, command: str, *options: str, words: str | None = None, typed: str = "", second: str | None = None
    ) -> tuple[int, str]:
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        for variable, value in ((VARIABLE, words), (SECOND, second)):
            if value is None:
                self._patch.delenv(variable, raising=False)
            else:
                self._patch.setenv(variable, value)
        out, err = io.StringIO(), io.StringIO()
        code = cli.run([command, str(self.path), *options], out=out, err=err, folder=self.path.parent)
        self.err = err.getvalue()
        return code, out.getvalue()

    def data(self, command: str, *options: str, words: str | None = None, typed: str = "") -> dict[str, Any]:
        code, out = self.run(command, *options, "--json", words=words, typed=typed)
        assert code == 0, self.err
        found = json.loads(out)
        assert isinstance(found, dict)
        return found


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    with new_book(tmp_path) as made:
        path = made.path
    found = Terminal(path, monkeypatch)
    found.data("people", "add", "Olga", "--role", "owner")
    found.data("people", "add", "Carla", "--approval-limit", "250.50")
    return found


@pytest.fixture
def guarded(terminal: Terminal) -> Terminal:
    terminal.data("passphrase", "Olga", typed=WORDS)
    terminal.data("passphrase", "Carla", "--as", "Olga", words=WORDS, typed=OTHER)
    return terminal


def test_people_are_listed_changed_and_removed(terminal: Terminal) -> None:
    carla, olga = terminal.data("people")["people"]
    assert olga["role"] == "owner"
    assert carla == {
        "name": "Carla",
        "role": "clerk",
        "active": True,
        "passphrase": False,
        "approval_limit": "250.50",
        "credit_limit": None,
        "write_off_limit": None,
    }
    terminal.data("people", "change", "Carla", "--role", "reader", "--rename", "Karla", "--out")
    terminal.data("people", "change", "Karla", "--approval-limit", "none")
    karla = terminal.data("people")["people"][0]
    assert (karla["name"], karla["role"], karla["active"], karla["approval_limit"]) == ("Karla", "reader", False, None)
    assert "signs in no more" in terminal.run("people")[1]
    terminal.data("people", "remove", "Karla")
    assert [one["name"] for one in terminal.data("people")["people"]] == ["Olga"]
    assert terminal.run("people", "remove", "Nobody")[0] == 1
    assert "Olga" in terminal.err


def test_without_passphrases_a_command_asks_for_none(terminal: Terminal) -> None:
    assert terminal.run("check")[0] == 0


def test_a_command_signs_in_by_the_variable(guarded: Terminal) -> None:
    assert guarded.run("invoices", "--as", "Olga")[0] == 1
    assert VARIABLE in guarded.err
    assert guarded.run("invoices", "--as", "Olga", words=OTHER)[0] == 1
    assert guarded.run("invoices", "--as", "Olga", words=WORDS)[0] == 0
    found = guarded.data("people", "sign-ins", "--as", "Olga", words=WORDS)["sign_ins"]
    assert [one["outcome"] for one in found[:3]] == ["in", "in", "refused"]


def test_a_given_passphrase_serves_only_once(guarded: Terminal) -> None:
    assert guarded.run("invoices", "--as", "Carla", words=OTHER)[0] == 1
    assert "serves only once" in guarded.err
    guarded.data("passphrase", "--as", "Carla", words=OTHER, typed="three cold mornings")
    assert guarded.run("invoices", "--as", "Carla", words="three cold mornings")[0] == 0


def test_a_command_may_what_its_person_may(guarded: Terminal) -> None:
    guarded.data("passphrase", "--as", "Carla", words=OTHER, typed="three cold mornings")
    for command in (("people", "add", "Ben"), ("settings", "firm.name", "Mine"), ("passphrase", "Olga")):
        assert guarded.run(*command, "--as", "Carla", words="three cold mornings", typed=OTHER)[0] == 1
        assert "Carla" in guarded.err
    guarded.data("passphrase", "--open-to-everyone", "--as", "Olga", words=WORDS)
    assert guarded.run("invoices")[0] == 0


def test_what_is_due_needs_nobody(guarded: Terminal) -> None:
    assert guarded.data("due") == {"results": []}


def _served(book: Book) -> Callable[[Command], int]:
    def execute(command: Command) -> int:
        return cli.run(
            command.argv, out=command.out, err=command.err, folder=command.folder, held=book, ask=command.ask
        )

    return execute


def test_a_command_in_an_open_window_is_in_the_hands_of_its_own_person(guarded: Terminal) -> None:
    with open_(guarded.path) as book:
        sign_in(book, "Olga", WORDS)
        server = HandoverServer(book, _served(book))
        asked: list[dict[str, str]] = []

        def handed(name: str, words: str | None) -> tuple[int, str]:
            out, err = io.StringIO(), io.StringIO()

            def answer(question: dict[str, str]) -> str | None:
                asked.append(question)
                return words

            argv = ["settings", str(guarded.path), "firm.name", "Mine", "--as", name]
            code = hand_over(guarded.path, argv, out=out, err=err, folder=guarded.path.parent, answer=answer)
            assert code is not None
            return code, err.getvalue()

        try:
            assert handed("Olga", WORDS)[0] == 0
            assert handed("Olga", OTHER)[0] == 1
            assert handed("Olga", None)[0] == 1
            code, said = handed("Carla", OTHER)
            assert (code, "serves only once" in said) == (1, True)
        finally:
            server.close()
        assert {one["name"] for one in asked} == {"Olga", "Carla"}
        assert book.signed_in is not None
        assert book.signed_in.name == "Olga"
        assert entries(book)[0].name == "Carla"


def test_somebody_else_agrees_by_the_command(guarded: Terminal) -> None:
    guarded.data("people", "change", "Carla", "--role", "bookkeeper", "--as", "Olga", words=WORDS)
    guarded.data("passphrase", "--as", "Carla", words=OTHER, typed="three cold mornings")
    with open_(guarded.path) as book:
        sign_in(book, "Olga", WORDS)
        number = add_invoice(book, add_client(book, "ACME"), date(2026, 5, 1), (100_000, 19))
        set_seconds_above(book, {"write_off": 1}, actor="Olga")
    command = ("write-off", number, "--reason", "Gone", "--as", "Olga")
    assert guarded.run(*command, words=WORDS)[0] == 1
    assert "--agreed-by" in guarded.err
    assert guarded.run(*command, "--agreed-by", "Olga", words=WORDS, second=WORDS)[0] == 1
    assert guarded.run(*command, "--agreed-by", "Carla", words=WORDS, second=WORDS)[0] == 1
    code, _said = guarded.run(*command, "--agreed-by", "Carla", words=WORDS, second="three cold mornings")
    assert code == 0, guarded.err
