"""Addresses of mail as servers take them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from desktop.errors import UserError
from desktop.i18n import _

# RFC 5321: no control characters, no spaces, no angle brackets outside quotes; quotes are not worth their trouble.
_ADDRESS: Final = re.compile(r"""[^\s\x00-\x20\x7f<>()\[\]\\,;:"@]+@[^\s\x00-\x20\x7f<>()\\,;"@]+""")
_LONGEST = 254
_KEPT: Final = re.compile("[ßς]")
_LONGEST_LABEL: Final = 63


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
            domain = ".".join(_in_ascii(label) for label in domain.split("."))
    except ValueError as error:
        raise UserError(
            _("“{address}” is no e-mail address.").format(address=address),
            _("Mend it with the client, or type another for this document."),
        ) from error
    return f"{local}@{domain}"


def _in_ascii(label: str) -> str:
    """A part of a domain as IDNA 2008 has it. ValueError.

    Python knows IDNA 2003, which writes ss for ß: that is another domain, and somebody else may have it (RFC 5894
    section 7.2).
    """
    small = unicodedata.normalize("NFC", label.lower())
    if not _KEPT.search(small):
        return label.encode("idna").decode("ascii")
    ascii_label = "xn--" + small.encode("punycode").decode("ascii")
    if len(ascii_label) > _LONGEST_LABEL:
        raise ValueError(label)
    return ascii_label
