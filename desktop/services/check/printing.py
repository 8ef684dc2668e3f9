"""Print jobs: a document that is in a printer's queue is in a job that is, and no job holds what the outbox lost."""

from __future__ import annotations

import sqlite3

from desktop.i18n import _
from desktop.services.check.problem import Problems


def check_printing(connection: sqlite3.Connection, problems: Problems) -> None:
    """Rows of the outbox that go by print against the jobs that carry them."""
    apart = _("it stands as “{state}”, its print job as “{other}”")
    for title, state, other in connection.execute(
        "SELECT d.title, d.state, j.state FROM delivery d LEFT JOIN print_job j ON j.id = d.print_job_id"
        " WHERE d.channel = 'print' AND d.state = 'sending' AND j.state IS NOT d.state"
    ):
        problems.add("document", title, apart.format(state=state, other=other or _("not there")))
    lost = _("it is not over, and no document of the outbox is in it any more")
    for (title,) in connection.execute(
        "SELECT title FROM print_job j WHERE j.state = 'sending' AND j.options ->> 'copies_of' = '[]'"
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.print_job_id = j.id AND d.state = 'sending')"
    ):
        problems.add("print job", title, lost)
