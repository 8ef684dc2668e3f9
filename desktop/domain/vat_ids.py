"""When a party's tax id is a VAT id. Apart from the check digits, whose library no process that only writes needs."""

from __future__ import annotations

from typing import Final

from desktop.domain.tax_catalogue import EU_COUNTRIES

# Greece's and Northern Ireland's prefixes are no country's code.
_PREFIXES: Final = EU_COUNTRIES | {"EL", "XI"}


def vat_id(country: str, text: str) -> str:
    """The tax id of a party in a country where it is a VAT id as e-invoices have them, else an empty text.

    It begins with the country that gave it (BR-CO-09).
    """
    bare = "".join(text.split())
    prefix = bare[:2].upper()
    given = prefix in _PREFIXES or prefix == country
    return prefix + bare[2:] if given and len(bare) > len(prefix) else ""
