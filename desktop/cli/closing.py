"""`recognise`, `close`, `reopen` and `rates`: revenue by the month, closed periods, the ECB's exchange rates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import SCALE, major_text
from desktop.i18n import _, amount_text, date_text, money_text, ngettext, number_text

if TYPE_CHECKING:
    from desktop.services.accounting.checklist import Step
    from desktop.services.accounting.month_end import ClosedPeriod
    from desktop.services.accounting.recognition import Recognised
    from desktop.services.rate_files import RatesPreview

# As in desktop.services.accounting.schedules, which would cost every other command its loading.
_POLICIES = ("issue", "daily", "monthly")


def add(commands: Commands) -> None:
    recognise = commands.add("recognise", _recognise, _("book the revenue that was earned by a day"), writes=True)
    recognise.add_argument("--through", type=day, metavar="DATE", help=_("by default the end of last month"))
    recognise.add_argument("--preview", action="store_true", help=_("say what would be booked, and book nothing"))
    recognise.add_argument("--policy", choices=_POLICIES, help=_("how revenue is earned from the next document on"))

    close = commands.add("close", _close, _("close the books through a day, by a checklist"), writes=True)
    close.add_argument("--through", type=day, metavar="DATE", help=_("by default the next month that is over"))
    close.add_argument("--check", action="store_true", help=_("show the checklist, and close nothing"))
    close.add_argument("--list", action="store_true", help=_("the periods that were closed"))
    close.add_argument(
        "--pass-over", action="append", default=[], metavar="STEP", help=_("close although this step is left to do")
    )
    close.add_argument("--note", default="", metavar="TEXT", help=_("why something is passed over"))

    reopen = commands.add("reopen", _reopen, _("open the period that was closed last"), writes=True)
    reopen.add_argument("--reason", required=True, metavar="TEXT")

    rates = commands.add("rates", _rates, _("exchange rates: shows them, or takes in the ECB's file"), writes=True)
    rates.add_argument("file", nargs="?", metavar="FILE", help=_("eurofxref as XML, CSV or ZIP"))
    rates.add_argument("--since", type=day, metavar="DATE", help=_("the first day; by default of the last 400 days"))
    rates.add_argument("--currency", action="append", default=[], metavar="CUR", help=_("by default those in use"))
    rates.add_argument("--preview", action="store_true", help=_("say what would change, and change nothing"))


def _recognise(call: Call) -> None:
    from desktop.services.accounting.recognition import recognise
    from desktop.services.accounting.schedules import set_recognition_policy

    arguments = call.arguments
    with call.book() as book:
        if arguments.policy is not None:
            set_recognition_policy(book, arguments.policy, actor=call.actor)
            call.answer(
                {"policy": arguments.policy},
                lambda: _("From the next document on revenue is earned so: {policy}.").format(policy=arguments.policy),
            )
            return
        through = arguments.through or call.today.replace(day=1) - timedelta(days=1)
        found = recognise(book, through=through, actor=call.actor, today=call.today, preview=arguments.preview)
    data = {
        "through": found.through,
        "booked": not arguments.preview,
        "totals": {currency: major_text(total, currency) for currency, total in sorted(found.totals.items())},
        "entries": [
            {
                "date": one.booked_on,
                "document": one.number,
                "client": one.client,
                "text": one.text,
                "from": one.start,
                "until": one.until - timedelta(days=1),
                "currency": one.currency,
                "amount": major_text(one.amount, one.currency),
                "catches_up": one.catches_up,
                "before_document": one.before,
            }
            for one in found.entries
        ],
    }
    call.answer(data, lambda: _recognised_text(found))


def _recognised_text(found: Recognised) -> str:
    rows = [
        [
            date_text(one.booked_on),
            one.number,
            one.client,
            one.text,
            amount_text(one.amount, one.currency),
            one.currency,
        ]
        for one in found.entries
    ]
    titles = [_("Date"), _("Document"), _("Client"), _("Service"), ">" + _("Amount"), ""]
    shown = table(titles, rows, empty=_("All that was earned through {day} is booked.").format(
        day=date_text(found.through)
    ))  # fmt: skip
    sums = [money_text(total, currency) for currency, total in sorted(found.totals.items())]
    return "\n".join([shown, *sums])


def _close(call: Call) -> None:
    from desktop.services.accounting.checklist import checklist
    from desktop.services.accounting.month_end import close_books, closings, next_to_close

    arguments = call.arguments
    with call.book() as book:
        if arguments.list:
            periods = closings(book)
            call.answer({"closings": [_period(one) for one in periods]}, lambda: _periods_text(periods))
            return
        through = arguments.through or next_to_close(book, call.today)
        if arguments.check:
            steps = checklist(book, through, report=call.progress)
            call.answer(
                {"through": through, "steps": [_step(one) for one in steps]},
                lambda: _steps_text(steps),
            )
            return
        made = close_books(
            book,
            through,
            actor=call.actor,
            today=call.today,
            note=arguments.note,
            passed_over=arguments.pass_over,
            report=call.progress,
        )
    call.answer(
        _period(made),
        lambda: _("The books are closed through {day}; the journal's digest is {digest}").format(
            day=date_text(made.through), digest=made.digest
        ),
    )


def _reopen(call: Call) -> None:
    from desktop.services.accounting.month_end import reopen

    with call.book() as book:
        through = reopen(book, call.arguments.reason, actor=call.actor)
    call.answer(
        {"reopened": through},
        lambda: _("The books are open again; the closing through {day} stays in the list.").format(
            day=date_text(through)
        ),
    )


def _step(step: Step) -> dict[str, Any]:
    return {
        "step": step.key,
        "title": step.title,
        "state": step.state,
        "count": step.count,
        "found": step.found,
        "remedy": step.remedy,
    }


def _steps_text(steps: list[Step]) -> str:
    words = {"done": _("done"), "left": _("to do"), "nothing": "–"}
    rows = [[step.key, words.get(step.state, step.state), step.found, step.remedy] for step in steps]
    return table([_("Step"), _("State"), _("How it stands"), _("What to do")], rows)


def _period(made: ClosedPeriod) -> dict[str, Any]:
    return {
        "through": made.through,
        "closed_at": made.closed_at,
        "actor": made.actor,
        "note": made.note,
        "passed_over": list(made.passed_over),
        "steps": [_step(one) for one in made.steps],
        "head": made.head,
        "digest": made.digest,
        "reopened_at": made.reopened_at,
        "reopened_by": made.reopened_by,
        "reason": made.reason,
    }


def _periods_text(periods: list[ClosedPeriod]) -> str:
    rows = [
        [date_text(one.through), one.closed_at[:10], one.actor, ", ".join(one.passed_over), one.note, one.reason or ""]
        for one in periods
    ]
    titles = [_("Through"), _("Closed"), _("By"), _("Passed over"), _("Note"), _("Reopened because")]
    return table(titles, rows, empty=_("No period was closed yet."))


def _rates(call: Call) -> None:
    from desktop.services.currencies import exchange_rates
    from desktop.services.rate_files import preview_rates, take_rates

    arguments = call.arguments
    currencies = [one.strip().upper() for one in arguments.currency]
    with call.book() as book:
        if arguments.file is None:
            kept = [one for one in exchange_rates(book) if not currencies or one["currency"] in currencies]
            data = [
                {
                    "currency": one["currency"],
                    "from": one["valid_from"],
                    "rate": str(one["rate"]),
                    "source": one["source"],
                }
                for one in kept
            ]
            rows = [
                [one["currency"], date_text(one["valid_from"]), number_text(one["rate"]), one["source"] or _("typed")]
                for one in kept
            ]
            titles = [_("Currency"), _("From"), ">" + _("Rate"), _("Source")]
            call.answer({"rates": data}, lambda: table(titles, rows, empty=_("There is no exchange rate.")))
            return
        path = call.path(arguments.file)
        if arguments.preview:
            found = preview_rates(book, path, today=call.today, since=arguments.since, currencies=currencies)
        else:
            found = take_rates(
                book, path, actor=call.actor, today=call.today, since=arguments.since, currencies=currencies
            )
    data_of = {
        "home": found.home,
        "first": found.first,
        "last": found.last,
        "written": 0 if arguments.preview else found.to_write,
        **{state: found.count(state) for state in ("new", "changed", "same", "typed")},
        "unknown": list(found.unknown),
        "rates": [
            {
                "currency": one.currency,
                "from": one.valid_from,
                "rate": f"{one.rate // SCALE}.{one.rate % SCALE:06}",
                "state": one.state,
            }
            for one in found.rows
        ],
    }
    call.answer(data_of, lambda: _rates_text(found, preview=arguments.preview))


def _rates_text(found: RatesPreview, *, preview: bool) -> str:
    said = (
        ngettext("{count} rate would be written", "{count} rates would be written", found.to_write)
        if preview
        else ngettext("{count} rate written", "{count} rates written", found.to_write)
    )
    lines = [
        _("{written}, of {first} to {last}; {same} stood already, {typed} were typed and stay.").format(
            written=said.format(count=number_text(found.to_write)),
            first=date_text(found.first),
            last=date_text(found.last),
            same=number_text(found.count("same")),
            typed=number_text(found.count("typed")),
        )
    ]
    if found.unknown:
        lines.append(_("The file does not know: {currencies}.").format(currencies=", ".join(found.unknown)))
    return "\n".join(lines)
