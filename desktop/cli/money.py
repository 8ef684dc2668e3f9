"""`pay`, `use-credit`, `reverse`, `credit`, `write-off`: money and corrections."""

from __future__ import annotations

from argparse import ArgumentTypeError
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop.cli.arguments import Commands, Parser, amount, count, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import exact_minor, exponent, major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, money_text

if TYPE_CHECKING:
    from db.engine import Book


def add(commands: Commands) -> None:
    pay = commands.add("pay", _pay, _("book a payment and settle invoices with it"), writes=True)
    pay.add_argument(
        "numbers", nargs="*", metavar="NUMBER", help=_("the invoices that it pays; the rest goes to the oldest")
    )
    pay.add_argument("amount", type=amount, metavar="AMOUNT")
    pay.add_argument("--client", metavar="CODE", help=_("who paid, where no invoice is named"))
    pay.add_argument("--currency", metavar="CUR", help=_("by default that of the invoices or the client"))
    pay.add_argument("--method", default="bank", metavar="M")
    pay.add_argument(
        "--withheld", type=amount, metavar="AMOUNT", help=_("tax that the payer kept back for the state beside it")
    )
    pay.add_argument("--reference", default="", metavar="R")
    pay.add_argument("--account", metavar="NAME", help=_("the bank account or till that it came to"))
    pay.add_argument("--charges", type=amount, metavar="AMOUNT", help=_("what banks kept back of the amount"))
    pay.add_argument(
        "--received",
        nargs=2,
        metavar=("AMOUNT", "CUR"),
        help=_("what reached the account, where the bank converted it"),
    )
    pay.add_argument(
        "--discount",
        choices=("terms", "grant", "none"),
        default="terms",
        help=_("early-payment discount: by its terms, also after its day (with a note), or not at all"),
    )
    pay.add_argument("--note", default="", metavar="TEXT")
    pay.add_argument("--attach", metavar="FILE", help=_("keep this file beside the payment"))
    pay.add_argument("--only-named", action="store_true", help=_("settle nothing but the invoices named"))
    _add_date(pay)

    use = commands.add("use-credit", _use_credit, _("settle invoices with a client's unused credit"), writes=True)
    use.add_argument("client", metavar="CODE")
    use.add_argument("numbers", nargs="*", metavar="NUMBER", help=_("by default the oldest due"))
    use.add_argument("--from", dest="source", metavar="NUMBER", help=_("of this payment or credit note"))
    _add_date(use)

    reverse = commands.add("reverse", _reverse, _("book a payment back that bounced"), writes=True)
    reverse.add_argument("number", metavar="PAYMENT")
    reverse.add_argument("--reason", required=True, metavar="TEXT")
    _add_date(reverse)

    credit = commands.add("credit", _credit, _("credit an invoice, whole or in part"), writes=True)
    credit.add_argument("number", metavar="NUMBER")
    part = credit.add_mutually_exclusive_group()
    part.add_argument("--amount", type=amount, metavar="GROSS", help=_("with tax; spread over its rates"))
    part.add_argument("--line", nargs="+", action="extend", type=count, metavar="N", help=_("only these lines"))
    credit.add_argument("--reissue", action="store_true", help=_("and bill the same on a new invoice"))
    credit.add_argument("--release", action="store_true", help=_("what it billed may be billed again"))
    credit.add_argument("--reason", required=True, metavar="TEXT")

    write_off = commands.add("write-off", _write_off, _("take the loss on an invoice"), writes=True)
    write_off.add_argument("number", metavar="NUMBER")
    write_off.add_argument("--amount", type=amount, metavar="AMOUNT", help=_("by default all that is open"))
    write_off.add_argument("--reason", required=True, metavar="TEXT")
    _add_date(write_off)


def _add_date(parser: Parser) -> None:
    parser.add_argument("--date", type=day, metavar="DATE", help=_("by default today"))


def account_of(book: Book, name: str | None) -> int | None:
    """The account that an option names, where it does."""
    from desktop.services.tills import account_named

    return None if name is None else account_named(book, name)


def _received(given: list[str] | None) -> tuple[int, str] | None:
    if given is None:
        return None
    currency = given[1].upper()
    _known(currency)
    try:
        return minor(amount(given[0]), currency), currency
    except ArgumentTypeError as error:
        raise UserError(str(error), _("Write what reached the account as: --received AMOUNT CUR")) from error


def minor(value: Decimal, currency: str) -> int:
    try:
        return exact_minor(value, currency)
    except ValueError:
        raise UserError(
            _("{currency} has {count} decimals, {amount} has more.").format(
                currency=currency, count=exponent(currency), amount=value
            ),
            _("Round the amount."),
        ) from None


