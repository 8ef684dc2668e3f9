"""cron: lines of the user's own table, between two marks; what else stands there stays byte for byte."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from typing import Final

from desktop.domain.schedule import Times, month_days
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.schedules.systems.calling import attempt, call
from desktop.services.schedules.systems.entry import Entry

NAME: Final = "cron"

_TABLE: Final = "crontab"
_BEGIN, _END = "# BEGIN {name} (Sheaf writes these lines anew)", "# END {name}"
_ALL: Final = 12


def texts(entry: Entry) -> dict[str, str]:
    """The lines with their marks."""
    # What is printed would be mailed; what goes wrong shall be.
    command = f"{_command(entry)} >/dev/null"
    lines = dict.fromkeys(f"{when} {command}" for times in entry.times for when in calendars(times))
    # cron forgets what it missed, and a start of the computer is the time to make up for it.
    block = [_BEGIN.format(name=entry.name), *lines, f"@reboot {command}", _END.format(name=entry.name)]
    return {_TABLE: "\n".join(block) + "\n"}


def _command(entry: Entry) -> str:
    """For sh, and before it for cron, which ends a command at a bare % and takes the \\ before one away."""
    words = " ".join(map(shlex.quote, entry.command))
    # A \\ of the path itself would guard the guard: an end and a beginning of quotes part them, and mean nothing to sh.
    return words.replace("\\%", "\\''%").replace("%", "\\%")


def calendars(times: Times) -> Iterator[str]:
    """The five fields of crontab(5)."""
    at = f"{times.at.minute} {times.at.hour}"
    if times.every == "day":
        yield f"{at} * * *"
    elif times.every == "week":
        yield f"{at} * * {((times.weekday or 0) + 1) % 7}"
    else:
        assert times.day is not None
        for months, day in month_days(times.day):
            yield f"{at} {day} {'*' if len(months) == _ALL else ','.join(map(str, months))} *"


def is_here() -> bool:
    return shutil.which("crontab") is not None


def read(entry: Entry) -> dict[str, str] | None:
    """The lines under the entry's name."""
    done = attempt(["crontab", "-l"]) if is_here() else None
    # Whoever may not use cron has nothing there.
    found = _block(entry).search(done.stdout) if done is not None and not done.returncode else None
    return None if found is None else {_TABLE: found[0].decode(errors="replace")}


def install(entry: Entry) -> None:
    """Put the lines into the table, in the place of those that stood there. UserError where cron refuses."""
    table = _block(entry).sub(b"", _table())
    if table and not table.endswith(b"\n"):
        table += b"\n"
    call(["crontab", "-"], table + texts(entry)[_TABLE].encode())


def remove(entry: Entry) -> None:
    """Take the lines out; a table that holds nothing else goes with them."""
    before = _table()
    after = _block(entry).sub(b"", before)
    if after == before:
        return
    if after:
        call(["crontab", "-"], after)
    else:
        call(["crontab", "-r"])


def _table() -> bytes:
    done = attempt(["crontab", "-l"])
    if done.returncode and b"no crontab" not in done.stderr:
        raise UserError(
            _("The table of cron cannot be read: {reason}").format(reason=done.stderr.decode(errors="replace").strip()),
            _("Ask whoever looks after this computer whether you may use cron."),
        )
    return b"" if done.returncode else done.stdout


def _block(entry: Entry) -> re.Pattern[bytes]:
    """From mark to mark. A begin without an end reaches no further than the next begin, and is left for a person."""
    name = re.escape(entry.name)
    return re.compile(rf"^# BEGIN {name} .*\n(?:(?!# BEGIN ).*\n)*?# END {name}\n?".encode(), re.MULTILINE)


def fits(there: Mapping[str, str], entry: Entry) -> bool:
    """Whether what is there is what would be written now."""
    return dict(there) == texts(entry)


def caution() -> str:
    """What a person should know of it, empty where there is nothing."""
    return _(
        "cron calls whether or not you are logged in, but a keyring is open only while you are: e-mail waits for you."
    )
