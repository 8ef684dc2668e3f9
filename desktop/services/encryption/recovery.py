"""What brings a key back on a new computer: a passphrase it is made from, or the key itself in groups of letters."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import unicodedata
from typing import Final

from db.cipher import KEY_BYTES, SALT_BYTES
from db.cipher import Key as Key
from desktop.errors import UserError
from desktop.i18n import _

SHORTEST: Final = 12
"""Characters of a recovery passphrase: whoever has the file may try as many as they like."""

# For good: a book tells nothing of itself but its salt, so what they are now opens it in twenty years.
_ROUNDS: Final = 4
_MEMORY_KIB: Final = 262_144
_LANES: Final = 4

_CHECK_BYTES: Final = 3
_GROUP: Final = 4
_LETTERS: Final = (KEY_BYTES + _CHECK_BYTES) * 8 // 5
_RFC: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Crockford's: without I, L, O and U, so that nobody takes a letter for a digit.
_OURS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WRITTEN: Final = str.maketrans(_RFC, _OURS)
_READ: Final = str.maketrans(_OURS + "OIL", _RFC + _RFC[0] + _RFC[1] * 2)
_SHAPE: Final = re.compile(r"(?:[0-9A-Za-z]{4}[\s\-–.]+){9,}[0-9A-Za-z]{1,8}|[0-9A-Z]{48,64}")


def new_key() -> Key:
    """A key that nobody knows, with a new salt."""
    return Key(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(SALT_BYTES))


def key_from_passphrase(passphrase: str) -> Key:
    """A key made from a passphrase and a new salt. UserError where it is too short to stand against guessing."""
    text = _same(passphrase)
    if len(text) < SHORTEST or len(set(text)) < SHORTEST // 2:
        raise UserError(
            _("The recovery passphrase needs at least {count} characters, and not the same few.").format(
                count=SHORTEST
            ),
            _("Take four or five words that have nothing to do with each other."),
        )
    salt = secrets.token_bytes(SALT_BYTES)
    return Key(_stretched(text, salt), salt)


def recovery_key(key: Key) -> str:
    """The key in 14 groups of four letters and digits, the last of which prove the others."""
    letters = base64.b32encode(key.secret + _check(key.secret)).decode().translate(_WRITTEN)
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))


def typed_secret(typed: str, salt: bytes) -> bytes:
    """The 32 bytes that somebody typed as a recovery key, or that Argon2id makes of their passphrase (0.3 to 1 s).

    UserError where a recovery key has a slip in it.
    """
    text = typed.strip()
    if _SHAPE.fullmatch(text) is None:
        return _stretched(_same(text), salt)
    letters = re.sub(r"[\s\-–.]+", "", text).upper()
    if len(letters) != _LETTERS:
        raise UserError(
            _("A recovery key has {count} letters and digits; this one has {found}.").format(
                count=_LETTERS, found=len(letters)
            ),
            _("Compare it with the printed one, group by group."),
        )
    try:
        whole = base64.b32decode(letters.translate(_READ))
    except ValueError:
        whole = b""
    secret = whole[:KEY_BYTES]
    if not whole or _check(secret) != whole[KEY_BYTES:]:
        raise UserError(
            _("There is a slip in this recovery key."), _("Compare it with the printed one, group by group.")
        )
    return secret


def _stretched(text: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(text.encode(), salt, _ROUNDS, _MEMORY_KIB, _LANES, KEY_BYTES, Type.ID)


def _same(passphrase: str) -> str:
    """One spelling, however the keyboard and the system write accents; spaces at the ends are slips."""
    return unicodedata.normalize("NFKC", passphrase).strip()


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"sheaf recovery key\n" + secret).digest()[:_CHECK_BYTES]
