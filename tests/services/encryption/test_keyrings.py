"""The key of a book in the system's own keyring, and on a system that has none or a locked one."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from datetime import date
from pathlib import Path
from typing import Any

from db.cipher import locked_driver
from desktop.services.encryption.recovery import new_key, recovery_key
from desktop.services.encryption.sheet import write_sheet
from tests.books import new_book
from tests.servers.secret_service import with_keyring

WORDS = "nine quiet lanterns in the rain"


def _sheaf(folder: Path, *argv: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return with_keyring(folder, ["-m", "desktop", *argv], **more)


def _book(folder: Path) -> str:
    with new_book(folder) as book:
        return str(book.path)


def test_the_keyring_keeps_the_key_until_it_is_to_forget(tmp_path: Path) -> None:
    path = _book(tmp_path)
    done = _sheaf(tmp_path, "encrypt", path, "--recovery-to", str(tmp_path / "key.pdf"))
    assert done.returncode == 0, done.stderr
    assert "in the keyring" in done.stdout
    # Each call is a process and a session of its own.
    assert _sheaf(tmp_path, "check", path).returncode == 0
    printed = _sheaf(tmp_path, "recovery-key", path).stdout.strip()
    assert printed.count("-") == 13
    secret = bytes.fromhex(_asked(tmp_path, path))
    for one in tmp_path.rglob("*"):
        if one.is_file() and not one.is_symlink():
            content = one.read_bytes()
            assert secret not in content, one
            assert secret.hex().encode() not in content, one
    assert _sheaf(tmp_path, "unlock", path, "--forget").returncode == 0
    refused = _sheaf(tmp_path, "check", path)
    assert refused.returncode == 1
    assert "does not have its key" in refused.stderr
    wrong = _sheaf(tmp_path, "unlock", path, typed=WORDS + "\n")
    assert wrong.returncode == 1
    assert "not the key" in wrong.stderr
    assert _sheaf(tmp_path, "unlock", path, typed=printed.replace("-", " ").lower() + "\n").returncode == 0
    assert _sheaf(tmp_path, "check", path).returncode == 0


def _asked(folder: Path, path: str) -> str:
    code = (
        "from pathlib import Path; from desktop.services.encryption.opening import known_key;"
        f"print(known_key(Path({path!r})).secret.hex())"
    )
    return with_keyring(folder, ["-c", code]).stdout.strip()


def test_a_locked_keyring_loses_no_key(tmp_path: Path) -> None:
    path = _book(tmp_path)
    done = _sheaf(tmp_path, "encrypt", path, "--passphrase", typed=WORDS + "\n", locked=True)
    assert done.returncode == 0, done.stderr
    assert "in the keyring" not in done.stdout
    refused = _sheaf(tmp_path, "check", path, locked=True)
    assert refused.returncode == 1
    assert "does not have its key" in refused.stderr
    assert _sheaf(tmp_path, "check", path, SHEAF_BOOK_KEY=WORDS, locked=True).returncode == 0


def test_without_a_keyring_only_what_can_be_typed_again_is_taken(tmp_path: Path) -> None:
    path = _book(tmp_path)
    before = Path(path).read_bytes()
    refused = _without(tmp_path, "encrypt", path)
    assert refused.returncode == 1
    assert "no keyring" in refused.stderr
    assert Path(path).read_bytes() == before
    assert _without(tmp_path, "encrypt", path, "--passphrase", typed=WORDS + "\n").returncode == 0
    asked = _without(tmp_path, "check", path)
    assert asked.returncode == 1
    assert "SHEAF_BOOK_KEY" in asked.stderr
    assert _without(tmp_path, "check", path, key=WORDS).returncode == 0
    kept = _without(tmp_path, "unlock", path, typed=WORDS + "\n")
    assert kept.returncode == 1
    assert "no keyring" in kept.stderr


def _without(folder: Path, *argv: str, typed: str = "", key: str = "") -> subprocess.CompletedProcess[str]:
    """A command where no bus is, and so no Secret Service."""
    hidden = {"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "SHEAF_BOOK_KEY"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(folder), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "LANG": "C.UTF-8"}
    if key:
        environment["SHEAF_BOOK_KEY"] = key
    return subprocess.run(
        [sys.executable, "-m", "desktop", *argv],
        input=typed,
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_neither_a_traceback_nor_the_log_tells_the_key(tmp_path: Path) -> None:
    """A key goes through the driver and the connection; what fails there must not print it."""
    path = Path(_book(tmp_path))
    key = new_key()
    told: list[str] = []
    try:
        locked_driver(key).connect(path, True).execute("SELECT * FROM firm")
    except Exception as error:
        told += [
            str(error),
            repr(error),
            "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()),
        ]
        record = logging.LogRecord("sheaf", logging.ERROR, __file__, 1, "failed", (), (type(error), error, None))
        told.append(logging.Formatter().format(record))
    assert told, "a plain book does not open under a key"
    for secret in (key.secret.hex(), recovery_key(key), repr(key.secret)):
        assert not any(secret in one for one in told)
    write_sheet(path, key, tmp_path / "key.pdf", today=date(2026, 5, 1))
    assert key.secret.hex().encode() not in (tmp_path / "key.pdf").read_bytes()
