"""Everything that is set for a whole book as keys and values: the firm, its first bank account, rates, the gate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from db.engine import Book
from db.seeds import ROUNDING
from desktop.domain.money import parse_plain, to_major, to_minor
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.archive.datev_settings import GERMANY, datev_values, is_datev_key, set_datev
from desktop.services.book_settings import book_settings, set_book_setting
from desktop.services.currencies import exchange_rates, set_exchange_rate
from desktop.services.delivery.handover.folder_settings import FOLDER, PATTERN, folder_settings_of, set_folder
from desktop.services.delivery.mail.settings import SWITCHES, mail_switches, turn_mail_switch
from desktop.services.figures.targets import OFF, keep_targets, read_target, targets_of
from desktop.services.figures.targets import PREFIX as TARGET
from desktop.services.firm import bank_accounts, firm, logo, save_bank_account, set_logo, update_firm
from desktop.services.limits import SECOND_APPROVAL, second_approval, set_second_approval
from desktop.services.rounding import roundings, set_rounding
from desktop.services.rules import own_rules, rules, set_rule

Value = str | int | bool | Decimal | None

_BANK = ("holder", "iban", "bic", "bank", "currency")
_NOT_HERE = ("id", "logo_id", "template_id")
_SEVERITIES = ("block", "hold", "note")
_TRUE, _FALSE = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


def settings(book: Book) -> dict[str, Value]:
    """Every key with its value, in the order in which people look for them.

    `firm.logo` is the name of the picture's file, `exchange.USD` the latest rate, `rounding.INR` what is payable is
    rounded to, `rule.CODE` whether a rule of the gate is on, `rule.CODE.severity`, `rule.CODE.PARAMETER`,
    `rule.CODE.owner` and `rule.CODE.hours` what it does.
    `second_approval_above` is an amount in the firm's currency. A German firm's `datev.*` say what DATEV has to know.
    `delivery.send_at_once`, `delivery.together` and `delivery.with_pdf` are the firm's choices for e-mails,
    `delivery.folder` is where documents are filed, `delivery.pattern` how their files are named. `figures.target.*` are
    days or percents, or off.
    """
    found: dict[str, Value] = {f"firm.{name}": value for name, value in firm(book).items() if name not in _NOT_HERE}
    picture = logo(book)
    found["firm.logo"] = picture.name if picture else ""
    account: Mapping[str, Any] = next(iter(bank_accounts(book)), {})
    found |= {f"bank.{name}": account.get(name) or "" for name in _BANK}
    for row in reversed(exchange_rates(book)):
        found[f"exchange.{row['currency']}"] = row["rate"]
    found |= {f"rounding.{currency}": step for currency, step in roundings(book).items()}
    for rule in rules(book):
        found[f"rule.{rule.code}"] = rule.enabled
        found[f"rule.{rule.code}.severity"] = rule.severity
        found |= {f"rule.{rule.code}.{name}": value for name, value in rule.parameters.items()}
        found |= {f"rule.{rule.code}.owner": rule.owner, f"rule.{rule.code}.hours": rule.hours}
    filing = folder_settings_of(book)
    found |= {FOLDER: filing.folder, PATTERN: filing.pattern}
    found |= mail_switches(book)
    found |= {key: _shown(value) for key, value in book_settings(book).items() if key != ROUNDING}
    found |= {TARGET + name: OFF if value is None else value for name, value in targets_of(book).items()}
    if found["firm.country"] == GERMANY:
        found |= datev_values(book)
    above = second_approval(book)
    return found | {SECOND_APPROVAL: None if above is None else to_major(above, str(found["firm.currency"]))}


def _shown(value: object) -> Value:
    """Pages keep lists and mappings as well; those show as JSON."""
    return value if isinstance(value, str | int | bool) else json.dumps(value, ensure_ascii=False)


def setting(book: Book, key: str) -> Value:
    """UserError for a key that does not exist."""
    known = settings(book)
    if key not in known and key.startswith(f"{ROUNDING}.") and len(key) == len(ROUNDING) + 4:
        # A currency that is not rounded.
        return Decimal(0)
    if key not in known:
        raise _unknown(key, known)
    return known[key]


def set_setting(book: Book, key: str, text: str, *, actor: str, today: date, folder: Path) -> None:
    """Set a key from what a person wrote; `firm.logo` takes the path of a picture, relative to `folder`.

    UserError for a key that does not exist and for a value that it cannot have.
    """
    group, _dot, name = key.partition(".")
    known = settings(book)
    if group == "exchange" and len(name) == 3:
        set_exchange_rate(book, name.upper(), today, _number(key, text), actor=actor)
    elif group == ROUNDING and len(name) == 3:
        set_rounding(book, name.upper(), _number(key, text), actor=actor)
    elif key in SWITCHES:
        turn_mail_switch(book, key, bool(_like(key, known[key], text)), actor=actor)
    elif is_datev_key(key):
        set_datev(book, {key: text}, actor=actor)
    elif key == FOLDER:
        set_folder(book, actor=actor, folder=str(folder / text) if text.strip() else "")
    elif key == PATTERN:
        set_folder(book, actor=actor, pattern=text)
    elif key not in known:
        raise _unknown(key, known)
    elif key.startswith(TARGET):
        keep_targets(book, {key.removeprefix(TARGET): read_target(text)}, actor=actor)
    elif key == "firm.logo":
        _set_logo(book, folder / text, actor)
    elif group == "firm":
        update_firm(book, {name: _like(key, known[key], text)}, actor=actor)
    elif group == "bank":
        account = next(iter(bank_accounts(book)), None)
        save_bank_account(book, {name: text}, actor=actor, account_id=account["id"] if account else None)
    elif group == "rule":
        _set_rule(book, name, text, actor)
    elif key == SECOND_APPROVAL:
        home = str(known["firm.currency"])
        set_second_approval(book, to_minor(_number(key, text), home) if text.strip() else None, actor=actor)
    else:
        set_book_setting(book, key, text, actor=actor)


def _set_logo(book: Book, path: Path, actor: str) -> None:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
            _("Give the path of a PNG or JPEG file."),
        ) from error
    set_logo(book, path.name, content, actor=actor)


def _set_rule(book: Book, name: str, text: str, actor: str) -> None:
    code, _dot, part = name.partition(".")
    rule = next(row for row in rules(book) if row.code == code)
    own = next((one for one in own_rules(book) if (one.code, one.scope) == (code, "firm")), None)
    enabled, severity, parameters = rule.enabled, rule.severity, dict(rule.parameters)
    owner, hours = (own.owner or None, own.hours) if own else (None, None)
    key = f"rule.{name}"
    if not part:
        enabled = bool(_like(key, rule.enabled, text))
    elif part == "owner":
        owner = text
    elif part == "hours":
        hours = int(_like(key, 0, text) or 0) if text.strip() else None
    elif part == "severity":
        if text not in _SEVERITIES:
            raise _wrong(key, text, ", ".join(_SEVERITIES))
        severity = text
    else:
        parameters[part] = int(_like(key, 0, text) or 0)
    set_rule(
        book,
        code,
        enabled=enabled,
        severity=severity,
        parameters=parameters,
        owner=owner,
        hours=hours,
        actor=actor,
    )


def _like(key: str, present: Value, text: str) -> Value:
    """The text as a value of the same kind as the present one."""
    if isinstance(present, bool):
        word = text.strip().lower()
        if word not in _TRUE + _FALSE:
            raise _wrong(key, text, "on, off")
        return word in _TRUE
    if isinstance(present, int):
        number = _number(key, text)
        if number != int(number):
            raise _wrong(key, text, _("a whole number"))
        return int(number)
    return text


def _number(key: str, text: str) -> Decimal:
    try:
        return parse_plain(text)
    except ValueError:
        raise _wrong(key, text, _("a number like 0.92")) from None


def _wrong(key: str, text: str, known: str) -> UserError:
    return UserError(
        _("{key} cannot be “{text}”.").format(key=key, text=text), _("It is one of: {known}.").format(known=known)
    )


def _unknown(key: str, known: Mapping[str, Value]) -> UserError:
    alike = get_close_matches(key, known, n=3)
    return UserError(
        _("There is no setting {key}.").format(key=key),
        _("Did you mean {keys}?").format(keys=", ".join(alike)) if alike else _("List them with: sheaf settings BOOK"),
    )
