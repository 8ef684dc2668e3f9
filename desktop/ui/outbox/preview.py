"""The mails that wait, as they will look: who gets them, what they say, and their files, which open."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.mail.drafts import (
    WrittenDraft,
    content_of,
    mailto_link,
    take_over,
    write_drafts,
)
from desktop.services.delivery.mail.edits import is_edited, reset_mail, whole_mails
from desktop.services.delivery.mail.enclosing import Enclosure
from desktop.services.delivery.mail.mails import MailDraft
from desktop.ui.actions import Action, Actions
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question
from desktop.ui.document_page import DocumentPage, Paper
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.focus_order import follow_layout
from desktop.ui.latest import Latest
from desktop.ui.opening import offer_folder, open_path
from desktop.ui.outbox.mail_body import MailBody, mail_card
from desktop.ui.outbox.preview_edit import CHANGED, edit_preview
from desktop.ui.saving import write
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24
_LIST = 250
_FOLDER = "drafts_folder"


def show_preview(desk: Desk, delivery_ids: Sequence[int]) -> None:
    """The mails of these rows of the outbox above what is shown; Esc goes back."""
    book, today, chosen = desk.book, desk.today(), list(delivery_ids)

    def go(found: object) -> None:
        assert isinstance(found, list)
        if not found:
            desk.shell.notices.say(_("No e-mail waits here."))
            return
        desk.shell.push(PreviewPage(desk, chosen, found))

    desk.shell.jobs.ask(lambda: whole_mails(book, chosen, today=today), go)


class PreviewPage(QWidget):
    """E changes the mail, Ctrl+T turns between formatted and plain; the arrows in the list walk through the mails."""

    def __init__(self, desk: Desk, delivery_ids: Sequence[int], mails: Sequence[MailDraft]) -> None:
        super().__init__()
        self.setObjectName("preview")
        self.desk = desk
        self._ids = list(delivery_ids)
        self.mails = list(mails)
        self._edited = False
        self._rich = True
        self._latest = Latest(desk.shell.jobs, self)
        self._edits = Latest(desk.shell.jobs, self)
        self.list = QListWidget()
        self.list.setAccessibleName(_("E-mails that wait"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setWordWrap(True)
        self.list.setSpacing(3)
        self.list.setFixedWidth(desk.shell.theme.px(_LIST))
        self.body = MailBody(desk.shell.theme)
        self.facts = FactsView(desk.shell.theme)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.declare(self._offers())
        self.acts.failed.connect(desk.shell.notices.show_error)
        self._build()
        self._fill()
        self.list.currentRowChanged.connect(self._choose)
        desk.shell.jobs.changed.connect(self._hear)

    def _offers(self) -> list[Action]:
        return [
            Action("preview.edit", _("Change this e-mail…"), self.edit, "edit", "Ctrl+E"),
            Action("preview.reset", _("Take the changes back"), self.reset, "undo", enabled=lambda: self._edited),
            Action("preview.form", self._form_text, self.turn, shortcut="Ctrl+T"),
            Action("preview.draft", _("Save as a draft…"), self.save_draft, "save", "Ctrl+S"),
            Action("preview.drafts", _("Save all as drafts…"), self.save_all, enabled=lambda: len(self.mails) > 1),
            Action("preview.mailto", _("Write it in my mail program"), self.open_own),
        ]

    def _build(self) -> None:
        self._subject, self._note = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        self._subject.setProperty("role", "title")
        self._note.setProperty("role", "note")
        buttons = WrappingRow(spacing=8)
        buttons.addWidget(self.acts.button("preview.edit", "main"))
        for one in ("reset", "form", "draft", *(("drafts",) if len(self.mails) > 1 else ()), "mailto"):
            buttons.addWidget(self.acts.button(f"preview.{one}"))
        self._files = WrappingRow(spacing=8)
        card = mail_card(self.facts, self.body, self._files)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addWidget(card, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 16)
        layout.setSpacing(12)
        layout.addWidget(self._subject)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        layout.addLayout(row, 1)

    # What is shown

    @property
    def mail(self) -> MailDraft:
        return self.mails[max(0, self.list.currentRow())]

    def _fill(self) -> None:
        before = self.list.currentRow()
        self.list.clear()
        for one in self.mails:
            to = ", ".join(one.to) or _("nobody yet")
            item = QListWidgetItem(f"{one.subject}\n{to}")
            item.setToolTip(item.text())
            self.list.addItem(item)
        self.list.setVisible(len(self.mails) > 1)
        self.list.setCurrentRow(min(max(0, before), len(self.mails) - 1))
        self._choose()

    def _choose(self, _row: int = 0) -> None:
        if self.list.currentRow() < 0:
            return
        mail = self.mail
        self._subject.setText(mail.subject)
        self._show_facts(mail)
        self._show_files(mail)
        self._show_body()
        book, ids = self.desk.book, mail.delivery_ids
        self._edited = False
        self._note.setText(self._said(mail))
        self._edits.ask(lambda: (ids, is_edited(book, ids)), self._take_edited)
        self.acts.refresh()

    def _take_edited(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        ids, edited = answer
        if ids == self.mail.delivery_ids:
            self._edited = bool(edited)
            self._note.setText(self._said(self.mail))
            self.acts.refresh()

    def _said(self, mail: MailDraft) -> str:
        if not mail.to:
            return _("Nobody gets it: the client has no address. Change this e-mail, or give the client one.")
        if mail.account_id is None:
            return _("No e-mail account is set up: it cannot be sent from here, but written as a draft.")
        if self._edited:
            return _("This is how it will go, with what was changed of it.")
        return _("This is how it will go.")

    def _show_facts(self, mail: MailDraft) -> None:
        sender = f"{mail.sender_name} <{mail.sender}>" if mail.sender_name else mail.sender
        facts = [
            Fact(_("Sender"), sender),
            Fact(_("To"), ", ".join(mail.to)),
            Fact(_("Copy to"), ", ".join(mail.cc)),
            Fact(_("Hidden copy"), ", ".join(mail.bcc)),
            Fact(_("Answers to"), mail.reply_to),
        ]
        self.facts.show_groups([Group("", facts)])
        sheet = self.facts.widget()
        if sheet is not None:
            self.facts.setMaximumHeight(sheet.sizeHint().height() + 4)

    def _show_files(self, mail: MailDraft) -> None:
        while (item := self._files.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for one in mail.enclosures:
            button = QPushButton(one.name)
            button.setAutoDefault(False)
            button.setAccessibleName(_("Open {file}").format(file=one.name))
            button.clicked.connect(partial(self.open_file, one))
            self._files.addWidget(button)

    def _show_body(self) -> None:
        if self._rich:
            self.body.show_html(self.mail.html)
        else:
            self.body.show_text(self.mail.text)

    def _form_text(self) -> str:
        return _("As plain text") if self._rich else _("As formatted text")

    def turn(self) -> None:
        self._rich = not self._rich
        self._show_body()
        self.acts.refresh()

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes & {"outbox", "clients", "invoices", "firm", "payments"}:
            book, today, ids = self.desk.book, self.desk.today(), self._ids
            self._latest.ask(lambda: whole_mails(book, ids, today=today), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, list)
        if found:
            self.mails = found
            self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        follow_layout(self)
        (self.list if len(self.mails) > 1 else self.body).setFocus()

    # What is done

    def edit(self) -> None:
        edit_preview(self.desk, self, self.mail)

    def reset(self) -> None:
        book, actor, ids = self.desk.book, self.desk.actor, self.mail.delivery_ids
        write(
            self.desk,
            _("Changing the e-mail"),
            lambda: reset_mail(book, ids, actor=actor),
            _("The e-mail says again what the texts say."),
            changed=CHANGED,
        )

    def open_file(self, enclosure: Enclosure) -> None:
        """A PDF in the window, anything else by the system's own program."""
        desk, book = self.desk, self.desk.book

        def shown(content: object) -> None:
            assert isinstance(content, bytes)
            if content.startswith(b"%PDF"):
                paper = Paper(enclosure.name, "", enclosure.name, lambda: content, _writer(content))
                desk.shell.push(DocumentPage(desk, paper))
            else:
                target = _folder() / enclosure.name
                target.write_bytes(content)
                open_path(target)

        desk.shell.jobs.ask(lambda: content_of(book, enclosure), shown)

    def save_draft(self) -> None:
        self._ask_folder(self.mail.delivery_ids)

    def save_all(self) -> None:
        self._ask_folder([key for mail in self.mails for key in mail.delivery_ids])

    def _ask_folder(self, ids: Sequence[int]) -> None:
        start = self.desk.shell.memory.folder(_FOLDER)
        dialog = QFileDialog(self, _("Folder for the drafts"), str(start))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = list(ids)
        dialog.fileSelected.connect(lambda name: self.write_to(chosen, Path(name)))
        dialog.open()

    def write_to(self, ids: Sequence[int], folder: Path) -> None:
        """Write the mails of these rows as drafts into a folder; from then on a person sends them."""
        shell, book, actor, today = self.desk.shell, self.desk.book, self.desk.actor, self.desk.today()
        shell.memory.put_folder(_FOLDER, folder)

        def work(report: Callable[[int, int, str], None]) -> list[WrittenDraft]:
            return write_drafts(book, ids, folder, today=today, actor=actor, report=report)

        def done(found: object) -> None:
            assert isinstance(found, list)
            said = ngettext(
                "{count} draft is saved. It goes when you send it; then mark it in the outbox as handed over.",
                "{count} drafts are saved. They go when you send them; then mark them in the outbox as handed over.",
                len(found),
            )
            shell.notices.say(said.format(count=number_text(len(found))), offers=[offer_folder(folder)])
            self._leave()

        shell.jobs.start(Job(_("Writing drafts"), work, CHANGED, lane=Lane.SIDE), done)

    def open_own(self) -> None:
        """Open the mail in the user's own program; its files are written into a folder, from which to attach them."""
        mail = self.mail
        question = Question(
            self,
            _("Write it in your own mail program?"),
            _(
                "The program opens with recipients, subject and text. A link cannot carry files: their folder opens "
                "beside it, and you attach them. From then on the document waits until you mark it as handed over."
            ),
            _("Open the mail program"),
            partial(self.hand_over, mail),
        )
        question.open()

    def hand_over(self, mail: MailDraft) -> None:
        book, actor = self.desk.book, self.desk.actor
        folder = _folder() / str(mail.delivery_ids[0])
        write(
            self.desk,
            _("Writing the files"),
            lambda: take_over(book, mail, folder, actor=actor),
            _("Attach the files, send it, and mark it in the outbox as handed over."),
            lambda _done: self._open_link(mail, folder),
            changed=CHANGED,
        )

    def _open_link(self, mail: MailDraft, folder: Path) -> None:
        link = mailto_link(mail)
        if not link.whole:
            QGuiApplication.clipboard().setText(mail.text)
            self.desk.shell.notices.say(_("The text is too long for a link: all of it is in the clipboard, to paste."))
        opened = QDesktopServices.openUrl(QUrl(link.url, QUrl.ParsingMode.StrictMode))
        if not opened:
            self.desk.shell.notices.say(
                _("No mail program answers to links here. Save the e-mail as a draft instead."),
                offers=[offer_folder(folder)],
            )
            return
        open_path(folder)
        self._leave()

    def _leave(self) -> None:
        """What a person sends is not previewed any more; the others stay."""
        if len(self.mails) <= 1 and self.isVisible():
            self.desk.shell.back()


@cache
def _folder() -> Path:
    """Where copies to look at and to attach lie while the program runs."""
    folder = Path(tempfile.mkdtemp(prefix="sheaf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _writer(content: bytes) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.write_bytes(content)

    return put
