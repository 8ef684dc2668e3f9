"""Answers of India's invoice registration portal: JSON of one invoice or of a batch, as its tools write it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from desktop.errors import UserError
from desktop.i18n import _

_LISTS: Final = ("data", "Data", "result", "Result", "invoices", "Invoices", "response", "govt_response")
_LARGEST: Final = 200 * 1024 * 1024


class PortalAnswer(NamedTuple):
    """What the portal says of one document: its IRN and signed code, or why it took it not. Texts as they came."""

    number: str
    gstin: str
    kind: str
    irn: str
    ack_number: str
    ack_at: str
    signed_qr: str
    refusal: str
    cancelled: bool = False


def portal_answers(content: bytes) -> list[PortalAnswer]:
    """The answers of a file, in its order. UserError where it is no answer of the portal."""
    try:
        found = json.loads(content[:_LARGEST].decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _no_answer() from None
    answers = [_answer(entry) for entry in _entries(found)]
    if not answers:
        raise _no_answer()
    return answers


def _no_answer() -> UserError:
    return UserError(
        _("This file is no answer of the invoice registration portal."),
        _("Download the JSON that the portal gives for uploaded invoices, and choose that."),
    )


def _entries(found: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(found, list):
        for one in found:
            yield from _entries(one)
    elif isinstance(found, dict):
        if any(_text(found, *names) for names in (("Irn", "irn"), ("SignedQRCode",), ("ErrorDetails", "errorDetails"))):
            yield found
            return
        for name in _LISTS:
            inner = found.get(name)
            if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
                try:
                    inner = json.loads(inner)
                except ValueError:
                    continue
            if isinstance(inner, list | dict):
                yield from _entries(inner)
                return


def _answer(entry: Mapping[str, Any]) -> PortalAnswer:
    signed = _text(entry, "SignedQRCode", "signedQRCode", "SignedQrCode")
    told = signed_data(signed)
    details = entry.get("DocDtls")
    named: Mapping[str, Any] = details if isinstance(details, dict) else {}
    return PortalAnswer(
        number=_text(told, "DocNo") or _text(named, "No") or _text(entry, "DocNo", "docNo", "No"),
        gstin=_text(told, "SellerGstin") or _text(entry, "SellerGstin", "Gstin"),
        kind=_text(told, "DocTyp") or _text(named, "Typ") or _text(entry, "DocTyp", "DocType"),
        irn=(_text(entry, "Irn", "irn", "IRN") or _text(told, "Irn")).lower(),
        ack_number=_text(entry, "AckNo", "ackNo"),
        ack_at=_text(entry, "AckDt", "ackDt") or _text(told, "IrnDt"),
        signed_qr=signed,
        refusal=_refusal(entry),
        cancelled=_text(entry, "Status", "status").upper() in ("CNL", "CANCELLED"),
    )


def _refusal(entry: Mapping[str, Any]) -> str:
    found = entry.get("ErrorDetails") or entry.get("errorDetails") or []
    rows = found if isinstance(found, list) else [found]
    said = [
        " ".join(filter(None, (_text(row, "ErrorCode", "error_code"), _text(row, "ErrorMessage", "error_message"))))
        if isinstance(row, dict)
        else str(row)
        for row in rows
    ]
    return "; ".join(filter(None, said))


def signed_data(token: str) -> Mapping[str, Any]:
    """What a signed code says (a JSON web token with an object or a text of JSON as its data); nothing of another text.

    Its signature is the portal's word to the tax officer's app, which has its key.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        data = payload.get("data", payload)
        found = json.loads(data) if isinstance(data, str) else data
    except (ValueError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(values: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = values.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""
