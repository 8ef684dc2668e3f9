"""`calc` and `periods`: what the engine makes of a case in a file, without a book."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import pairs, table
from desktop.errors import UserError
from desktop.i18n import _

_Answer = dict[str, Any]


def add(commands: Commands) -> None:
    for name, run, summary in (
        ("calc", _calc, _("totals of an invoice that stands in a JSON file")),
        ("periods", _periods, _("billing periods and dates of a case that stands in a JSON file")),
    ):
        parser = commands.add(name, run, summary, book=False)
        parser.add_argument("file", metavar="FILE", help=_("a case or a list of cases; - reads standard input"))


def _calc(call: Call) -> None:
    from desktop.services.calculation import calculate

    _answer_all(call, calculate, _totals_text)


def _periods(call: Call) -> None:
    from desktop.services.period_answers import answer_periods

    def answer(case: object) -> _Answer:
        if not isinstance(case, dict):
            raise UserError(_("The case is not a JSON object."), _("Write it in braces, with named fields."))
        return answer_periods(case)

    _answer_all(call, answer, lambda found: pairs((name, _plain(value)) for name, value in found.items()))


def _answer_all(call: Call, answer: Callable[[object], _Answer], text: Callable[[_Answer], str]) -> None:
    content, name = call.read_text(call.arguments.file)
    cases = _json(content, name)
    answers = []
    for place, case in enumerate(cases if isinstance(cases, list) else [cases]):
        try:
            answers.append(answer(case))
        except UserError as error:
            where = _("{file}, case {place}").format(file=name, place=place + 1) if isinstance(cases, list) else name
            raise UserError(f"{where}: {error.message}", error.remedy) from error
    call.answer(answers if isinstance(cases, list) else answers[0], lambda: "\n\n".join(map(text, answers)))


def _json(content: str, name: str) -> Any:
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_refused)
    except json.JSONDecodeError as error:
        where = _("line {line}, column {column}").format(line=error.lineno, column=error.colno)
        raise UserError(
            _("{file} is not JSON ({where}: {reason}).").format(file=name, where=where, reason=error.msg),
            _("Correct that place."),
        ) from None
    except (ValueError, RecursionError) as error:
        raise UserError(
            _("{file} is not JSON that can be read: {reason}.").format(file=name, reason=error),
            _("Write one object, or a list of objects."),
        ) from None


def _refused(name: str) -> NoReturn:
    raise ValueError(_("{name} is not a number").format(name=name))


def _totals_text(answer: _Answer) -> str:
    lines = table([_("Line"), ">" + _("Net")], [[_plain(line["id"]), line["net"]] for line in answer["lines"]])
    taxes = table(
        [_("Tax"), ">" + _("Rate %"), ">" + _("Basis"), ">" + _("Amount")],
        [[tax["category"], tax["rate"], tax["basis"], tax["tax"]] for tax in answer["taxes"]],
    )
    names = {
        "line_total": _("Sum of lines"),
        "allowance_total": _("Allowances"),
        "charge_total": _("Charges"),
        "tax_exclusive": _("Without tax"),
        "tax_total": _("Tax"),
        "tax_total_tax_currency": _("Tax in the tax currency"),
        "tax_inclusive": _("With tax"),
        "payable": _("Payable"),
    }
    sums = table(
        [_("Total"), ">"], [[label, answer[name]] for name, label in names.items() if answer[name] is not None]
    )
    return "\n\n".join((lines, taxes, sums))


def _plain(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join("/".join(one) if isinstance(one, list) else str(one) for one in value) or "–"
    return str(value)
