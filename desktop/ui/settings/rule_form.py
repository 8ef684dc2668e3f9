"""Changes a rule, and shows while one types what it would have held of the invoices issued so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.jobs import Job, Lane, Progress
from desktop.services.back_testing import (
    BackTest,
    Hit,
    Past,
    Proposal,
    Suggestion,
    back_test,
    caveat,
    recall,
    sentence,
    untested,
)
from desktop.services.people import people
from desktop.services.rules import OwnRule, set_rule
from desktop.ui.choices import inherited
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.saving import tell, writing
from desktop.ui.settings.asking import SETTINGS, offer_proposal
from desktop.ui.settings.rule_care import care_fields, care_typed
from desktop.ui.table_form import TableFormDialog

# The share of all invoices that a suggested limit would hold.
_SHARE = 5
_LIST_HEIGHT = 250
# For the sentence, what can be done with it, and the buttons of the dialog.
_ROOM_BELOW = 210


def edit_rule(desk: Desk, parent: QWidget, row: Row, own: OwnRule) -> None:
    """Open the form of a rule at the level of `own`, which says what stands there now."""
    desk.shell.jobs.ask(
        lambda: [str(one["name"]) for one in people(desk.book)],
        lambda names: RuleDialog(desk, parent, row, own, names).open(),
    )


@dataclass(frozen=True)
class _Tried:
    test: BackTest
    suggestion: Suggestion | None


class RuleDialog(TableFormDialog):
    def __init__(self, desk: Desk, parent: QWidget, row: Row, own: OwnRule, names: object) -> None:
        assert isinstance(names, list)
        parameters = row["parameters"]
        assert isinstance(parameters, Mapping)
        self.desk = desk
        self._own = own
        self._title = str(row["title"])
        self._parameters: Mapping[str, int] = parameters
        self._past: Past | None = None
        self._asked = 0
        self._whole: Job | None = None
        self._suggestion: Suggestion | None = None
        self._hits: Sequence[Hit] = ()
        form = Form(self._sections(names), desk.shell.theme)
        super().__init__(
            desk.shell,
            self._title,
            form,
            _("Save"),
            self._job,
            parent,
            name="rule_trial",
            listing=FewRows(self._rows),
            columns=[
                Column("number", _("Invoice"), 124, strong=True),
                Column("client", _("Client"), 150),
                Column("amount", _("Amount"), 116, "money"),
                Column("issue_date", _("Dated"), 96, "date", secondary=True),
                Column("message", _("What it would have said"), 230, wide=True, lines=2),
            ],
            empty=_("It would have held none of them."),
            width=820,
        )
        self._add_trial()
        owner = own.owner or None
        form.put({"enabled": own.enabled, "severity": own.severity, "owner": owner, "hours": own.hours})
        form.put(own.parameters)
        offer_proposal(desk, self, self._title, self._write)
        self.saved.connect(self._told)
        self.finished.connect(self._stop)
        self.model.set_query(self.model.asked)
        self._recall()

    def _sections(self, names: list[str]) -> list[Section]:
        above = _("As it comes") if self._own.scope == "firm" else _("As the level above")
        labels = {
            "limit": _("Limit in {currency}").format(currency=self.desk.shell.home_currency),
            "percent": _("Limit in percent"),
            "days": _("Days"),
            "least": _("Invoices needed to compare"),
            "times": _("Times the usual"),
        }
        fields = [
            Field(
                "enabled", _("It is"), "choice", span=3, choices=inherited([(True, _("on")), (False, _("off"))], above)
            ),
            Field("severity", _("What it finds"), "choice", span=3, choices=inherited(severities(), above)),
        ]
        fields += [
            Field(name, labels.get(name, name), "whole", span=3, hint=number_text(value))
            for name, value in self._parameters.items()
        ]
        return [Section("", fields), Section("", care_fields(names, _("As for every rule")))]

    # What it would have held

    def _add_trial(self) -> None:
        """Below the sentence what one can do with it; the table only when it is asked for."""
        card = self.table.parentWidget()
        assert card is not None
        self._list = card
        self._caveat = QLabel(caveat(self._own.code), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._caveat.setProperty("role", "note")
        self._caveat.setVisible(bool(self._caveat.text()))
        self._show, self._use, self._all = (_plain(self, act) for act in (self.show_list, self.use, self.try_all))
        buttons = QHBoxLayout()
        for button in (self._show, self._use, self._all):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 2, self._caveat)
        layout.insertLayout(layout.count() - 2, buttons)
        self._list.hide()
        self._height = self.form.sizeHint().height() + self.desk.shell.theme.px(_ROOM_BELOW)
        self.resize(self.width(), self._height)
        self._say(_Tried(BackTest(self._own.code, 0, reason=untested(self._own.code)), None))

    def _recall(self) -> None:
        if untested(self._own.code):
            return
        self.say(_("Looking at the last invoices…"))
        book, today, scope, scope_id = self.desk.book, self.desk.today(), self._own.scope, self._own.scope_id
        self.desk.shell.jobs.ask(lambda: recall(book, scope, scope_id, today=today), self._recalled, lane=Lane.SIDE)

    def _recalled(self, past: object) -> None:
        assert isinstance(past, Past)
        self._past = past
        self.follow()

    def follow(self) -> None:
        """What was typed is tried on the invoices that are recalled already; the book is not asked again."""
        past, proposal = self._past, self._proposal()
        if past is None or proposal is None:
            return
        self._stop()
        self._asked += 1
        mine = self._asked
        suggest = replace(proposal, enabled=None, severity=None)
        self.desk.shell.jobs.ask(
            lambda: (mine, _Tried(past.tested(proposal), past.suggested(suggest, _SHARE))),
            self._tried,
            lane=Lane.SIDE,
        )

    def _tried(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        number, tried = answer
        if number == self._asked:
            self._say(tried)

    def _say(self, tried: _Tried) -> None:
        test, self._suggestion = tried.test, tried.suggestion
        known = not test.reason and test.looked_at > 0
        self.say(sentence(test))
        self._hits = test.proposed
        self._show.setVisible(known and bool(self._hits))
        self._all.setVisible(known)
        self._all.setText(_("Try all invoices"))
        self._use.setVisible(known and self._suggestion is not None)
        if self._suggestion is not None:
            self._use.setText(
                _("To hold about {share} %: {value}").format(
                    share=number_text(_SHARE), value=number_text(self._suggestion.value)
                )
            )
        self._show.setText(_("Hide them") if self._list.isVisible() else _("Show them"))
        self.model.reload()

    def show_list(self) -> None:
        """Show which invoices these are, or hide them again."""
        on = not self._list.isVisible()
        if on:
            self._height = self.height()
        self._list.setVisible(on)
        self._show.setText(_("Hide them") if on else _("Show them"))
        layout = self.layout()
        assert layout is not None
        # Until it has heard of the hidden table, the layout keeps room for it.
        layout.activate()
        self.resize(self.width(), self._height + self.desk.shell.theme.px(_LIST_HEIGHT) if on else self._height)

    def use(self) -> None:
        """Take the suggested limit."""
        if self._suggestion is not None:
            editor = self.form.editor(self._suggestion.parameter)
            editor.put(self._suggestion.value)
            editor.changed.emit()

    def try_all(self) -> None:
        """Try it on everything that was ever issued at this level; pressed again, stop that."""
        if self._whole is not None:
            self._stop()
            self.follow()
            return
        proposal = self._proposal()
        if proposal is None:
            return
        book, today = self.desk.book, self.desk.today()
        self._asked += 1
        self._all.setText(_("Stop"))
        self._whole = Job(
            _("Trying the rule"),
            lambda report: back_test(book, proposal, last=None, today=today, report=report),
            lane=Lane.SIDE,
            quiet=True,
        )
        self._whole.progressed.connect(self._progressed)
        self.desk.shell.jobs.start(self._whole, self._tried_all)

    def _progressed(self, progress: object) -> None:
        assert isinstance(progress, Progress)
        done, total = number_text(progress.done), number_text(progress.total)
        self.say(_("Trying it: {done} of {total} invoices").format(done=done, total=total))

    def _tried_all(self, test: object) -> None:
        assert isinstance(test, BackTest)
        self._whole = None
        self._say(_Tried(test, self._suggestion))

    def _stop(self) -> None:
        if self._whole is not None:
            self._whole.cancel()
            self._whole = None

    def _rows(self) -> list[Row]:
        return [
            {
                "id": hit.invoice_id,
                "number": hit.number,
                "client": hit.client,
                "amount": hit.amount,
                "currency": hit.currency,
                "issue_date": hit.issue_date,
                "message": hit.message,
            }
            for hit in self._hits
        ]

    # What is saved

    def _proposal(self) -> Proposal | None:
        """What stands in the form; None where it cannot be read yet."""
        try:
            typed = self.form.values()
        except UserError:
            return None
        enabled, severity = typed["enabled"], typed["severity"]
        return Proposal(
            self._own.code,
            self._own.scope,
            self._own.scope_id,
            enabled if isinstance(enabled, bool) else None,
            str(severity) if severity else None,
            self._limits(typed),
        )

    def _limits(self, typed: Mapping[str, object]) -> dict[str, int]:
        return {name: value for name in self._parameters if isinstance(value := typed[name], int)}

    def _job(self, typed: dict[str, object]) -> Job:
        return writing(self.desk, self._title, lambda: self._write(typed), SETTINGS)

    def _write(self, typed: dict[str, object]) -> None:
        own, enabled, severity = self._own, typed["enabled"], typed["severity"]
        owner, hours = care_typed(typed)
        set_rule(
            self.desk.book,
            own.code,
            scope=own.scope,
            scope_id=own.scope_id,
            enabled=enabled if isinstance(enabled, bool) else None,
            severity=str(severity) if severity else None,
            parameters=self._limits(typed),
            owner=owner,
            hours=hours,
            actor=self.desk.actor,
        )

    def _told(self, written: object) -> None:
        tell(self.desk, _("“{title}” is changed.").format(title=self._title), written, SETTINGS)


def _plain(dialog: RuleDialog, act: Callable[[], None]) -> QPushButton:
    button = QPushButton()
    button.setAutoDefault(False)
    button.clicked.connect(act)
    button.hide()
    return button


def severities() -> list[tuple[object, str]]:
    return [
        ("block", _("blocks the invoice")),
        ("hold", _("holds it for a person")),
        ("note", _("is only told")),
    ]
