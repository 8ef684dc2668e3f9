"""A whole page over a real database: the review of an invented run. The tests drive it, and it can be looked at."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from threading import Lock

from PySide6.QtWidgets import QWidget

from desktop.i18n import money_text
from desktop.jobs import Job, Lane
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.detail import DetailPane
from desktop.ui.filters import Chip, Figure
from desktop.ui.page import Design, Page, Summary
from desktop.ui.shell import Shell

DRAFTS = (
    ("held", "Nordlicht Studio GmbH", "Retainer + hours", 481250, "38",
     "Above the usual: 38 % over the average of 6 runs (limit 25 %)"),
    ("held", "Castellan Energy Ltd", "Project Atlas, phase 2", 1840000, "new",
     "Amount above the segment’s limit of 15,000.00"),
    ("blocked", "Maison Dupré SARL", "Hosting, tier 2", 62000, "0", "VAT id FR12 345678901 fails its check digits"),
    ("blocked", "Orbit Media B.V.", "Usage, October", None, None, "No usage recorded for 1 to 31 October"),
    ("held", "Harbour Foods plc", "Support retainer", 125000, "0", "In dispute since 3 November: INV-2026-0418"),
    ("held", "Kraków Labs sp. z o.o.", "Time and materials", 297500, "-12",
     "Line “Consulting services” is too vague to approve"),
    ("held", "Elm & Sons", "Maintenance", 84000, "5", "PO 77-1203 has 310.00 left"),
    ("note", "Fjord Trading AS", "Licences", 216000, "8", "Price rose from 50.00 to 54.00 on 1 November, as agreed"),
)  # fmt: skip


class Drafts:
    """The drafts of one run."""

    def __init__(self, drafts: Sequence[Sequence[object]] = DRAFTS) -> None:
        self.asked_for_ids = 0
        self._lock = Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(
            "CREATE TABLE draft (id INTEGER PRIMARY KEY, state, client, agreement, amount INTEGER, change, found,"
            " currency DEFAULT 'EUR')"
        )
        self._db.executemany(
            "INSERT INTO draft (state, client, agreement, amount, change, found) VALUES (?, ?, ?, ?, ?, ?)", drafts
        )

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> list[int]:
        states = [one for one in filters if one in ("held", "blocked", "note", "ready")]
        where = f"AND state IN ({','.join('?' * len(states))})" if states else ""
        order = f"{sort or 'id'} {'DESC' if descending else 'ASC'}"
        with self._lock:
            self.asked_for_ids += 1
            sql = f"SELECT id FROM draft WHERE client || agreement || found LIKE ? {where} ORDER BY {order}, id"
            return [one for (one,) in self._db.execute(sql, (f"%{search}%", *states))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        with self._lock:
            found = self._db.execute(f"SELECT * FROM draft WHERE id IN ({','.join('?' * len(ids))})", list(ids))
            names = [one[0] for one in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found]
        for row in rows:
            if isinstance(row["change"], str) and row["change"] != "new":
                row["change"] = Decimal(row["change"])
        return {row["id"]: row for row in rows}

    def release(self, ids: Sequence[int]) -> int:
        with self._lock:
            self._db.executemany("UPDATE draft SET state = 'ready' WHERE id = ?", [(one,) for one in ids])
        return len(ids)

    def price(self, draft: int, amount: int, currency: str) -> None:
        with self._lock:
            self._db.execute("UPDATE draft SET amount = ?, currency = ? WHERE id = ?", (amount, currency, draft))

    def summary(self) -> Summary:
        with self._lock:
            found = self._db.execute("SELECT state, count(*), sum(amount) FROM draft GROUP BY state")
            by_state = {state: (count, total or 0) for state, count, total in found}
        held, blocked = by_state.get("held", (0, 0)), by_state.get("blocked", (0, 0))
        return Summary(
            facts="November retainers and projects · through 30 Nov 2026 · 148 agreements",
            figures=[
                Figure("€186,420.50", "140 ready to issue", "ready"),
                Figure(money_text(held[1], "EUR"), f"{held[0]} held for you", "held"),
                Figure(str(blocked[0]), "blocked", "blocked"),
                Figure(str(by_state.get("note", (0, 0))[0]), "note", "note"),
                Figure("0", "failed"),
                Figure("€2,915.00 less", "than last run: 3 gone, 1 new"),
            ],
            counts={state: count for state, (count, _total) in by_state.items()},
        )


class ReviewPage(Page):
    def __init__(self, shell: Shell, drafts: Drafts) -> None:
        self.drafts = drafts
        self.opened: list[int] = []
        super().__init__(
            shell,
            Design(
                name="review",
                title="Run R-2026-0011",
                columns=[
                    Column("state", "", 82, "tag"),
                    Column("client", "Client", 168, sort_key="client"),
                    Column("agreement", "Agreement", 160, sort_key="agreement", secondary=True),
                    Column("amount", "Amount", 96, "money", sort_key="amount"),
                    Column("change", "To last run", 92, "percent", secondary=True, signed=True),
                    Column("found", "What was found", 240, wide=True, lines=2),
                ],
                listing=drafts,
                summary=drafts.summary,
                search_hint="Search client, agreement, PO, amount",
                nothing_yet="The drafts of this run will stand here.",
                chips=[
                    Chip("held", "Held", "state"),
                    Chip("ready", "Ready", "state"),
                    Chip("blocked", "Blocked", "state"),
                    Chip("limit", "Above limit"),
                    Chip("retainers", "Retainers"),
                ],
                main_action="review.issue",
                side_actions=["review.compare"],
                menu=["review.approve", "review.hold", "review.edit"],
                many=["review.approve"],
                empty_action="review.issue",
                sum_key="amount",
                depends=frozenset({"drafts"}),
            ),
        )

    def offers(self) -> Iterable[Action]:
        chosen = lambda: bool(self.table.selected_count())  # noqa: E731
        return [
            Action("review.issue", "Issue 140 invoices", lambda: None, shortcut="Ctrl+Return"),
            Action("review.compare", "Compare with last run", lambda: None),
            Action("review.approve", "Approve", self.approve, "approve", "A", enabled=chosen, hint="approve"),
            Action("review.hold", "Hold", lambda: None, "hold", "H", enabled=chosen, hint="hold"),
            Action("review.edit", "Edit", lambda: None, "edit", "E", enabled=chosen, hint="edit"),
        ]

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["review.approve", "review.hold", "review.edit"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = None if one is None else self.drafts.rows([one]).get(one)
        if row is None:
            self.pane.show_thing("")
            return
        self.pane.show_thing(
            str(row["client"]),
            "draft",
            [
                ("Agreement", str(row["agreement"])),
                ("", ""),
                ("PO", "4711-22"),
                ("Terms", "30 days net, 2 % within 10 days"),
            ],
            f"{row['found']}. Approve and remember, or raise the limit for this client.",
        )

    def open_row(self, one: int) -> None:
        self.opened.append(one)

    def approve(self) -> None:
        ids = self.selected_ids()
        job = Job("Approving drafts", lambda report: self.drafts.release(ids), {"drafts"}, lane=Lane.HAND)
        self.shell.jobs.start(job, self.say_approved)

    def say_approved(self, count: object) -> None:
        self.shell.notices.say(f"{count} approved.", offers=[("Undo", lambda: None)])
