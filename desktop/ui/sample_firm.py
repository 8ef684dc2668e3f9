"""The sample firm: made in the documents folder once, and opened again from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from desktop.i18n import _
from desktop.jobs import Job, Jobs
from desktop.paths import documents_dir
from desktop.services.sample import make_sample


def open_sample_firm(jobs: Jobs, open_book: Callable[[Path], object]) -> None:
    """Make it where it is not there yet, then open it."""
    path = documents_dir() / _("Sheaf sample firm.sheaf")
    if path.is_file():
        open_book(path)
        return
    today = datetime.now().date()

    def work(report: Callable[[int, int, str], None]) -> None:
        make_sample(path, today=today, report=report)

    jobs.start(Job(_("Making the sample firm"), work), lambda _made: open_book(path))
