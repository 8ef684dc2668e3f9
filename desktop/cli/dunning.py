"""`dunning`: the levels of reminders, the policies behind them, and rates of interest for late payment."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, amount, day
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.delivery import CHANNELS
from desktop.domain.dunning.words import DAY_COUNTS
from desktop.domain.money import major_text, percent_to_scaled, scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, percent_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.dunning.levels import Level

_ACTS = ("levels", "level", "policy", "rates", "rate")
_NONE = "none"
_NO_LIMIT = -1


def add(commands: Commands) -> None:
    parser = commands.add(
        "dunning",
        _dunning,
        _("how reminders are sent: their levels, policies and rates of interest"),
        writes=True,
    )
    parser.add_argument("act", choices=_ACTS, metavar="ACT", help=", ".join(_ACTS))
    parser.add_argument(
        "values",
        nargs="*",
        metavar="VALUE",
        help=_("level: its DAYS after the due date; rate: COUNTRY WHO DATE PERCENT"),
    )
    parser.add_argument("--segment", metavar="NAME", help=_("of this segment; by default of the firm"))
    parser.add_argument("--name", metavar="NAME", help=_("level: what it is called"))
    parser.add_argument("--days-to-pay", type=int, metavar="N", help=_("level: so many days to pay"))
    parser.add_argument("--channel", choices=(*CHANNELS, _NONE), help=_("level: by this way; none is the client's"))
    parser.add_argument("--fee", type=amount, metavar="AMOUNT", help=_("level: its fee, in the firm's currency"))
    parser.add_argument(
        "--with-interest", action=argparse.BooleanOptionalAction, default=None, help=_("level: whether it asks for any")
    )
    parser.add_argument(
        "--text", metavar="TEXT", help=_("level: its own words, with {fields}; empty for the program's")
    )
    parser.add_argument("--language", default="", metavar="CODE", help=_("level: the language of --text"))
    parser.add_argument("--remove", action="store_true", help=_("level, rate: take it away"))
    parser.add_argument(
        "--active", action=argparse.BooleanOptionalAction, default=None, help=_("policy: whether anybody is reminded")
    )
    parser.add_argument("--minimum", type=amount, metavar="AMOUNT", help=_("policy: below it nobody is reminded"))
    parser.add_argument(
        "--interest", metavar="PERCENT", help=_("policy: a rate a year, statutory for the law's, or none")
    )
    parser.add_argument("--day-count", choices=DAY_COUNTS, help=_("policy: how days of interest are counted"))
    parser.add_argument(
        "--statements-within",
        type=_days,
        metavar="N",
        help=_("policy: bank statements must reach so many days before the run; none asks for none"),
    )
    parser.add_argument(
        "--escalate-after", type=_days, metavar="N", help=_("policy: so many days after the last level")
    )
    parser.add_argument("--country", default="", metavar="CC", help=_("rates: of this country"))


def _days(text: str) -> int:
    if text == _NONE:
        return _NO_LIMIT
    if text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(_("“{text}” is not a whole number").format(text=text))


def _dunning(call: Call) -> int:
    with call.book() as book:
        match call.arguments.act:
            case "levels":
                return _levels(call, book)
            case "level":
                return _level(call, book)
            case "policy":
                return _policy(call, book)
            case "rates":
                return _rates(call, book)
        return _rate(call, book)


def _segment(call: Call, book: Book) -> int | None:
    from desktop.services.segments import segment_id

    return segment_id(book, call.arguments.segment) if call.arguments.segment else None


def _home(book: Book) -> str:
    from desktop.services.firm import firm

    return str(firm(book)["currency"])


def _levels(call: Call, book: Book) -> int:
    from desktop.services.dunning.levels import levels

    found, home = levels(book, _segment(call, book)), _home(book)
    data = [
        {
            "level": one.level,
            "name": one.name,
            "days": one.days,
            "days_to_pay": one.days_to_pay,
            "channel": one.channel or None,
            "fee": major_text(one.fee, home),
            "interest": one.interest,
            "texts": dict(one.texts),
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [
                ">" + _("Level"),
                _("Name"),
                ">" + _("Days"),
                ">" + _("Days to pay"),
                _("Way"),
                ">" + _("Fee"),
                _("Interest"),
            ],
            [
                [
                    str(one.level),
                    one.name,
                    str(one.days),
                    str(one.days_to_pay),
                    one.channel,
                    amount_text(one.fee, home) if one.fee else "",
                    _("yes") if one.interest else "",
                ]
                for one in found
            ],
        )

    call.answer({"levels": data}, text)
    return 0


def _level(call: Call, book: Book) -> int:
    from desktop.services.dunning.levels import Level, levels, save_levels

    arguments = call.arguments
    if len(arguments.values) != 1:
        raise UserError(
            _("It is not said on which day the level begins."),
            _("Write the days after the due date, such as 7, or -3 for a notice before it."),
        )
    days, segment = _whole(arguments.values[0]), _segment(call, book)
    known = list(levels(book, segment))
    standing = next((one for one in known if one.days == days), None)
    rest = [one for one in known if one is not standing]
    if arguments.remove:
        if standing is None:
            raise UserError(_("No level begins on day {days}.").format(days=days), _("See: sheaf dunning BOOK levels"))
        if not rest:
            raise UserError(
                _("This is the last level."), _("Switch reminders off with: sheaf dunning BOOK policy --no-active")
            )
        save_levels(book, rest, actor=call.actor, segment_id=segment)
        return _levels(call, book)
    level = standing or Level(0, "", days)
    level = replace(level, **_level_values(call, book, level))
    if not level.name:
        raise UserError(_("A level needs a name."), _("Name it by {options}.").format(options="--name"))
    save_levels(book, [*rest, level], actor=call.actor, segment_id=segment)
    return _levels(call, book)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UserError(_("“{text}” is not a whole number.").format(text=text), _("Write days, such as 7.")) from None


def _level_values(call: Call, book: Book, level: Level) -> dict[str, Any]:
    arguments = call.arguments
    values: dict[str, Any] = {}
    if arguments.name is not None:
        values["name"] = arguments.name
    if arguments.days_to_pay is not None:
        values["days_to_pay"] = arguments.days_to_pay
    if arguments.channel is not None:
        values["channel"] = "" if arguments.channel == _NONE else arguments.channel
    if arguments.fee is not None:
        values["fee"] = minor(arguments.fee, _home(book))
    if arguments.with_interest is not None:
        values["interest"] = arguments.with_interest
    if arguments.text is not None:
        values["texts"] = {**level.texts, arguments.language: arguments.text}
    return values


def _policy(call: Call, book: Book) -> int:
    from desktop.services.dunning.policies import policy_parts, save_policy

    segment, home = _segment(call, book), _home(book)
    values = _policy_values(call, home)
    if values:
        save_policy(book, values, actor=call.actor, segment_id=segment)
    parts = policy_parts(book, segment)
    shown = {name: part.value for name, part in parts.items()}
    shown["minimum"] = major_text(shown["minimum"], home)
    shown["interest_rate"] = str(scaled_to_percent(shown["interest_rate"]))
    data = {name: {"value": shown[name], "source": parts[name].source} for name in parts}

    def text() -> str:
        return table(
            [_("Part"), _("Value"), _("From")],
            [
                [name, "" if one["value"] is None else str(one["value"]), str(one["source"])]
                for name, one in data.items()
            ],
        )

    call.answer({"policy": data}, text)
    return 0


def _policy_values(call: Call, home: str) -> dict[str, Any]:
    arguments = call.arguments
    values: dict[str, Any] = {}
    if arguments.active is not None:
        values["active"] = arguments.active
    if arguments.minimum is not None:
        values["minimum"] = minor(arguments.minimum, home)
    if arguments.interest is not None:
        if arguments.interest in (_NONE, "statutory"):
            values["interest"] = arguments.interest
        else:
            values |= {"interest": "fixed", "interest_rate": _percent(arguments.interest)}
    if arguments.day_count is not None:
        values["day_count"] = arguments.day_count
    if arguments.statements_within is not None:
        values["statements_within"] = None if arguments.statements_within < 0 else arguments.statements_within
    if arguments.escalate_after is not None:
        values["escalate_after"] = None if arguments.escalate_after < 0 else arguments.escalate_after
    return values


def _percent(text: str) -> int:
    try:
        return percent_to_scaled(amount(text))
    except argparse.ArgumentTypeError as error:
        raise UserError(str(error) + ".", _("Write a rate such as 9.5, or: statutory, none")) from None


def _rates(call: Call, book: Book) -> int:
    from desktop.services.dunning.rates import rate_rows

    found = rate_rows(book, call.arguments.country.upper())
    data = [
        {
            "country": one.country,
            "who": one.who,
            "from": one.valid_from,
            "until": one.valid_until,
            "percent": str(scaled_to_percent(one.rate)),
            "own": one.own_id is not None,
            "law": one.law or None,
            "base": one.base or None,
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [_("Country"), _("Debtor"), _("From"), _("Until"), ">" + _("Rate"), _("Source")],
            [
                [
                    one.country,
                    one.who,
                    date_text(one.valid_from),
                    date_text(one.valid_until) if one.valid_until else "",
                    percent_text(scaled_to_percent(one.rate)),
                    one.law or _("entered by you"),
                ]
                for one in found
            ],
            empty=_("No rate is known for this country."),
        )

    call.answer({"rates": data}, text)
    return 0


def _rate(call: Call, book: Book) -> int:
    from desktop.services.dunning.rates import add_rate, delete_rate, rate_rows

    values = call.arguments.values
    if len(values) != (3 if call.arguments.remove else 4):
        raise UserError(
            _("A rate needs its country, who owes, the day from which it holds, and the percent."),
            _("Such as: sheaf dunning BOOK rate DE business 2026-07-01 10.27"),
        )
    country, who, since = values[0].upper(), values[1], _day(values[2])
    if call.arguments.remove:
        own = [one for one in rate_rows(book, country) if (one.who, one.valid_from) == (who, since) and one.own_id]
        if not own:
            raise UserError(_("You entered no such rate."), _("See: sheaf dunning BOOK rates"))
        delete_rate(book, own[0].own_id or 0, actor=call.actor)
    else:
        add_rate(book, country, who, since, _percent(values[3]), actor=call.actor)
    call.arguments.country = country
    return _rates(call, book)


def _day(text: str) -> date:
    try:
        return day(text)
    except argparse.ArgumentTypeError as error:
        raise UserError(str(error) + ".", _("Write it as year, month and day.")) from None
