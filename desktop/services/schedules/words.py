"""Schedules in words: what is done, when, and what came of it."""

from __future__ import annotations

from desktop.domain.schedule import LAST_MONTH, THIS_MONTH, TODAY, Times
from desktop.i18n import _, ngettext, number_text, time_text, weekday_text
from desktop.services.schedules.installing import Installed, system_title
from desktop.services.schedules.results import Result
from desktop.services.schedules.tasks import TASKS

_LAST_DAY = 31
_SURE_DAY = 28


def task_title(task: str) -> str:
    """What people call a task; its own word where this program does not know it."""
    return _(TASKS[task].title) if task in TASKS else task


def when_text(times: Times) -> str:
    """Such as “Last day of the month, 06:30”."""
    at = time_text(times.at)
    if times.every == "day":
        return _("Every day, {time}").format(time=at)
    if times.every == "week":
        return _("Every {weekday}, {time}").format(weekday=weekday_text(times.weekday or 0), time=at)
    assert times.day is not None
    if times.day == _LAST_DAY:
        return _("Last day of the month, {time}").format(time=at)
    if times.day > _SURE_DAY:
        words = _("Day {day} of the month or its last, {time}")
    else:
        words = _("Day {day} of the month, {time}")
    return words.format(day=number_text(times.day), time=at)


def through_text(rule: str) -> str:
    """Through which day a run bills."""
    return {
        TODAY: _("the day on which it is due"),
        LAST_MONTH: _("the end of the month before"),
        THIS_MONTH: _("the end of the month in which it is due"),
    }[rule]


def state_text(state: str) -> str:
    return {
        "done": _("done"),
        "running": _("under way"),
        "waits": _("waits for you"),
        "failed": _("failed"),
        "put_off": _("put off"),
        "missed": _("missed"),
    }[state]


def said_text(result: Result) -> str:
    """What came of it in a sentence, also where nothing was said."""
    if result.state == "missed":
        return result.said or _("Nobody called Sheaf at this time, and a later one made up for it or was too late.")
    if result.state == "running":
        return _("It began and has not ended.")
    return result.said


def standing_word(standing: Installed) -> str:
    """As `standing_text`, in a few words."""
    if not standing.system:
        return _("Not in the schedule of the system") if standing.times else ""
    if not standing.fits:
        return _("The entry of the system is out of date")
    return _("{system} calls Sheaf").format(system=system_title(standing.system))


def standing_text(standing: Installed) -> str:
    """Whether the system calls Sheaf for this book, and what that means."""
    if not standing.system:
        if not standing.times:
            return _("The system does not call Sheaf for this book; there is nothing to call it for.")
        if not standing.usable:
            return _("This system has neither systemd for its users nor cron: nothing calls Sheaf for this book.")
        return _("Nothing calls Sheaf at these times yet: enter them in the schedule of the system.")
    title = system_title(standing.system)
    if not standing.fits:
        return _("The entry in {system} does not fit the schedules any more: renew it.").format(system=title)
    said = _("{system} calls Sheaf at these times.").format(system=title)
    return _("{first} {second}").format(first=said, second=standing.caution) if standing.caution else said


def headline(results: list[Result]) -> str:
    """News of several results in one sentence for a message of the system; empty where there is none.

    The worst comes first: what failed, then what waits.
    """
    order = ("failed", "put_off", "waits")
    news = sorted(
        (one for one in results if not one.seen), key=lambda one: order.index(one.state) if one.state in order else 2
    )
    if not news:
        return ""
    first = _("{schedule}: {said}").format(schedule=news[0].schedule, said=said_text(news[0]))
    if len(news) == 1:
        return first
    more = ngettext("And {count} more.", "And {count} more.", len(news) - 1).format(count=number_text(len(news) - 1))
    return _("{first} {second}").format(first=first, second=more)
