"""`schedule` and `due`: work by the clock, and what the system's own timer calls."""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from desktop.cli.arguments import Commands, amount, count
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text, to_minor
from desktop.errors import UserError
from desktop.i18n import _, local_moment_text, money_text, number_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.schedules.installing import Installed
    from desktop.services.schedules.keeping import Schedule
    from desktop.services.schedules.results import Result

_ACTS: Final = ("list", "add", "change", "remove", "pause", "resume", "results", "install", "uninstall", "show")
_NAMED: Final = ("add", "change", "remove", "pause", "resume")
_TASKS: Final = ("bill", "reconcile", "remind", "send", "bounces")
_SYSTEMS: Final = ("systemd", "cron", "launchd", "task_scheduler")
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEAST_OF_A_WORD: Final = 3
_LAST: Final = 31
_THROUGH: Final = {"today": "today", "last-month": "last_month", "this-month": "this_month"}
_NONE: Final = "none"
_SECONDS: Final = 600
_SECONDS_BETWEEN_TRIES: Final = 1.0


def add(commands: Commands) -> None:
    due = commands.add(
        "due", _due, _("do what is due by the schedules of the book, as the system's timer"), writes=True
    )
    due.add_argument("--now", dest="only", metavar="NAME", help=_("do this schedule now, whether or not it is due"))
    due.add_argument(
        "--wait", type=count, default=_SECONDS, metavar="N", help=_("how many seconds to wait for another command")
    )
    one = commands.add(
        "schedule", _schedule, _("what is done by the clock: set it up, see what came of it"), writes=True
    )
    one.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    one.add_argument("name", nargs="?", metavar="NAME", help=_("the schedule's name"))
    one.add_argument("--task", choices=_TASKS, help=_("add, change: what is done"))
    one.add_argument("--every", choices=("day", "week", "month"), help=_("add, change: how often"))
    one.add_argument(
        "--on",
        type=_on,
        metavar="DAY",
        help=_("add, change: a day of the week such as monday, or of the month: 1 to 31"),
    )
    one.add_argument("--at", metavar="TIME", help=_("add, change: the time of the day, such as 06:30"))
    one.add_argument("--segment", metavar="NAME", help=_("add, change: only this segment; none is everyone"))
    one.add_argument(
        "--folder", metavar="DIR", help=_("add, change: take statements in from this folder; none is from nowhere")
    )
    one.add_argument(
        "--through",
        choices=list(_THROUGH),
        help=_("add, change: bill through the day it is due, or through a month's end"),
    )
    one.add_argument(
        "--most-documents", type=_limit(count), metavar="N", help=_("add, change: a larger run waits for you; or none")
    )
    one.add_argument(
        "--most-amount",
        type=_limit(amount),
        metavar="AMOUNT",
        help=_("add, change: a run above it waits for you; or none"),
    )
    one.add_argument(
        "--catch-up",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=_("add, change: make up for a time at which the computer was off"),
    )
    one.add_argument("--rename", metavar="NAME", help=_("change: call it so"))
    one.add_argument("--system", choices=_SYSTEMS, help=_("show: what that system is given, without changing anything"))


def _on(text: str) -> int | str:
    """A number of the month, or the name of a day of the week, shortened or not."""
    word = text.strip().lower()
    if word == "last":
        return _LAST
    if word.isdecimal() and 1 <= int(word) <= _LAST:
        return int(word)
    found = [day for day in _WEEKDAYS if len(word) >= _LEAST_OF_A_WORD and day.startswith(word)]
    if found:
        return found[0]
    raise argparse.ArgumentTypeError(_("“{text}” is no day like monday, 15 or last").format(text=text))


def _limit(kind: Any) -> Any:
    def limit(text: str) -> Any:
        return _NONE if text == _NONE else kind(text)

    return limit


# What is due


def _due(call: Call) -> int:
    from desktop.services.schedules.carrying_out import carry_out
    from desktop.services.schedules.keeping import schedule_named
    from desktop.services.schedules.notifying import join_session, notify
    from desktop.services.schedules.words import headline

    alone = call.held is None
    if alone:
        join_session()
    with ExitStack() as stack:
        try:
            book = _open_in_turn(call, stack)
            if isinstance(book, int):
                return book
            only = schedule_named(book, call.arguments.only) if call.arguments.only else None
            found = carry_out(book, now=lambda: call.clock, actor=call.actor, report=call.progress, only=only)
        except UserError as error:
            # Nobody looks at a timer's screen.
            if alone and not call.err.isatty():
                notify(str(error))
            raise
    news = headline(found)
    if alone and news:
        notify(news)
    call.answer({"results": [_result(one) for one in found]}, lambda: _results_text(found, _("Nothing is due.")))
    failed = [one for one in found if one.state == "failed"]
    for one in failed:
        call.say(_("{schedule}: {said}").format(schedule=one.schedule, said=one.said))
    return 1 if failed else 0


