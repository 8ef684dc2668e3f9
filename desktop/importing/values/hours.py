"""Hours as clocks, decimals and words write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from desktop.i18n import _
from desktop.importing.values import UnreadableError
from desktop.importing.values.numbers import parse_number

_CLOCK = re.compile(
    r"([-+−]?)([0-9]{1,5}):([0-9]{1,2})(?::([0-9]{1,2}))?(?:\s*(?:h|hrs?|std|hours?)\.?)?", re.IGNORECASE
)
_WORDS = re.compile(
    r"([-+−]?)\s*(?:([0-9]{1,6})\s*(?:h|hrs?|hours?|std|stunden?|heures?)\.?(?:\s*(?:and|und|et|,))?)?"
    r"\s*(?:([0-9]{1,6})\s*(?:m|mins?|minutes?|minuten?)?\.?)?\s*(?:([0-9]{1,6})\s*(?:s|secs?|seconds?|sek|sekunden?|secondes?)\.?)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"(-?)PT(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})(?:\.[0-9]+)?S)?", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:h|hrs?|hours?|std|stunden?|heures?)\.?", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_STEP = Decimal("0.000001")


def parse_hours(text: str, decimal: str | None) -> Decimal:
    """Hours from 1:30, 1:30:00, 1.5, 1,5 h, 1h 30m, 90 min or PT1H30M, rounded to six decimals.

    UnreadableError for anything else, and for 60 minutes or more behind a colon.
    """
    plain = text.strip()
    clock = _CLOCK.fullmatch(plain)
    if clock:
        if int(clock[3]) > 59 or int(clock[4] or 0) > 59:
            raise UnreadableError(
                _("“{text}” has more than 59 minutes or seconds.").format(text=plain),
                _("Write an hour and a half as 1:30 or 1.5."),
            )
        return _hours(*clock.groups())
    if not _LETTER.search(plain):
        return _number(plain, decimal)
    words = _ISO.fullmatch(plain) or _WORDS.fullmatch(plain)
    if words and any(words.groups()[1:]) and (words[2] or words[4] or not plain[-1].isdigit()):
        return _hours(*words.groups())
    bare = _UNIT.sub("", plain) if _UNIT.search(plain) else ""
    if bare and not _LETTER.search(bare) and _UNIT.fullmatch(plain[len(bare) :]):
        return _number(bare, decimal)
    raise UnreadableError(_("“{text}” is not a number of hours.").format(text=plain), _("Write it like 1:30 or 1.5."))


def _hours(sign: str, hours: str | None, minutes: str | None, seconds: str | None) -> Decimal:
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    value = (Decimal(whole) / 3600).quantize(_STEP, ROUND_HALF_UP)
    return -value if sign in ("-", "−") else value


def _number(text: str, decimal: str | None) -> Decimal:
    try:
        return parse_number(text, decimal)
    except UnreadableError as error:
        if decimal is None:
            raise
        example = f"1{decimal}5"
        raise UnreadableError(error.problem, _("Write it like 1:30 or {example}.").format(example=example)) from None
