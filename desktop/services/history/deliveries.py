"""What became of documents on their way to the client: each event of their deliveries as a step of the story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import family
from desktop.i18n import _, ngettext, number_text
from desktop.saying import told
from desktop.services.history.entry import HistoryEntry

_WHOSE: Final[Mapping[str, str]] = {
    "invoice": "d.invoice_id = :id",
    "client": f"d.client_id IN {family(':id')}",
}
_EVENTS: Final = """SELECT e.at, e.actor, e.kind, e.detail, d.id, d.title, d.channel, d.address, d.path
 FROM delivery d JOIN delivery_event e ON e.delivery_id = d.id WHERE {where}
 ORDER BY e.at DESC, e.id DESC LIMIT :limit"""
# A run tells of thousands at once.
_OF_RUN: Final = """SELECT max(e.at) AS at, e.kind, count(*) AS count FROM delivery d
 JOIN delivery_event e ON e.delivery_id = d.id WHERE d.run_id = :id GROUP BY e.kind, substr(e.at, 1, 10)
 ORDER BY 1 DESC LIMIT :limit"""


def delivered(connection: Connection, subject: str, subject_id: int, limit: int) -> list[HistoryEntry]:
    """What happened to the deliveries of a document or a client, at most `limit`; of a run by day."""
    values = {"id": subject_id, "limit": limit}
    if subject == "run":
        return [_of_run(dict(row)) for row in connection.exec_driver_sql(_OF_RUN, values).mappings()]
    where = _WHOSE.get(subject)
    if where is None:
        return []
    rows = connection.exec_driver_sql(_EVENTS.format(where=where), values).mappings()
    return [_event(dict(row)) for row in rows]


def _event(row: Mapping[str, Any]) -> HistoryEntry:
    where = row["path"] if row["channel"] == "folder" else row["address"]
    lines = []
    if row["kind"] == "sent" and where:
        lines.append(_("To {address}.").format(address=where))
    if row["detail"]:
        lines.append(told(row["detail"]))
    summary = _sentence(row["kind"], row["channel"]).format(title=row["title"])
    return HistoryEntry(row["at"], row["actor"], summary, tuple(lines), place="delivery", thing=row["id"])


def _sentence(kind: str, channel: str) -> str:
    if kind == "sent":
        return {
            "email": _("{title} sent by e-mail"),
            "print": _("{title} printed"),
            "folder": _("{title} put into the client’s folder"),
        }.get(channel, _("{title} handed over"))
    sentences = {
        "waiting": _("{title} waits to go out"),
        "sending": _("{title} on its way"),
        "failed": _("{title} did not go out"),
        "uncertain": _("{title} may have gone out or not"),
        "cancelled": _("{title} taken out of the outbox"),
        "printed": _("{title} printed"),
        "filed": _("{title} put into the client’s folder"),
        "handed_over": _("{title} handed over"),
        "delivered": _("{title} delivered"),
        "bounced": _("{title} came back"),
        "seen": _("{title} seen"),
    }
    return sentences.get(kind, "{title}")


def _of_run(row: Mapping[str, Any]) -> HistoryEntry:
    count = row["count"]
    sentences = {
        "waiting": ngettext("{count} document waits to go out", "{count} documents wait to go out", count),
        "sent": ngettext("{count} document went out", "{count} documents went out", count),
        "failed": ngettext("{count} document did not go out", "{count} documents did not go out", count),
        "uncertain": ngettext(
            "{count} document may have gone out or not", "{count} documents may have gone out or not", count
        ),
        "cancelled": ngettext(
            "{count} document taken out of the outbox", "{count} documents taken out of the outbox", count
        ),
        "printed": ngettext("{count} document printed", "{count} documents printed", count),
        "filed": ngettext("{count} document put into its folder", "{count} documents put into folders", count),
        "handed_over": ngettext("{count} document handed over", "{count} documents handed over", count),
        "delivered": ngettext("{count} document delivered", "{count} documents delivered", count),
        "bounced": ngettext("{count} document came back", "{count} documents came back", count),
        "seen": ngettext("{count} document seen", "{count} documents seen", count),
    }
    other = ngettext("{count} document on its way", "{count} documents on their way", count)
    return HistoryEntry(row["at"], "", sentences.get(row["kind"], other).format(count=number_text(count)))
