"""The rule of matching: from when on a bank line books itself, and what may differ from what is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.domain.matching.facts import SURE, Policy
from desktop.domain.money import percent_to_scaled, scaled_to_percent
from desktop.i18n import _, money_text, ngettext, number_text, percent_text
from desktop.services.bank.policy import bank_policy, keep_bank_policy, policy_currencies
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.facts import Fact
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing
from desktop.ui.settings.asking import SETTINGS

# What the lines of the bank may be depends on it as well.
CHANGED = SETTINGS | {"bank"}
_TOLERANCE, _CHARGES = "tolerance_", "charges_"


def rule_facts(policy: Policy) -> list[Fact]:
    """The rule as it stands, in words."""
    joined = ngettext("{count} invoice at most", "{count} invoices at most", policy.most)
    grace = ngettext("{count} day more", "{count} days more", policy.discount_grace)
    return [
        Fact(
            _("Books itself"),
            _("nothing")
            if policy.threshold is None
            else _("from {percent} on").format(percent=percent_text(scaled_to_percent(policy.threshold))),
        ),
        Fact(_("Differences"), _differences(policy)),
        Fact(_("Bank charges"), _amounts(policy.charges_up_to) or _("none are assumed")),
        Fact(_("One payment"), joined.format(count=number_text(policy.most))),
        Fact(
            _("Discounts"),
            grace.format(count=number_text(policy.discount_grace))
            if policy.discount_grace
            else _("up to their last day"),
        ),
        Fact(_("Equal invoices"), _("the oldest is paid") if policy.oldest_first else _("a person chooses")),
    ]


def _differences(policy: Policy) -> str:
    amounts = _amounts(policy.tolerance)
    share = percent_text(scaled_to_percent(policy.tolerance_share)) if policy.tolerance_share else ""
    if amounts and share:
        return _("{amounts} and {percent} of the invoice").format(amounts=amounts, percent=share)
    if share:
        return _("up to {percent} of the invoice").format(percent=share)
    return amounts or _("none are written off")


def _amounts(amounts: Mapping[str, int]) -> str:
    shown = [money_text(amount, currency) for currency, amount in amounts.items() if amount]
    return _("up to {amounts}").format(amounts=", ".join(shown)) if shown else ""


def ask_rule(desk: Desk, parent: QWidget) -> None:
    """Ask for the rule as it stands, to be changed."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: (bank_policy(book), policy_currencies(book)), lambda found: _ask(desk, parent, *_known(found))
    )


def _known(found: object) -> tuple[Policy, tuple[str, ...]]:
    assert isinstance(found, tuple)
    policy, currencies = found
    assert isinstance(policy, Policy)
    assert isinstance(currencies, tuple)
    return policy, currencies


def _ask(desk: Desk, parent: QWidget, policy: Policy, currencies: Sequence[str]) -> None:
    form = Form(_sections(currencies), desk.shell.theme)
    stands: dict[str, object] = {
        "itself": policy.threshold is not None,
        "threshold": scaled_to_percent(policy.threshold or Policy().threshold or SURE),
        "share": scaled_to_percent(policy.tolerance_share) if policy.tolerance_share else None,
        "most": policy.most,
        "grace": policy.discount_grace,
        "oldest_first": policy.oldest_first,
    }
    for currency in currencies:
        stands[_TOLERANCE + currency] = policy.tolerance.get(currency) or None
        stands[_CHARGES + currency] = policy.charges_up_to.get(currency) or None
    form.put(stands)
    itself = form.editor("itself")

    def follow() -> None:
        form.show_field("threshold", bool(itself.value()))

    itself.changed.connect(follow)
    follow()
    book, actor = desk.book, desk.actor
    title = _("What bank lines book by themselves")

    def save(typed: dict[str, object]) -> None:
        keep_bank_policy(book, _typed(typed, currencies), actor=actor)

    dialog = FormDialog(
        desk.shell, title, form, _("Save"), lambda typed: writing(desk, title, lambda: save(typed), CHANGED), parent
    )
    dialog.saved.connect(lambda written: tell(desk, _("Saved: bank lines are matched by it."), written, CHANGED))
    dialog.open()


def _sections(currencies: Sequence[str]) -> list[Section]:
    written_off = _("So much may be missing, or be too much, and is written off. Empty allows nothing.")
    kept = _("So much less than is owed counts as what banks kept. Empty assumes none.")
    differences = [
        Field(_TOLERANCE + one, _amount_label(_("Up to"), one, currencies), "money", span=3, currency=one,
              note=written_off if one == currencies[0] else "")
        for one in currencies
    ]  # fmt: skip
    charges = [
        Field(_CHARGES + one, _amount_label(_("Charges up to"), one, currencies), "money", span=3, currency=one,
              note=kept if one == currencies[0] else "")
        for one in currencies
    ]  # fmt: skip
    return [
        Section(
            "",
            [
                Field(
                    "itself",
                    _("What is sure"),
                    "choice",
                    required=True,
                    span=3,
                    choices=[(True, _("books itself in a pass")), (False, _("waits for a person"))],
                ),
                Field(
                    "threshold",
                    _("From a score of"),
                    "percent",
                    required=True,
                    span=3,
                    note=_("50 to 100. A line below it, or with an equal reading, waits."),
                ),
            ],
        ),
        Section(
            _("Small differences"),
            [
                *differences,
                Field(
                    "share",
                    _("And up to this part of the invoice"),
                    "percent",
                    span=3,
                    note=_("Where both are given, the lesser counts."),
                ),
            ],
        ),
        Section(_("Charges of banks"), charges),
        Section(
            _("Invoices"),
            [
                Field(
                    "most",
                    _("Invoices of one payment"),
                    "whole",
                    required=True,
                    span=3,
                    note=_("So many are joined at most where only the sum tells, 1 to 100."),
                ),
                Field(
                    "grace",
                    _("Days of grace for discounts"),
                    "whole",
                    required=True,
                    span=3,
                    note=_("How long money is under way, 0 to 30: so much later a discount still counts as in time."),
                ),
                Field(
                    "oldest_first",
                    _("Of equal invoices of a client"),
                    "choice",
                    required=True,
                    choices=[
                        (False, _("a person chooses which is paid")),
                        (True, _("the oldest is paid, and the line is sure")),
                    ],
                ),
            ],
        ),
    ]


def _amount_label(words: str, currency: str, currencies: Sequence[str]) -> str:
    return words if len(currencies) == 1 else _("{words} ({currency})").format(words=words, currency=currency)


def _typed(typed: Mapping[str, object], currencies: Sequence[str]) -> Policy:
    return Policy(
        _part(typed["threshold"]) if typed["itself"] else None,
        _typed_amounts(typed, _TOLERANCE, currencies),
        _part(typed["share"]),
        _typed_amounts(typed, _CHARGES, currencies),
        int(str(typed["most"])),
        int(str(typed["grace"])),
        bool(typed["oldest_first"]),
    )


def _part(percent: object) -> int:
    return percent_to_scaled(percent) if isinstance(percent, Decimal) else 0


def _typed_amounts(typed: Mapping[str, object], prefix: str, currencies: Sequence[str]) -> dict[str, int]:
    given = {one: typed[prefix + one] for one in currencies}
    return {one: amount for one, amount in given.items() if isinstance(amount, int) and amount}
