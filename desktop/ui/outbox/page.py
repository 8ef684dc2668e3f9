"""The outbox: everything that has to reach a client, where it stands, what went, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.document_page import DocumentPage, invoice_paper
from desktop.ui.facts import FactsView
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.outbox import deciding
from desktop.ui.outbox.attached import open_attached
from desktop.ui.outbox.facts import Known, groups, known
from desktop.ui.outbox.folder_filing import FOLDERS, folder_actions
from desktop.ui.outbox.history import MailPage
from desktop.ui.outbox.listing import UNDONE, OutboxRows, summary
from desktop.ui.outbox.preview import show_preview
from desktop.ui.outbox.print_ways import cancel_printing_of, print_outbox
from desktop.ui.outbox.remedies import RemedyButtons
from desktop.ui.outbox.returned import RETURNED, returned_actions
from desktop.ui.outbox.sending import open_accounts, send_now
from desktop.ui.page import Design, Page, Summary
from desktop.ui.tags import tag

# Of more rows than these the first tell what can be done with them.
_MOST_LOOKED_AT = 500


class OutboxPage(Page):
    """Enter shows the mail as it went, or the document where none went yet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = OutboxRows(desk.book, desk.today)
        self._known: Known | None = None
        self._current: Row = {}
        self._chosen: Sequence[Row] = ()
        self._waiting = self._papers = self._files = 0
        self._to_act: tuple[int, str] | None = None
        super().__init__(
            desk.shell,
            Design(
                name="outbox",
                title=_("Outbox"),
                columns=[
                    Column("status", "", 96, "tag", sort_key="status"),
                    Column("title", _("Document"), 124, sort_key="title", strong=True),
                    Column("client", _("Client"), 180, sort_key="client", wide=True),
                    Column("way", _("Way"), 84, sort_key="channel"),
                    Column("said", _("Result"), 190, sort_key="done_at"),
                    Column("where", _("Sent to"), 170, sort_key="address"),
                    Column("tries", _("Tries"), 58, "number", sort_key="tries", secondary=True),
                    Column("next_at", _("Next try"), 130, sort_key="next", hidden=True),
                    Column("put_at", _("In the outbox since"), 130, sort_key="made_at", hidden=True),
                    Column("kind_word", _("Kind"), 90, hidden=True),
                    Column("gross", _("Total"), 104, "money", hidden=True),
                    Column("run", _("Run"), 100, hidden=True),
                    Column("client_code", _("Client code"), 92, hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search document, client, address, subject"),
                nothing_yet=_(
                    "Everything that is issued waits here until it has reached its client: by e-mail, on paper, in a "
                    "folder or by hand. Issue something first; what went stays here to be looked up."
                ),
                nothing_found=_("Nothing here. What went out already stands under “Show all”."),
                depends=frozenset({"outbox", "invoices", "clients", "runs"}),
                chips=[
                    Chip(UNDONE, _("To do"), "state"),
                    Chip("waiting", _("Waiting"), "state"),
                    Chip("failed", _("Failed"), "state"),
                    Chip("uncertain", _("Uncertain"), "state", spare=True),
                    Chip("bounced", _("Bounced"), "state", spare=True),
                    Chip("today", _("Went out today"), "state"),
                ],
                chip_menus=[
                    ChipMenu("channel", _("Way"), _("Every way")),
                    ChipMenu("run", _("Run"), _("All runs")),
                    ChipMenu("account", _("Account"), _("All accounts")),
                ],
                first_filters=frozenset({UNDONE}),
                main_action="outbox.send",
                side_actions=["outbox.returned", "outbox.preview"],
                many=["outbox.chosen", "outbox.retry", "outbox.arrived", "outbox.lost", "outbox.cancel"],
                menu=self._menu(),
                empty_action="outbox.runs",
            ),
        )

    def _menu(self) -> list[str]:
        return [
            "outbox.preview",
            "outbox.chosen",
            "outbox.retry",
            "outbox.again",
            "outbox.address",
            GAP,
            "outbox.print",
            "outbox.unprint",
            *FOLDERS,
            GAP,
            "outbox.arrived",
            "outbox.lost",
            "outbox.cancel",
            GAP,
            "outbox.handed",
            "outbox.printed",
            "outbox.filed",
            "outbox.delivered",
            "outbox.seen",
            "outbox.bounced",
            GAP,
            "outbox.mail",
            "outbox.document",
            "outbox.invoice",
            "outbox.client",
            GAP,
            *RETURNED,
        ]

    def offers(self) -> Iterable[Action]:
        return [
            Action("outbox.send", self._send_text, self.send, "send", "Ctrl+Return", self._anything_waits),
            Action("outbox.chosen", self._chosen_text, self.send_chosen, "send", "S", self._mails_wait, _("send")),
            Action("outbox.preview", _("Preview the e-mail…"), self.preview, "", "P", self._previewed, _("preview")),
            Action("outbox.retry", _("Try again"), self.retry, "refresh", "R", self._failed, _("try again")),
            Action("outbox.again", _("Send again…"), self.again, "", "A", self._went),
            Action("outbox.address", _("Change the address…"), self.address, "edit", "E", self._mails, _("address")),
            Action("outbox.arrived", _("It arrived"), self.arrived, "done", "Y", self._uncertain),
            Action("outbox.lost", _("It did not arrive"), self.lost, "", "N", self._uncertain),
            Action("outbox.print", _("Print…"), self.print, "print", "Ctrl+P", self._prints, _("print")),
            Action("outbox.unprint", _("Cancel printing"), self.unprint, "stop", enabled=self._in_queue),
            *folder_actions(self.desk, self, lambda: self._chosen, lambda: self._files),
            Action("outbox.cancel", _("Do not send"), self.cancel, "stop", "Del", self._cancellable),
            Action("outbox.handed", _("Mark as handed over"), self._marking("handed_over"), "", "H", self._unsent),
            Action("outbox.printed", _("Mark as printed"), self._marking("printed"), enabled=self._unsent),
            Action("outbox.filed", _("Mark as filed"), self._marking("filed"), enabled=self._unsent),
            Action("outbox.delivered", _("Mark as delivered"), self._marking("delivered"), "", "D", self._out),
            Action("outbox.seen", _("Mark as seen"), self._marking("seen"), "", "V", self._out),
            Action("outbox.bounced", _("Mark as bounced"), self._marking("bounced"), enabled=self._out),
            Action("outbox.mail", _("Show the mail"), self.mail, "info", "M", self._has_mail, _("mail")),
            Action("outbox.document", _("Open the document"), self.document, "open", "O", self._is_invoice),
            Action("outbox.invoice", _("Go to the invoice"), self.invoice, "open", "I", self._is_invoice),
            Action("outbox.client", _("Go to the client"), self.client, "open", "C", self._one),
            *returned_actions(self.desk, self),
            Action("outbox.accounts", _("E-mail accounts…"), lambda: open_accounts(self.desk), "settings"),
            Action("outbox.runs", _("Go to the runs"), lambda: self.shell.go("runs"), "run"),
        ]

    def _summary(self) -> Summary:
        found = summary(self.desk.book, self.desk.today())
        self._waiting = self._rows.mails_waiting()
        self._papers = self._rows.papers_waiting()
        self._files = self._rows.files_waiting()
        return found

    # The pane at the right

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self._latest = Latest(self.shell.jobs, self)
        self._picked = Latest(self.shell.jobs, self)
        self.remedies = RemedyButtons(self.acts)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.facts_view, 1)
        column.addWidget(self.remedies)
        self.pane = DetailPane(self.acts, (), body)
        self.table.selection_changed.connect(self._pick)
        return self.pane

    def _pick(self) -> None:
        """What can be done goes by what is selected."""
        ids = self.selected_ids()[:_MOST_LOOKED_AT]
        self._picked.ask(lambda: list(self._rows.rows(ids).values()), self._take_chosen)

    def _take_chosen(self, rows: object) -> None:
        assert isinstance(rows, list)
        self._chosen = rows
        self._follow_choice()

    def act_on(self, one: int, act: str) -> None:
        """Begin an action on the row with this id once its facts are here."""
        self._to_act = one, act
        self._follow_choice()

    def _follow_choice(self) -> None:
        self.acts.refresh()
        if self._to_act is not None:
            one, act = self._to_act
            if self._current.get("id") == one and [row["id"] for row in self._chosen] == [one]:
                self._to_act = None
                self.acts[act].trigger()
        self.remedies.offer(self._current, mailed=self._has_mail())

    def show_detail(self, one: int | None) -> None:
        self._pick()
        if one is None:
            self._latest.drop()
            self._known, self._current = None, {}
            self.pane.show_thing(
                _("Nothing chosen"), reason=_("Choose a document to see where it stands and what went.")
            )
            self.facts_view.show_groups(())
            self._follow_choice()
            return
        book, rows = self.desk.book, self._rows
        self._latest.ask(lambda: (known(book, one), rows.rows([one]).get(one, {})), self._show)

    def _show(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        self._known, self._current = answer
        if self._known is None:
            self.show_detail(None)
            return
        row = self._current
        amount = row["gross"]
        worth = money_text(amount, str(row["currency"])) if isinstance(amount, int) else ""
        heading = " · ".join(part for part in (str(row["title"]), worth) if part)
        self.pane.show_thing(
            heading, tag(str(row["status"])).word, [(_("Client"), str(row["client"]))], self._reason(row)
        )
        self.facts_view.show_groups(groups(self._known, lambda one: open_attached(self.desk, one), self.reveal))
        self._follow_choice()

    def _reason(self, row: Row) -> str:
        if row["state"] == "uncertain":
            return _("It may have arrived or not: ask the client, or look into your mail program, and say so.")
        # Of what went the server's answer stands with the mail.
        return "" if row["status"] in ("sent", "delivered", "seen") else str(row["answer"])

    # What is chosen

    def _one(self) -> bool:
        return bool(self._current)

    def _any(self, holds: Callable[[Row], bool]) -> bool:
        return any(holds(row) for row in self._chosen)

    def _anything_waits(self) -> bool:
        return self._waiting > 0

    def _mails_wait(self) -> bool:
        return self._any(lambda row: row["channel"] == "email" and row["state"] == "waiting")

    def _previewed(self) -> bool:
        return self._any(_is_to_mail)

    def _failed(self) -> bool:
        return self._any(lambda row: row["state"] == "failed" or (row["state"] == "waiting" and bool(row["next"])))

    def _went(self) -> bool:
        return self._any(lambda row: row["state"] in ("sent", "failed", "cancelled"))

    def _mails(self) -> bool:
        return len({row["client_id"] for row in self._chosen}) == 1 and self._any(
            lambda row: row["channel"] == "email" and row["state"] in ("waiting", "failed", "sent")
        )

    def _prints(self) -> bool:
        return self._papers > 0 or bool(self._chosen)

    def _in_queue(self) -> bool:
        return self._any(lambda row: row["channel"] == "print" and row["state"] == "sending")

    def _uncertain(self) -> bool:
        return self._any(lambda row: row["state"] == "uncertain")

    def _unsent(self) -> bool:
        return self._any(lambda row: row["state"] in ("waiting", "failed"))

    def _cancellable(self) -> bool:
        return self._any(lambda row: row["state"] in ("waiting", "failed"))

    def _out(self) -> bool:
        return self._any(lambda row: row["state"] == "sent")

    def _has_mail(self) -> bool:
        return self._known is not None and self._known.mail is not None

    def _is_invoice(self) -> bool:
        return bool(self._current.get("invoice_id"))

    def _send_text(self) -> str:
        count = self._waiting
        said = ngettext("Send {count} now", "Send {count} now", count)
        return said.format(count=number_text(count)) if count else _("Send now")

    def _chosen_text(self) -> str:
        count = sum(row["channel"] == "email" and row["state"] == "waiting" for row in self._chosen)
        if count < 2:
            return _("Send it now")
        return _("Send these {count} now").format(count=number_text(count))

    # What can be done

    def open_row(self, one: int) -> None:
        if self._has_mail():
            self.mail()
        elif self._previewed():
            self.preview()
        elif self._is_invoice():
            self.document()

    def send(self) -> None:
        """Everything that is due, of whatever is shown."""
        send_now(self.desk, self)

    def send_chosen(self) -> None:
        self._send_these(self.selected_ids())

    def _send_these(self, ids: Sequence[int]) -> None:
        if ids:
            send_now(self.desk, self, ids=tuple(ids))

    def retry(self) -> None:
        deciding.retry(self.desk, self._ids(lambda row: row["state"] in ("failed", "waiting")), self._send_these)

    def again(self) -> None:
        ids = self._ids(lambda row: row["state"] in ("sent", "failed", "cancelled"))
        deciding.ask_again(self.desk, self, ids, str(self._current.get("channel", "email")), self._send_these)

    def address(self) -> None:
        row = self._current
        deciding.ask_address(
            self.desk, self, self.selected_ids(), str(row["client"]), str(row["address"]), self._send_these
        )

    def arrived(self) -> None:
        deciding.settle(self.desk, self, self._ids(lambda row: row["state"] == "uncertain"), arrived=True)

    def lost(self) -> None:
        deciding.settle(self.desk, self, self._ids(lambda row: row["state"] == "uncertain"), arrived=False)

    def print(self) -> None:
        """What is selected where that is more than the one in focus or it goes by print, else all that waits."""
        own = self._ids(lambda row: row["channel"] == "print")
        print_outbox(self.desk, self, self.selected_ids() if len(self.selected_ids()) > 1 else own)

    def unprint(self) -> None:
        cancel_printing_of(self.desk, self.selected_ids())

    def cancel(self) -> None:
        deciding.cancel(self.desk, self, self._ids(lambda row: row["state"] in ("waiting", "failed")))

    def _marking(self, what: str) -> Callable[[], None]:
        def act() -> None:
            deciding.mark(self.desk, self, self.selected_ids(), what)

        return act

    def _ids(self, holds: Callable[[Row], bool]) -> list[int]:
        """What is selected and fits; of very many the decision itself passes over what does not."""
        if self.table.selected_count() > _MOST_LOOKED_AT:
            return self.selected_ids()
        return [int(str(row["id"])) for row in self._chosen if holds(row)]

    def mail(self) -> None:
        found = self._known
        if found is not None and found.mail is not None:
            self.shell.push(MailPage(self.desk, found.mail, found.row.title))

    def preview(self) -> None:
        """What is selected and goes by mail, as it will look."""
        show_preview(self.desk, self._ids(_is_to_mail) or self.selected_ids())

    def document(self) -> None:
        """The document as large as the window."""
        row = self._current
        self.shell.push(
            DocumentPage(
                self.desk,
                invoice_paper(self.desk, int(str(row["invoice_id"])), str(row["title"]), str(row["client"])),
            )
        )

    def invoice(self) -> None:
        self.shell.go("invoices", int(str(self._current["invoice_id"])))

    def client(self) -> None:
        self.shell.go("clients", int(str(self._current["client_id"])))


def _is_to_mail(row: Row) -> bool:
    return row["channel"] == "email" and row["state"] in ("waiting", "failed")
