"""The review of one run: exceptions first, the real page beside them, and the one action that issues the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.lists.runs import ReviewList, Watch, review_facts, watched
from desktop.services.previews import draft_pdf
from desktop.services.runs import compare, earliest_issue_date
from desktop.services.runs.remembering import lessons
from desktop.services.runs.reviewing import DraftStory, Next, draft_story
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.document_page import DocumentPage, Paper, draft_paper, invoice_paper
from desktop.ui.filters import Chip, Figure, money_figure
from desktop.ui.page import Design, Page, Summary
from desktop.ui.pdf_view import PdfView
from desktop.ui.runs.deciding import REVIEW, Deciding
from desktop.ui.runs.issuing import go_on
from desktop.ui.runs.mending import field_to_mend, mend
from desktop.ui.runs.outcomes import show_comparison, show_outcomes
from desktop.ui.runs.pane import ReviewPane
from desktop.ui.runs.words import decision_words, difference, issue_words, reasons, story_words
from desktop.ui.saving import Written, undo_offers
from desktop.ui.table import Empty

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
# Keys that have nothing to do with where the focus stands.
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
# Filters that stand on the figures of the strip and on no chip.
_ON_CARDS = ("held", "blocked", "failed", "noted")


class ReviewPage(Page):
    def __init__(self, desk: Desk, run_id: int) -> None:
        self.desk = desk
        self.run_id = run_id
        self.deciding = Deciding(self, desk, run_id, self.decided, self.looked)
        self._rows = ReviewList(desk.book, run_id, self._watch)
        self._facts_now: Mapping[str, object] = review_facts(desk.book, run_id)
        self._issue_day = date.fromisoformat(str(self._facts_now["issue_date"]))
        # Everything is decided and nobody has moved since: Enter goes on to issuing.
        self._at_end = False
        self._document: DocumentPage | None = None
        self._told = 0
        self._to_mend = ""
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
                    Chip("mine", _("Mine"), spare=True),
                    Chip("overdue", _("Overdue"), "due", spare=True),
                    Chip("today", _("Due today"), "due", spare=True),
                ],
                first_filters=frozenset({"needs"}) if needs else frozenset(),
                main_action="review.issue",
                side_actions=["review.outcomes", "review.compare"],
                menu=[
                    "review.open",
                    "review.approve",
                    "review.remember",
                    "review.approve_note",
                    "review.hold",
                    "review.hold_note",
                    "review.note",
                    "review.assign",
                    "review.edit",
                    "review.mend",
                    "review.again",
                    "review.client",
                    "review.discard",
                ],
                many=["review.approve", "review.hold", "review.assign", "review.again"],
                sum_key="amount",
            ),
        )
        self.filters.join("state", _ON_CARDS)
        self.table.installEventFilter(self)
        self.table.viewport().installEventFilter(self)
        self.model.loaded.connect(self._offer_issue)
        self.filters.changed.connect(self._show_skipped)

    def offers(self) -> Iterable[Action]:
        return [
            Action("review.issue", self._issue_text, self.issue, shortcut="Ctrl+Return", enabled=self._can_issue),
            Action("review.compare", _("Compare with last run"), self.compare),
            Action("review.outcomes", _("Why, for everyone"), self.outcomes),
            Action("review.approve", _("Approve"), self.deciding.approve, "approve", "A", self._chosen, _("approve")),
            Action("review.hold", _("Hold"), self.deciding.hold, "hold", "H", self._chosen, _("hold")),
            Action("review.edit", _("Edit…"), self.deciding.edit, "edit", "E", self._chosen, _("edit")),
            Action("review.mend", _("Mend…"), self.mend, "", "M", self._mendable, _("mend")),
            Action("review.note", _("Note…"), self.deciding.note, "note", "N", self._chosen, _("note")),
            Action("review.assign", _("Assign…"), self.deciding.assign, "", "G", self._chosen, _("assign")),
            Action("review.remember", _("Approve and remember…"), self.deciding.remember, "", "R", self._chosen),
            Action("review.open", _("Open the document"), self.open_chosen, "open", enabled=self._chosen),
            Action("review.approve_note", _("Approve with a note…"), self.deciding.approve_note, enabled=self._chosen),
            Action("review.hold_note", _("Hold with a reason…"), self.deciding.hold_note, enabled=self._chosen),
            Action("review.again", _("Look again"), self.deciding.again, shortcut="F5", enabled=self._chosen),
            Action("review.client", _("Open the client"), self.client, enabled=self._chosen),
            Action("review.discard", _("Discard…"), self.deciding.discard, enabled=self._chosen, danger=True),
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
        book = self.desk.book
        facts = review_facts(book, self.run_id)
        compared = compare(book, str(facts["number"]))
        self._facts_now = facts
        dated = date.fromisoformat(str(facts["issue_date"]))
        self._issue_day = max(dated, earliest_issue_date(book) or dated)
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
        notes = self._count("note")
        figures += [
            money_figure(held[1], home, said, "held"),
            Figure(number_text(self._count("blocked")), _("blocked"), "blocked"),
            Figure(number_text(notes), ngettext("note", "notes", notes), "noted"),
            Figure(number_text(self._count("failed")), _("failed"), "failed"),
            Figure(number_text(self._count("skipped")), _("skipped, with reasons"), "skipped"),
            difference(compared, home),
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
        self.pane = ReviewPane(self.acts, self._pdf)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one) if one is not None else None
        self._told += 1
        self._to_mend = ""
        self.pane.offer_remembering(False)
        if one is None or row is None:
            self.pane.show_draft(_("No draft chosen"), "", decidable=False)
            self.pane.show_words("")
            self._pdf.say(_("Choose a draft to see its page."))
            return
        waits = row["state"] in ("held", "blocked", "one_of_two", "failed")
        # What was issued or taken back shows what was found, and nothing of it is mended any more.
        self._to_mend = field_to_mend(row["findings"]) if waits else ""  # type: ignore[arg-type]
        self.acts.refresh()
        self.pane.show_draft(str(row["client"]), str(row["invoice"]) or _("draft"), decidable=not row["invoice"])
        found = reasons(row["findings"])  # type: ignore[arg-type]
        book, ticket = self.desk.book, self._told
        self._pdf.ask(lambda: draft_pdf(book, one))
        self.shell.jobs.ask(
            lambda: (ticket, found, draft_story(book, one), bool(waits and lessons(book, one))), self._tell
        )

    def _tell(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        ticket, found, story, teaches = answer
        assert isinstance(story, DraftStory)
        if ticket == self._told:
            self.pane.show_words("\n\n".join(part for part in (found, story_words(story)) if part))
            self.pane.offer_remembering(teaches)

    # What can be done

    def _chosen(self) -> bool:
        return self.table.selected_count() > 0

    def _stopped(self) -> bool:
        return self._facts_now["state"] in ("planning", "issuing")

    def _issue_text(self) -> str:
        if self._stopped():
            return _("Go on with the run")
        count = self._count("ready")
        return ngettext("Issue {count} invoice", "Issue {count} invoices", count).format(count=number_text(count))

    def _can_issue(self) -> bool:
        return self._count("ready") > 0 or self._stopped()

    def _waiting(self) -> int:
        return self._count("held") + self._count("blocked") + self._count("failed")

    def issue(self) -> None:
        """At once where nothing needed anybody: the button said how many. Else after a question."""
        if self._stopped() or not (self._waiting() or self._facts_now["decided"]):
            self._issue()
        else:
            self._ask_issue()

    def _ask_issue(self) -> None:
        payable = self._facts_now["payable"]
        assert isinstance(payable, dict)
        asked, more = issue_words(self._count("ready"), payable, self._issue_day, self._waiting())
        Question(self, asked, more, self._issue_text(), self._issue, expected=True).open()

    def _issue(self) -> None:
        go_on(self.desk, self, self.run_id, str(self._facts_now["number"]))

    # From one exception to the next

    def decided(self, answer: object) -> None:
        """What an approval or a hold did, as (result, Next): say it and go on to the next that wants a decision."""
        assert isinstance(answer, Written)
        assert isinstance(answer.result, tuple)
        done, following = answer.result
        assert isinstance(following, Next)
        sentence, more = decision_words(done)
        self._at_end = not following.left
        if following.draft is not None:
            self.table.select([following.draft])
        if self._document is not None:
            self._turn_page(following.draft)
        if following.left:
            left = ngettext("{count} waits for a decision.", "{count} wait for a decision.", following.left)
            sentence = f"{sentence} {left.format(count=number_text(following.left))}"
        else:
            last = _("That was the last one: Enter issues what is ready.")
            more = f"{more} {last}".strip()
        offers = undo_offers(self.desk, answer, REVIEW)
        self.shell.notices.say(sentence, more, offers, tone="note" if more else "good")

    def looked(self, free: object) -> None:
        """How many nothing stands against any more, after another look."""
        assert isinstance(free, int)
        self.shell.notices.say(
            ngettext("{count} is ready now.", "{count} are ready now.", free).format(count=free),
            tone="good" if free else "note",
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """At the end of the exceptions Enter issues; whoever moves on from there wants to open rows again."""
        kind = event.type()
        if kind is QEvent.Type.KeyPress and watched is self.table:
            assert isinstance(event, QKeyEvent)
            if event.key() in _ENTER and not event.modifiers() and (self._at_end or not self.model.rowCount()):
                if not event.isAutoRepeat() and self._can_issue():
                    self._ask_issue()
                return True
            if event.key() not in _MODIFIERS:
                self._at_end = False
        elif kind is QEvent.Type.MouseButtonPress:
            self._at_end = False
        return super().eventFilter(watched, event)

    def _offer_issue(self, _query: object = None) -> None:
        """An empty list of exceptions leads on to issuing, any other empty list back to all."""
        done = self.filters.on == frozenset({"needs"}) and not self.search.text()
        action = self.acts["review.issue" if done else f"{self.design.name}.show_all"]
        words = _("Nothing needs you any more.") if done else _("Nothing fits the search and the filters.")
        self.table.set_empty(Empty(self.design.nothing_yet), Empty(words, action))

    # One of them as large as the window

    def open_chosen(self) -> None:
        ids = self.selected_ids()
        if ids:
            self.open_row(ids[0])

    def open_row(self, one: int) -> None:
        paper = self._paper(one)
        if paper is None:
            return
        again = lambda id_: self.acts[id_].trigger()  # noqa: E731
        more = [
            Action(
                "document.approve", _("Approve"), lambda: again("review.approve"), "approve", "A", hint=_("approve")
            ),
            Action("document.hold", _("Hold"), lambda: again("review.hold"), "hold", "H", hint=_("hold")),
            Action("document.edit", _("Edit…"), lambda: again("review.edit"), "edit", "E", hint=_("edit")),
            Action("document.note", _("Note…"), lambda: again("review.note"), "note", "N", hint=_("note")),
        ]
        issued = bool(self._rows.rows([one])[one]["invoice"])
        buttons = [] if issued else [action.id for action in more]
        self.table.select([one])
        self._document = DocumentPage(self.desk, paper, [] if issued else more, buttons)
        self._document.destroyed.connect(self._forget_document)
        self.shell.push(self._document)

    def _paper(self, one: int) -> Paper | None:
        row = self._rows.rows([one]).get(one)
        if row is None:
            return None
        facts = f"{money_text(int(str(row['amount'])), str(row['currency']))} · {row['found']}".rstrip(" ·")
        if row["invoice"]:
            number = str(row["invoice"])
            return invoice_paper(self.desk, int(str(row["invoice_id"])), number, facts)
        return draft_paper(self.desk, one, str(row["client"]), facts)

    def _turn_page(self, one: int | None) -> None:
        """The next document in place of the one decided, or back to the table after the last."""
        paper = self._paper(one) if one is not None else None
        assert self._document is not None
        if paper is not None:
            self._document.show_paper(paper)
        elif self._document.isVisible():
            self.shell.back()

    def _forget_document(self) -> None:
        self._document = None

    # What else

    def _mendable(self) -> bool:
        return self._chosen() and bool(self._to_mend)

    def mend(self) -> None:
        """Open what the first finding names; once it is saved the draft is looked at again."""
        if self._to_mend:
            mend(self.desk, self, self._to_mend, self.deciding.again)

    def client(self) -> None:
        row = self._rows.rows(self.selected_ids()[:1])
        for one in row.values():
            self.shell.go("clients", int(str(one["client_id"])))

    def compare(self) -> None:
        desk, number = self.desk, str(self._facts_now["number"])
        self.shell.jobs.ask(lambda: compare(desk.book, number), lambda found: show_comparison(desk, self, found))

    def _show_skipped(self) -> None:
        """What was skipped has no draft: its reasons stand in the table of everyone."""
        if "skipped" in self.filters.on:
            self.filters.put(self.filters.on - {"skipped"})
            show_outcomes(self.desk, self, str(self._facts_now["number"]), "skipped")

    def outcomes(self) -> None:
        show_outcomes(self.desk, self, str(self._facts_now["number"]))
