"""How money comes in, in words."""

from __future__ import annotations

from desktop.i18n import _
from desktop.ui.editors import Choice


def methods() -> list[Choice]:
    """What a person chooses from."""
    return [
        ("bank", _("Bank transfer")),
        ("card", _("Card")),
        ("cash", _("Cash")),
        ("cheque", _("Cheque")),
        ("direct_debit", _("Direct debit")),
        ("withholding", _("Tax withheld")),
        ("other", _("Other")),
    ]


def method_word(method: str) -> str:
    words = {str(value): text for value, text in methods()} | {"opening": _("Opening credit")}
    return words.get(method, method.replace("_", " ").capitalize())
