"""`accounts` and `secret`: set up, tried and signed in without a window; secrets through the keyring alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop import cli, secrets
from desktop.services.delivery.mail import signing_in
from desktop.services.delivery.mail.accounts import accounts
from tests.books import new_book
from tests.servers.authorization import authorization_server
from tests.servers.certificates import Authority, Certificate
from tests.servers.faulty_smtp import PASSWORD, USER, FaultySmtp, faulty_smtp
from tests.servers.mail_fixtures import authority, certificate
from tests.servers.secret_service import with_keyring

__all__ = ["authority", "certificate"]


class Shell:
    """Runs commands on one book."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.err = ""

    def run(self, command: str, *options: str, held: Book | None = None) -> tuple[int, str]:
        out, err = io.StringIO(), io.StringIO()
        code = cli.run([command, str(self.path), *options], out=out, err=err, folder=self.path.parent, held=held)
        self.err = err.getvalue()
        return code, out.getvalue()

    def data(self, command: str, *options: str, code: int = 0, held: Book | None = None) -> dict[str, Any]:
        ended, printed = self.run(command, *options, "--json", held=held)
        assert ended == code, self.err
        told: dict[str, Any] = json.loads(printed)
        return told


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    with new_book(tmp_path) as book:
        return Shell(book.path)


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    yield
    secrets._held.clear()
    signing_in._tokens.clear()


@pytest.fixture
def smtp(certificate: Certificate) -> Iterator[FaultySmtp]:
    with faulty_smtp(certificate=certificate) as server:
        yield server


def add_own(shell: Shell, server: FaultySmtp, authority: Authority) -> None:
    shell.data(
        *("accounts", "add", USER, "--name", "Office", "--host", "localhost", "--port", str(server.port)),
        *("--security", "starttls", "--trust", str(authority.root)),
    )


def test_an_address_is_enough_for_a_known_provider(shell: Shell) -> None:
    told = shell.data("accounts", "add", "anna@gmail.com", "--per-day", "90")
    assert (told["host"], told["port"], told["security"]) == ("smtp.gmail.com", 465, "tls")
    assert (told["per_day"], told["user"], told["imap_host"]) == (90, "anna@gmail.com", "imap.gmail.com")
    assert "app password" in shell.err
    assert "sheaf secret" in shell.err


def test_servers_that_nobody_knows_are_asked_for(shell: Shell) -> None:
    code, printed = shell.run("accounts", "add", "anna@firm.example")
    assert (code, printed) == (1, "")
    assert "--host" in shell.err
    code, _printed = shell.run("accounts", "add", "anna@tuta.com")
    assert code == 1
    assert "lets no other program send" in shell.err


def test_accounts_are_listed_changed_chosen_and_removed(shell: Shell) -> None:
    assert "No e-mail account is set up" in shell.run("accounts")[1]
    for name in ("a@gmx.de", "b@gmx.de"):
        shell.data("accounts", "add", name)
    assert shell.data("accounts", "change", "b@gmx.de", "--receipts", "--name", "Second")["receipts"] is True
    assert shell.data("accounts", "change", "second", "--no-receipts")["receipts"] is False
    shell.data("accounts", "default", "Second")
    told = shell.data("accounts")["accounts"]
    assert [(one["name"], one["default"]) for one in told] == [("Second", True), ("a@gmx.de", False)]
    assert "Second" in shell.run("accounts")[1]
    shell.data("accounts", "remove", "Second")
    assert [one["name"] for one in shell.data("accounts")["accounts"]] == ["a@gmx.de"]


@pytest.mark.parametrize("wrong", [["add"], ["list", "x"], ["change", "a@gmx.de"], ["remove", "nobody"]])
def test_what_is_wrong_is_one_sentence(shell: Shell, wrong: list[str]) -> None:
    shell.data("accounts", "add", "a@gmx.de")
    code, printed = shell.run("accounts", *wrong)
    assert (code, printed, shell.err.count("\n")) == (1, "", 1)


