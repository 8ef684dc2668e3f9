"""Signs an account in with Google or Microsoft: by the browser of this computer, or by a code on another device."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.jobs import Job, Lane, Report
from desktop.services.delivery.mail.accounts import let_send
from desktop.services.delivery.mail.signing_in import sign_in, sign_in_elsewhere
from desktop.services.records import Record
from desktop.ui.desk import Desk
from desktop.ui.focus_order import follow_layout
from desktop.ui.notice import NoticeBar
from desktop.ui.settings.account_trial import make_room

_MARGIN = 24
_LEAST_WIDTH = 480


class SignInDialog(QDialog):
    """Opens the browser, waits for what comes back, and closes once the account is signed in."""

    signed_in = Signal(object)  # whether it is kept in the keyring

    def __init__(self, desk: Desk, account: Record, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._provider = "Google" if account["provider"] == "google" else "Microsoft"
        self.setWindowTitle(_("Sign in with {provider}").format(provider=self._provider))
        self._desk = desk
        self._account = account
        self._job: Job | None = None
        # Filled by the worker, shown by the window.
        self._shown: list[tuple[str, str]] = []
        self._said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._code = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        self._code.setProperty("role", "title")
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._address = QLineEdit(readOnly=True)
        self._address.setAccessibleName(_("Address of the sign-in"))
        self._copy = QPushButton(_("Copy"))
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address.text()))
        self._open = QPushButton(_("Open in the browser"))
        self._open.setProperty("role", "main")
        self._open.clicked.connect(self._open_page)
        row = QHBoxLayout()
        row.addWidget(self._address, 1)
        row.addWidget(self._copy)
        self._notice = NoticeBar(desk.shell.theme)
        buttons = QDialogButtonBox()
        buttons.addButton(self._open, QDialogButtonBox.ButtonRole.ActionRole)
        self._other = QPushButton(_("By a code on another device"))
        self._other.setAutoDefault(False)
        self._other.clicked.connect(self.start_by_code)
        buttons.addButton(self._other, QDialogButtonBox.ButtonRole.ActionRole)
        # Google gives other devices no access to mail.
        self._other.setVisible(account["provider"] == "microsoft")
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(14)
        layout.addWidget(self._said)
        layout.addWidget(self._code)
        layout.addLayout(row)
        layout.addWidget(self._notice)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self._code.hide()
        self.setMinimumWidth(desk.shell.theme.px(_LEAST_WIDTH))
        follow_layout(self)

    @property
    def said(self) -> str:
        """What the person is asked to do, or what went wrong."""
        return self._notice.sentence if not self._notice.isHidden() else self._said.text()

    @property
    def address(self) -> str:
        return self._address.text()

    @property
    def code(self) -> str:
        """What is to be typed on the other device, if that was chosen."""
        return self._code.text()

    def start(self) -> None:
        """By the browser of this computer, which opens by itself."""
        self._said.setText(
            _("Your browser opens. Sign in there as {user}; this window goes on by itself.").format(
                user=self._account["user"] or self._account["sender"]
            )
        )
        self._begin(by_code=False)

    def start_by_code(self) -> None:
        """By a code, which any device with a browser takes."""
        self._other.hide()
        self._said.setText(_("Asking {provider} for a code…").format(provider=self._provider))
        self._begin(by_code=True)

    def reject(self) -> None:
        """Give up; the wait ends at once."""
        if self._job is not None:
            self._job.cancel()
        super().reject()

    def _begin(self, *, by_code: bool) -> None:
        if self._job is not None:
            self._job.cancel()
        self._notice.hide()
        self._code.hide()
        shown: list[tuple[str, str]] = []
        self._shown = shown
        self._address.clear()
        self._open.setEnabled(False)
        make_room(self)
        account, book = self._account, self._desk.book

        def work(report: Report) -> bool:
            def show(url: str, code: str) -> None:
                shown.append((url, code))

            def stop() -> None:
                report(len(shown), 0, "")

            if by_code:
                kept = sign_in_elsewhere(account, show, stop=stop)
            else:
                kept = sign_in(account, show, stop=stop)
            let_send(book, account["id"])
            return kept

        # Beside the mails: they must not wait for a person at a browser.
        self._job = Job(self.windowTitle(), work, {"outbox"}, lane=Lane.SIDE, quiet=True)
        self._job.progressed.connect(self._show_way)
        self._desk.shell.jobs.start(self._job, self._done, self._fail)

    def _show_way(self, _progress: object) -> None:
        if not self._shown or self._address.text():
            return
        url, code = self._shown[0]
        self._open.setEnabled(True)
        self._address.setText(url)
        self._address.setCursorPosition(0)
        if code:
            self._code.setText(code)
            self._code.setAccessibleName(_("Code: {code}").format(code=code))
            self._code.show()
            self._said.setText(_("Open this address on any device and type the code there."))
            make_room(self)
        else:
            self._open_page()

    def _open_page(self) -> None:
        address = QUrl(self._address.text(), QUrl.ParsingMode.StrictMode)
        # A server names it: nothing but a page of the web is opened.
        if address.scheme() not in ("https", "http") or not QDesktopServices.openUrl(address):
            self._notice.say(
                _("No browser could be opened."), _("Copy the address and open it in one yourself."), tone="held"
            )
            make_room(self)

    def _done(self, kept: object) -> None:
        self._job = None
        super().accept()
        self.signed_in.emit(kept)

    def _fail(self, error: object) -> None:
        self._job = None
        self._notice.show_error(error)
        make_room(self)
