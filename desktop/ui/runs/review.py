"""The review of one run: exceptions first, the real page beside them, and the one action that issues the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from PySide6.QtWidgets import QWidget

from desktop.i18n import MINUS, _, date_text, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.lists.runs import ReviewList, Watch, review_facts, watched
from desktop.services.previews import draft_pdf
from desktop.services.runs import (
    Approval,
    BillResult,
    Comparison,
    approve_drafts,
    compare,
    discard,
    hold_drafts,
    look_again,
    resume,
)
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.filters import Chip, Figure, money_figure
from desktop.ui.form import Field, Form, Section
from desktop.ui.page import Design, Page, Summary
from desktop.ui.pdf_view import PdfView
from desktop.ui.runs.assign import assign_drafts
from desktop.ui.runs.edit_draft import edit_draft
from desktop.ui.runs.outcomes import show_comparison, show_outcomes

_CHANGES = frozenset({"runs", "invoices", "clients", "billables", "agreements"})
_REVIEW = frozenset({"runs"})


class ReviewPage(Page):
    def __init__(self, desk: Desk, run_id: int) -> None:
        self.desk = desk
        self.run_id = run_id
        self._rows = ReviewList(desk.book, run_id, self._watch)
        self._facts_now: Mapping[str, object] = review_facts(desk.book, run_id)
        self._compared: Comparison | None = None
        needs = self._count("held") + self._count("blocked") + self._count("failed") > 0
        # Where nobody is named, two empty columns would only take room.
        uncared = not watched(desk.book, run_id, self._watch())["cared"]
        super().__init__(
            desk.shell,
            Design(
                name="review",
                title=_("Run {number}").format(number=self._facts_now["number"]),
                columns=[
                    Column("state", "", 84, "tag", sort_key="state"),
                    Column("client", _("Client"), 168 if uncared else 146, sort_key="client"),
                    Column("agreement", _("Agreement"), 150 if uncared else 112, sort_key="agreement", secondary=True),
                    Column("amount", _("Amount"), 104, "money", sort_key="amount"),
                    Column("change", _("To last run"), 92, "percent", sort_key="change", secondary=True, signed=True),
                    Column("found", _("What was found"), 240, wide=True, lines=2),
                    Column("owner", _("Owner"), 76, sort_key="owner", lines=2, hidden=uncared),
                    Column("due", _("Due"), 76, sort_key="due", lines=2, hidden=uncared),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search client, agreement, PO, amount"),
                nothing_yet=_("No agreement in this run has anything to bill."),
                nothing_found=_("Nothing needs you here."),
                depends=frozenset({"runs", "clients", "agreements"}),
                chips=[
                    Chip("needs", _("Needs you"), "state"),
                    Chip("ready", _("Ready"), "state"),
                    Chip("issued", _("Issued"), "state"),
                    Chip("mine", _("Mine")),
                    Chip("overdue", _("Overdue"), "due"),
                    Chip("today", _("Due today"), "due"),
                ],
                first_filters=frozenset({"needs"}) if needs else frozenset(),
                main_action="review.issue",
                side_actions=["review.outcomes", "review.compare"],
                menu=[
                    "review.approve",
                    "review.hold",
                    "review.assign",
                    "review.edit",
                    "review.again",
                    "review.client",
                    "review.discard",
                ],
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("review.issue", self._issue_text, self.issue, shortcut="Ctrl+Return", enabled=self._can_issue),
            Action("review.compare", _("Compare with last run"), self.compare),
            Action("review.outcomes", _("Why, for everyone"), self.outcomes),
            Action("review.approve", _("Approve"), self.approve, "approve", "A", self._chosen, _("approve")),
            Action("review.hold", _("Hold"), self.hold, "hold", "H", self._chosen, _("hold")),
            Action("review.assign", _("Assign…"), self.assign, "", "G", self._chosen, _("assign")),
            Action("review.edit", _("Edit…"), self.edit, "edit", "E", self._chosen, _("edit")),
            Action("review.note", _("Approve with a note…"), self.note, "", "N", self._chosen, _("note")),
            Action("review.again", _("Look again"), self.again, shortcut="F5", enabled=self._chosen),
            Action("review.client", _("Open the client"), self.client, enabled=self._chosen),
            Action("review.discard", _("Discard…"), self.discard, enabled=self._chosen, danger=True),
        ]

    # What stands around the table

    def _watch(self) -> Watch:
        return Watch(self.desk.actor, self.desk.now, self.desk.today())

    def _group(self, word: str) -> tuple[int, dict[str, int]]:
        group = self._facts_now[word]
        assert isinstance(group, dict)
        return int(group["count"]), dict(group["amounts"])

    def _count(self, word: str) -> int:
        return self._group(word)[0]

    def _summary(self) -> Summary:
        facts = review_facts(self.desk.book, self.run_id)
        compared = compare(self.desk.book, str(facts["number"]))
        self._facts_now, self._compared = facts, compared
        words = [
            str(facts["scope"]) or _("Everyone"),
            _("through {day}").format(day=date_text(date.fromisoformat(str(facts["through"])))),
            ngettext("{count} agreement", "{count} agreements", int(str(facts["agreements"]))).format(
                count=number_text(int(str(facts["agreements"])))
            ),
        ]
        ready, held = self._group("ready"), self._group("held")
        issued = self._group("issued")
        home = self.shell.home_currency
        figures = []
        if ready[0] or not issued[0]:
            said = _("{count} ready to issue").format(count=number_text(ready[0]))
            figures.append(money_figure(ready[1], home, said, "ready"))
        if issued[0]:
            said = _("{count} issued").format(count=number_text(issued[0]))
            figures.append(money_figure(issued[1], home, said, "issued"))
        said = _("{count} held for you").format(count=number_text(held[0]))
        figures += [
            money_figure(held[1], home, said, "needs"),
            Figure(number_text(self._count("blocked")), _("blocked")),
            Figure(number_text(self._count("failed")), _("failed")),
            Figure(number_text(self._count("skipped")), _("skipped, with reasons")),
            _difference(compared),
        ]
        needs = held[0] + self._count("blocked") + self._count("failed")
        return Summary(
            facts=" · ".join(words),
            figures=figures,
            counts={
                "needs": needs,
                "ready": ready[0],
                "issued": issued[0],
                **watched(self.desk.book, self.run_id, self._watch()),
            },
        )

    # The pane at the right

    def detail(self) -> QWidget:
        self._pdf = PdfView(self.shell.theme, self.shell.jobs)
        self._pdf.setMinimumHeight(200)
        self.pane = DetailPane(self.acts, ["review.approve", "review.hold", "review.edit"], self._pdf)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one) if one is not None else None
        if one is None or row is None:
            self.pane.show_thing(_("No draft chosen"))
            self._pdf.say(_("Choose a draft to see its page."))
            return
        remedies = []
        for _code, _severity, message, remedy, _field in row["findings"]:  # type: ignore[attr-defined]
            remedies.append(f"{message} {remedy}")
        number = str(row["invoice"])
        self.pane.show_thing(str(row["client"]), number or _("draft"), [], "\n".join(remedies))
        book = self.desk.book
        self._pdf.ask(lambda: draft_pdf(book, one))

    # What can be done

    def _chosen(self) -> bool:
        return self.table.selected_count() > 0

    def _issue_text(self) -> str:
        count = self._count("ready")
        return ngettext("Issue {count} invoice", "Issue {count} invoices", count).format(count=number_text(count))

    def _can_issue(self) -> bool:
        return self._count("ready") > 0 or self._facts_now["state"] in ("planning", "issuing")

    def _start(self, title: str, work: Callable[[], object], said: Callable[[object], object] | None = None) -> None:
        self.shell.jobs.start(Job(title, lambda _report: work(), _REVIEW, lane=Lane.HAND, quiet=True), said)

    def issue(self) -> None:
        desk, number = self.desk, str(self._facts_now["number"])
        actor, now = desk.actor, desk.now

        def work(report: Callable[[int, int, str], None]) -> BillResult:
            return resume(desk.book, number, actor=actor, now=now, report=report)

        job = Job(_("Issuing run {number}").format(number=number), work, _CHANGES)
        self.shell.jobs.start(job, self._issued)

    def _issued(self, result: object) -> None:
        assert isinstance(result, BillResult)
        count = len(result.invoices)
        said = ngettext("{count} invoice is issued.", "{count} invoices are issued.", count)
        held = result.outcomes["held"]
        more = ngettext("{count} still waits for you.", "{count} still wait for you.", held) if held else ""
        self.shell.notices.say(
            said.format(count=number_text(count)),
            more.format(count=number_text(held)),
            [(_("Show the invoices"), lambda: self.shell.go("invoices"))],
        )

    def approve(self) -> None:
        self._approve("")

    def _approve(self, note: str) -> None:
        desk, ids = self.desk, self.selected_ids()
        actor, now = desk.actor, desk.now

        self._start(_("Approving"), lambda: approve_drafts(desk.book, ids, note, actor=actor, now=now), self._approved)

    def _approved(self, done: object) -> None:
        assert isinstance(done, Approval)
        sentence, more = approval_words(done)
        self.shell.notices.say(sentence, more, tone="held" if more else "good")

    def note(self) -> None:
        self._ask_note(_("Approve with a note"), _("Approve"), self._approve)

    def hold(self) -> None:
        self._ask_note(_("Hold back"), _("Hold"), self._hold)

    def _ask_note(self, title: str, verb: str, act: Callable[[str], None]) -> None:
        form = Form(
            [Section("", [Field("note", _("Why"), "lines", hint=_("For whoever looks at it next"))])], self.shell.theme
        )

        def save(values: dict[str, object]) -> Job:
            note = str(values["note"] or "")
            return Job(title, lambda _report: note, lane=Lane.HAND, quiet=True)

        dialog = FormDialog(self.shell, title, form, verb, save, self)
        dialog.saved.connect(lambda note: act(str(note)))
        dialog.open()

    def _hold(self, note: str) -> None:
        desk, ids = self.desk, self.selected_ids()
        actor, now = desk.actor, desk.now
        self._start(_("Holding"), lambda: hold_drafts(desk.book, ids, note, actor=actor, now=now))

    def assign(self) -> None:
        ids = self.selected_ids()
        owners = {str(row["owner"]) for row in self._rows.rows(ids).values()}
        assign_drafts(self.desk, self, ids, owners.pop() if len(owners) == 1 else "", _REVIEW)

    def edit(self) -> None:
        ids = self.selected_ids()
        if ids:
            edit_draft(self.desk, self, ids[0])

    def again(self) -> None:
        desk, ids = self.desk, self.selected_ids()
        self._start(_("Looking again"), lambda: look_again(desk.book, ids, actor=desk.actor), self._looked)

    def _looked(self, free: object) -> None:
        assert isinstance(free, int)
        self.shell.notices.say(
            ngettext("{count} is ready now.", "{count} are ready now.", free).format(count=free),
            tone="good" if free else "note",
        )

    def client(self) -> None:
        row = self._rows.rows(self.selected_ids()[:1])
        for one in row.values():
            self.shell.go("clients", int(str(one["client_id"])))

    def discard(self) -> None:
        desk, ids = self.desk, self.selected_ids()

        def act() -> None:
            self._start(_("Discarding"), lambda: discard(desk.book, ids, actor=desk.actor))

        asked = ngettext("Discard {count} draft?", "Discard {count} drafts?", len(ids)).format(count=len(ids))
        more = _("Nothing is lost: what it bills is due again in the next run.")
        Question(self, asked, more, _("Discard"), act).open()

    def compare(self) -> None:
        desk, number = self.desk, str(self._facts_now["number"])
        self.shell.jobs.ask(lambda: compare(desk.book, number), lambda found: show_comparison(desk, self, found))

    def outcomes(self) -> None:
        show_outcomes(self.desk, self, str(self._facts_now["number"]))

    def open_row(self, one: int) -> None:
        self.edit()


def _difference(compared: Comparison) -> Figure:
    if not compared.last:
        return Figure(_("first"), _("no earlier run to compare with"))
    words = _("than last run: {gone} gone, {new} new").format(gone=compared.gone, new=compared.new)
    changes = [(currency, amount) for currency, amount in compared.totals.items() if amount]
    if not changes:
        return Figure(_("the same"), words)
    currency, amount = max(changes, key=lambda one: abs(one[1]))
    word = _("{amount} more") if amount > 0 else _("{amount} less")
    return Figure(word.format(amount=money_text(abs(amount), currency).replace(MINUS, "")), words)


def approval_words(done: Approval) -> tuple[str, str]:
    """What became of an approval: the sentence, and what is left to do, empty where nothing is."""
    released = len(done.released)
    words = ngettext("{count} draft approved.", "{count} drafts approved.", released).format(count=released)
    more = []
    if waiting := len(done.waiting):
        said = ngettext(
            "{count} needs a second person to approve it too.",
            "{count} need a second person to approve them too.",
            waiting,
        )
        more.append(said.format(count=waiting))
    if blocked := len(done.blocked):
        said = ngettext("{count} is blocked and must be mended.", "{count} are blocked and must be mended.", blocked)
        more.append(said.format(count=blocked))
    if refused := len(done.refused):
        said = ngettext(
            "{count} is not yours to approve: {reason}", "{count} are not yours to approve: {reason}", refused
        )
        more.append(f"{said.format(count=refused, reason=done.reason)} {done.remedy}")
    return words, " ".join(more)
