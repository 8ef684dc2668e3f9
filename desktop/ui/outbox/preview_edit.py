"""Asks what a person wants to change of one mail that waits: who gets it, its subject, its text."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.delivery.mail.edits import edit_mail
from desktop.services.delivery.mail.mails import MailDraft
from desktop.services.delivery.mail.recipients import named, split
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing

CHANGED: Final = frozenset({"outbox"})
_LINES = 14
_SIZE = (720, 640)


def edit_preview(desk: Desk, parent: QWidget, mail: MailDraft) -> FormDialog:
    """Ask, and keep what was changed with this mail alone."""
    form = Form([Section("", _fields())], desk.shell.theme)
    before = {
        "to": ", ".join(mail.to),
        "cc": ", ".join(mail.cc),
        "bcc": ", ".join(mail.bcc),
        "subject": mail.subject,
        "body": mail.text,
    }
    form.put(before)
    body = form.editor("body")
    body.setFixedHeight(body.fontMetrics().lineSpacing() * _LINES)
    book, actor, ids = desk.book, desk.actor, mail.delivery_ids

    def save(typed: dict[str, object]) -> None:
        now = {name: str(typed[name] or "") for name in before}
        to, cc, bcc = (split(now[name]) for name in ("to", "cc", "bcc"))
        same = [to, cc, bcc] == [list(mail.to), list(mail.cc), list(mail.bcc)]
        edit_mail(
            book,
            ids,
            actor=actor,
            recipients=None if same else named(to, cc, bcc).text(),
            subject=now["subject"] if now["subject"] != before["subject"] else None,
            body=now["body"] if now["body"] != before["body"] else None,
        )

    dialog = FormDialog(
        desk.shell,
        _("Change this e-mail"),
        form,
        _("Save"),
        lambda typed: writing(desk, _("Changing the e-mail"), lambda: save(typed), CHANGED),
        parent,
    )
    dialog.resize(*(desk.shell.theme.px(side) for side in _SIZE))
    said = _("The e-mail is changed. It goes as it stands now.")
    dialog.saved.connect(lambda written: tell(desk, said, written, CHANGED))
    dialog.open()
    return dialog


def _fields() -> list[Field]:
    return [
        Field("to", _("To"), required=True, hint="name@example.com"),
        Field("cc", _("Copy to"), span=3),
        Field("bcc", _("Hidden copy"), span=3),
        Field("subject", _("Subject"), required=True),
        Field(
            "body",
            _("Text"),
            "lines",
            required=True,
            note=_("For this e-mail alone. What all e-mails say is set in the settings, under “E-mail texts”."),
        ),
    ]