def _pay(call: Call) -> None:
    from desktop.services.clients import client, client_id
    from desktop.services.payments import record_payment
    from desktop.services.trail import currency_of

    arguments = call.arguments
    attached = call.path(arguments.attach) if arguments.attach else None
    if attached is not None and not attached.is_file():
        raise UserError(
            _("There is no file {path}; nothing was booked.").format(path=attached), _("Check its name and folder.")
        )
    with call.book() as book:
        payer = client_id(book, arguments.client) if arguments.client else None
        if not arguments.numbers and payer is None:
            raise UserError(_("Nothing says who paid."), _("Name an invoice, or the client with --client CODE."))
        if arguments.currency:
            currency = arguments.currency.upper()
            _known(currency)
        elif arguments.numbers:
            currency = currency_of(book, arguments.numbers)
        else:
            assert payer is not None
            currency = client(book, payer)["currency"]
        result = record_payment(
            book,
            amount=minor(arguments.amount, currency),
            paid_on=arguments.date or call.today,
            actor=call.actor,
            today=call.today,
            client_id=payer,
            numbers=arguments.numbers,
            currency=currency,
            method=arguments.method,
            reference=arguments.reference,
            only_named=arguments.only_named,
            withheld=minor(arguments.withheld, currency) if arguments.withheld else 0,
            note=arguments.note,
            account_id=account_of(book, arguments.account),
            charges=minor(arguments.charges, currency) if arguments.charges else 0,
            received=_received(arguments.received),
            discount=arguments.discount,
            attach=attached,
        )
    data = {
        "payment": result.payment,
        "withheld": result.withheld,
        "currency": result.currency,
        "allocated": [{"number": number, "amount": major_text(part, currency)} for number, part in result.allocated],
        "discounts": [{"number": number, "amount": major_text(part, currency)} for number, part in result.discounts],
        "unapplied": major_text(result.unapplied, currency),
    }

    def text() -> str:
        rows = [[number, amount_text(part, currency), ""] for number, part in result.allocated]
        rows += [[number, amount_text(part, currency), _("discount")] for number, part in result.discounts]
        if result.unapplied:
            rows.append([_("credit of the client"), amount_text(result.unapplied, currency), ""])
        said = _("Payment {number}:").format(number=result.payment)
        if result.withheld:
            said = _("Payment {number}, with {withheld} for the tax withheld:").format(
                number=result.payment, withheld=result.withheld
            )
        return said + "\n" + table(["", ">" + currency, ""], rows)

    call.answer(data, text)


def _known(currency: str) -> None:
    try:
        exponent(currency)
    except ValueError:
        raise UserError(
            _("“{code}” is not the code of a currency.").format(code=currency), _("Write an ISO code, such as EUR.")
        ) from None


def _use_credit(call: Call) -> None:
    from desktop.services.clients import client_id
    from desktop.services.credit_use import apply_credit
    from desktop.services.trail import currency_of

    arguments = call.arguments
    with call.book() as book:
        applied = apply_credit(
            book,
            client_id=client_id(book, arguments.client),
            on=arguments.date or call.today,
            actor=call.actor,
            today=call.today,
            source=arguments.source,
            numbers=arguments.numbers,
        )
        currency = currency_of(book, [applied[0].number])
    data = [{"source": one.source, "number": one.number, "amount": major_text(one.amount, currency)} for one in applied]
    rows = [[one.source, one.number, amount_text(one.amount, currency)] for one in applied]
    call.answer({"applied": data}, lambda: table([_("Credit"), _("Invoice"), ">" + currency], rows))


def _reverse(call: Call) -> None:
    from desktop.services.payment_reversals import reverse_payment
    from desktop.services.trail import currency_of

    arguments = call.arguments
    with call.book() as book:
        result = reverse_payment(
            book,
            arguments.number,
            on=arguments.date or call.today,
            reason=arguments.reason,
            actor=call.actor,
            today=call.today,
        )
        currency = currency_of(book, [result.restored[0][0]]) if result.restored else ""
    data = {
        "payment": result.payment,
        "reverses": result.reverses,
        "restored": [{"number": number, "amount": major_text(part, currency)} for number, part in result.restored],
        "beside_plan": [
            {"number": number, "amount": major_text(part, currency)} for number, part in result.beside_plan
        ],
    }

    def text() -> str:
        said = _("{payment} reverses {number}.").format(payment=result.payment, number=result.reverses)
        rows = [[number, amount_text(part, currency)] for number, part in result.restored]
        if rows:
            said += "\n" + table([_("Open again"), ">" + currency], rows)
        for number, part in result.beside_plan:
            said += "\n" + _(
                "{amount} of {number} was paid before its payment plan was agreed: it is due as it was then, outside "
                "the plan. Agree on a new plan to take it in."
            ).format(amount=money_text(part, currency), number=number)
        return said

    call.answer(data, text)


def _credit(call: Call) -> None:
    from desktop.services.credits import credit_invoice
    from desktop.services.trail import currency_of

    arguments = call.arguments
    with call.book() as book:
        currency = currency_of(book, [arguments.number])
        result = credit_invoice(
            book,
            arguments.number,
            reason=arguments.reason,
            actor=call.actor,
            today=call.today,
            amount_gross=None if arguments.amount is None else minor(arguments.amount, currency),
            lines=arguments.line,
            reissue=arguments.reissue,
            release=arguments.release,
        )
    data = {
        "credit_note": result.credit_note,
        "currency": currency,
        "amount": major_text(result.amount, currency),
        "settled": major_text(result.settled, currency),
        "unapplied": major_text(result.unapplied, currency),
        "released": result.released,
        "reissued": result.reissued,
    }

    def text() -> str:
        words = _("{note} credits {amount} of {number}.").format(
            note=result.credit_note, amount=money_text(result.amount, currency), number=arguments.number
        )
        return words + " " + _("Issued anew: {number}.").format(number=result.reissued) if result.reissued else words

    call.answer(data, text)


def _write_off(call: Call) -> None:
    from desktop.services.trail import currency_of
    from desktop.services.write_offs import write_off

    arguments = call.arguments
    with call.book() as book:
        currency = currency_of(book, [arguments.number])
        result = write_off(
            book,
            arguments.number,
            reason=arguments.reason,
            on=arguments.date or call.today,
            actor=call.actor,
            today=call.today,
            amount=None if arguments.amount is None else minor(arguments.amount, currency),
        )
    data = {
        "write_off": result.id,
        "number": result.number,
        "amount": major_text(result.amount, currency),
        "open": major_text(result.open, currency),
    }
    call.answer(
        data,
        lambda: _("{amount} of {number} is written off; {open} is open.").format(
            amount=money_text(result.amount, currency), number=result.number, open=money_text(result.open, currency)
        ),
    )
