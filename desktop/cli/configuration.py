"""`config`: changes of prices, taxes, terms and rules: proposed, looked at, accepted, rolled back; their history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from desktop.cli.arguments import Commands, count, day
from desktop.cli.call import Call
from desktop.cli.differences import difference_data, difference_text, totals_data
from desktop.cli.tables import table
from desktop.domain.money import parse_plain
from desktop.errors import UserError
from desktop.i18n import _, date_text, moment_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.configuration.standing import Proposal

_ACTS: Final = (
    "list",
    "show",
    "propose",
    "impact",
    "accept",
    "refuse",
    "withdraw",
    "apply",
    "roll-back",
    "history",
)
_SHOWN: Final = 50


def add(commands: Commands) -> None:
    one = commands.add(
        "config", _config, _("changes of prices, taxes, terms and rules: propose, look, accept, roll back"), writes=True
    )
    one.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    one.add_argument("what", nargs="?", metavar="WHAT", help=_("a change such as C-2026-0001, or the key to propose"))
    one.add_argument("value", nargs="?", metavar="VALUE", help=_("propose: the new value"))
    one.add_argument(
        "--from", dest="since", type=day, metavar="DATE", help=_("propose: the day it counts from; by default today")
    )
    one.add_argument("--reason", default="", metavar="TEXT", help=_("propose, roll-back: why"))
    one.add_argument("--note", default="", metavar="TEXT", help=_("accept, refuse: a word for whoever proposed it"))
    one.add_argument("--area", default="", metavar="AREA", help=_("history: prices, taxes, terms, templates, rules…"))
    one.add_argument("--limit", type=count, default=_SHOWN, metavar="N", help=_("history: how many, the newest"))


def _config(call: Call) -> None:
    acts: dict[str, Callable[[Call, Book], None]] = {
        "list": _list,
        "show": _show,
        "propose": _propose,
        "impact": _impact,
        "accept": _accept,
        "refuse": _refuse,
        "withdraw": _withdraw,
        "apply": _apply,
        "roll-back": _roll_back,
        "history": _history,
    }
    act = call.arguments.act
    if call.arguments.what is None and act == "propose":
        raise UserError(
            _("Say what to propose."),
            _("A key of `sheaf settings`, price.ITEM or tax.CODE, and the new value; or import.rates and a file."),
        )
    if call.arguments.what is None and act not in ("list", "apply", "history"):
        raise UserError(_("Say which change."), _("See which there are with: sheaf config BOOK list"))
    with call.book() as book:
        acts[act](call, book)


def _list(call: Call, book: Book) -> None:
    from desktop.services.configuration.standing import proposals

    found = proposals(book)
    call.answer(
        {"changes": [_data(one) for one in found]},
        lambda: table(
            [_("Number"), _("State"), _("From"), _("About"), _("What"), _("Who")],
            [
                [one.number, one.state_word, date_text(one.from_day), one.area_word, one.summary, one.proposed_by]
                for one in found
            ],
            empty=_("No change was proposed yet."),
        ),
    )


def _data(one: Proposal) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "area": one.subject,
        "summary": one.summary,
        "reason": one.reason,
        "from": one.from_day,
        "proposed_by": one.proposed_by,
        "proposed_at": one.proposed_at,
        "decided_by": one.decided_by or None,
        "decided_at": one.decided_at or None,
        "note": one.decision,
    }


def _show(call: Call, book: Book) -> None:
    from desktop.services.configuration.history import told_changes
    from desktop.services.configuration.standing import proposal

    one = proposal(book, call.arguments.what)
    rows = told_changes(book, one.changes)
    fields = [
        {"what": what, "field": field.field, "before": field.before, "after": field.after}
        for what, told in rows
        for field in told
    ]
    call.answer(
        _data(one) | {"fields": fields},
        lambda: table(
            [_("What"), _("Field"), _("Before"), _("After")],
            [[str(one[name]) for name in ("what", "field", "before", "after")] for one in fields],
        ),
    )


def _propose(call: Call, book: Book) -> None:
    from desktop.services.configuration.proposing import propose
    from desktop.services.configuration.standing import proposal

    key, value = call.arguments.what, call.arguments.value
    if value is None:
        raise UserError(_("Say the new value of {key}.").format(key=key), _("Put it behind the key."))
    since = call.arguments.since or call.today
    number = propose(
        book,
        lambda: _set(call, book, key, value, since),
        summary=_("{key}: {value}").format(key=key, value=value),
        reason=call.arguments.reason,
        from_day=since,
        actor=call.actor,
        today=call.today,
    )
    one = proposal(book, number)
    call.answer(
        _data(one),
        lambda: _(
            "{number} is proposed, to count from {day}. See what it does: sheaf config BOOK impact {number}"
        ).format(number=number, day=date_text(one.from_day)),
    )


def _set(call: Call, book: Book, key: str, value: str, since: date) -> None:
    from desktop.services.catalogue import item_id
    from desktop.services.firm import firm
    from desktop.services.rates import set_rate
    from desktop.services.setting_keys import set_setting
    from desktop.services.taxes import set_tax_rate, tax_codes

    group, _dot, name = key.partition(".")
    if group == "price":
        currency = str(firm(book)["currency"])
        figure = _number(key, value)
        set_rate(
            book, item_id(book, name), valid_from=since, tiers=[(None, figure)], currency=currency, actor=call.actor
        )
    elif group == "tax":
        known = {str(one["code"]): int(one["id"]) for one in tax_codes(book)}
        if name not in known:
            raise UserError(
                _("There is no tax code {code}.").format(code=name),
                _("There are: {names}.").format(names=", ".join(known)),
            )
        set_tax_rate(book, known[name], since, _number(key, value), actor=call.actor)
    elif group == "import":
        _take_in(call, book, name, value)
    else:
        set_setting(book, key, value, actor=call.actor, today=since, folder=call.folder)


def _take_in(call: Call, book: Book, kind: str, file: str) -> None:
    from desktop.services.imports import import_file
    from desktop.services.imports.files import summary

    found = import_file(book, kind, call.path(file), all_or_nothing=True, actor=call.actor, today=call.today)
    if found.rejected:
        raise UserError(
            _("Nothing is proposed, because rows are rejected: {what}").format(what=summary(found)),
            _("See which with: sheaf import BOOK {kind} {file} --preview").format(kind=kind, file=file),
        )


def _number(key: str, text: str) -> Decimal:
    try:
        return parse_plain(text)
    except ValueError:
        raise UserError(
            _("{key} cannot be “{text}”.").format(key=key, text=text), _("Give a number like 1234.50.")
        ) from None


def _impact(call: Call, book: Book) -> None:
    from desktop.services.configuration.impact import impact

    found = impact(book, call.arguments.what, actor=call.actor, today=call.today, report=call.progress)
    data = {
        "day": found.day,
        "agreements": found.looked_at,
        "before": totals_data(found.before),
        "after": totals_data(found.after),
        "differences": difference_data(found.differences),
        "left_out": list(found.left_out),
    }
    call.answer(
        data,
        lambda: difference_text(
            found.differences,
            found.before,
            found.after,
            _("A run on {day}, without the change and with it:").format(day=date_text(found.day)),
        ),
    )


def _accept(call: Call, book: Book) -> None:
    from desktop.services.configuration.applying import accept
    from desktop.services.configuration.impact import impact
    from desktop.services.configuration.standing import proposal

    number = call.arguments.what
    seen = impact(book, number, actor=call.actor, today=call.today, report=call.progress)
    at_once = accept(book, number, actor=call.actor, today=call.today, note=call.arguments.note, impact=seen.text())
    one = proposal(book, number)
    call.answer(
        _data(one) | {"documents": len(seen.differences)},
        lambda: (
            _("{number} is in force.").format(number=one.number)
            if at_once
            else _("{number} is accepted and counts from {day}.").format(number=one.number, day=date_text(one.from_day))
        ),
    )


def _refuse(call: Call, book: Book) -> None:
    from desktop.services.configuration.applying import refuse

    refuse(book, call.arguments.what, actor=call.actor, note=call.arguments.note)
    _answer_state(call, book)


def _withdraw(call: Call, book: Book) -> None:
    from desktop.services.configuration.proposing import withdraw

    withdraw(book, call.arguments.what, actor=call.actor)
    _answer_state(call, book)


def _answer_state(call: Call, book: Book) -> None:
    from desktop.services.configuration.standing import proposal

    one = proposal(book, call.arguments.what)
    call.answer(_data(one), lambda: _("{number}: {state}.").format(number=one.number, state=one.state_word))


def _apply(call: Call, book: Book) -> None:
    from desktop.services.configuration.applying import apply_due

    done = apply_due(book, today=call.today)
    data = {
        "applied": list(done.numbers),
        "failed": [{"number": number, "reason": reason} for number, reason in done.failed],
    }

    def text() -> str:
        lines = [_("{number} is in force.").format(number=number) for number in done.numbers]
        lines += [f"{number}: {reason}" for number, reason in done.failed]
        return "\n".join(lines) or _("No accepted change waits for today.")

    call.answer(data, text)


def _roll_back(call: Call, book: Book) -> None:
    from desktop.services.configuration.rolling_back import roll_back
    from desktop.services.configuration.standing import proposal

    number = call.arguments.what
    billed = roll_back(book, number, reason=call.arguments.reason, actor=call.actor, today=call.today)
    data = _data(proposal(book, number)) | {
        "issued_since": billed.since,
        "billed_by_it": list(billed.by_it),
        "totals": totals_data(billed.totals),
    }
    call.answer(data, lambda: " ".join(_told(billed.since, billed.by_it)))


def _told(since: int, by_it: Sequence[str]) -> list[str]:
    words = [_("Rolled back. Documents issued since it came into force: {count}.").format(count=since)]
    if by_it:
        words.append(_("These were made by it and stay as they are: {numbers}.").format(numbers=", ".join(by_it)))
    return words


def _history(call: Call, book: Book) -> None:
    from desktop.domain.configuration import AREA_OF
    from desktop.services.configuration.history import history

    area = call.arguments.area or call.arguments.what or ""
    areas = sorted(set(AREA_OF.values()))
    if area and area not in areas:
        raise UserError(
            _("“{word}” is no part of the configuration.").format(word=area),
            _("It is one of: {known}.").format(known=", ".join(areas)),
        )
    found = history(book, area=area, limit=call.arguments.limit)
    data = [
        {
            "at": one.at,
            "actor": one.actor,
            "what": one.what,
            "action": one.action,
            "from": one.from_day,
            "change": one.number or None,
            "reason": one.reason,
            "undone": one.undone,
            "fields": [{"field": f.field, "before": f.before, "after": f.after} for f in one.fields],
        }
        for one in found
    ]
    call.answer(
        {"history": data},
        lambda: table(
            [_("When"), _("Who"), _("What"), _("Changed"), _("Why")],
            [
                [moment_text(one.at), one.actor, one.what, "; ".join(_field(f) for f in one.fields), one.reason]
                for one in found
            ],
            empty=_("Nothing was changed yet."),
        ),
    )


def _field(one: Any) -> str:
    return _("{field}: {before} → {after}").format(field=one.field, before=one.before or "–", after=one.after or "–")
