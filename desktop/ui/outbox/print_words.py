"""Printers in words: how a queue stands, what its trays and papers are called."""

from __future__ import annotations

import re

from desktop.i18n import _, ngettext, number_text
from desktop.services.delivery.paper.printers import LONG_EDGE, ONE_SIDED, SHORT_EDGE, Queue
from desktop.ui.editors import Choice

_TRAY = re.compile(r"tray-(\d+)")
_SIZE = re.compile(r"(?P<name>.+)_(?P<width>[\d.]+)x(?P<height>[\d.]+)(?P<unit>mm|in)")


def queue_name(queue: Queue) -> str:
    """Its name, and where it stands if that is known."""
    return f"{queue.name} · {queue.location}" if queue.location else queue.name


def queue_state(queue: Queue) -> str:
    """How it stands, and what that means for what is printed now."""
    if not queue.accepting:
        return _("It takes no jobs at the moment. Choose another printer, or let it accept jobs in the system.")
    if queue.state == "stopped":
        said = _("It is stopped: what is printed waits in its queue.")
        return f"{said} {queue.words}".strip()
    if queue.jobs:
        said = ngettext(
            "Ready; {count} job is before this one.", "Ready; {count} jobs are before this one.", queue.jobs
        )
        return said.format(count=number_text(queue.jobs))
    return _("Ready.")


def side_choices(queue: Queue | None) -> list[Choice]:
    words = {
        ONE_SIDED: _("One side"),
        LONG_EDGE: _("Both sides, turned like a book"),
        SHORT_EDGE: _("Both sides, turned like a pad"),
    }
    offered = queue.sides if queue is not None else tuple(words)
    return [("", _("As the printer is set")), *((side, words[side]) for side in offered)]


def tray_choices(queue: Queue | None) -> list[Choice]:
    trays = queue.trays if queue is not None else ()
    return [("", _("As the printer is set")), *((one, _tray(one)) for one in trays)]


def _tray(name: str) -> str:
    numbered = _TRAY.fullmatch(name)
    if numbered:
        return _("Tray {number}").format(number=number_text(int(numbered[1])))
    words = {
        "auto": _("Chosen by the printer"),
        "main": _("Main tray"),
        "manual": _("Manual feed"),
        "by-pass-tray": _("Bypass tray"),
        "top": _("Upper tray"),
        "middle": _("Middle tray"),
        "bottom": _("Lower tray"),
        "envelope": _("Envelopes"),
        "large-capacity": _("Large tray"),
    }
    return words.get(name, name.replace("-", " ").capitalize())


def paper_choices(queue: Queue | None) -> list[Choice]:
    media = queue.media if queue is not None else ()
    return [("", _("As the printer is set")), *((one, _paper(one)) for one in media)]


def _paper(name: str) -> str:
    """IPP's name of a size (PWG 5101.1), such as iso_a4_210x297mm, as people read it: A4 (210 × 297 mm)."""
    found = _SIZE.fullmatch(name)
    if found is None:
        return name
    family, _underscore, own = found["name"].partition("_")
    word = own.upper() if family in ("iso", "jis") else own.replace("-", " ").title()
    return f"{word} ({found['width']} × {found['height']} {found['unit']})"
