"""The form of what the firm's figures should be."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.services.figures.measures import MEASURES, measure_words
from desktop.services.figures.targets import TARGETS, keep_targets, targets_of
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing

_CHANGES = frozenset({"targets"})


def edit_targets(desk: Desk, parent: QWidget) -> None:
    """Ask for each target; an empty one is none."""
    desk.shell.jobs.ask(lambda: targets_of(desk.book), lambda found: _show(desk, parent, found))


def _show(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, dict)
    fields = [Field(name, _title(name), "number", span=3, hint=_("No target"), note=_note(name)) for name in TARGETS]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put(found)
    actor = desk.actor

    def work(values: dict[str, object]) -> None:
        wanted = {name: value if isinstance(value, Decimal) else None for name, value in values.items()}
        keep_targets(desk.book, wanted, actor=actor)

    dialog = FormDialog(
        desk.shell,
        _("Targets"),
        form,
        _("Save"),
        lambda values: writing(desk, _("Saving the targets"), lambda: work(values), _CHANGES),
        parent,
    )
    dialog.saved.connect(lambda written: tell(desk, _("The targets are saved."), written, _CHANGES))
    dialog.open()


def _title(name: str) -> str:
    title = measure_words()[name]
    return (_("{figure}, days") if MEASURES[name].unit == "days" else _("{figure}, %")).format(figure=title)


def _note(name: str) -> str:
    return _("At most; Today says when it is above.") if TARGETS[name].at_most else _("At least.")
