"""How a document went to its client, as facts of its pane."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.i18n import _, moment_text
from desktop.services.delivery.statuses import DeliveryRow
from desktop.ui.detail import Fact
from desktop.ui.outbox.words import way_word
from desktop.ui.tags import tag


def delivery_facts(rows: Sequence[DeliveryRow]) -> list[Fact]:
    """The latest first: the word, the way and whereto, when, and why not."""
    return [(_("Delivery"), _told(row)) if place == 0 else ("\u00a0", _told(row)) for place, row in enumerate(rows)]


def _told(row: DeliveryRow) -> str:
    word = tag(row.status).word
    where = row.path if row.channel == "folder" else row.address
    lines = [_("{status} · {way}").format(status=word, way=way_word(row.channel))]
    if where:
        lines.append(where)
    at = row.fate_at or row.done_at
    if at:
        lines.append(moment_text(at))
    elif row.state == "waiting" and row.not_before:
        lines.append(_("Next try {moment}").format(moment=moment_text(row.not_before)))
    if row.answer and (row.state in ("failed", "uncertain", "waiting") or row.status == "bounced"):
        lines.append(row.answer)
    return "\n".join(lines)
