"""Who is billed: the clients with what they owe, and all that is done with one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtWidgets import QWidget

from desktop.i18n import N_n, _, ngettext, number_text, pgettext
from desktop.services.clients import archive_client, delete_client, restore_client, update_client
from desktop.ui.actions import GAP, Action
from desktop.ui.clients.account import AccountPage
from desktop.ui.clients.client_page import ClientPage
from desktop.ui.clients.facts import Known, groups, known, reason
from desktop.ui.clients.form import edit_client
from desktop.ui.clients.holding import put_on_hold, take_off_hold
from desktop.ui.clients.invoice_by_hand import invoice_by_hand
from desktop.ui.clients.listing import ClientRows, summary
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import FactsView
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.handing_over import ask_pages
from desktop.ui.importing.exchange import exchange, same_ids
from desktop.ui.latest import Latest
from desktop.ui.letters.asking import ask_reminder, ask_statement
from desktop.ui.letters.folders import save_statements
from desktop.ui.letters.sending_many import send_statements
from desktop.ui.page import Design, Page
from desktop.ui.privacy.asking import erase_data, give_data
from desktop.ui.runs.review import ReviewPage
from desktop.ui.saving import take_back, write
from desktop.ui.story.account import AccountTab
from desktop.ui.story.pane import StoryPane


class ClientsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = ClientRows(desk.book, desk.today)
        self._row: Mapping[str, object] = {}
        super().__init__(
            desk.shell,
            Design(
                name="clients",
                title=_("Clients"),
                columns=[
                    Column("name", _("Client"), 220, sort_key="name", strong=True, wide=True),
                    Column("tag", "", 88, "tag", sort_key="state"),
                    Column("code", _("Code"), 76, sort_key="code", secondary=True),
                    Column("place", _("Place"), 120, sort_key="city", secondary=True),
                    Column("segment", _("Segment"), 128, sort_key="segment", secondary=True),
                    Column("open", _("Open"), 104, "money", sort_key="open"),
                    Column("overdue", _("Overdue"), 104, "money", sort_key="overdue"),
                ],
                listing=self._rows,
                summary=lambda: summary(desk.book, desk.today(), desk.shell.home_currency),
                search_hint=_("Search name, code, city, tax ID"),
                nothing_yet=_(
                    "Your clients will stand here, with what each of them owes. Add the first one, or import a list."
                ),
                depends=frozenset({"clients", "invoices", "payments", "agreements", "firm"}),
                chips=[
                    Chip("overdue", _("Overdue")),
                    Chip("on_hold", _("On hold")),
                    Chip("disputed", _("Disputed")),
                    Chip("archived", _("Archived")),
                ],
                chip_menus=[ChipMenu("segment", _("Segment"), _("All segments"))],
                main_action="clients.new",
                side_actions=["clients.account", "clients.invoice"],
                many=[
                    "clients.send",
                    "clients.statement",
                    "clients.hold",
                    "clients.dispute",
                    "clients.merge",
                    "clients.archive",
                ],
                menu=[
                    "clients.open",
                    "clients.edit",
                    "clients.invoice",
                    "clients.account",
                    GAP,
                    "clients.statement",
                    "clients.send",
                    "clients.page",
                    "clients.remind",
                    GAP,
                    "clients.hold",
                    "clients.dispute",
                    GAP,
                    "clients.merge",
                    "clients.archive",
                    "clients.delete",
                    GAP,
                    "clients.give_data",
                    "clients.erase_data",
                    GAP,
                    "clients.undo",
                ],
                empty_action="clients.new",
                sum_key="open",
            ),
        )

    def offers(self) -> Iterable[Action]:
        some, one = self._some, self._one
        return [
            Action("clients.new", _("New client…"), self.new, shortcut="Ctrl+N"),
            Action("clients.open", pgettext("verb", "Open"), self.open_chosen, "open", "", one),
            Action("clients.edit", _("Edit…"), self.edit, "edit", "E", one, _("edit")),
            Action("clients.invoice", _("Invoice by hand…"), self.invoice, "", "I", one, _("invoice")),
            Action("clients.account", _("Show the account"), self.account, "", "A", one, _("account")),
            Action("clients.statement", self._statement_text, self.statement, "export", "S", some),
            Action("clients.send", _("Send statements…"), self.send_statements, "send", "T", some),
            Action("clients.page", _("Account as a page…"), self.hand_over, "export", "G", some),
            Action("clients.remind", _("Reminder letter…"), self.remind, "", "R", one),
            Action("clients.hold", self._hold_text, self.hold, "hold", "H", some, _("hold")),
            Action("clients.dispute", self._dispute_text, self.dispute, "", "D", some),
            Action("clients.merge", _("Merge with…"), self.merge, "", "M", self._one_or_two),
            Action("clients.archive", self._archive_text, self.archive, enabled=some),
            Action("clients.delete", _("Delete"), self.delete, "delete", enabled=one, danger=True),
            Action("clients.give_data", _("Give their data…"), self.give_data, "export", enabled=one),
            Action("clients.erase_data", _("Erase their data…"), self.erase_data, "delete", enabled=one, danger=True),
            Action("clients.undo", _("Undo the last change"), lambda: take_back(self.desk), "undo"),
            *exchange(self.desk, self, ["clients"], ids_of=same_ids),
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["clients.edit", "clients.hold", "clients.account"], self._facts)
        account = (_("Account"), AccountTab(self.desk, "client"))
        self.story_pane = StoryPane(self.desk, "client", self.pane, self.acts, [account])
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        if one is None:
            self._latest.drop()
            self._row = {}
            self.pane.show_thing(_("No client chosen"), reason=_("Choose a client to see what is known of it."))
            self._facts.show_groups(())
            self.acts.refresh()
            return
        book, today = self.desk.book, self.desk.today()
        self._latest.ask(lambda: known(book, one, today), self._show)

    def _show(self, found: object) -> None:
        assert isinstance(found, Known)
        self._row = found.row
        self.pane.show_thing(str(found.row["name"]), str(found.row["currency"]), (), reason(found.row))
        self._facts.show_groups(groups(found, self.shell.go))
        self.acts.refresh()

    # What can be done

    def _some(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def _one_or_two(self) -> bool:
        return 1 <= self.table.selected_count() <= 2 and not self._is("merged")

    def _is(self, state: str) -> bool:
        return self._row.get("state") == state

    def _statement_text(self) -> str:
        return _("Save statements…") if self.table.selected_count() > 1 else _("Statement of account…")

    def _hold_text(self) -> str:
        return _("Take off hold") if self._is("on_hold") else _("Put on hold…")

    def _dispute_text(self) -> str:
        return _("Close the dispute") if self._is("disputed") else _("Mark as disputed")

    def _archive_text(self) -> str:
        return _("Bring back from the archive") if self._is("inactive") else _("Archive")

    def open_row(self, one: int) -> None:
        self.shell.push(ClientPage(self.desk, one))

    def open_chosen(self) -> None:
        self.open_row(self.selected_ids()[0])

    def new(self) -> None:
        edit_client(self.desk, self, None, self.reveal_written)

    def edit(self) -> None:
        edit_client(self.desk, self, self.selected_ids()[0], self.reveal_written)

    def invoice(self) -> None:
        invoice_by_hand(self.desk, self, self.selected_ids()[0], self._review)

    def _review(self, run: int) -> None:
        self.shell.push(ReviewPage(self.desk, run))

    def account(self) -> None:
        self.shell.push(AccountPage(self.desk, self.selected_ids()[0]))

    def statement(self) -> None:
        ids = self.selected_ids()
        if len(ids) == 1:
            ask_statement(self.desk, self, ids[0])
        else:
            save_statements(self.desk, self, ids)

    def send_statements(self) -> None:
        send_statements(self.desk, self, self.selected_ids())

    def hand_over(self) -> None:
        ask_pages(self.desk, self, self.selected_ids())

    def remind(self) -> None:
        ask_reminder(self.desk, self, self.selected_ids()[0])

    def _each(self, title: str, act: Callable[[int], object], forms: tuple[str, str]) -> None:
        """Do it to all that are selected, and say so."""
        ids = self.selected_ids()

        def work() -> None:
            for client_id in ids:
                act(client_id)

        names = {"name": str(self._row.get("name", "")), "count": number_text(len(ids))}
        write(self.desk, title, work, ngettext(*forms, len(ids)).format(**names))

    def hold(self) -> None:
        ids, name = self.selected_ids(), str(self._row.get("name", ""))
        if self._is("on_hold"):
            take_off_hold(self.desk, ids, name)
        else:
            put_on_hold(self.desk, self, ids, name)

    def dispute(self) -> None:
        book, actor, disputed = self.desk.book, self.desk.actor, not self._is("disputed")

        def act(one: int) -> None:
            update_client(book, one, {"disputed": disputed}, actor=actor)

        if disputed:
            self._each(_("Marking"), act, N_n("{name} is in dispute.", "{count} clients are in dispute."))
        else:
            self._each(_("Closing"), act, N_n("{name} is out of dispute.", "{count} clients are out of dispute."))

    def give_data(self) -> None:
        give_data(self.desk, self, self.selected_ids()[0])

    def erase_data(self) -> None:
        erase_data(self.desk, self, self.selected_ids()[0])

    def merge(self) -> None:
        from desktop.ui.hygiene.compare import merge_selected

        merge_selected(self.desk, self, "clients", self.selected_ids(), self.reveal_written)

    def archive(self) -> None:
        book, actor = self.desk.book, self.desk.actor
        if self._is("inactive"):
            self._each(
                _("Bringing back"),
                lambda one: restore_client(book, one, actor=actor),
                N_n("{name} is back among the clients.", "{count} clients are back."),
            )
        else:
            self._each(
                _("Archiving"),
                lambda one: archive_client(book, one, actor=actor),
                N_n("{name} is archived.", "{count} clients are archived."),
            )

    def delete(self) -> None:
        book, actor = self.desk.book, self.desk.actor
        self._each(
            _("Deleting"),
            lambda one: delete_client(book, one, actor=actor),
            N_n("{name} is deleted.", "{count} clients are deleted."),
        )
