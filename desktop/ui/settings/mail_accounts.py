"""E-mail accounts: which there are, whether they can send, and all that sets one up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop import secrets
from desktop.i18n import _, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.mail.accounts import (
    account,
    accounts,
    delete_account,
    give_secret,
    make_default,
    save_account,
    stopped_accounts,
)
from desktop.services.delivery.mail.signing_in import CLIENT_SECRET, IMAP, PASSWORD, needs_secret, put_secrets_aside
from desktop.services.firm import firm
from desktop.services.records import Record
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.dialog import FormDialog
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row
from desktop.ui.outbox.sending import ask_password
from desktop.ui.page import Design, Page
from desktop.ui.saving import Written, undo_offers, write, writing
from desktop.ui.settings import mail_account_form as form_of
from desktop.ui.settings.account_sign_in import SignInDialog
from desktop.ui.settings.account_trial import TrialDialog
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.settings.mail_account_form import MailAccountForm, logins, securities

_CHANGED = SETTINGS | {"outbox"}
_PURPOSES = {
    form_of.PASSWORD: PASSWORD,
    form_of.CLIENT_SECRET: CLIENT_SECRET,
    form_of.IMAP_PASSWORD: IMAP,
}


@dataclass(frozen=True)
class _Around:
    """What the form says of this computer and this firm."""

    keyring: bool
    firm: str


class MailAccountsSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        self._secrets: dict[str, str] = {}
        super().__init__(
            desk.shell,
            Design(
                name="mail_accounts",
                title=_("E-mail accounts"),
                columns=[
                    Column("name", _("Account"), 190, sort_key="name", strong=True),
                    Column("sender", _("E-mail address"), 220, sort_key="sender", wide=True),
                    Column("server", _("Server"), 190, secondary=True),
                    Column("state", _("State"), 170),
                ],
                listing=self._rows,
                search_hint=_("Search accounts"),
                nothing_yet=_(
                    "Without an account Sheaf cannot send. Add the address that your clients know; the rest is filled "
                    "in for the common providers."
                ),
                depends=frozenset({"firm", "outbox"}),
                main_action="mail_accounts.new",
                menu=[
                    "mail_accounts.edit",
                    "mail_accounts.test",
                    "mail_accounts.sign_in",
                    "mail_accounts.default",
                    GAP,
                    "mail_accounts.delete",
                ],
                empty_action="mail_accounts.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("mail_accounts.new", _("Add an account…"), self.new, "add", "Ctrl+N"),
            Action("mail_accounts.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("mail_accounts.test", _("Test…"), self.test, "send", "T", self._one),
            Action("mail_accounts.sign_in", _("Sign in…"), self.sign_in, enabled=self._signs_in),
            Action("mail_accounts.default", _("Send by this one"), self.make_default, enabled=self._not_default),
            Action("mail_accounts.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        stopped = stopped_accounts(self.desk.book)
        return [
            {
                **one,
                "server": f"{one['host']}:{one['port']}",
                "problem": stopped.get(one["id"]),
                "state": _("Stopped") if one["id"] in stopped else _("The default") if one["default"] else "",
            }
            for one in accounts(self.desk.book)
        ]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["mail_accounts.test", "mail_accounts.edit"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        self._chosen = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self.acts.refresh()
        if not self._chosen:
            self.pane.show_thing(_("No account chosen"))
            self._facts.show_groups(())
            return
        row = dict(self._chosen)
        problem = row["problem"]
        self.pane.show_thing(str(row["name"]), _("default") if row["default"] else "", (), str(problem or ""))
        self._show_facts(row)
        # The keyring may ask the person to unlock it, which must keep nobody waiting.
        self.shell.jobs.ask(lambda: _where(row), partial(self._tell_secret, int(str(row["id"]))), lane=Lane.SIDE)

    def _tell_secret(self, one: int, where: object) -> None:
        if self._chosen.get("id") == one:
            self._secrets = {str(self._chosen["uid"]): str(where)}
            self._show_facts(dict(self._chosen))

    def _show_facts(self, row: Record) -> None:
        login = str(row["provider"] if row["auth"] == "oauth" else row["auth"])
        words = dict(logins())
        self._facts.show_groups(
            [
                Group(
                    "",
                    [
                        Fact(_("E-mail address"), row["sender"]),
                        Fact(_("Name"), row["sender_name"]),
                        Fact(_("Login"), words[login]),
                        Fact(
                            _("Sign-in") if row["auth"] == "oauth" else _("Password"), self._secrets.get(row["uid"], "")
                        ),
                        Fact(_("Answers to"), row["reply_to"]),
                        Fact(_("Copies to"), row["copy_to"]),
                        Fact(_("Receipts"), _("asked for") if row["receipts"] else ""),
                    ],
                ),
                Group(
                    _("Server"),
                    [
                        Fact(_("Name"), row["host"]),
                        Fact(_("Encryption"), dict(securities())[row["security"]]),
                        Fact(_("Port"), str(row["port"])),
                        Fact(_("Certificate"), "" if row["verify"] else _("not looked at")),
                        Fact(_("Per minute"), number_text(row["per_minute"]) if row["per_minute"] else ""),
                        Fact(_("Per day"), number_text(row["per_day"]) if row["per_day"] else ""),
                    ],
                ),
                Group(_("Mails that come back"), [Fact(_("Inbox"), row["imap_host"])]),
            ]
        )

    def _one(self) -> bool:
        return bool(self._chosen)

    def _signs_in(self) -> bool:
        return bool(self._chosen) and self._chosen["auth"] == "oauth"

    def _not_default(self) -> bool:
        return bool(self._chosen) and not self._chosen["default"]

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        self._prepare({})

    def edit(self) -> None:
        self._prepare(dict(self._chosen))

    def _prepare(self, row: Record) -> None:
        book = self.desk.book
        self.shell.jobs.ask(
            lambda: _Around(secrets.has_keyring(), str(firm(book)["name"])),
            lambda around: self._open_form(row, around),
            lane=Lane.SIDE,
        )

    def _open_form(self, row: Record, around: object) -> None:
        assert isinstance(around, _Around)
        form = MailAccountForm(self.shell.theme, row, keyring=around.keyring, firm=around.firm)
        book, actor, key = self.desk.book, self.desk.actor, row.get("id")

        secret: dict[str, str] = {}

        def save(typed: dict[str, object]) -> Job:
            values = form.account(typed)
            secret.update({purpose: str(typed[name]) for name, purpose in _PURPOSES.items() if typed[name]})
            return writing(
                self.desk,
                _("Saving the account"),
                lambda: save_account(book, values, actor=actor, account_id=key),
                _CHANGED,
            )

        title = _("Edit the e-mail account") if row else _("Add an e-mail account")
        dialog = FormDialog(self.shell, title, form, _("Save"), save, self)
        dialog.saved.connect(lambda written: self._keep(written, secret))
        dialog.open()

    def _keep(self, written: object, secret: dict[str, str]) -> None:
        """Put what was typed into the keyring, which may ask the person to unlock it, then say what is next."""
        assert isinstance(written, Written)
        book, saved = self.desk.book, int(str(written.result))

        def work() -> Record:
            for purpose, text in secret.items():
                give_secret(book, saved, text, purpose)
            return account(book, saved)

        self.reveal(saved)
        self.shell.jobs.ask(work, lambda one: self._say_saved(one, written), lane=Lane.SIDE)

    def _say_saved(self, one: object, written: Written) -> None:
        assert isinstance(one, dict)
        self.reload()
        next_step = (
            (_("Sign in"), lambda: self._open_sign_in(one))
            if one["auth"] == "oauth"
            else (_("Test"), lambda: self._open_trial(one))
        )
        self.shell.notices.say(
            _("E-mail account saved."), offers=[next_step, *undo_offers(self.desk, written, _CHANGED)]
        )

    def test(self) -> None:
        """Try the chosen account, step by step."""
        self._open_trial(dict(self._chosen))

    def _open_trial(self, one: object) -> None:
        assert isinstance(one, dict)
        dialog = TrialDialog(self.desk, one, self)
        dialog.secret_wanted.connect(lambda: self._give(one, dialog))
        dialog.open()
        dialog.start()

    def _give(self, one: Record, trial: TrialDialog) -> None:
        if one["auth"] == "oauth":
            self._open_sign_in(one).signed_in.connect(lambda _kept: trial.start())
        else:
            ask_password(self.desk, trial, one, trial.start)

    def sign_in(self) -> None:
        """Sign the chosen account in with its provider."""
        self._open_sign_in(dict(self._chosen))

    def _open_sign_in(self, one: object) -> SignInDialog:
        assert isinstance(one, dict)
        dialog = SignInDialog(self.desk, one, self)
        dialog.signed_in.connect(self._signed_in)
        dialog.open()
        dialog.start()
        return dialog

    def _signed_in(self, kept: object) -> None:
        self.reload()
        self.shell.notices.say(
            _("Signed in."),
            ""
            if kept
            else _("This system has no keyring: the sign-in is known until Sheaf is closed, and written to no file."),
        )

    def make_default(self) -> None:
        """Send by the chosen account wherever a segment has none of its own."""
        key, name = int(str(self._chosen["id"])), str(self._chosen["name"])
        act = partial(make_default, self.desk.book, key, actor=self.desk.actor)
        write(
            self.desk,
            _("Choosing the account"),
            act,
            _("Mails go by {account} unless a segment has its own.").format(account=name),
            changed=_CHANGED,
        )

    def delete(self) -> None:
        one = dict(self._chosen)
        act = partial(delete_account, self.desk.book, int(str(one["id"])), actor=self.desk.actor)
        said = _("E-mail account {name} deleted.").format(name=one["name"])

        def forget(_result: object) -> None:
            self.shell.jobs.ask(lambda: put_secrets_aside(one), lambda _done: None, lane=Lane.SIDE)

        write(self.desk, _("Deleting the account"), act, said, forget, _CHANGED)


def _where(row: Record) -> str:
    """Where what it logs in with is kept, in words."""
    if row["auth"] == "none":
        return ""
    if needs_secret(row):
        return _("nobody has signed in yet") if row["auth"] == "oauth" else _("asked for when mails are sent")
    return _("in the keyring of this system") if secrets.has_keyring() else _("known until Sheaf is closed")
