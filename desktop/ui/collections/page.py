"""Collections: who is late, what was said and promised, and what to do next with each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, pgettext
from desktop.services.dunning.runs import unsent_run
from desktop.services.lists.collections import client_of, row_id
from desktop.services.notes import tick_off
from desktop.services.promises import withdraw_promise
from desktop.ui.actions import GAP, Action
from desktop.ui.clients.holding import put_on_hold, take_off_hold
from desktop.ui.collections.claims import show_claims
from desktop.ui.collections.correspondence import CorrespondenceTab
from desktop.ui.collections.disputes import ask_dispute, show_disputes
from desktop.ui.collections.escalations import show_escalations
from desktop.ui.collections.facts import Known, groups, known, reason
from desktop.ui.collections.forms import ask_promise, note_call
from desktop.ui.collections.holds import ask_hold, show_holds
from desktop.ui.collections.listing import CollectionRows
from desktop.ui.collections.reminder_begin import REMINDERS, begin_reminders
from desktop.ui.collections.reminder_review import show_reminder_run
from desktop.ui.collections.reminder_runs import show_reminder_runs
from desktop.ui.collections.statement_run import ask_statement_run
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.latest import Latest
from desktop.ui.letters.asking import ask_reminder, ask_statement
from desktop.ui.letters.sending_many import send_statements
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.record import record_payment
from desktop.ui.payments.use import use_credit
from desktop.ui.saving import take_back, write
from desktop.ui.story.account import AccountTab
from desktop.ui.story.pane import StoryPane

# By when a promise is looked for unless the client says otherwise.
_PROMISE_DAYS = 7
_SAID = frozenset({"clients", "notes"})


class CollectionsPage(Page):
    """Enter goes to the client."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = CollectionRows(desk.book, desk.today)
        self._known: Known | None = None
        self._to_find: int | None = None
        self._waiting = ""
        super().__init__(
            desk.shell,
            Design(
                name="collections",
                title=_("Collections"),
                columns=[
                    Column("client", _("Client"), 205, sort_key="client", strong=True, wide=True),
                    Column("tag", "", 98, "tag"),
                    Column("days", _("Days late"), 82, "number", sort_key="days"),
                    Column("overdue", _("Overdue"), 104, "money", sort_key="overdue"),
                    Column("open", _("Open"), 104, "money", sort_key="open", secondary=True, hidden=True),
                    Column("d1_30", _("1–30 days"), 96, "money", sort_key="d1_30", secondary=True, hidden=True),
                    Column("d31_60", _("31–60 days"), 96, "money", sort_key="d31_60", secondary=True, hidden=True),
                    Column("d61_90", _("61–90 days"), 96, "money", sort_key="d61_90", secondary=True, hidden=True),
                    Column("over_90", _("Over 90 days"), 100, "money", sort_key="over_90", secondary=True, hidden=True),
                    Column("disputed", _("Disputed"), 96, "money", sort_key="disputed", hidden=True),
                    Column("credit", _("Credit"), 96, "money", sort_key="credit", hidden=True),
                    Column("promised_on", _("Promise"), 102, "date", sort_key="promise"),
                    Column("step_on", _("Next step"), 102, "date", sort_key="step"),
                    Column("contact_on", _("Last contact"), 102, "date", sort_key="contact", secondary=True),
                    Column("habit", _("Pays late by"), 90, "number", sort_key="habit", secondary=True, hidden=True),
                    Column("promise_amount", _("Promised"), 100, "money", hidden=True),
                    Column("step", _("What next"), 160, hidden=True),
                    Column("contact", _("Last said"), 160, hidden=True),
                    Column("segment", _("Segment"), 120, sort_key="segment", hidden=True),
                    Column("code", _("Client code"), 92, sort_key="code", hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search client, segment, what was said"),
                nothing_yet=_(
                    "Nobody is late. Clients stand here once something of them is past its due date, with what they "
                    "promised and what was said."
                ),
                depends=REMINDERS | {"clients", "invoices", "payments", "notes", "firm"},
                chips=[
                    Chip("step_due", _("Step due")),
                    Chip("broken", _("Word broken")),
                    Chip("over_60", _("Over 60 days")),
                    Chip("silent", _("Nothing said yet")),
                ],
                chip_menus=[
                    ChipMenu("segment", _("Segment"), _("All segments")),
                    ChipMenu("currency", _("Currency"), _("All currencies")),
                ],
                main_action="collections.plan",
                side_actions=["collections.escalations", "collections.disputes", "collections.runs"],
                menu=[
                    "collections.call",
                    "collections.promise",
                    "collections.payment",
                    GAP,
                    "collections.step_done",
                    "collections.withdraw",
                    "collections.credit",
                    GAP,
                    "collections.dispute",
                    "collections.hold_reminders",
                    "collections.hold",
                    GAP,
                    "collections.remind",
                    "collections.statement",
                    "collections.send",
                    "collections.items",
                    "collections.copy",
                    "collections.client",
                    GAP,
                    "collections.undo",
                ],
                sum_key="overdue",
            ),
        )

    def offers(self) -> Iterable[Action]:
        one, some = self._one, self._some
        return [
            Action("collections.plan", self._plan_text, self.plan, "", "Ctrl+Return"),
            Action("collections.runs", _("Reminder runs"), lambda: show_reminder_runs(self.desk), "", "Ctrl+R"),
            Action("collections.call", _("Note a call…"), self.call, "note", "N", one, _("call")),
            Action("collections.promise", _("Promise to pay…"), self.promise, "calendar", "P", one, _("promise")),
            Action("collections.payment", _("Record a payment…"), self.pay, "payment", "R", one, _("payment")),
            Action("collections.step_done", _("Step is done"), self.step_done, "done", "S", self._has_step),
            Action("collections.withdraw", _("Withdraw the promise"), self.withdraw, "", "", self._has_promise),
            Action("collections.credit", _("Use credit…"), self.use, "credit", "U", self._has_credit),
            Action("collections.dispute", _("Mark as disputed…"), self.dispute, "warning", "D", one),
            Action("collections.hold_reminders", _("Hold reminders…"), self.hold_reminders, "hold", "M", one),
            Action("collections.hold", self._hold_text, self.hold, "hold", "H", some, _("hold")),
            Action("collections.remind", _("Reminder letter…"), self.remind, "", "L", one, _("reminder")),
            Action("collections.statement", _("Statement of account…"), self.statement, "export", "T", one),
            Action("collections.send", _("Send statements…"), self.send_statements, "send", enabled=some),
            Action("collections.send_all", _("Statements to everyone…"), self.send_all, "send"),
            Action("collections.escalations", _("To be escalated"), lambda: show_escalations(self.desk), "", "Ctrl+L"),
            Action("collections.disputes", _("Disputes"), lambda: show_disputes(self.desk), "", "Ctrl+D"),
            Action("collections.holds", _("Held reminders"), lambda: show_holds(self.desk)),
            Action("collections.claims", _("Fees and interest"), lambda: show_claims(self.desk)),
            Action("collections.items", _("Open items as a report"), self.items, "open", "", one),
            Action("collections.copy", _("Copy the mail address"), self.copy_mail, "copy", "", self._has_mail),
            Action("collections.client", _("Open the client"), self.client, "open", "", one),
            Action("collections.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
        ]

    def _summary(self) -> Summary:
        waiting = unsent_run(self.desk.book)
        self._waiting = waiting.number if waiting is not None else ""
        return self._rows.summary(self.shell.home_currency)

    def _plan_text(self) -> str:
        return _("Go on with {number}").format(number=self._waiting) if self._waiting else _("Remind who is late…")

    def plan(self) -> None:
        """Plan a reminder run, or go on with the one that waits."""
        begin_reminders(self.desk, self, lambda run: show_reminder_run(self.desk, run))

    def reveal(self, one: int) -> None:
        """Select the client with this id, in the firm's currency where it is late in several."""
        self._to_find = one
        if self.model.query is not None:
            self._find_client()

    def _find_client(self, _query: object = None) -> None:
        if self._to_find is None:
            return
        mine = [key for key in self.model.ids if client_of(key) == self._to_find]
        if mine:
            home = row_id(self._to_find, self.shell.home_currency)
            self._to_find = None
            super().reveal(home if home in mine else mine[0])
        elif self.model.asked.narrowed:
            self.show_all()
        else:
            self._to_find = None

    # The pane at the right

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["collections.call", "collections.promise"], self.facts_view)
        self._latest = Latest(self.shell.jobs, self)
        account = (_("Account"), AccountTab(self.desk, "client"))
        letters = (pgettext("dunning", "Letters"), CorrespondenceTab(self.desk, "client"))
        self.story_pane = StoryPane(self.desk, "client", self.pane, self.acts, [account, letters])
        self.model.loaded.connect(self._find_client)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        late = self._rows.late(one) if one is not None else None
        self.story_pane.show_thing(late.client_id if late is not None else None)
        if one is None or late is None:
            self._latest.drop()
            self._known = None
            self.pane.show_thing(_("Nobody chosen"), reason=_("Choose a client to see what is open and what was said."))
            self.facts_view.show_groups(())
            self.acts.refresh()
            return
        book, rows, today = self.desk.book, self._rows, self.desk.today()
        self._latest.ask(lambda: known(book, late, rows.rows([one]).get(one, {}), today), self._show)

    def _show(self, found: object) -> None:
        assert isinstance(found, Known)
        self._known = found
        late = found.late
        why = reason(found, self.desk.today())
        self.pane.show_thing(late.name, money_text(late.overdue, late.currency), (), why)
        self.facts_view.show_groups(groups(found, self.shell.go, self._copy))
        self.acts.refresh()

    # What is chosen

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return self._known is not None and self.table.selected_count() == 1

    def _has_step(self) -> bool:
        return self._one() and self._chosen.late.step_id is not None

    def _has_promise(self) -> bool:
        return self._one() and self._chosen.late.promise is not None

    def _has_credit(self) -> bool:
        return self._one() and self._chosen.late.credit > 0

    def _has_mail(self) -> bool:
        return self._known is not None and bool(self._known.record["email"])

    @property
    def _chosen(self) -> Known:
        assert self._known is not None
        return self._known

    def _hold_text(self) -> str:
        return _("Take off hold") if self._known and self._known.late.on_hold else _("Hold billing…")

    # What can be done

    def open_row(self, one: int) -> None:
        self.shell.go("clients", client_of(one))

    def client(self) -> None:
        self.open_row(self.selected_ids()[0])

    def call(self) -> None:
        late = self._chosen.late
        note_call(self.desk, self, late.client_id, late.name)

    def promise(self) -> None:
        ask_promise(self.desk, self, self._chosen.late, self.desk.today() + timedelta(days=_PROMISE_DAYS))

    def pay(self) -> None:
        record_payment(self.desk, self, client_id=self._chosen.late.client_id)

    def use(self) -> None:
        late = self._chosen.late
        use_credit(self.desk, self, late.client_id, late.currency, available=late.credit)

    def step_done(self) -> None:
        step, book, actor, today = self._chosen.late.step_id, self.desk.book, self.desk.actor, self.desk.today()
        assert step is not None
        done = _("The step is done.")
        write(self.desk, _("Ticking off"), lambda: tick_off(book, step, on=today, actor=actor), done, changed=_SAID)

    def withdraw(self) -> None:
        promise, book, actor, today = self._chosen.late.promise, self.desk.book, self.desk.actor, self.desk.today()
        assert promise is not None
        work = partial(withdraw_promise, book, promise.id, on=today, actor=actor)
        gone = _("The promise is withdrawn: it counts neither as kept nor as broken.")
        write(self.desk, _("Withdrawing"), work, gone, changed=_SAID)

    def dispute(self) -> None:
        ask_dispute(self.desk, self, self._chosen.items)

    def hold(self) -> None:
        ids = sorted({client_of(one) for one in self.selected_ids()})
        late = self._chosen.late
        if late.on_hold:
            take_off_hold(self.desk, ids, late.name)
        else:
            put_on_hold(self.desk, self, ids, late.name)

    def hold_reminders(self) -> None:
        late = self._chosen.late
        ask_hold(self.desk, self, late.client_id, late.name, self._chosen.items)

    def send_all(self) -> None:
        ask_statement_run(self.desk, self)

    def statement(self) -> None:
        late = self._chosen.late
        ask_statement(self.desk, self, late.client_id, late.currency)

    def send_statements(self) -> None:
        send_statements(self.desk, self, [client_of(one) for one in self.selected_ids()])

    def items(self) -> None:
        """What the client owes as a report, to be sorted, exported or printed."""
        late = self._chosen.late
        asked = {"report:open", f"client:{late.code}", f"currency:{late.currency}"}
        self.shell.go("reports", filters=frozenset(asked))

    def remind(self) -> None:
        late = self._chosen.late
        ask_reminder(self.desk, self, late.client_id, late.currency)

    def copy_mail(self) -> None:
        self._copy(str(self._chosen.record["email"]))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.shell.notices.say(_("{text} is on the clipboard.").format(text=text))
