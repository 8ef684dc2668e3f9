"""The way in which every section of the settings asks: a form, a small write, a sentence with its Undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.ui.configuration.proposing import ask_when
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Form, Section
from desktop.ui.saving import MASTER_DATA, Written, tell, writing

# Whatever stands in the settings may show on any page, and drafts are checked against it.
SETTINGS = MASTER_DATA | {"firm", "ledger"}

Work = Callable[[dict[str, object]], object]


def ask(
    desk: Desk,
    parent: QWidget,
    title: str,
    sections: Sequence[Section] | Form,
    values: Mapping[str, object],
    verb: str,
    work: Work,
    sentence: str | Callable[[object], str],
    then: Callable[[int], object] | None = None,
    *,
    proposes: bool = False,
) -> FormDialog:
    """Open a form of these sections, or this one, with these values.

    `work` writes what was typed and raises ValidationError for a wrong field. `then` gets the id that `work` gave,
    before the pages reload. What `proposes` can be proposed from a day on, instead of being written at once.
    """
    form = sections if isinstance(sections, Form) else Form(sections, desk.shell.theme)
    form.put(values)
    dialog = FormDialog(
        desk.shell, title, form, verb, lambda typed: writing(desk, title, lambda: work(typed), SETTINGS), parent
    )

    def saved(written: object) -> None:
        tell(desk, sentence, written, SETTINGS)
        if then is not None and isinstance(written, Written) and isinstance(written.result, int):
            then(written.result)

    dialog.saved.connect(saved)
    if proposes:
        offer_proposal(desk, dialog, title, work)
    dialog.open()
    return dialog


def offer_proposal(desk: Desk, dialog: FormDialog, title: str, work: Work) -> None:
    """Put a button beside the one that saves: the same change, to count from a day once somebody has accepted it."""

    def ask_for_a_day(typed: dict[str, object]) -> None:
        ask_when(desk, dialog, title, lambda: work(typed), dialog.put_by)

    dialog.add_way(_("Propose from a day…"), ask_for_a_day)


def texts(typed: Mapping[str, object], *names: str) -> dict[str, object]:
    """Text fields as the services take them: an empty one is no text, not nothing."""
    return {name: typed[name] or "" for name in names}
