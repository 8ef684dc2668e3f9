"""Addresses of mail as servers take them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from desktop.errors import UserError
from desktop.i18n import _

# RFC 5321: no control characters, no spaces, no angle brackets outside quotes; quotes are not worth their trouble.
_ADDRESS: Final = re.compile(r"""[^\s\x00-\x20\x7f<>()\[\]\\,;:"@]+@[^\s\x00-\x20\x7f<>()\\,;"@]+""")
_LONGEST = 254


@lru_cache(maxsize=64)
def envelope(address: str) -> str:
    """The address with its domain in ASCII (IDNA), as every server knows it.

    UserError where it is none. The part before the @ may still need SMTPUTF8.
    """
    bare = address.strip()
    local, _at, domain = bare.rpartition("@")
    try:
        if not bare.isprintable() or not _ADDRESS.fullmatch(bare) or len(bare.encode()) > _LONGEST:
            raise ValueError(bare)
        if not all(domain.split(".")):
            raise ValueError(domain)
        if not domain.isascii():
            domain = domain.encode("idna").decode("ascii")
    except ValueError as error:
        raise UserError(
            _("“{address}” is no e-mail address.").format(address=address),
            _("Mend it with the client, or type another for this document."),
        ) from error
    return f"{local}@{domain}"
