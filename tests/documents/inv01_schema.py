"""The facts of the portal's JSON schema (INV-01, version 1.1), for the parts that we write, and what breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple


class Text(NamedTuple):
    """Least and most signs, and a pattern."""

    least: int
    most: int
    pattern: str = r'[^\\"]*'

    def problem(self, value: Any) -> str:
        if not isinstance(value, str):
            return "is no text"
        if not self.least <= len(value) <= self.most:
            return f"has {len(value)} signs"
        return "" if re.fullmatch(self.pattern, value) else "has another shape"


class Number(NamedTuple):
    most: str
    decimals: int = 2
    least: str = "0"

    def problem(self, value: Any) -> str:
        number = Decimal(str(value))
        if not Decimal(self.least) <= number <= Decimal(self.most):
            return "is out of bounds"
        return "" if number == round(number, self.decimals) else "has too many decimals"


Fields = Mapping[str, Any]
_DAY = Text(10, 10, "[0-3][0-9]/[0-1][0-9]/20[1-2][0-9]")
_YES = Text(1, 1, "[YN]")
_STATE = Text(1, 2, "(?!0+$)[0-9]{1,2}")
_PIN = Number("999999", 0, "100000")
_ITEM, _SUM = Number("999999999999.99"), Number("99999999999999.99")
_NAME, _LINE, _TOWN, _BUYER_TOWN = Text(3, 100), Text(1, 100), Text(3, 50), Text(3, 100)
_PARTY: Fields = {
    "Gstin!": Text(15, 15, "[0-9]{2}[0-9A-Z]{13}"),
    "LglNm!": _NAME,
    "Addr1!": _LINE,
    "Addr2": _NAME,
    "Loc!": _TOWN,
    "Pin!": _PIN,
    "Stcd!": _STATE,
    "Ph": Text(6, 12, "[0-9]{6,12}"),
    "Em": Text(6, 100, "[a-zA-Z0-9+_.-]+@[a-zA-Z0-9.-]+"),
}
_NUMBER = "[a-zA-Z1-9][a-zA-Z0-9/-]{0,15}"
SCHEMA: Fields = {
    "Version!": Text(1, 6, "1\\.1"),
    "TranDtls!": {
        "TaxSch!": Text(3, 10, "GST"),
        "SupTyp!": Text(3, 10, "B2B|SEZWP|SEZWOP|EXPWP|EXPWOP|DEXP"),
        "RegRev": _YES,
        "IgstOnIntra": _YES,
    },
    "DocDtls!": {"Typ!": Text(3, 3, "INV|CRN|DBN"), "No!": Text(1, 16, _NUMBER), "Dt!": _DAY},
    "SellerDtls!": _PARTY,
    "BuyerDtls!": {**_PARTY, "Gstin!": Text(3, 15, "[0-9]{2}[0-9A-Z]{13}|URP"), "Loc!": _BUYER_TOWN, "Pos!": _STATE},
    "ShipDtls": {
        "LglNm!": _NAME,
        "Addr1!": _LINE,
        "Addr2": _NAME,
        "Loc!": _BUYER_TOWN,
        "Pin!": _PIN,
        "Stcd!": _STATE,
    },
    "ItemList!": [
        {
            "SlNo!": Text(1, 6, "[0-9]{1,6}"),
            "PrdDesc": Text(3, 300),
            "IsServc!": _YES,
            "HsnCd!": Text(4, 8, "(?!0+$)([0-9]{4}|[0-9]{6}|[0-9]{8})"),
            "Qty": Number("9999999999.999", 3),
            "Unit": Text(3, 8, "[A-Za-z]{3,8}"),
            "UnitPrice!": Number("999999999999.999", 3),
            "TotAmt!": _ITEM,
            "Discount": _ITEM,
            "AssAmt!": _ITEM,
            "GstRt!": Number("999.999", 3),
            "IgstAmt": _ITEM,
            "CgstAmt": _ITEM,
            "SgstAmt": _ITEM,
            "CesAmt": _ITEM,
            "TotItemVal!": _ITEM,
        }
    ],
    "ValDtls!": {
        "AssVal!": _SUM,
        "CgstVal": _SUM,
        "SgstVal": _SUM,
        "IgstVal": _SUM,
        "CesVal": _SUM,
        "RndOffAmt": Number("99.99", 2, "-99.99"),
        "TotInvVal!": _SUM,
        "TotInvValFc": _SUM,
    },
    "PayDtls": {
        "Nm": Text(1, 100),
        "AccDet": Text(1, 18),
        "FinInsBr": Text(1, 11),
        "PayTerm": Text(1, 100),
        "CrDay": Number("9999", 0),
        "PaidAmt": _SUM,
        "PaymtDue": _SUM,
    },
    "RefDtls": {
        "InvRm": Text(3, 100),
        "DocPerdDtls": {"InvStDt!": _DAY, "InvEndDt!": _DAY},
        "PrecDocDtls": [{"InvNo!": Text(1, 16, "[1-9a-zA-Z][0-9a-zA-Z/-]{1,15}"), "InvDt!": _DAY}],
        "ContrDtls": [{"ContrRefr": Text(1, 20), "ProjRefr": Text(1, 20), "PORefr": Text(1, 16)}],
    },
    "ExpDtls": {"ForCur": Text(3, 16, "[A-Za-z]{3,16}"), "CntCode": Text(2, 2, "[A-Z]{2}")},
}
"""By name, with an exclamation mark where a part must be there."""


def problems(made: Any, schema: Any = SCHEMA, path: str = "") -> Iterator[str]:
    """Each part that the schema does not know, misses, or finds wrong."""
    if isinstance(schema, list):
        for place, one in enumerate(made):
            yield from problems(one, schema[0], f"{path}[{place}]")
    elif isinstance(schema, Mapping):
        known = {name.rstrip("!"): rule for name, rule in schema.items()}
        for name in made.keys() - known.keys():
            yield f"{path}.{name} is not known"
        for name in schema:
            if name.endswith("!") and name.rstrip("!") not in made:
                yield f"{path}.{name} is missing"
        for name, value in made.items():
            if name in known:
                yield from problems(value, known[name], f"{path}.{name}")
    elif said := schema.problem(made):
        yield f"{path} {said}: {made!r}"
