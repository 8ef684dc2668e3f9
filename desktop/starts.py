"""How the window is asked to start, and whether it came up the last times: after two starts that failed, safe mode is
offered."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.paths import log_dir

# So many failures in a row are no accident.
ENOUGH: Final = 2


_SAFE, _READ_ONLY, _RESTORE, _ENCRYPTION = "--safe", "--read-only", "--restore", "--encryption"


@dataclass(frozen=True, slots=True)
class Start:
    """`safe` starts without what the window remembers and without anything that works by itself. `restore` is a
    backup to put in the place of the book before it is opened. `encryption` shows what can be done about its key."""

    book: Path | None = None
    safe: bool = False
    read_only: bool = False
    restore: Path | None = None
    encryption: bool = False

    def arguments(self) -> list[str]:
        """What another process has to be given to start like this."""
        flags = ((_SAFE, self.safe), (_READ_ONLY, self.read_only), (_ENCRYPTION, self.encryption))
        given = [flag for flag, on in flags if on]
        given += [_RESTORE, str(self.restore)] if self.restore is not None else []
        return given + ([str(self.book)] if self.book is not None else [])


def asked_start(arguments: Sequence[str]) -> Start | None:
    """What these arguments ask of the window; None where they are a command's, or make no sense."""
    rest, safe, read_only, restore, encryption = list(arguments), False, False, None, False
    while rest and rest[0].startswith("--"):
        flag = rest.pop(0)
        if flag == _SAFE:
            safe = True
        elif flag == _READ_ONLY:
            read_only = True
        elif flag == _ENCRYPTION:
            encryption = True
        elif flag == _RESTORE and len(rest) == 2:
            restore = Path(rest.pop(0))
        else:
            return None
    if len(rest) > 1 or ((read_only or encryption) and not rest):
        return None
    asks = safe or read_only or encryption or restore is not None
    # No command stands without a book, so a lone file cannot be meant as one.
    if rest and not asks and not rest[0].endswith(".sheaf") and not Path(rest[0]).is_file():
        return None
    return Start(Path(rest[0]) if rest else None, safe, read_only, restore, encryption)


def _file() -> Path:
    return log_dir() / "starts.json"


def begun() -> int:
    """Note that a start begins; how many before it, in a row, never came so far as to stand."""
    failed = _failed()
    _write(failed + 1)
    return failed


def stands() -> None:
    """The window came up."""
    _write(0)


def _failed() -> int:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    count = found.get("failed") if isinstance(found, dict) else 0
    return count if isinstance(count, int) and count > 0 else 0


def _write(failed: int) -> None:
    with contextlib.suppress(OSError):
        _file().write_text(json.dumps({"failed": failed}), encoding="utf-8")