def test_a_test_tells_each_step(
    shell: Shell, smtp: FaultySmtp, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_own(shell, smtp, authority)
    monkeypatch.setenv("SHEAF_MAIL_PASSWORD", PASSWORD)
    told = shell.data("accounts", "test", "Office", "--password-from", "env", "--mail")
    assert told["good"] is True
    assert [step["step"] for step in told["steps"]][-3:] == ["login", "sender", "mail"]
    assert len(smtp.taken) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong\n"))
    told = shell.data("accounts", "test", "Office", "--password-from", "stdin", code=1)
    assert told["steps"][-1]["state"] == "failed"
    assert "refused the login" in told["steps"][-1]["message"]


def test_the_environment_is_read_only_when_asked(
    shell: Shell, smtp: FaultySmtp, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_own(shell, smtp, authority)
    monkeypatch.setenv("SHEAF_MAIL_PASSWORD", PASSWORD)
    code, printed = shell.run("accounts", "test", "Office")
    assert code == 1
    assert "no keyring" in printed
    monkeypatch.delenv("SHEAF_MAIL_PASSWORD")
    code, _printed = shell.run("accounts", "test", "Office", "--password-from", "env")
    assert code == 1
    assert "SHEAF_MAIL_PASSWORD holds no password" in shell.err


def test_a_window_is_not_asked_for_the_caller_s_password(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell.data("accounts", "add", "a@gmx.de")
    monkeypatch.setenv("SHEAF_MAIL_PASSWORD", PASSWORD)
    from db.book_files import open_book

    with open_book(shell.path) as book:
        code, _printed = shell.run("accounts", "test", "a@gmx.de", "--password-from", "env", held=book)
    assert code == 1
    assert "The window has this book open" in shell.err


def test_without_a_keyring_a_secret_is_kept_nowhere(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.data("accounts", "add", "a@gmx.de")
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    code, printed = shell.run("secret", "a@gmx.de")
    assert (code, printed) == (1, "")
    assert "nothing was kept" in shell.err
    assert secrets._held == {}


def test_a_secret_goes_from_standard_input_through_the_keyring_to_the_server(
    shell: Shell, smtp: FaultySmtp, authority: Authority, tmp_path: Path
) -> None:
    add_own(shell, smtp, authority)
    keyring = tmp_path / "keyring"
    keyring.mkdir()

    def sheaf(*arguments: str, typed: str = "") -> Any:
        return with_keyring(keyring, ["-m", "desktop", arguments[0], str(shell.path), *arguments[1:]], typed=typed)

    kept = sheaf("secret", "Office", "--json", typed=PASSWORD + "\n")
    assert json.loads(kept.stdout) == {"account": "Office", "kept": True}, kept.stderr
    tried = sheaf("accounts", "test", "Office", "--mail")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert len(smtp.taken) == 1
    assert sheaf("secret", "Office", typed="").returncode == 1
    assert sheaf("secret", "Office", "--forget").returncode == 0
    assert "There is no password" in sheaf("accounts", "test", "Office").stdout


def test_a_book_that_a_window_has_open_takes_a_secret_all_the_same(shell: Shell, tmp_path: Path) -> None:
    shell.data("accounts", "add", "a@gmx.de")
    from db.book_files import open_book

    with open_book(shell.path):
        done = with_keyring(tmp_path, ["-m", "desktop", "secret", str(shell.path), "a@gmx.de"], typed="s3cret\n")
    assert done.returncode == 0, done.stderr


def test_signing_in_needs_a_keyring_or_a_window(
    shell: Shell, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.data("accounts", "add", "a@gmx.de")
    code, _printed = shell.run("accounts", "sign-in", "a@gmx.de")
    assert code == 1
    assert "no keyring" in shell.err
    from db.book_files import open_book

    with authorization_server(authority) as server, open_book(shell.path) as book:
        provider = server.app().provider
        monkeypatch.setattr(signing_in, "provider", lambda _name, _tenant: provider)
        code, _printed = shell.run("accounts", "sign-in", "a@gmx.de", held=book)
        assert code == 1
        assert "logs in with a password" in shell.err
        shell.data(
            *("accounts", "change", "a@gmx.de", "--auth", "oauth", "--provider", "microsoft"),
            *("--client-id", "client-1"),
            held=book,
        )
        told = shell.data("accounts", "sign-in", "a@gmx.de", "--code", held=book)
        assert told == {"account": "a@gmx.de", "signed_in": True, "kept": False}
        assert "WDJB-MJHT" in shell.err
        assert not signing_in.needs_secret(accounts(book)[0])
