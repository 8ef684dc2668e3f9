"""The book itself: when it was backed up, and what wants to be put in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.backups.record import Record, record_within
from desktop.services.book_settings import LAST_BACKUP
from desktop.services.hygiene import pressing_within
from desktop.services.hygiene.of_book import BACKUP_DAYS
from desktop.services.today.item import Item, Look, Target, Urgency, local_day

# A book that was not backed up for so long is at risk.
RISK_DAYS: Final = 14


def backup(look: Look) -> Iterator[Item]:
    """A book whose backups fail, or that has invoices and was not backed up lately."""
    ask = look.connection.exec_driver_sql
    row = ask("SELECT value FROM setting WHERE key = ?", (LAST_BACKUP,)).fetchone()
    record = record_within(look.connection)
    if record.failure or record.second_failure:
        yield _failing(record)
        return
    days_known = [date.fromisoformat(json.loads(row[0]))] if row else []
    days_known += [local_day(record.made_at)] if record.made_at else []
    last = max(days_known, default=None)
    days = (look.today - last).days if last else None
    if days is not None and days <= BACKUP_DAYS:
        return
    if days is None and not ask("SELECT EXISTS (SELECT 1 FROM invoice)").scalar_one():
        return
    sentence = (
        _("This book was never backed up")
        if last is None
        else _("The last backup is of {day}").format(day=date_text(last))
    )
    yield Item(
        "backup",
        f"backup:{last}",
        Urgency.TODAY if days is None or days > RISK_DAYS else Urgency.WEEK,
        sentence,
        _("If this disk fails, what was written since is lost."),
        _("Back it up"),
        Target(act="book.backup"),
        weight=70,
    )


def _failing(record: Record) -> Item:
    """`failed_at` is younger than the last that was made, or the second copy of that one failed."""
    if record.failure:
        sentence, why = _("No backup could be made"), record.failure
    else:
        sentence, why = _("The backups do not reach their second place"), record.second_failure
    return Item(
        "backup",
        f"backup-failed:{(record.failed_at or record.made_at)[:10]}",
        Urgency.TODAY,
        sentence,
        why,
        _("See to it"),
        Target("settings", filters=frozenset({"section:backups"})),
        weight=70,
    )


def tidying(look: Look) -> Iterator[Item]:
    """What the clean-up found that would stop or hold a run; slow, since it looks at everything."""
    blocks, holds = pressing_within(look.connection, look.today)
    count = blocks + holds
    if not count:
        return
    words = ngettext("{count} matter wants to be put in order", "{count} matters want to be put in order", count)
    stops = ngettext("{count} would stop a run.", "{count} would stop a run.", blocks)
    yield Item(
        "tidying",
        f"tidying:{blocks}:{holds}",
        Urgency.WEEK if blocks else Urgency.LATER,
        words.format(count=number_text(count)),
        stops.format(count=number_text(blocks)) if blocks else _("None of them would stop a run."),
        _("Clean up"),
        Target("hygiene"),
        count=count,
        weight=80,
    )
