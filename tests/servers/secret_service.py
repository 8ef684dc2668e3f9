"""A Secret Service of the tests' own: gnome-keyring under a D-Bus session that ends with the script it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.servers.needed import need

_ROOT = Path(__file__).resolve().parents[2]
_UNLOCKED = 'printf "password of the tests\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "$@"'
# Nobody can type its password: there is no screen.
_LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null; "$@"'


def with_keyring(
    folder: Path, arguments: list[str], *, locked: bool = False, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments, with a keyring whose files lie in `folder` and stay there."""
    need("dbus-run-session")
    need("gnome-keyring-daemon")
    home, runtime = folder / "home", folder / "run"
    for made in (home, runtime):
        made.mkdir(mode=0o700, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "QT_QPA_PLATFORM") if name in os.environ}
    return subprocess.run(
        [
            *("dbus-run-session", "--", "sh", "-c", _LOCKED if locked else _UNLOCKED, "sh"),
            *(sys.executable, *arguments),
        ],
        env={**kept, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8", **environment},
        cwd=_ROOT,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
