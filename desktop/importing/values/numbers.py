"""Numbers with a decimal comma or point, groups of every habit, signs in every place and a currency beside them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import list_currencies

from desktop.i18n import _
from desktop.importing.values import UnreadableError

# Words and signs that people put where there is no value.
EMPTY = frozenset({"", "-", "--", "–", "—", "n/a", "na", "null", "none", "nil", "k. a.", "k.a.", "n.v."})

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_ALIKE = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u2006\u3000\t", " ")
    | dict.fromkeys("’‘`´ʼ＇", "'")
    | dict.fromkeys("−–—‐‑﹣－", "-")
    | {"，": ",", "．": ".", "＋": "+", "（": "(", "）": ")"}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
_SHAPE = re.compile(
    r"""(?P<open>\()?\s*
        (?P<sign1>[-+])?\s*(?P<before>[^\W\d_]{1,3}\.?(?:\s?[$€£])?|[^\w\s.,'()+-]{1,2})?\s*(?P<sign2>[-+])?\s*
        (?P<body>[0-9](?:[0-9.,' ]*[0-9])?|[.,][0-9]+)
        (?P<dash>[.,]-{1,2}|[.,])?\s*
        (?P<sign3>-)?\s*(?P<after>[^\W\d_]{1,4}\.?|[^\w\s.,'()+-]{1,2})?\s*(?P<sign4>-)?
        \s*(?P<close>\))?""",
    re.VERBOSE,
)
# Excel's accounting forms: the currency stands outside the brackets.
_SIGN_BEFORE = re.compile(r"([^\d\s()+-]{1,4})\s*\(([^()]*)\)")
_SIGN_BEHIND = re.compile(r"\(([^()]*)\)\s*([^\d\s()+-]{1,4})")
_LONGEST = 60
_SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "₽": "RUB", "₩": "KRW", "₪": "ILS", "₫": "VND", "฿": "THB",
    "₴": "UAH", "₦": "NGN", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "R$": "BRL", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "FR": "CHF", "SFR": "CHF",
    "EURO": "EUR", "LEI": "RON",
}  # fmt: skip
# Signs that several currencies share: no currency is concluded from them.
_SHARED = frozenset({"$", "¥", "KR", "RS", "L"})

_GROUPS = {sign: re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(sign)}[0-9]{{3}})+") for sign in (",", ".", "'", " ")} | {
    "indian": re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
}


class Amount(NamedTuple):
    """`currency` is the code that the cell names, "" where it names none or one that several share."""

    value: Decimal
    currency: str


def parse_number(text: str, decimal: str | None) -> Decimal:
    """A number without a currency. `decimal` is "," or "."; None accepts only what can be read in one way.

    UnreadableError says what is wrong.
    """
    if decimal == "." and _PLAIN.fullmatch(text):
        return Decimal(text)
    amount, named = _read(text, decimal)
    if named:
        raise _no_number(text)
    return amount.value


def parse_amount(text: str, decimal: str | None) -> Amount:
    """A number that may have a currency's sign or code before or behind it."""
    if decimal == "." and _PLAIN.fullmatch(text):
        return Amount(Decimal(text), "")
    return _read(text, decimal)[0]


def decimal_evidence(text: str) -> str:
    """What a cell tells about the decimal sign: "," or ".", "?" where both fit, "" where it tells nothing."""
    found = _match(text)
    if not found:
        return ""
    body = found["body"]
    commas, points = body.count(","), body.count(".")
    if found["dash"]:
        return found["dash"][0] if not (commas and points) else ""
    if commas and points:
        return "," if body.rfind(",") > body.rfind(".") else "."
    if not commas and not points:
        return ""
    sign = "," if commas else "."
    if commas + points > 1:
        return "." if sign == "," else ","
    whole, _sign, fraction = body.rpartition(sign)
    if len(fraction) != 3 or "'" in whole or " " in whole:
        return sign
    return sign if whole in ("", "0") or len(whole) > 3 or whole.startswith("0") else "?"


def _read(text: str, decimal: str | None) -> tuple[Amount, bool]:
    found = _match(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        raise _no_number(text)
    minus = [found[name] for name in ("sign1", "sign2", "sign3", "sign4") if found[name]]
    if len(minus) > 1 or (found["open"] and "-" in minus):
        raise _no_number(text)
    code = _currency(found["before"]), _currency(found["after"])
    if (found["before"] and code[0] is None) or (found["after"] and code[1] is None):
        raise _no_number(text)
    if found["before"] and found["after"] and code[0] != code[1]:
        raise _no_number(text)
    if decimal is None:
        decimal = decimal_evidence(text) or "."
        if decimal == "?":
            raise UnreadableError(
                _("“{text}” may be {thousands} or {fraction}.").format(
                    text=text.strip(),
                    thousands=_plain_text(text, ".," if "." in found["body"] else ",."),
                    fraction=_plain_text(text, ""),
                ),
                _("Say whether the file writes a decimal comma or a decimal point."),
            )
    value = _value(found["body"], decimal, text)
    if found["dash"] and (found["dash"][0] != decimal or decimal in found["body"]):
        raise _no_number(text, decimal)
    return Amount(-value if "-" in minus or found["open"] else value, code[0] or code[1] or ""), bool(
        found["before"] or found["after"]
    )


def _match(text: str) -> re.Match[str] | None:
    plain = text.strip().translate(_ALIKE)
    if len(plain) > _LONGEST:
        return None
    if "(" in plain:
        outside = _SIGN_BEFORE.fullmatch(plain) or _SIGN_BEHIND.fullmatch(plain)
        if outside:
            plain = f"({outside[1]}{outside[2]})"
    return _SHAPE.fullmatch(plain)


def _value(body: str, decimal: str, text: str) -> Decimal:
    whole, sign, fraction = body.rpartition(decimal)
    if not sign:
        whole, fraction = body, ""
    grouped = whole
    if whole and not whole.isdigit():
        groups = {sign for sign in ",.' " if sign in whole}
        sign = groups.pop()
        fits = _GROUPS[sign].fullmatch(whole) or (sign == "," and _GROUPS["indian"].fullmatch(whole))
        if groups or sign == decimal or not fits:
            raise _no_number(text, decimal)
        grouped = whole.replace(sign, "")
    if fraction and not fraction.isdigit():
        raise _no_number(text, decimal)
    return Decimal(f"{grouped or '0'}.{fraction}" if fraction else grouped)


@lru_cache(maxsize=256)
def _currency(word: str | None) -> str | None:
    """The code of a sign or word, "" for one that several currencies share, None for anything else."""
    if not word:
        return ""
    word = word.replace(" ", "").rstrip(".").upper()
    if word in _SHARED:
        return ""
    return _SIGNS.get(word) or (word if word in list_currencies() else None)


def currency_of(text: str) -> str | None:
    """The code of a currency's code, sign or short word; "" where several share it, None where none has it."""
    return _currency(text.strip())


def _plain_text(text: str, signs: str) -> str:
    """The two readings of a doubtful number, as plain digits."""
    digits = re.sub(r"[^0-9.,]", "", text.translate(_ALIKE))
    return digits.replace(signs[0], "") if signs else digits.replace(",", ".")


def _no_number(text: str, decimal: str | None = None) -> UnreadableError:
    if decimal:
        name = _("decimal comma") if decimal == "," else _("decimal point")
        return UnreadableError(
            _("“{text}” is not a number with a {decimal}.").format(text=text.strip(), decimal=name),
            _("Write it like {example}, or choose the other decimal sign for the file.").format(
                example=f"1234{decimal}50"
            ),
        )
    if re.fullmatch(r"\s*[-+]?[0-9]+([.,][0-9]+)?[eE][-+]?[0-9]+\s*", text):
        return UnreadableError(
            _("“{text}” was shortened by a spreadsheet.").format(text=text.strip()),
            _("Format the column as a number without exponent and save the file again."),
        )
    return UnreadableError(_("“{text}” is not a number.").format(text=text.strip()), _("Write it like 1234.50."))
