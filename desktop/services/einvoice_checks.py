"""Checks of the fields that e-invoices and ways to pay need, at firm, segments and clients; each notes a sentence."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any, Final
from urllib.parse import urlsplit

from desktop.domain.document import EINVOICES, PAYMENT_MEANS
from desktop.domain.electronic_address import check_address, usual_legal_scheme, usual_scheme
from desktop.domain.identifiers import MANDATE_SIGNS, check_bic, check_creditor_id, is_mandate
from desktop.domain.payment_order import routing_is_sound
from desktop.i18n import _
from desktop.saying import put
from desktop.services.problems import Problems
from desktop.services.records import Record

LINK_FIELDS: Final = ("number", "amount", "currency")
"""What a payment link may name in braces."""
# ISO 6523, of which legal_scheme is one; the other schemes of electronic addresses are no registers.
_REGISTER = re.compile(r"0[0-9]{3}")
# NPCI's UPI specification: a name and the handle of a payment service.
_UPI = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
_CARD_DIGITS = 4


def check_einvoice(values: Record, problems: Problems) -> None:
    form = values.get("einvoice")
    if form is not None and form not in EINVOICES:
        problems.add("einvoice", _("“{word}” is no form of e-invoice.").format(word=form))


def check_addressing(country: str, values: Record, problems: Problems, before: Any) -> None:
    """Electronic address and register number: written as their schemes write them; one without scheme gets its own."""
    if values.keys() & {"endpoint", "endpoint_scheme"}:
        text, scheme = _both(values, before, "endpoint", "endpoint_scheme")
        scheme = scheme or usual_scheme(text, country) if text else ""
        values["endpoint_scheme"] = scheme
        if text and not scheme:
            problems.add("endpoint_scheme", _("Say what kind of address “{text}” is.").format(text=text))
        elif text:
            _check_number("endpoint", scheme, text, values, problems)
    if values.keys() & {"legal_id", "legal_scheme"}:
        text, scheme = _both(values, before, "legal_id", "legal_scheme")
        values["legal_scheme"] = scheme = scheme or usual_legal_scheme(text, country) if text else ""
        if scheme and not _REGISTER.fullmatch(scheme):
            problems.add("legal_scheme", _("“{code}” is no register.").format(code=scheme))
        elif scheme:
            _check_number("legal_id", scheme, text, values, problems)


def _both(values: Record, before: Any, name: str, scheme: str) -> tuple[str, str]:
    text, code = (values.get(one, getattr(before, one, "")) or "" for one in (name, scheme))
    return text, code.upper()


def _check_number(name: str, scheme: str, text: str, values: Record, problems: Problems) -> None:
    checked = check_address(scheme, text)
    values[name] = checked.normal
    if not checked.ok:
        problems.add(name, put(checked.problem))


def check_paying(values: Record, problems: Problems) -> None:
    """How a client pays. Of a card no more than its last four digits is ever kept (PCI DSS 3.3, BR-51)."""
    means = values.get("payment_means")
    if means is not None and means not in PAYMENT_MEANS:
        problems.add("payment_means", _("“{word}” is no way to pay.").format(word=means))
    if mandate := values.get("mandate"):
        _check_mandate(mandate, problems)
    if bic := values.get("bic"):
        checked = check_bic(bic)
        values["bic"] = checked.normal
        if not checked.ok:
            problems.add("bic", put(checked.problem))
    if routing := "".join(str(values.get("routing") or "").split()):
        values["routing"] = routing
        if not routing_is_sound(routing):
            problems.add("routing", _("A routing number has nine digits, and its last one checks the others."))
    card = "".join(str(values.get("card") or "").split()).lstrip("*•xX")
    if card:
        values["card"] = card
        if len([sign for sign in card if sign.isdigit()]) > _CARD_DIGITS:
            # The number itself must not stand in a message either.
            values["card"] = ""
            problems.add("card", _("A whole card number is never kept: write its last four digits alone."))
        elif not (card.isdecimal() and card.isascii() and len(card) == _CARD_DIGITS):
            problems.add("card", _("Write the last four digits of the card."))


def _check_mandate(mandate: str, problems: Problems) -> None:
    if not is_mandate(mandate):
        problems.add(
            "mandate",
            _("A mandate reference has up to 35 letters, digits, spaces or any of {signs}.").format(
                signs=MANDATE_SIGNS
            ),
        )


def check_getting_paid(values: Record, problems: Problems) -> None:
    """How the firm is paid: SEPA creditor identifier, UPI address, payment link."""
    if creditor := values.get("creditor_id"):
        checked = check_creditor_id(creditor)
        values["creditor_id"] = checked.normal
        if not checked.ok:
            problems.add("creditor_id", put(checked.problem))
    if (upi := values.get("upi_id")) and not _UPI.fullmatch(upi):
        problems.add("upi_id", _("“{text}” is no UPI ID; one reads like name@bank.").format(text=upi))
    if link := values.get("payment_link"):
        _check_link(link, problems)


def _check_link(link: str, problems: Problems) -> None:
    allowed = ", ".join(f"{{{name}}}" for name in LINK_FIELDS)
    try:
        named = [name for _text, name, form, turned in Formatter().parse(link) if name is not None]
        plain = not any(form or turned for _text, _name, form, turned in Formatter().parse(link))
    except ValueError:
        named, plain = [], False
    parts = urlsplit(link) if "[" not in link and "]" not in link else None
    if parts is None or parts.scheme != "https" or not parts.hostname or "{" in parts.netloc or " " in link:
        problems.add("payment_link", _("A payment link begins with https:// and the name of the site."))
    elif not plain or not set(named) <= set(LINK_FIELDS):
        problems.add("payment_link", _("A payment link may hold {fields} and no other braces.").format(fields=allowed))
