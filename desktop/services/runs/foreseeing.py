"""What a run would make of everyone, told in values that can be compared with another plan; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection

from desktop.domain.billing import Draft, Line
from desktop.domain.money import scaled_to_percent
from desktop.domain.plan_differences import HELD, READY, SKIPPED, Planned, PlannedLine
from desktop.i18n import _, current_locale, percent_text, span_text
from desktop.saying import put
from desktop.saying import told as told_of
from desktop.services.runs.drafting import Drafted
from desktop.services.runs.planning import chunks, draft_chunk
from desktop.services.runs.scope import Report, Scope, calm_collector, members, silent
from desktop.services.runs.setting import read_setting
from desktop.services.templates.choosing import Resolver, resolver


def foresee(
    connection: Connection, through: date, issue_date: date, report: Report = silent, scope: Scope | None = None
) -> tuple[Planned, ...]:
    """Every document that a run would make, and every agreement that it would skip, in the order of the run."""
    with calm_collector():
        parties = members(connection, scope or Scope(), through)
        setting = read_setting(connection, through, issue_date)
        names = _Names(connection)
        total = sum(len(keys) for _client, keys in parties)
        found: list[Planned] = []
        done = 0
        report(done, total, _("Planning"))
        for part in chunks(parties):
            agreements = [key for _client, keys in part for key in keys if key is not None]
            looks = resolver(connection, [client for client, _keys in part], agreements)
            for one in draft_chunk(connection, part, setting):
                found += _planned(one, names, looks)
            done += sum(len(keys) for _client, keys in part)
            report(done, total, _("Planning"))
        return tuple(found)


def planned_by_run(connection: Connection, run_id: int) -> tuple[Planned, ...]:
    """What a run planned, as it stands now: its documents, issued or not, and the agreements that it skipped."""
    names = _Names(connection)
    found: list[tuple[int, Planned]] = []
    findings: dict[int, list[str]] = {}
    for draft, code in connection.exec_driver_sql(
        "SELECT f.draft_id, f.code FROM finding f JOIN draft d ON d.id = f.draft_id"
        " WHERE d.run_id = ? AND f.severity <> 'note' AND f.approved = 0",
        (run_id,),
    ):
        findings.setdefault(int(draft), []).append(str(code))
    rows = connection.exec_driver_sql(
        "SELECT id, client_id, kind, state, currency, body FROM draft WHERE run_id = ? AND state <> 'discarded'"
        " ORDER BY id",
        (run_id,),
    ).fetchall()
    drafts = [(int(row[0]), row[3], Draft.from_body(row[2], row[1], row[4], json.loads(row[5]))) for row in rows]
    agreements = [key for _id, _state, draft in drafts for key in draft.agreement_ids]
    looks = resolver(connection, [draft.client_id for _id, _state, draft in drafts], agreements)
    for key, state, draft in drafts:
        told = READY if state in ("ready", "approved", "issued") else HELD
        found.append((draft.client_id, _document(names, looks, draft, told, findings.get(key, ()))))
    for client, agreement, reason in connection.exec_driver_sql(
        "SELECT client_id, agreement_id, reason FROM outcome WHERE run_id = ? AND state = 'skipped' ORDER BY id",
        (run_id,),
    ):
        found.append((int(client), _skipped(names, int(client), agreement, told_of(reason))))
    return tuple(one for _client, one in found)


class _Names:
    """What clients, agreements and versions of templates are called."""

    def __init__(self, connection: Connection) -> None:
        self.clients = {
            int(key): (str(code), str(name))
            for key, code, name in connection.exec_driver_sql("SELECT id, code, name FROM client")
        }
        self.agreements = {
            int(key): str(code) for key, code in connection.exec_driver_sql("SELECT id, code FROM agreement")
        }
        self.looks = {
            int(key): f"{name} {version}"
            for key, name, version in connection.exec_driver_sql(
                "SELECT v.id, t.name, v.version FROM template_version v JOIN template t ON t.id = v.template_id"
            )
        }


def _planned(drafted: Drafted, names: _Names, looks: Resolver) -> Sequence[Planned]:
    found = []
    for one in drafted.drafts:
        codes = [finding.code for finding in one.findings if finding.severity != "note"]
        found.append(_document(names, looks, one.draft, one.state, codes))
    for agreement, skip in drafted.skipped:
        found.append(_skipped(names, drafted.client_id, agreement, put(skip.reason)))
    return found


def _skipped(names: _Names, client_id: int, agreement: int | None, reason: str) -> Planned:
    client, name = names.clients[client_id]
    codes = () if agreement is None else (names.agreements[agreement],)
    return Planned(client, name, codes, "invoice", "", SKIPPED, 0, 0, (), (("reason", reason),), ())


def _document(names: _Names, looks: Resolver, draft: Draft, state: str, findings: Collection[str]) -> Planned:
    client, name = names.clients[draft.client_id]
    first = draft.agreement_ids[0] if draft.agreement_ids else None
    look = looks.version(draft.template_id, draft.client_id, first, draft.kind, draft.language)
    return Planned(
        client,
        name,
        tuple(names.agreements[key] for key in draft.agreement_ids if key in names.agreements),
        draft.kind,
        draft.currency,
        state,
        draft.net,
        draft.payable,
        tuple(sorted(set(findings))),
        (
            ("terms", draft.terms),
            ("delivery", draft.delivery),
            ("language", draft.language),
            ("einvoice", draft.einvoice),
            ("template", names.looks.get(look, "")),
        ),
        tuple(_line(line) for line in draft.lines),
    )


def _line(line: Line) -> PlannedLine:
    span = (line.period_start, line.period_end)
    text = line.description
    if line.period_start and line.period_end:
        days = _span(line.period_start, line.period_end, current_locale())
        text = _("{what}, {days}").format(what=text, days=days)
    # A line of an agreement keeps its identity whatever it is called; anything else has nothing but its words.
    thing: tuple[object, ...] = ("line", line.agreement_line_id, line.item_id, *span)
    if line.agreement_line_id is None:
        thing = ("text", line.description, line.item_id, *span)
    tax = f"{line.category} {percent_text(scaled_to_percent(line.rate))}"
    return PlannedLine(thing, text, line.quantity, line.unit_price, tax, line.net)


@lru_cache(maxsize=256)
def _span(start: str, end: str, locale: str) -> str:
    """Most lines of a run have one of a few spans."""
    return span_text(date.fromisoformat(start), date.fromisoformat(end), locale)
