"""What `bank` learns of payers, and what the firm lets passes do by themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from desktop.cli.arguments import Parser, amount, count
from desktop.cli.bank_names import line_ids, line_of
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text, percent_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.domain.matching.facts import Policy
    from desktop.services.bank.learning import Sign

_NONE: Final = "none"


def add_policy(one: Parser) -> None:
    one.add_argument(
        "--threshold", type=_threshold, metavar="PERCENT", help=_("policy: book from this score on; or none")
    )
    one.add_argument("--currency", metavar="CUR", help=_("policy: the currency of the amounts; by default the firm's"))
    one.add_argument("--tolerance", type=amount, metavar="AMOUNT", help=_("policy: differences that are written off"))
    one.add_argument("--share", type=amount, metavar="PERCENT", help=_("policy: up to this part of an invoice"))
    one.add_argument("--charges-up-to", type=amount, metavar="AMOUNT", help=_("policy: taken for charges of banks"))
    one.add_argument("--most", type=count, metavar="N", help=_("policy: so many invoices of one payment at most"))


def _threshold(text: str) -> Any:
    return _NONE if text == _NONE else amount(text)


def learn(call: Call, book: Book) -> int:
    from desktop.services.bank.learning import Sign, signs
    from desktop.services.bank.learning import learn as keep
    from desktop.services.clients import client_id

    arguments = call.arguments
    if not arguments.client:
        raise UserError(_("Nothing says whose sign it is."), _("Name the client with --client CODE."))
    client = client_id(book, arguments.client)
    if arguments.sign:
        found: tuple[Sign, ...] = (Sign(arguments.sign, arguments.value, client),)
    else:
        found = signs(book, line_of(arguments.names), client)
    number = keep(book, found, actor=call.actor)
    said = ngettext("{count} new sign is learned.", "{count} new signs are learned.", number)
    call.answer({"learned": number}, lambda: said.format(count=number_text(number)))
    return 0


def learned(call: Call, book: Book) -> int:
    from desktop.services.bank.learning import learned as known

    found = known(book)
    data = [{"id": one.id, "kind": one.kind, "value": one.value, "client": one.client} for one in found]
    rows = [[str(one.id), one.client, one.client_name, one.kind, one.value] for one in found]
    call.answer(
        {"learned": data},
        lambda: table(["", _("Client"), _("Name"), _("Sign"), ""], rows, empty=_("Nothing was learned yet.")),
    )
    return 0


def forget(call: Call, book: Book) -> int:
    from desktop.services.bank.learning import forget as drop

    for key in line_ids(call.arguments.names):
        drop(book, key, actor=call.actor)
    call.answer({"forgotten": len(call.arguments.names)}, lambda: _("Forgotten."))
    return 0


def policy(call: Call, book: Book) -> int:
    from desktop.services.bank.policy import bank_policy, keep_bank_policy
    from desktop.services.firm import firm

    home = str(firm(book)["currency"])
    standing = bank_policy(book)
    wanted = _wanted(call, standing, (call.arguments.currency or home).upper())
    if wanted != standing:
        keep_bank_policy(book, wanted, actor=call.actor)
    data = {
        "threshold": None if wanted.threshold is None else wanted.threshold / 1_000_000,
        "tolerance": {currency: major_text(part, currency) for currency, part in wanted.tolerance.items()},
        "tolerance_share": wanted.tolerance_share / 1_000_000,
        "charges_up_to": {currency: major_text(part, currency) for currency, part in wanted.charges_up_to.items()},
        "most": wanted.most,
    }

    def text() -> str:
        said = [
            _("Nothing books itself.")
            if wanted.threshold is None
            else _("A line books itself from a score of {percent} on.").format(
                percent=percent_text(wanted.threshold // 10_000)
            )
        ]
        for currency, part in wanted.tolerance.items():
            said.append(_("Differences up to {amount} are written off.").format(amount=money_text(part, currency)))
        for currency, part in wanted.charges_up_to.items():
            said.append(_("Up to {amount} is taken for charges of banks.").format(amount=money_text(part, currency)))
        return "\n".join(said)

    call.answer(data, text)
    return 0


def _wanted(call: Call, policy: Policy, currency: str) -> Policy:
    arguments = call.arguments
    if arguments.threshold is not None:
        threshold = None if arguments.threshold == _NONE else int(Decimal(arguments.threshold) * 10_000)
        policy = replace(policy, threshold=threshold)
    if arguments.tolerance is not None:
        policy = replace(policy, tolerance={**policy.tolerance, currency: minor(arguments.tolerance, currency)})
    if arguments.share is not None:
        policy = replace(policy, tolerance_share=int(arguments.share * 10_000))
    if arguments.charges_up_to is not None:
        policy = replace(
            policy, charges_up_to={**policy.charges_up_to, currency: minor(arguments.charges_up_to, currency)}
        )
    if arguments.most is not None:
        policy = replace(policy, most=arguments.most)
    return policy
