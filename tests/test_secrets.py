"""Secrets: in the system's keyring, or in memory alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, null

from desktop import secrets
from tests.servers.secret_service import with_keyring

_ROOT = Path(__file__).resolve().parents[1]
SECRET = "correct horse battery staple"


class InAFile(KeyringBackend):
    """As those of keyrings.alt: a backend that a user may have installed, and that keeps secrets in a file."""

    priority = 1
    asked = False

    def get_password(self, service: str, username: str) -> str | None:
        type(self).asked = True
        return "from a file"

    def set_password(self, service: str, username: str, password: str) -> None:
        type(self).asked = True

    def delete_password(self, service: str, username: str) -> None:
        type(self).asked = True


class Kept(SecretService.Keyring):
    """The class that Linux has, without its bus."""

    priority = 5

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get(username)


Kept.__module__ = SecretService.__name__


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)
    for name in list(secrets._held):
        del secrets._held[name]


def _in_a_keyring(folder: Path, code: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return with_keyring(folder, ["-c", "from desktop import secrets\n" + code], **more)


def test_a_secret_outlives_the_program_in_the_system_s_keyring(tmp_path: Path) -> None:
    one = _in_a_keyring(tmp_path, f"print(secrets.has_keyring()); secrets.keep('a1/password', {SECRET!r})")
    assert one.stdout == "True\n", one.stderr
    other = _in_a_keyring(tmp_path, "print(secrets.read('a1/password'), secrets.read('a2/password'))")
    assert other.stdout == f"{SECRET} None\n", other.stderr
    last = _in_a_keyring(
        tmp_path, "secrets.forget('a1/password'); secrets.forget('a1/password'); print(secrets.read('a1/password'))"
    )
    assert last.stdout == "None\n", last.stderr


def test_a_kept_secret_stands_in_no_file_as_it_is(tmp_path: Path) -> None:
    done = _in_a_keyring(tmp_path, f"secrets.keep('a1/password', {SECRET!r})")
    assert done.returncode == 0, done.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files, "the keyring has a file of its own"
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_a_token_longer_than_windows_takes_is_kept_in_parts_and_forgotten_whole(tmp_path: Path) -> None:
    done = _in_a_keyring(
        tmp_path,
        """
import keyring
token = "".join(chr(33 + number % 90) for number in range(3456))
secrets.keep("a1/refresh", token)
print(secrets.read("a1/refresh") == token)
print(max(len(keyring.get_password("Sheaf", name)) for name in ("a1/refresh", "a1/refresh#1", "a1/refresh#4")))
keyring.delete_password("Sheaf", "a1/refresh#2")
print(secrets.read("a1/refresh"))
secrets.keep("a1/refresh", token)
secrets.forget("a1/refresh")
print([keyring.get_password("Sheaf", name) for name in ("a1/refresh", "a1/refresh#1", "a1/refresh#4")])
""",
    )
    assert done.stdout.splitlines() == ["True", "1000", "None", "[None, None, None]"], done.stderr


def test_a_secret_that_looks_like_parts_comes_back_as_it_was(tmp_path: Path) -> None:
    done = _in_a_keyring(tmp_path, "secrets.keep('a1/password', 'sheaf-parts:7'); print(secrets.read('a1/password'))")
    assert done.stdout == "sheaf-parts:7\n", done.stderr


def test_a_shorter_secret_leaves_no_part_of_a_longer_one(tmp_path: Path) -> None:
    done = _in_a_keyring(
        tmp_path,
        """
import keyring
secrets.keep("a1/refresh", "x" * 2500)
secrets.keep("a1/refresh", "short")
print(secrets.read("a1/refresh"), keyring.get_password("Sheaf", "a1/refresh#2"))
""",
    )
    assert done.stdout == "short None\n", done.stderr


def test_a_locked_keyring_says_so_and_the_secret_is_held(tmp_path: Path) -> None:
    done = _in_a_keyring(
        tmp_path,
        f"""
try:
    secrets.keep("a1/password", {SECRET!r})
except secrets.NoKeyring as error:
    print(error)
print(secrets.known("a1/password"), secrets.keep_or_hold("a1/password", {SECRET!r}), secrets.read("a1/password"))
""",
        locked=True,
    )
    said, held = done.stdout.splitlines()
    assert said.endswith("Sheaf writes it to no file.")
    assert held == f"None False {SECRET}"


def test_without_a_bus_there_is_no_keyring(tmp_path: Path) -> None:
    code = "from desktop import secrets\nprint(secrets.has_keyring())\nsecrets.read('a1/password')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)},
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "False\n"
    assert "NoKeyring" in done.stderr


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), InAFile()])
def test_backends_that_keep_nothing_or_write_files_are_refused(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    assert not secrets.has_keyring()
    for act in (secrets.read, secrets.forget, lambda name: secrets.keep(name, SECRET)):
        with pytest.raises(secrets.NoKeyring):
            act("a1/password")
    assert not InAFile.asked


def test_of_several_backends_the_system_s_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Kept()
    own.secrets["a1/password"] = SECRET
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [InAFile(), own])
    keyring.set_keyring(chainer.ChainerBackend())
    assert secrets.read("a1/password") == SECRET
    assert not InAFile.asked


def test_whatever_a_backend_raises_means_that_the_keyring_is_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Kept()

    def gone(*_told: str) -> None:
        raise RuntimeError("the bus is gone")

    monkeypatch.setattr(own, "get_password", gone)
    keyring.set_keyring(own)
    with pytest.raises(secrets.NoKeyring):
        secrets.read("a1/password")


def test_what_is_held_is_known_until_it_is_forgotten() -> None:
    keyring.set_keyring(fail.Keyring())
    assert not secrets.keep_or_hold("a1/password", SECRET)
    assert secrets.read("a1/password") == SECRET
    with pytest.raises(secrets.NoKeyring):
        secrets.forget("a1/password")
    assert secrets.known("a1/password") is None


def test_what_was_set_aside_comes_back_with_an_undo() -> None:
    keyring.set_keyring(fail.Keyring())
    secrets.hold("a1/password", SECRET)
    secrets.set_aside("a1/password")
    secrets.set_aside("a2/password")
    assert secrets.known("a1/password") == SECRET
    assert secrets.known("a2/password") is None
