"""What DATEV has to be told once: whose bookings, the chart of accounts, and accounts other than the chart's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.archive.datev_accounts import NAMES, Account, is_account_name
from desktop.services.book_settings import book_settings, keep_setting
from desktop.services.changes import change
from desktop.services.problems import ValidationError

PREFIX: Final = "datev."
ACCOUNT: Final = "datev.account."
CONSULTANT: Final = "datev.consultant"
CLIENT: Final = "datev.client"
CHART: Final = "datev.chart"
FIRST_DEBTOR: Final = "datev.first_debtor"
KEYS: Final = (CONSULTANT, CLIENT, CHART, FIRST_DEBTOR)
CHARTS: Final = ("03", "04")
# Where firms keep their books by those charts.
GERMANY: Final = "DE"

_DEFAULTS: Mapping[str, str] = {CONSULTANT: "", CLIENT: "", CHART: "03", FIRST_DEBTOR: "10000"}
_RANGES: Mapping[str, tuple[int, int]] = {
    CONSULTANT: (1001, 9_999_999),
    CLIENT: (1, 99_999),
    FIRST_DEBTOR: (10_000, 69_999),
}
_ACCOUNT_FORM = re.compile(r"([1-9]\d{3}|0\d{3})(?:/(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class DatevSettings:
    """`accounts` are those that take the place of the chart's own, by name."""

    consultant: int
    client: int
    chart: str
    first_debtor: int
    accounts: Mapping[str, Account]


def datev_values(book: Book) -> dict[str, str]:
    """Every setting for DATEV as text, with what holds where nothing is set; accounts only where one is set."""
    kept = {key: str(value) for key, value in book_settings(book).items() if key.startswith(PREFIX)}
    return {**_DEFAULTS, **kept}


def datev_settings(book: Book) -> DatevSettings:
    """UserError while the consultant's or the client's number is missing."""
    values = datev_values(book)
    for key, what in (
        (CONSULTANT, _("DATEV wants the number of your tax consultant (Beraternummer).")),
        (CLIENT, _("DATEV wants the number that your tax consultant has for you (Mandantennummer).")),
    ):
        if not values[key]:
            raise UserError(
                what,
                _("Ask for it, then set it under Settings, Firm, DATEV, or: sheaf settings BOOK {key} NUMBER").format(
                    key=key
                ),
            )
    return DatevSettings(
        int(values[CONSULTANT]),
        int(values[CLIENT]),
        values[CHART],
        int(values[FIRST_DEBTOR]),
        {key.removeprefix(ACCOUNT): _account(text) for key, text in values.items() if key.startswith(ACCOUNT)},
    )


def is_datev_key(key: str) -> bool:
    return key in KEYS or (key.startswith(ACCOUNT) and is_account_name(key.removeprefix(ACCOUNT)))


def set_datev(book: Book, values: Mapping[str, str], *, actor: str) -> None:
    """Set these, keys as in `datev_values`; an empty text takes a setting away. Raises as `check_datev`."""
    checked = check_datev(values)
    with change(book, actor, _("Change the settings for DATEV")) as made:
        for key, text in checked.items():
            keep_setting(made, key, text or None)


def check_datev(values: Mapping[str, str]) -> dict[str, str]:
    """The values as they are kept. ValidationError that names the fields with a value that they cannot have."""
    kept: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for key, text in values.items():
        try:
            kept[key] = _checked(key, text.strip())
        except UserError as error:
            wrong[key] = str(error)
    if wrong:
        raise ValidationError(wrong)
    return kept


def _checked(key: str, text: str) -> str:
    if not text:
        return ""
    if key in _RANGES:
        least, most = _RANGES[key]
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise _wrong(text, _("a number from {least} to {most}").format(least=least, most=most))
        return str(int(text))
    if key == CHART:
        if text not in CHARTS:
            raise _wrong(text, _("03 for SKR03, 04 for SKR04"))
        return text
    if not is_datev_key(key):
        raise UserError(
            _("There is no setting {key}.").format(key=key),
            _("Accounts go by these names: {names}.").format(names=", ".join(NAMES)),
        )
    if not _ACCOUNT_FORM.fullmatch(text):
        raise _wrong(text, _("an account of four digits, with a tax key where it needs one: 8400 or 8200/3"))
    return text


def _account(text: str) -> Account:
    found = _ACCOUNT_FORM.fullmatch(text)
    assert found, text
    return Account(int(found[1]), found[2] or "")


def _wrong(text: str, wanted: str) -> UserError:
    return UserError(_("“{text}” cannot be: it is {wanted}.").format(text=text, wanted=wanted))
