"""Opens a letter as a page of its own: to be read, printed and saved like any document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.i18n import _
from desktop.services.letters.correspondence import Made
from desktop.services.letters.files import letter_name, letter_pdf, save_letter
from desktop.services.letters.payment_plan import payment_plan
from desktop.services.letters.receipt import receipt
from desktop.services.letters.run_report import run_report
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.document_page import DocumentPage, Paper
from desktop.ui.letters.sending import ask_to_send

_SEND = "letter.send"


def show_letter(desk: Desk, made: object) -> None:
    """The letter above what is shown; Esc goes back."""
    assert isinstance(made, tuple)
    letter = made[0]
    # A run's report goes to no client.
    sent = [] if letter.kind == "run_report" else [_SEND]
    page: DocumentPage | None = None

    def send() -> None:
        assert page is not None
        ask_to_send(desk, page, made)

    more = [Action(name, _("Send…"), send, "send", "Ctrl+Return") for name in sent]
    page = DocumentPage(desk, letter_paper(made), more, sent)
    desk.shell.push(page)


def letter_paper(made: Made) -> Paper:
    letter = made[0]
    name = letter_name(letter)

    def save(path: Path) -> None:
        save_letter(made, path)

    facts = letter.buyer.name if letter.buyer.code else ""
    return Paper(name.removesuffix(".pdf"), facts, name, lambda: letter_pdf(made), save)


def _show(desk: Desk, make: Callable[[], Made]) -> None:
    desk.shell.jobs.ask(make, lambda made: show_letter(desk, made))


def show_receipt(desk: Desk, number: str) -> None:
    """The receipt of a payment, as of today."""
    book, today = desk.book, desk.today()
    _show(desk, lambda: receipt(book, number, as_of=today))


def show_payment_plan(desk: Desk, numbers: list[str]) -> None:
    """The plan of these invoices, with what is paid of it until today."""
    book, today = desk.book, desk.today()
    _show(desk, lambda: payment_plan(book, numbers, as_of=today))


def show_run_report(desk: Desk, run: int) -> None:
    """What a run did with everyone, as it stands."""
    book, today = desk.book, desk.today()
    _show(desk, lambda: run_report(book, run, on=today))
