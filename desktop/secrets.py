"""Passwords and tokens: in the system's own keyring, or for as long as the program runs, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from desktop.errors import UserError
from desktop.i18n import _

SERVICE: Final = "Sheaf"

# Other backends keep secrets in files, with a password that they ask for or with none, or keep nothing at all.
_SYSTEM_KEYRINGS: Final = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
# Windows takes 2,560 bytes of UTF-16 for one secret, and a token of Microsoft may be longer.
_LONGEST: Final = 1000
_PARTS: Final = "sheaf-parts:"

_held: dict[str, str] = {}


class NoKeyring(UserError):
    """The system has no keyring, or it stays locked; what is to be kept can only be asked for each time."""


def has_keyring() -> bool:
    """Whether the system has a keyring at all; it may still be locked. May take a moment."""
    try:
        _keyring()
    except NoKeyring:
        return False
    return True


def keep(name: str, secret: str) -> None:
    """Keep a secret under a name. NoKeyring where there is none."""
    keyring = _keyring()
    before = _asked(keyring.get_password, SERVICE, name)
    parts = [secret[start : start + _LONGEST] for start in range(0, len(secret), _LONGEST)]
    if len(parts) > 1 or secret.startswith(_PARTS):
        for number, part in enumerate(parts):
            _asked(keyring.set_password, SERVICE, f"{name}#{number + 1}", part)
        secret = f"{_PARTS}{len(parts)}"
    _asked(keyring.set_password, SERVICE, name, secret)
    for place in _parts(name, before or "")[len(_parts(name, secret)) :]:
        _drop(keyring, place)
    _held.pop(name, None)


def hold(name: str, secret: str) -> None:
    """Know a secret for as long as the program runs."""
    _held[name] = secret


def keep_or_hold(name: str, secret: str) -> bool:
    """Keep it where there is a keyring, else hold it; whether it is kept."""
    try:
        keep(name, secret)
    except NoKeyring:
        hold(name, secret)
        return False
    return True


def read(name: str) -> str | None:
    """The secret of this name, None where there is none. NoKeyring as `keep`, unless it is held."""
    if name in _held:
        return _held[name]
    keyring = _keyring()
    found: str | None = _asked(keyring.get_password, SERVICE, name)
    if found is None or not found.startswith(_PARTS):
        return found
    parts = [_asked(keyring.get_password, SERVICE, place) for place in _parts(name, found)]
    # Somebody took a part away: half a secret is none.
    return None if None in parts else "".join(parts)


def known(name: str) -> str | None:
    """As `read`, None also where there is no keyring."""
    try:
        return read(name)
    except NoKeyring:
        return None


def forget(name: str) -> None:
    """Take a secret away; one that is not there is forgotten already. NoKeyring as `keep`."""
    _held.pop(name, None)
    keyring = _keyring()
    for place in [*_parts(name, _asked(keyring.get_password, SERVICE, name) or ""), name]:
        _drop(keyring, place)


def set_aside(name: str) -> None:
    """Forget a secret but hold it: what needed it may come back by an undo while the program runs."""
    secret = known(name)
    with suppress(NoKeyring):
        forget(name)
    if secret is not None:
        hold(name, secret)


def _keyring() -> Any:
    """The system's own keyring, also where others are set up beside or before it. NoKeyring."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen: Any = _asked(keyring.get_keyring)
    offered = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for one in offered:
        if type(one).__module__ in _SYSTEM_KEYRINGS:
            return one
    raise _missing()


def _asked(question: Callable[..., Any], *told: str) -> Any:
    from keyring.errors import PasswordDeleteError

    try:
        return question(*told)
    except PasswordDeleteError:
        raise
    except Exception as error:
        # Each backend raises what its bus or its system raises; none of it says more than that the keyring is shut.
        raise _missing() from error


def _drop(keyring: Any, place: str) -> None:
    from keyring.errors import PasswordDeleteError

    with suppress(PasswordDeleteError):
        _asked(keyring.delete_password, SERVICE, place)


def _parts(name: str, head: str) -> list[str]:
    """Where the parts of a secret lie whose head says how many there are; none where it is the secret itself."""
    if not head.startswith(_PARTS):
        return []
    count = head.removeprefix(_PARTS)
    return [f"{name}#{number + 1}" for number in range(int(count))] if count.isdecimal() else []


def _missing() -> NoKeyring:
    return NoKeyring(
        _("This system has no keyring to keep a password in, or it is locked."),
        _("Unlock it, or type the password each time: Sheaf writes it to no file."),
    )