def _open_in_turn(call: Call, stack: ExitStack) -> Book | int:
    """The book, as soon as no other command has it; the exit code where a window that came to it did the work."""
    from desktop.services.handover import hand_over
    from desktop.services.schedules.turn import is_held

    until = time.monotonic() + call.arguments.wait
    while True:
        try:
            # A time of a schedule needs nobody: it goes by the rights of who set it up.
            return stack.enter_context(call.book(signed=call.arguments.only is not None))
        except UserError as error:
            if not is_held(error) or time.monotonic() >= until:
                raise
        call.progress(0, 0, _("Waiting for another command on this book"))
        time.sleep(_SECONDS_BETWEEN_TRIES)
        path = call.path(call.arguments.book)
        code = hand_over(path, _again(call), out=call.out, err=call.err, folder=call.folder)
        if code is not None:
            return code


def _again(call: Call) -> list[str]:
    """This very command, for the process that has the book."""
    argv = ["due", call.arguments.book, "--as", call.actor]
    if call.arguments.json:
        argv.append("--json")
    if call.arguments.only:
        argv += ["--now", call.arguments.only]
    return argv


def _result(one: Result) -> dict[str, Any]:
    from desktop.services.schedules.words import said_text

    return {
        "schedule": one.schedule,
        "task": one.task,
        "due": one.due.isoformat(timespec="minutes"),
        "state": one.state,
        "run": one.run or None,
        "said": said_text(one),
    }


def _results_text(found: list[Result], empty: str) -> str:
    from desktop.services.schedules.words import said_text, state_text

    return table(
        [_("Due"), _("Schedule"), _("State"), _("What came of it")],
        [[local_moment_text(one.due), one.schedule, state_text(one.state), said_text(one)] for one in found],
        empty=empty,
    )


# Setting it up


def _schedule(call: Call) -> int:
    act, name = call.arguments.act, call.arguments.name
    if (act in _NAMED) != bool(name) and act != "results":
        raise UserError(
            _("Name the schedule.") if act in _NAMED else _("“{act}” takes no name.").format(act=act),
            _("See: sheaf schedule --help"),
        )
    with call.book() as book:
        match act:
            case "list":
                return _list(call, book)
            case "results":
                return _results(call, book)
            case "show":
                return _show(call, book)
            case "install" | "uninstall":
                return _into_the_system(call, book)
        return _change(call, book)


def _change(call: Call, book: Book) -> int:
    from desktop.services.schedules.cautions import cautions
    from desktop.services.schedules.installing import renew
    from desktop.services.schedules.keeping import delete_schedule, pause, save_schedule, schedule_named, schedules

    act, name = call.arguments.act, call.arguments.name
    known = None if act == "add" else schedule_named(book, name)
    if act == "add":
        key = save_schedule(book, {"name": name, **_values(call, book)}, actor=call.actor, now=call.clock)
    elif known is None:
        raise AssertionError("only a new schedule is not known")
    elif act == "change":
        renamed = {"name": call.arguments.rename} if call.arguments.rename else {}
        values = renamed | _values(call, book)
        key = save_schedule(book, values, actor=call.actor, now=call.clock, schedule_id=known.id)
    elif act == "remove":
        delete_schedule(book, known.id, actor=call.actor)
        key = 0
    else:
        pause(book, known.id, on=act == "pause", actor=call.actor, now=call.clock)
        key = known.id
    standing = renew(book)
    one = next((one for one in schedules(book) if one.id == key), None)
    data = {"schedule": _data(call, book, one) if one else None, "installed": _installed(standing)}
    call.answer(data, lambda: _told(call, book, one))
    if one is not None and one.active:
        for caution in cautions(book, one.task):
            call.say(caution)
        if not standing.system:
            call.say(
                _(
                    "Nothing calls Sheaf at these times yet. Have the system do it: sheaf schedule {book} install"
                ).format(book=call.arguments.book)
            )
    return 0


def _values(call: Call, book: Book) -> dict[str, Any]:
    """What was given, as the service takes it."""
    from desktop.services.firm import firm
    from desktop.services.segments import segment_id

    arguments = call.arguments
    values: dict[str, Any] = {}
    for name in ("task", "every", "at", "catch_up"):
        if getattr(arguments, name) is not None:
            values[name] = getattr(arguments, name)
    if arguments.on is not None:
        weekday = isinstance(arguments.on, str)
        values["weekday"] = _WEEKDAYS.index(arguments.on) if weekday else None
        values["day"] = None if weekday else arguments.on
        values.setdefault("every", "week" if weekday else "month")
    if arguments.segment is not None:
        values["segment_id"] = None if arguments.segment == _NONE else segment_id(book, arguments.segment)
    if arguments.folder is not None:
        values["folder"] = "" if arguments.folder == _NONE else str(call.path(arguments.folder))
    if arguments.through is not None:
        values["through"] = _THROUGH[arguments.through]
    if arguments.most_documents is not None:
        values["most_documents"] = None if arguments.most_documents == _NONE else arguments.most_documents
    if arguments.most_amount is not None:
        home = firm(book)["currency"]
        values["most_amount"] = None if arguments.most_amount == _NONE else to_minor(arguments.most_amount, home)
    return values


