"""Issued documents: what is owed, the page that went out, and what is done with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.domain.indian_figures import RUPEE
from desktop.errors import UserError
from desktop.i18n import _, money_text, number_text
from desktop.services.delivery.statuses import DeliveryRow, deliveries
from desktop.services.lists.runs import RunList
from desktop.services.payment_plans import Schedule, schedule
from desktop.services.previews import invoice_pdf
from desktop.ui.actions import GAP, Action
from desktop.ui.archiving import archive_days
from desktop.ui.clients.invoice_by_hand import invoice_by_hand
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.document_page import DocumentPage, invoice_paper
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.invoices.credit import credit_invoice
from desktop.ui.invoices.delivery import delivery_facts
from desktop.ui.invoices.disputes import close_dispute, open_dispute
from desktop.ui.invoices.einvoices import save_chosen
from desktop.ui.invoices.facts import late_words, money_facts
from desktop.ui.invoices.files import print_pdfs, save_pdfs
from desktop.ui.invoices.instalments import broken, schedule_facts
from desktop.ui.invoices.listing import InvoiceRows, summary
from desktop.ui.invoices.losses import take_back_write_off, write_off
from desktop.ui.invoices.plan import agree_plan, call_plan_off
from desktop.ui.invoices.registering import note_cancelled, take_from_portal, write_for_portal
from desktop.ui.invoices.story import show_story
from desktop.ui.latest import Latest
from desktop.ui.letters.asking import ask_cover_letter
from desktop.ui.letters.showing import show_payment_plan
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.payers import ask_client
from desktop.ui.payments.record import record_payment
from desktop.ui.payments.refund import ask_refund
from desktop.ui.payments.use import use_credit
from desktop.ui.pdf_view import PdfView
from desktop.ui.runs.review import ReviewPage
from desktop.ui.story.pane import StoryPane
from desktop.ui.tags import tag

# Of more deliveries of one document the outbox tells.
_DELIVERIES = 3


class InvoicesPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = InvoiceRows(desk.book, desk.today)
        self._current: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="invoices",
                title=_("Invoices"),
                columns=[
                    Column("status", "", 88, "tag", sort_key="status"),
                    Column("number", _("Number"), 126, sort_key="number", strong=True),
                    Column("kind_word", _("Kind"), 80, sort_key="kind", secondary=True),
                    Column("client", _("Client"), 160, sort_key="client", wide=True),
                    Column("issue_date", _("Issued"), 104, "date", sort_key="issue_date", secondary=True),
                    Column("due_date", _("Due"), 104, "date", sort_key="due_date"),
                    Column("net", _("Net"), 100, "money", sort_key="net", hidden=True),
                    Column("gross", _("Total"), 112, "money", sort_key="gross"),
                    Column("open", _("Open"), 108, "money", sort_key="open"),
                    Column("delivery", _("Delivery"), 100, "tag", sort_key="delivery", secondary=True),
                    Column("po_number", _("PO"), 100, sort_key="po_number", hidden=True),
                    Column("run", _("Run"), 100, sort_key="run", hidden=True),
                    Column("client_code", _("Client code"), 92, sort_key="code", hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search number, client, PO, amount"),
                nothing_yet=_(
                    "Invoices stand here once a run has issued them, with what is open of each: from here they are "
                    "paid, credited, disputed and saved as PDFs. A single one is written by hand with Ctrl+N."
                ),
                depends=frozenset({"invoices", "payments", "clients", "outbox"}),
                chips=[
                    Chip("open", _("Open"), "standing"),
                    Chip("overdue", _("Overdue"), "standing"),
                    Chip("partly", _("Partly paid"), "standing"),
                    Chip("disputed", _("Disputed"), "standing"),
                    Chip("paid", _("Paid"), "standing"),
                    Chip("kind:credit_note", _("Credit notes"), "standing"),
                ],
                chip_menus=[
                    ChipMenu("delivery", _("Delivery"), _("Wherever they stand")),
                    ChipMenu("plan", _("Payment plans"), _("With or without a plan")),
                    ChipMenu("currency", _("Currency"), _("All currencies")),
                ],
                main_action="invoices.pay",
                side_actions=["invoices.new", "invoices.save"],
                many=["invoices.pay", "invoices.plan", "invoices.save"],
                menu=[
                    "invoices.document",
                    "invoices.story",
                    GAP,
                    "invoices.pay",
                    "invoices.use",
                    "invoices.credit",
                    "invoices.refund",
                    "invoices.write_off",
                    "invoices.dispute",
                    "invoices.plan",
                    "invoices.plan_off",
                    "invoices.plan_letter",
                    GAP,
                    "invoices.cover",
                    "invoices.save",
                    "invoices.einvoice",
                    "invoices.print",
                    "invoices.archive",
                    "invoices.outbox",
                    "invoices.client",
                    "invoices.run",
                    *self._portal_menu(),
                ],
                empty_action="invoices.runs",
                sum_key="open",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("invoices.new", _("Invoice by hand…"), self.new, "add", "Ctrl+N"),
            Action("invoices.pay", _("Record a payment…"), self.pay, "payment", "P", self._owed, _("payment")),
            Action("invoices.credit", _("Credit…"), self.credit, "credit", "C", self._creditable, _("credit")),
            Action("invoices.story", _("Show its story"), self.story, "info", "S", self._one, _("story")),
            Action("invoices.use", _("Use credit of the client…"), self.use, "", "U", self._owed),
            Action("invoices.refund", _("Pay it back…"), self.refund, enabled=self._credit_note),
            Action("invoices.write_off", self._write_off_text, self.write_off, "", "W", self._can_write_off),
            Action("invoices.dispute", self._dispute_text, self.dispute, "warning", "D", self._can_dispute),
            Action("invoices.plan", _("Agree a payment plan…"), self.plan, "", "L", self._owed),
            Action("invoices.plan_off", _("Call the payment plan off…"), self.plan_off, enabled=self._planned),
            Action("invoices.plan_letter", _("Payment plan as PDF"), self.plan_letter, enabled=self._in_parts),
            Action("invoices.cover", _("Cover letter…"), self.cover, enabled=self._any),
            Action("invoices.save", self._save_text, self.save, "export", "Ctrl+S", self._any),
            Action("invoices.einvoice", _("Save as e-invoice…"), self.einvoice, "", "E", self._any),
            Action("invoices.document", _("Open the document"), self.document, "open", "O", self._printed),
            Action("invoices.print", _("Print…"), self.print, "print", "Ctrl+P", self._any),
            Action("invoices.archive", _("Archive for the accountant…"), self.archive, "export"),
            Action("invoices.outbox", _("Go to the outbox"), self.outbox, "send", "G", self._printed),
            Action("invoices.client", _("Open the client"), self.client, "open", enabled=self._one),
            Action("invoices.run", _("Open its run"), self.run, "open", enabled=self._has_run),
            Action("invoices.runs", _("Go to the runs"), lambda: self.shell.go("runs"), "run"),
            *self._portal_offers(),
        ]

    def _portal_menu(self) -> list[str]:
        """India's portal takes rupees; firms elsewhere need not see it."""
        names = [GAP, "invoices.portal_file", "invoices.portal_answer", "invoices.portal_cancelled"]
        return names if self.desk.shell.home_currency == RUPEE else []

    def _portal_offers(self) -> list[Action]:
        if not self._portal_menu():
            return []
        return [
            Action("invoices.portal_file", _("Write the file for the portal…"), self.portal_file, "export"),
            Action("invoices.portal_answer", _("Take in the portal's answer…"), self.portal_answer, "import"),
            Action(
                "invoices.portal_cancelled",
                _("Note that the portal cancelled it"),
                self.portal_cancelled,
                enabled=self._printed,
            ),
        ]

    def _summary(self) -> Summary:
        return summary(self.desk.book, self._rows, self.desk.today(), self.shell.home_currency)

    # The pane at the right

    def detail(self) -> QWidget:
        self._pdf = PdfView(self.shell.theme, self.shell.jobs)
        self._pdf.setMinimumHeight(200)
        self._latest = Latest(self.shell.jobs, self)
        self.pane = DetailPane(self.acts, ["invoices.pay", "invoices.credit"], self._pdf)
        self.story_pane = StoryPane(self.desk, "invoice", self.pane, self.acts)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        if one is None:
            self._latest.drop()
            self._take((0, {}, None, ()))
        else:
            self._latest.ask(lambda: self._look(one), self._take)

    def _look(self, one: int) -> tuple[int, Row, Schedule | None, Sequence[DeliveryRow]]:
        """The row, what is due of it where that is more than one date, and how it went to its client."""
        row = self._rows.rows([one]).get(one, {})
        several = row and _int(row["instalments"]) > 1
        parts = schedule(self.desk.book, str(row["number"])) if several else None
        return one, row, parts, deliveries(self.desk.book, "invoice", one, limit=_DELIVERIES)

    def _take(self, found: object) -> None:
        assert isinstance(found, tuple)
        one, row, parts, went = found
        self._current = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No document chosen"))
            self._pdf.say(_("Choose a document to see the page that went out."))
            return
        facts, reason = money_facts(row) + delivery_facts(went), late_words(row)
        if parts is not None:
            facts += schedule_facts(parts, self.desk.today())
            reason = broken(parts, self.desk.today()) or reason
        self.pane.show_thing(str(row["number"]), tag(str(row["status"])).word, facts, reason)
        if row["kind"] == "opening":
            self._pdf.say(
                _("This was issued before the book began: the book has its balance, not the document itself.")
            )
            return
        book = self.desk.book
        self._pdf.ask(lambda: invoice_pdf(book, one))

    # What is chosen

    def _any(self) -> bool:
        return self.table.selected_count() > 0

    def _one(self) -> bool:
        return bool(self._current)

    def _owed(self) -> bool:
        return self.table.selected_count() > 1 or bool(self._current.get("open"))

    def _creditable(self) -> bool:
        return self._current.get("kind") in ("invoice", "deposit", "final")

    def _credit_note(self) -> bool:
        return self._current.get("kind") == "credit_note"

    def _has_run(self) -> bool:
        return bool(self._current.get("run"))

    def _lost(self) -> bool:
        return self._current.get("status") == "written_off"

    def _planned(self) -> bool:
        return bool(self._current.get("plan"))

    def _can_write_off(self) -> bool:
        return bool(self._current.get("open")) or self._lost()

    def _can_dispute(self) -> bool:
        return bool(self._current.get("open")) or bool(self._current.get("disputed"))

    def _write_off_text(self) -> str:
        return _("Take the write-off back…") if self._lost() else _("Write off…")

    def _dispute_text(self) -> str:
        return _("Settle the dispute…") if self._current.get("disputed") else _("Dispute…")

    def _save_text(self) -> str:
        count = self.table.selected_count()
        return _("Save {count} PDFs…").format(count=number_text(count)) if count > 1 else _("Save PDF…")

    @property
    def number(self) -> str:
        """The number of the document with the focus."""
        return str(self._current["number"])

    # What can be done

    def open_row(self, one: int) -> None:
        self.story()

    def new(self) -> None:
        ask_client(self.desk, self, _("Invoice by hand"), _("Go on…"), self._by_hand)

    def _by_hand(self, client_id: int) -> None:
        invoice_by_hand(self.desk, self, client_id, lambda run: self.shell.push(ReviewPage(self.desk, run)))

    def story(self) -> None:
        show_story(self.desk, self, self.number)

    def pay(self) -> None:
        ids = self.selected_ids()
        self.shell.jobs.ask(lambda: [row for row in self._rows.rows(ids).values() if row["open"]], self._pay)

    def _pay(self, rows: object) -> None:
        assert isinstance(rows, list)
        if rows:
            record_payment(self.desk, self, invoices=rows)
        else:
            self.shell.notices.say(_("Nothing of what is chosen is open."), tone="note")

    def use(self) -> None:
        use_credit(self.desk, self, _int(self._current["client_id"]), str(self._current["currency"]), self.number)

    def credit(self) -> None:
        credit_invoice(self.desk, self, self.number)

    def refund(self) -> None:
        ask_refund(self.desk, self, self.number)

    def write_off(self) -> None:
        if self._lost():
            take_back_write_off(self.desk, self, self.number, str(self._current["currency"]))
        else:
            write_off(self.desk, self, self.number, _int(self._current["open"]), str(self._current["currency"]))

    def dispute(self) -> None:
        if self._current.get("disputed"):
            close_dispute(self.desk, self, self.number)
        else:
            open_dispute(self.desk, self, self.number, str(self._current["currency"]))

    def plan(self) -> None:
        ids = self.selected_ids()
        self.shell.jobs.ask(lambda: [row for row in self._rows.rows(ids).values() if row["open"]], self._plan)

    def _plan(self, rows: object) -> None:
        assert isinstance(rows, list)
        if rows:
            agree_plan(self.desk, self, [str(row["number"]) for row in rows])
        else:
            self.shell.notices.say(_("Nothing of what is chosen is open."), tone="note")

    def plan_off(self) -> None:
        call_plan_off(self.desk, self, self.number, str(self._current["currency"]))

    def _in_parts(self) -> bool:
        return bool(self._current) and _int(self._current["instalments"]) > 1

    def plan_letter(self) -> None:
        show_payment_plan(self.desk, [self.number])

    def cover(self) -> None:
        """For the documents that are selected, which go to one client."""
        rows = list(self._rows.rows(self.selected_ids()).values())
        clients = {_int(row["client_id"]) for row in rows}
        if len(clients) > 1:
            raise UserError(_("These documents go to different clients."), _("Choose those of one client."))
        ask_cover_letter(self.desk, self, clients.pop(), [str(row["number"]) for row in rows])

    def save(self) -> None:
        save_pdfs(self.desk, self, self._rows, self.selected_ids())

    def einvoice(self) -> None:
        save_chosen(self.desk, self, self._rows, self.selected_ids())

    def _printed(self) -> bool:
        return bool(self._current) and self._current["kind"] != "opening"

    def document(self) -> None:
        """The document as large as the window."""
        amount = money_text(_int(self._current["payable"]), str(self._current["currency"]))
        facts = f"{self._current['client']} · {amount}"
        (one,) = self.selected_ids()[:1]
        self.shell.push(DocumentPage(self.desk, invoice_paper(self.desk, one, self.number, facts)))

    def print(self) -> None:
        print_pdfs(self.desk, self, self._rows, self.selected_ids())

    def portal_file(self) -> None:
        """Of what is selected where that is more than the one in focus, else of all that wait."""
        rows = self._rows.rows(self.selected_ids()).values()
        write_for_portal(self.desk, self, [str(row["number"]) for row in rows] if len(rows) > 1 else [])

    def portal_answer(self) -> None:
        take_from_portal(self.desk, self)

    def portal_cancelled(self) -> None:
        note_cancelled(self.desk, self.number)

    def archive(self) -> None:
        archive_days(self.desk, self)

    def outbox(self) -> None:
        """All deliveries of the document: what waits, what went, what came back."""
        (one,) = self.selected_ids()[:1]
        self.shell.go("outbox", filters=frozenset({f"invoice:{one}"}))

    def client(self) -> None:
        self.shell.go("clients", _int(self._current["client_id"]))

    def run(self) -> None:
        runs, number = RunList(self.desk.book), str(self._current["run"])
        self.shell.jobs.ask(lambda: runs.ids(number, frozenset(), "", False), self._go_to_run)

    def _go_to_run(self, ids: object) -> None:
        assert isinstance(ids, list)
        self.shell.go("runs", ids[0] if ids else None)


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
