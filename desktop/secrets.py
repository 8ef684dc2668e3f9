"""Passwords and tokens: in the system's own keyring, or for as long as the program runs, and nowhere else."""

from __future__ import annotations

from typing import Final

from desktop.errors import UserError
from desktop.i18n import _

SERVICE: Final = "Sheaf"


class NoKeyring(UserError):
    """The system has no keyring, or it stays locked; what is to be kept can only be asked for each time."""


def keep(name: str, secret: str) -> None:
    """Keep a secret under a name. NoKeyring where there is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, secret)
    except (KeyringError, OSError) as error:
        raise _missing() from error


def read(name: str) -> str | None:
    """The secret of this name, None where there is none. NoKeyring as `keep`."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, name)
    except (KeyringError, OSError) as error:
        raise _missing() from error


def forget(name: str) -> None:
    """Take a secret away; one that is not there is forgotten already. NoKeyring as `keep`."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        return
    except (KeyringError, OSError) as error:
        raise _missing() from error


def _missing() -> NoKeyring:
    return NoKeyring(
        _("This system has no keyring to keep a password in, or it is locked."),
        _("Unlock it, or type the password each time: Sheaf writes it to no file."),
    )
