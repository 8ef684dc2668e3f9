"""How money reached the firm, for a form: the account or till, what banks kept back, what they converted it into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from desktop.i18n import _
from desktop.services.tills import Account
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Section


def account_field(accounts: Sequence[Account], label: str, span: int = 3) -> Field:
    """The accounts by name; a currency tells apart those of one bank."""
    choices: list[Choice] = [(None, _("not said"))]
    choices += [(one.id, f"{one.name} · {one.currency}" if one.currency else one.name) for one in accounts]
    return Field("account_id", label, "choice", span=span, choices=choices)


def arrival(accounts: Sequence[Account], currencies: Sequence[Choice]) -> Section:
    """Folded away: most payments arrive as they were paid."""
    return Section(
        _("Account, charges and discount"),
        [
            account_field(accounts, _("Came to")),
            Field("charges", _("Kept back by banks"), "money", span=3, currency_from="currency"),
            Field(
                "received",
                _("Converted by the bank into"),
                "money",
                span=3,
                currency_from="received_currency",
                note=_("What reached the account: the gain or loss follows from it."),
            ),
            Field("received_currency", _("Currency of the account"), "choice", span=3, choices=currencies),
            Field(
                "discount",
                _("Early-payment discount"),
                "choice",
                span=3,
                choices=[
                    ("terms", _("by its terms")),
                    ("grant", _("grant it after its day too")),
                    ("none", _("do not grant it")),
                ],
            ),
            Field("note", _("Note"), span=3, hint=_("Why a late discount is granted")),
        ],
        folds=True,
    )


def arrived(values: Mapping[str, object]) -> dict[str, Any]:
    """What the section holds, as `record_payment` takes it."""
    received, currency = values["received"], values["received_currency"]
    return {
        "account_id": values["account_id"],
        "charges": values["charges"] or 0,
        "received": (received, currency) if isinstance(received, int) else None,
        "discount": values["discount"] or "terms",
        "note": str(values["note"] or ""),
    }
