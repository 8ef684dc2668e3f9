"""Sends from the window: asks for passwords that no keyring keeps, shows how far it is, and tells what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, moment_text, ngettext, number_text
from desktop.jobs import Job, Lane, Report, State
from desktop.services.delivery.mail.accounts import accounts, post_for
from desktop.services.delivery.mail.sending import send
from desktop.services.delivery.mail.sent import Sent
from desktop.services.delivery.mail.signing_in import IMAP, PASSWORD, keep_secret, needs_secret
from desktop.services.delivery.mail.waiting_mails import accounts_of_waiting
from desktop.services.records import Record
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.notice import Offer
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.settings.account_sign_in import SignInDialog


class Locked(NamedTuple):
    """Accounts that cannot send before somebody types a password, or signs in to the provider."""

    passwords: tuple[Record, ...]
    signs_in: tuple[Record, ...]


def locked(desk: Desk, run: str, ids: Collection[int]) -> Locked:
    """Of the accounts by which something waits; asks the system's keyring, which may take a moment."""
    used = accounts_of_waiting(desk.book, run=run, ids=ids)
    found = [one for one in accounts(desk.book) if one["id"] in used and needs_secret(one)]
    return Locked(
        tuple(one for one in found if one["auth"] == "password"),
        tuple(one for one in found if one["auth"] == "oauth"),
    )


def send_now(
    desk: Desk,
    parent: QWidget,
    *,
    ids: Sequence[int] = (),
    run: str = "",
    then: Callable[[Sent], object] | None = None,
) -> None:
    """Send what waits: everything, a run's, or these deliveries alone. What is asked for first is asked once."""

    def go(found: object) -> None:
        assert isinstance(found, Locked)
        if found.passwords:
            ask_password(desk, parent, found.passwords[0], lambda: go(Locked(found.passwords[1:], found.signs_in)))
            return
        if found.signs_in:
            dialog = SignInDialog(desk, found.signs_in[0], parent)
            dialog.signed_in.connect(lambda _kept: go(Locked((), found.signs_in[1:])))
            dialog.open()
            dialog.start()
            return
        start_sending(desk, ids=ids, run=run, then=then)

    desk.shell.jobs.ask(lambda: locked(desk, run, ids), go, lane=Lane.MAIL)


def start_sending(
    desk: Desk,
    *,
    ids: Sequence[int] = (),
    run: str = "",
    by_itself: bool = False,
    then: Callable[[Sent], object] | None = None,
) -> Job:
    """The job that sends, shown with its progress and a stop. What was sent `by_itself` is told by `then` or not at
    all."""
    book, actor = desk.book, desk.actor

    def work(report: Report) -> Sent:
        return send(
            book,
            actor=actor,
            post_for=post_for(book),
            report=report,
            run=run,
            delivery_ids=ids,
            by_itself=by_itself,
        )

    def done(found: object) -> None:
        assert isinstance(found, Sent)
        if not by_itself:
            tell_sent(desk, found)
        if then is not None:
            then(found)

    job = Job(_("Sending mails"), work, OUTBOX, lane=Lane.MAIL)
    job.ended.connect(lambda ended: _say_if_stopped(desk, ended))
    return desk.shell.jobs.start(job, done)


def _say_if_stopped(desk: Desk, job: object) -> None:
    assert isinstance(job, Job)
    if job.state is State.CANCELLED:
        desk.shell.notices.say(
            _("Sending is stopped."),
            _("What went is marked as sent, and the rest waits. Nothing goes twice."),
            [(_("Go on"), lambda: start_sending(desk))],
            tone="held",
        )


def tell_sent(desk: Desk, found: Sent) -> None:
    """What went, what did not, and what is next."""
    count = found.sent
    what = ngettext("{count} document went out.", "{count} documents went out.", count) if count else ""
    what = what.format(count=number_text(count))
    offers: list[Offer] = []
    more = []
    if found.problems:
        problem = found.problems[0]
        more.append(f"{problem.sentence} {problem.remedy}".strip())
        offers.append((_("E-mail accounts"), lambda: open_accounts(desk)))
    if found.failed:
        # Those of earlier sendings count too, until somebody mends them.
        words = ngettext(
            "{count} document in the outbox could not go.",
            "{count} documents in the outbox could not go.",
            found.failed,
        )
        more.append(words.format(count=number_text(found.failed)))
        offers.append((_("Show what failed"), lambda: _show(desk, "failed")))
    if found.uncertain:
        words = ngettext(
            "Of {count} nobody knows whether it arrived.",
            "Of {count} nobody knows whether they arrived.",
            found.uncertain,
        )
        more.append(words.format(count=number_text(found.uncertain)))
        offers.append((_("Decide"), lambda: _show(desk, "uncertain")))
    if found.waiting and not found.problems:
        words = ngettext("{count} document waits.", "{count} documents wait.", found.waiting)
        more.append(words.format(count=number_text(found.waiting)))
        if found.next_at:
            more.append(_("The next try is on {moment}.").format(moment=moment_text(found.next_at)))
    bad = bool(found.problems or found.failed or found.uncertain)
    if not what:
        what = _("Nothing could be sent.") if bad else _("Nothing was due to be sent.")
    desk.shell.notices.say(what, " ".join(more), offers, tone="held" if bad else "good" if count else "note")


def _show(desk: Desk, state: str) -> None:
    desk.shell.go("outbox", filters=frozenset({state}))


def open_accounts(desk: Desk) -> None:
    """The settings of e-mail accounts."""
    desk.shell.go("settings", filters=frozenset({"section:mail"}))


def ask_password(
    desk: Desk, parent: QWidget, account: Record, then: Callable[[], object], purpose: str = PASSWORD
) -> None:
    """Ask for a password of an account; it goes into the keyring, or is known until the program ends."""
    user = account["imap_user"] if purpose == IMAP else ""
    field = Field(
        "password",
        _("Password of {account}").format(account=user or account["user"] or account["sender"]),
        "password",
        required=True,
        note=_("Kept in the system's keyring; where there is none, only until Sheaf is closed."),
    )
    form = Form([Section("", [field])], desk.shell.theme)

    def save(values: dict[str, object]) -> Job:
        typed = str(values["password"])
        if not typed:
            raise UserError(_("The password is empty."))
        return Job(
            _("Keeping the password"),
            lambda _report: keep_secret(account, typed, purpose),
            lane=Lane.MAIL,
            quiet=True,
        )

    title = _("“{account}” asks for its password").format(account=account["name"])
    dialog = FormDialog(desk.shell, title, form, _("Go on"), save, parent)
    dialog.saved.connect(lambda _kept: then())
    dialog.open()
