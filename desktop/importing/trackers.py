"""Exports of time trackers, known by their column names: nobody has to map them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.importing.kinds.fields import spelled
from desktop.importing.mapping import Profile, heading_key, heading_keys, signature


@dataclass(frozen=True, slots=True)
class Tracker:
    """`marks` are the columns by which the export is known: of each group one is there.

    `columns` gives the headings of a field, the best first; a group in brackets is joined from several columns.
    """

    name: str
    marks: tuple[tuple[str, ...], ...]
    columns: dict[str, tuple[tuple[str, ...], ...]]


def _one(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple((heading,) for heading in spelled(text))


# The more particular come first: Toggl's columns are also Clockify's.
TRACKERS = (
    Tracker(
        "Clockify",
        (("Project",), ("User",), ("Start Date",), ("Start Time",), ("Duration (h)", "Duration (decimal)")),
        {
            "tracker_id": _one("Id | Time Entry ID"),
            "client": _one("Client"),
            "tracker_project": _one("Project"),
            "date": _one("Start Date"),
            "tracker_start": _one("Start Time"),
            "person": _one("User | Email"),
            "tracker_task": _one("Task"),
            "hours": _one("Duration (h) | Duration (decimal)"),
            "rate": _one("Billable Rate"),
            "note": _one("Description"),
            "billable": _one("Billable"),
        },
    ),
    Tracker(
        "Harvest",
        (("Date",), ("Client",), ("Project",), ("Hours",), ("First Name",), ("Last Name",), ("Task",)),
        {
            "tracker_id": _one("Id | Time Entry ID | External Reference ID"),
            "client": _one("Client"),
            "tracker_code": _one("Project Code"),
            "tracker_project": _one("Project"),
            "date": _one("Date"),
            "person": (("First Name", "Last Name"),),
            "tracker_task": _one("Task"),
            "hours": _one("Hours"),
            "rate": _one("Billable Rate"),
            "currency": _one("Currency"),
            "note": _one("Notes"),
            "billable": _one("Billable?"),
        },
    ),
    Tracker(
        "Kimai",
        (
            ("Customer", "Kunde", "Client"),
            ("Activity", "Tätigkeit", "Activité"),
            ("From", "Begin", "Von", "Beginn", "Début"),
            ("Duration", "Dauer", "Durée"),
            ("User", "Username", "Benutzer", "Name", "Utilisateur"),
        ),
        {
            "tracker_id": _one("Id"),
            "client": _one("Customer | Kunde | Client"),
            "tracker_code": _one("Project number | Order number"),
            "tracker_project": _one("Project | Projekt | Projet"),
            "date": _one("Date | Datum"),
            "tracker_start": _one("From | Begin | Von | Beginn | Début"),
            "person": _one("Name | User | Username | Benutzer | Utilisateur"),
            "tracker_task": _one("Activity | Tätigkeit | Activité"),
            "hours": _one("Duration | Dauer | Durée"),
            "note": _one("Description | Beschreibung"),
            "billable": _one("Billable | Abrechenbar | Facturable"),
        },
    ),
    Tracker(
        "Toggl Track",
        (("User", "Member"), ("Project",), ("Description",), ("Start date",), ("Start time",), ("Duration",)),
        {
            "tracker_id": _one("Id | Time entry ID"),
            "client": _one("Client"),
            "tracker_project": _one("Project"),
            "date": _one("Start date"),
            "tracker_start": _one("Start time"),
            "person": _one("User | Member | Email"),
            "tracker_task": _one("Task"),
            "hours": _one("Duration"),
            "note": _one("Description"),
            "billable": _one("Billable"),
        },
    ),
)


def tracker_profile(header: Sequence[str]) -> Profile | None:
    """How the columns of a tracker's export are read; None for any other table."""
    headings: dict[str, str] = {}
    for whole in (False, True):
        # “Billable Rate (USD)” goes without its brackets where no other column is called that.
        headings |= {heading_keys(heading)[0 if whole else -1]: heading for heading in reversed(header) if heading}
    for tracker in TRACKERS:
        if all(any(heading_key(one) in headings for one in group) for group in tracker.marks):
            columns = {}
            for name, choices in tracker.columns.items():
                found = next((choice for choice in choices if all(heading_key(one) in headings for one in choice)), ())
                if found:
                    columns[name] = tuple(headings[heading_key(one)] for one in found)
            return Profile(tracker.name, "time", columns, signature(header))
    return None
