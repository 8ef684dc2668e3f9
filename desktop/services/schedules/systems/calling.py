"""Calls the tools of the operating system, and says in words what they refused."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Final

from desktop.errors import UserError
from desktop.i18n import _

_SECONDS: Final = 30


def answers(argv: Sequence[str]) -> bool:
    """Whether a tool is there and does this."""
    try:
        return subprocess.run(argv, capture_output=True, timeout=_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def call(argv: Sequence[str], given: bytes | None = None) -> bytes:
    """What a tool prints. UserError with its own words where it refuses."""
    done = attempt(argv, given)
    if done.returncode:
        words = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise UserError(
            _("The system refused: {command}: {reason}").format(command=argv[0], reason=words or done.returncode),
            _("Nothing of the book was changed. Mend what it names, or enter the command by hand: sheaf due BOOK"),
        )
    return done.stdout


def attempt(argv: Sequence[str], given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """A tool's answer, whatever it is. UserError where it does not run at all."""
    try:
        return subprocess.run(argv, input=given, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(
            _("{command} cannot be run: {reason}.").format(command=argv[0], reason=error),
            _("Install it, or enter the command by hand: sheaf due BOOK"),
        ) from error
