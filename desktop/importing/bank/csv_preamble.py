"""What banks write above the columns of their tables: whose account it is, and in which currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from desktop.domain.references import iban_is_sound
from desktop.importing.bank.amounts import known_currency
from desktop.importing.tables import Table

_IBAN: Final = re.compile(r"\b([A-Z]{2}\d{2}(?:\s?[0-9A-Z]{2,4}){3,8})\b")
_NUMBER: Final = re.compile(
    r"(?:konto(?:nummer|nr\.?)?|account(?:\s+(?:number|no\.?))?|compte|cuenta|rekening)"
    r"\W{1,6}([0-9][0-9 ./-]{4,30}[0-9])",
    re.IGNORECASE,
)
_CURRENCY: Final = re.compile(
    r"(?:w(?:ä|ae)hrung|currency|devise|divisa|moneda|valuta)\W{1,6}([A-Z]{3})\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Preamble:
    account: str = ""
    currency: str = ""


def preamble(content: bytes, table: Table) -> Preamble:
    """Of the lines above the header; empty where there are none or they say nothing."""
    if table.header_row <= 1:
        return Preamble()
    text = content[: 1 << 16].decode(table.encoding, "replace").lstrip("\ufeff")
    above = "\n".join(re.split(r"\r\n|\r|\n", text)[: table.header_row - 1])
    account = ""
    for found in _IBAN.finditer(above):
        bare = "".join(found[1].split())
        if iban_is_sound(bare):
            account = bare
            break
    if not account:
        number = _NUMBER.search(above)
        account = "".join(number[1].split()) if number else ""
    currency = _CURRENCY.search(above)
    code = currency[1].upper() if currency else ""
    return Preamble(account, code if code and known_currency(code) else "")
