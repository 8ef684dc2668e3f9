"""Time entries from files: of time sheets by their codes, of time trackers by the names of clients and projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from db.schema import TimeEntry
from desktop.i18n import _
from desktop.importing.results import Note, Row
from desktop.services.imports.billables import BillableIntake
from desktop.services.imports.intake import Lookup, column_value, scaled_or_none
from desktop.services.imports.project_links import link_key, linked_agreements


class UnknownProject(NamedTuple):
    """A tracker's project that no agreement is known for, as often as the file names it."""

    client: str
    project: str
    rows: int


class TimeIntake(BillableIntake):
    """An entry that names only a client goes to the client's one agreement that bills hours, if there is just one."""

    model = TimeEntry
    table = "time_entry"
    content = ("client_id", "agreement_id", "item_id", "work_date", "person", "hours", "rate", "note", "billable")
    fields = {  # noqa: RUF012
        "client_id": "client",
        "agreement_id": "agreement",
        "item_id": "item",
        "work_date": "date",
        "person": "person",
        "hours": "hours",
        "rate": "rate",
        "note": "note",
        "billable": "billable",
    }

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        if "tracker_project" in mapped:
            # The project says both, by way of the agreement that it is.
            mapped |= {"client", "agreement"}
        super().__init__(session, mapped, today)
        self._unknown: dict[tuple[str, str], int] = {}

    @property
    def unknown_projects(self) -> tuple[UnknownProject, ...]:
        return tuple(UnknownProject(*names, rows) for names, rows in self._unknown.items())

    def columns(self, row: Row, problems: Lookup) -> dict[str, Any]:
        values = row.values
        client, agreement, currency = self._billed_to(row, problems)
        day = values["date"].isoformat()
        if agreement is None and client is not None:
            agreement = self._only_agreement(row, client, day)
            if agreement is not None:
                currency = self.references.agreement_facts[agreement].currency
        if values["rate"] is not None:
            self._refuse_other_currency(row, currency, problems)
        item, note = self._work(row, problems)
        return {
            "client_id": client,
            "agreement_id": agreement,
            "item_id": item,
            "work_date": day,
            "person": values["person"] or "",
            "hours": scaled_or_none(values["hours"]),
            "rate": scaled_or_none(values["rate"]),
            "note": note,
            "billable": column_value(values["billable"] is not False),
        }

    def alike(self, row: Row, columns: dict[str, Any]) -> Sequence[dict[str, Any]]:
        """An entry whose agreement only the book tells may have come in when it told none."""
        names = ("agreement", "tracker_project", "tracker_code")
        if columns["agreement_id"] is None or any(row.values[name] for name in names):
            return (columns,)
        return columns, columns | {"agreement_id": None}

    def _work(self, row: Row, problems: Lookup) -> tuple[int | None, str]:
        """The item and the note. A tracker's task need not be an item: then it stays readable in the note."""
        values = row.values
        item, task, note = values["item"], values["tracker_task"], values["note"] or ""
        if item:
            return problems.id("item", item, self.references.items.find(item)), note
        if not task:
            return None, note
        found = self.references.items.find(task)
        if isinstance(found, int):
            return found, note
        return None, f"{task}: {note}" if note else task

    # Projects of trackers

    def _billed_to(self, row: Row, problems: Lookup) -> tuple[int | None, int | None, str | None]:
        values = row.values
        if values["agreement"] or not (values["tracker_project"] or values["tracker_code"]):
            return self._parties(row, problems)
        agreement = self._agreement_of_project(row)
        if agreement is None:
            names = values["client"] or "", values["tracker_project"] or values["tracker_code"]
            self._unknown[names] = self._unknown.get(names, 0) + 1
            of = _(" of “{client}”").format(client=names[0]) if names[0] else ""
            problems.reject(
                "tracker_project",
                names[1],
                _("No agreement is known for the project “{project}”{of}.").format(project=names[1], of=of),
                _("Say once which agreement it is, or give an agreement the project's name or code."),
            )
            return None, None, None
        facts = self.references.agreement_facts[agreement]
        return facts.client_id, agreement, facts.currency

    def _agreement_of_project(self, row: Row) -> int | None:
        """What a person said of the project, else the agreement of that code or name, else the client's only one."""
        values = row.values
        said, project = values["client"] or "", values["tracker_project"] or values["tracker_code"]
        linked = self._links.get(link_key(said, project))
        if linked is not None:
            return linked
        named = self.references.clients.find(said) if said else None
        client = named if isinstance(named, int) else None
        for name in (values["tracker_code"], values["tracker_project"]):
            found = self.references.agreements.find(name) if name else None
            if isinstance(found, int) and client in (None, self.references.agreement_facts[found].client_id):
                return found
        fitting = self._fitting(client, values["date"].isoformat()) if client is not None else []
        if len(fitting) != 1:
            return None
        text = _("The project “{project}” is taken for {code}, the one agreement of the client that bills hours.")
        code = self.references.agreements.code(fitting[0])
        self.notes.append(Note(row.row, "tracker_project", text.format(project=project, code=code)))
        return fitting[0]

    @cached_property
    def _links(self) -> dict[str, int]:
        return linked_agreements(self.connection)

    def _fitting(self, client: int, day: str) -> list[int]:
        facts = self.references.agreement_facts
        return [
            one
            for one in self.references.time_agreements.get(client, ())
            if facts[one].start <= day and (facts[one].end is None or day < str(facts[one].end))
        ]

    def _only_agreement(self, row: Row, client: int, day: str) -> int | None:
        fitting = self._fitting(client, day)
        if len(fitting) == 1:
            return fitting[0]
        code = self.references.clients.code(client)
        text = (
            _("{client} has {count} agreements that bill hours; the entry waits for one to be chosen.")
            if fitting
            else _("{client} has no agreement that bills hours on that day; the entry waits for one.")
        )
        self.notes.append(Note(row.row, "client", text.format(client=code, count=len(fitting))))
        return None
