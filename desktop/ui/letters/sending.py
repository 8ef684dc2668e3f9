"""Puts a letter into the outbox: asks by which way and to whom, and shows the mail that it goes with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop.domain.delivery import CHANNELS, EMAIL
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.delivery.mail.letters import enqueue_letter, usual_way
from desktop.services.letters.correspondence import Made
from desktop.services.letters.files import letter_name
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.notice import Offer
from desktop.ui.outbox.preview import show_preview
from desktop.ui.outbox.words import way_word
from desktop.ui.saving import Written, undo_offers, writing

OUTBOX_ALONE = frozenset({"outbox"})


def ask_to_send(desk: Desk, parent: QWidget, made: Made) -> None:
    """Ask how this letter goes, and put it into the outbox."""
    book = desk.book
    desk.shell.jobs.ask(lambda: usual_way(book, made[0]), lambda usual: _ask(desk, parent, made, usual))


def _ask(desk: Desk, parent: QWidget, made: Made, usual: object) -> None:
    assert isinstance(usual, tuple)
    way, known = usual
    form = Form([Section("", _fields(known))], desk.shell.theme)
    form.put({"way": way, "address": known if way == EMAIL else ""})
    form.editor("way").changed.connect(lambda: form.show_field("address", form.read("way") == EMAIL))
    form.show_field("address", way == EMAIL)
    book, actor = desk.book, desk.actor

    def save(typed: dict[str, object]) -> Job:
        chosen, address = str(typed["way"]), str(typed["address"] or "")

        def work() -> tuple[int, bool]:
            # The client's own people are looked up once more when it goes; only what was typed stays.
            typed_here = address if chosen == EMAIL and address != known else ""
            return enqueue_letter(book, made, actor=actor, channel=chosen, address=typed_here), chosen == EMAIL

        return writing(desk, _("Putting the letter into the outbox"), work, OUTBOX_ALONE)

    title = letter_name(made[0]).removesuffix(".pdf")
    heading = _("Send: {title}").format(title=title)
    dialog = FormDialog(desk.shell, heading, form, _("Put into the outbox"), save, parent)
    dialog.saved.connect(lambda written: _tell(desk, title, written))
    dialog.open()


def _fields(known: str) -> Sequence[Field]:
    return [
        Field("way", _("Way"), "choice", required=True, choices=[(one, way_word(one)) for one in CHANNELS]),
        Field(
            "address",
            _("To"),
            hint=known or "name@example.com",
            note=_("Several apart by commas; copies behind “cc:” and “bcc:”."),
        ),
    ]


def _tell(desk: Desk, title: str, written: object) -> None:
    assert isinstance(written, Written)
    assert isinstance(written.result, tuple)
    key, mailed = written.result
    offers: list[Offer] = []
    if mailed:
        offers.append((_("Preview the e-mail"), lambda: show_preview(desk, [key])))
    offers.append((_("Go to the outbox"), lambda: desk.shell.go("outbox", key)))
    desk.shell.notices.say(
        _("{title} is in the outbox.").format(title=title), offers=[*undo_offers(desk, written, OUTBOX_ALONE), *offers]
    )
