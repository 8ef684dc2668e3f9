"""`watch`: files that come in by themselves from a folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, count
from desktop.cli.call import Call
from desktop.i18n import _

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.watching import Taken, Watch

_SECONDS = 2


def add(commands: Commands) -> None:
    parser = commands.add(
        "watch", _watch, _("bring new files of a folder into the billables until stopped"), writes=True
    )
    parser.add_argument("--folder", metavar="DIR", help=_("which folder; otherwise the one that the book watches"))
    parser.add_argument("--once", action="store_true", help=_("take what is there and end"))
    parser.add_argument(
        "--seconds", type=count, default=_SECONDS, metavar="N", help=_("how long a file stays unchanged to be whole")
    )
    parser.add_argument("--date-order", choices=["dmy", "mdy", "ymd"], help=_("how the files write dates"))


def _watch(call: Call) -> int:
    from desktop.services.watching import Watch, check_folder, watched_folder

    arguments = call.arguments
    with call.book() as book:
        kept = watched_folder(book)
        path = call.path(arguments.folder) if arguments.folder else kept.path
        watch = Watch(check_folder(path))
        order = arguments.date_order or kept.date_order
        taken: list[Taken] = []
        watch.look()
        while True:
            if arguments.once and not watch.waiting:
                break
            _wait(call, watch.folder, arguments.seconds)
            ripe = watch.look()
            for path in ripe:
                taken.append(_take(call, book, watch, path, order))
            if arguments.once and not ripe:
                break
        call.answer(
            {"folder": str(watch.folder), "files": [_data(one) for one in taken]},
            lambda: "" if taken else _("No new files in {path}.").format(path=watch.folder),
        )
    return 1 if any(one.state in ("refused", "waiting") for one in taken) else 0


def _wait(call: Call, folder: Path, seconds: int) -> None:
    """Sleep in short breaths: Ctrl+C is heard between them."""
    for _breath in range(seconds * 10):
        call.progress(0, 0, _("Watching {path}").format(path=folder))
        time.sleep(0.1)


def _take(call: Call, book: Book, watch: Watch, path: Path, order: Any) -> Taken:
    from desktop.services.watching import take_in

    one = take_in(book, path, actor=call.actor, today=call.today, report=call.progress, date_order=order)
    watch.handled(path, one)
    if not call.arguments.json:
        call.progress.clear()
        call.out.write(one.sentence + "\n")
        call.out.flush()
    return one


def _data(one: Taken) -> dict[str, Any]:
    result = one.result
    return {
        "file": one.name,
        "state": one.state,
        "kind": one.kind,
        "reason": one.reason,
        "batch": result.batch if result else None,
        "imported": result.imported if result else 0,
        "unchanged": result.unchanged if result else 0,
        "rejected": [rejection._asdict() for rejection in result.rejected] if result else [],
    }