def _list(call: Call, book: Book) -> int:
    from desktop.services.schedules.installing import installed
    from desktop.services.schedules.keeping import schedules
    from desktop.services.schedules.words import task_title, when_text

    found, standing = schedules(book), installed(book)
    rows = [_data(call, book, one) for one in found]

    def text() -> str:
        shown = table(
            [_("Schedule"), _("What"), _("When"), _("Segment"), _("Next"), _("Last")],
            [
                [
                    one.name,
                    task_title(one.task),
                    when_text(one.times),
                    one.segment,
                    local_moment_text(next(one.times.after(call.clock))) if one.active else _("stopped"),
                    f"{row['last']['due']} {row['last']['state']}" if row["last"] else "",
                ]
                for one, row in zip(found, rows, strict=True)
            ],
            empty=_(
                "No schedule. Add one with: sheaf schedule BOOK add NAME --task bill --every month --on last --at 06:00"
            ),
        )
        return f"{shown}\n{_standing_text(standing)}"

    call.answer({"schedules": rows, "installed": _installed(standing)}, text)
    return 0


def _results(call: Call, book: Book) -> int:
    from desktop.services.schedules.keeping import schedule_named
    from desktop.services.schedules.results import results

    one = schedule_named(book, call.arguments.name) if call.arguments.name else None
    found = results(book, one.id if one else None)
    call.answer(
        {"results": [_result(row) for row in found]},
        lambda: _results_text(found, _("Nothing was due yet.")),
    )
    return 0


def _data(call: Call, book: Book, one: Schedule) -> dict[str, Any]:
    from desktop.services.firm import firm
    from desktop.services.schedules.results import results

    times = one.times
    on = None if times.every == "day" else _WEEKDAYS[times.weekday or 0] if times.every == "week" else times.day
    last = next(iter(results(book, one.id, 1)), None)
    home = firm(book)["currency"]
    return {
        "name": one.name,
        "task": one.task,
        "every": times.every,
        "on": on,
        "at": times.at.strftime("%H:%M"),
        "segment": one.segment or None,
        "folder": one.folder or None,
        "through": next(word for word, rule in _THROUGH.items() if rule == one.through) if one.task == "bill" else None,
        "most_documents": one.most_documents,
        "most_amount": None if one.most_amount is None else major_text(one.most_amount, home),
        "catch_up": one.catch_up,
        "active": one.active,
        "next": next(times.after(call.clock)).isoformat(timespec="minutes") if one.active else None,
        "last": _result(last) if last else None,
    }


def _told(call: Call, book: Book, one: Schedule | None) -> str:
    """A schedule in sentences, as it stands now."""
    from desktop.services.firm import firm
    from desktop.services.schedules.words import task_title, through_text, when_text

    if one is None:
        return _("The schedule is removed; what it did stands.")
    lines = [f"{one.name}: {task_title(one.task)}. {when_text(one.times)}."]
    if one.segment:
        lines.append(_("Only segment {segment}.").format(segment=one.segment))
    if one.task == "bill":
        lines.append(_("It bills through {day}.").format(day=through_text(one.through)))
    if one.most_documents is not None:
        lines.append(_("More than {most} documents wait for you.").format(most=number_text(one.most_documents)))
    if one.most_amount is not None:
        most = money_text(one.most_amount, firm(book)["currency"])
        lines.append(_("A run above {most} waits for you.").format(most=most))
    if one.active:
        lines.append(_("Next: {moment}.").format(moment=local_moment_text(next(one.times.after(call.clock)))))
    else:
        lines.append(_("It is stopped."))
    return "\n".join(lines)


# The system's own schedule


def _into_the_system(call: Call, book: Book) -> int:
    from desktop.services.schedules.installing import install, uninstall

    standing = install(book) if call.arguments.act == "install" else uninstall(book)
    call.answer({"installed": _installed(standing)}, lambda: _standing_text(standing))
    return 0


def _show(call: Call, book: Book) -> int:
    from desktop.services.schedules.installing import installed, system_texts

    system = call.arguments.system
    if system is None:
        standing = installed(book)
        system = standing.system or standing.usable or "cron"
    files = system_texts(book, system)
    call.answer(
        {"system": system, "files": files},
        lambda: "\n".join(f"== {name}\n{text}" for name, text in files.items()).rstrip("\n"),
    )
    return 0


def _installed(standing: Installed) -> dict[str, Any]:
    return {"system": standing.system or None, "fits": standing.fits, "usable": standing.usable or None}


def _standing_text(standing: Installed) -> str:
    from desktop.services.schedules.words import standing_text

    return standing_text(standing)
