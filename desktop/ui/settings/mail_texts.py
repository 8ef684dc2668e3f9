"""E-mail texts: what mails say, by kind, language and whose they are, with a live preview on a document of the firm."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.mail_text import FIELDS, LONGEST_SUBJECT, MAIL_KINDS, Worded, problems_of
from desktop.i18n import _
from desktop.saying import put
from desktop.services.clients import client
from desktop.services.delivery.mail.mails import MailDraft
from desktop.services.delivery.mail.samples import sample_mail
from desktop.services.delivery.mail.settings import mail_switches
from desktop.services.delivery.mail.texts import (
    CLIENT,
    SEGMENT,
    OwnText,
    built_in,
    mail_texts,
    reset_mail_text,
    save_mail_text,
)
from desktop.services.delivery.mail.words import field_word, kind_word
from desktop.services.firm import firm
from desktop.services.segments import segments
from desktop.ui.actions import Action, Actions
from desktop.ui.choices import languages
from desktop.ui.desk import Desk
from desktop.ui.editors import ChoiceEditor
from desktop.ui.focus_order import follow_layout
from desktop.ui.freshness import Freshness
from desktop.ui.latest import Latest
from desktop.ui.payments.payers import ask_client
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.settings.mail_switches import MailSwitches
from desktop.ui.settings.mail_text_preview import TextPreview
from desktop.ui.wrapping import WrappingRow

_MARGIN = 24
_FIRM = ("firm", 0)
# Stands in the list of whom for the question after a client.
_ANOTHER = ("client", 0)
# Between two letters of somebody who types: the preview follows when the person pauses.
_PAUSE = 250
Key = tuple[str, int, str, str]
Whom = tuple[str, int]


class MailTextsSection(QWidget):
    """What was typed and not saved stays while other texts are looked at."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._own: dict[Key, OwnText] = {}
        self._typed: dict[Key, Worded] = {}
        self._shown: Key | None = None
        self._whom: list[tuple[object, str]] = []
        # Clients that were chosen here and have no text yet, by id.
        self._picked: dict[int, str] = {}
        self._home = "en"
        self._language_known = False
        self._chosen: Whom = _FIRM
        self._filling = False
        self._latest = Latest(desk.shell.jobs, self)
        self._loading = Latest(desk.shell.jobs, self)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._ask_preview)
        self.kind = ChoiceEditor([(one, kind_word(one)) for one in MAIL_KINDS])
        self.language = ChoiceEditor([("", _("Every language")), *languages()])
        self.whom = ChoiceEditor([(_FIRM, _("Everyone"))])
        self.subject = QLineEdit(maxLength=LONGEST_SUBJECT)
        self.body = QPlainTextEdit(tabChangesFocus=True)
        self.insert = QPushButton(_("Insert a field"))
        self.insert.setAutoDefault(False)
        self.insert.setMenu(self._menu())
        self.problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problem.setProperty("role", "problem")
        self.state = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.state.setProperty("role", "note")
        self.preview = TextPreview(desk.shell.theme)
        self._last_field: QLineEdit | QPlainTextEdit = self.body
        self.switches = MailSwitches(desk)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.declare(
            [
                Action("texts.save", _("Save"), self.save, "save", "Ctrl+S", self._savable),
                Action("texts.reset", self._reset_text, self.reset, "undo", enabled=self._resettable),
            ]
        )
        self.acts.failed.connect(desk.shell.notices.show_error)
        self._build()
        for choice, value in ((self.kind, MAIL_KINDS[0]), (self.language, ""), (self.whom, _FIRM)):
            choice.put(value)
            choice.changed.connect(self._turn)
        self.setFocusProxy(self.kind)
        self.subject.textEdited.connect(self._take)
        self.body.textChanged.connect(self._take)
        self._freshness = Freshness(self, desk.shell.jobs, self.reload, {"firm", "clients", "invoices"})

    def _build(self) -> None:
        title = QLabel(_("E-mail texts"))
        title.setProperty("role", "title")
        said = QLabel(_("What e-mails say. Without a text of yours they say what the program says of itself."))
        said.setWordWrap(True)
        said.setProperty("role", "secondary")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        choices: Sequence[tuple[str, QWidget]] = (
            (_("About"), self.kind),
            (_("In"), self.language),
            (_("To"), self.whom),
        )
        # What a mail is about has the longest names: it takes a row of its own.
        for (words, field), (row, column, columns) in zip(choices, ((0, 0, 2), (2, 0, 1), (2, 1, 1)), strict=True):
            grid.addWidget(self._label(words, field), row, column, 1, columns)
            grid.addWidget(field, row + 1, column, 1, columns)
            grid.setColumnStretch(column, 1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(grid)
        left.addSpacing(6)
        left.addWidget(self._label(_("Subject"), self.subject))
        left.addWidget(self.subject)
        left.addWidget(self._label(_("Text"), self.body))
        left.addWidget(self.body, 1)
        left.addWidget(self.problem)
        left.addWidget(self.state)
        buttons = WrappingRow(spacing=8)
        buttons.addWidget(self.insert)
        buttons.addWidget(self.acts.button("texts.save", "main"))
        buttons.addWidget(self.acts.button("texts.reset"))
        left.addLayout(buttons)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left, 1)
        both.addWidget(self.preview, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(said)
        layout.addLayout(both, 1)
        layout.addWidget(self.switches)

    def _label(self, words: str, field: QWidget) -> QLabel:
        label = QLabel(words, textFormat=Qt.TextFormat.PlainText)
        label.setProperty("role", "heading")
        label.setBuddy(field)
        field.setAccessibleName(words)
        return label

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for field in FIELDS:
            menu.addAction(f"{field_word(field)}\t{{{field}}}").triggered.connect(partial(self.insert_field, field))
        # Whichever of the two fields the person was in gets it.
        menu.aboutToShow.connect(self._remember_field)
        return menu

    def _remember_field(self) -> None:
        if self.subject.hasFocus():
            self._last_field = self.subject
        elif self.body.hasFocus():
            self._last_field = self.body

    def insert_field(self, field: str, _checked: bool = False) -> None:
        """Put a field where the cursor stands in the text, or in the subject where the person was last."""
        where = self._last_field
        if isinstance(where, QLineEdit):
            where.insert(f"{{{field}}}")
            self._take()
        else:
            where.insertPlainText(f"{{{field}}}")
        where.setFocus()

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        follow_layout(self)

    def reload(self) -> None:
        self._freshness.loaded()
        book = self.desk.book

        def load() -> tuple[list[OwnText], list[tuple[int, str]], str, dict[str, bool]]:
            groups = [(int(one["id"]), str(one["name"])) for one in segments(book)]
            return mail_texts(book), groups, str(firm(book)["language"]), mail_switches(book)

        self._loading.ask(load, self._take_known)

    def _take_known(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        texts, groups, self._home, turned = answer
        self.switches.show_turned(turned)
        self._own = {(one.scope, one.scope_id, one.kind, one.language): one for one in texts}
        if not self._language_known:
            # A text for every language is seldom meant: whoever wants one says so.
            self._language_known = True
            self.language.put(self._home.partition("_")[0])
            if self.language.currentIndex() < 0:
                self.language.put("")
        clients = self._picked | {one.scope_id: one.whose for one in texts if one.scope == CLIENT}
        whom: list[tuple[object, str]] = [(_FIRM, _("Everyone"))]
        whom += [((SEGMENT, key), _("Segment {name}").format(name=name)) for key, name in groups]
        whom += [((CLIENT, key), _("Client {name}").format(name=name)) for key, name in clients.items()]
        whom.append((_ANOTHER, _("A client…")))
        if whom != self._whom:
            self._whom = whom
            self.whom.offer(whom)
            self._choose(self._chosen if any(one == self._chosen for one, _name in whom) else _FIRM)
        self._show()

    def _choose(self, whom: Whom) -> None:
        self._chosen = whom
        self.whom.put(whom)

    @property
    def key(self) -> Key:
        scope, scope_id = self._scope()
        return scope, scope_id, str(self.kind.value()), str(self.language.value() or "")

    def _scope(self) -> Whom:
        return self._chosen

    def standing(self, key: Key) -> Worded:
        """The text that is kept here, else what counts in its place."""
        scope, scope_id, kind, language = key
        places = ((scope, scope_id, language), (scope, scope_id, ""), ("firm", 0, language), ("firm", 0, ""))
        for where, whose, spoken in places:
            own = self._own.get((where, whose, kind, spoken))
            if own is not None:
                return Worded(own.subject, own.body)
        return built_in(kind, language or self._home)

    def _turn(self) -> None:
        if self.whom.value() == _ANOTHER:
            self.whom.put(self._chosen)
            ask_client(self.desk, self, _("Text for one client"), _("Choose"), self.pick_client)
            return
        chosen = self.whom.value()
        if isinstance(chosen, tuple):
            self._chosen = chosen
        self._show()

    def pick_client(self, client_id: int) -> None:
        """Show the texts of one client, which need not have any yet."""
        book = self.desk.book

        def picked(name: object) -> None:
            self._picked[client_id] = str(name)
            self._chosen = (CLIENT, client_id)
            self.reload()

        self.desk.shell.jobs.ask(lambda: client(book, client_id)["code"], picked)

    def _show(self) -> None:
        key = self.key
        worded = self._typed.get(key) or self.standing(key)
        if key != self._shown or (worded.subject, worded.body) != (self.subject.text(), self.body.toPlainText()):
            self._filling = True
            self.subject.setText(worded.subject)
            self.body.setPlainText(worded.body)
            self._filling = False
        self._shown = key
        self._follow()

    def _take(self, _text: str = "") -> None:
        if self._filling:
            return
        worded = self.worded
        if worded == self.standing(self.key):
            self._typed.pop(self.key, None)
        else:
            self._typed[self.key] = worded
        self._follow()

    @property
    def worded(self) -> Worded:
        return Worded(self.subject.text(), self.body.toPlainText())

    def _follow(self) -> None:
        sentences = list(dict.fromkeys(put(said) for _part, said in problems_of(self.worded)))
        self.problem.setText("\n".join(sentences))
        self.problem.setVisible(bool(sentences))
        self.state.setText(self._state())
        self.acts.refresh()
        self._timer.start()

    def _state(self) -> str:
        if self.key in self._typed:
            return _("Not saved yet.")
        if self.key in self._own:
            return _("Your own text.")
        if self._own_above():
            return _("As your text for everyone; what you change here holds for these alone.")
        return _("The program’s own words.")

    def _own_above(self) -> bool:
        return self.standing(self.key) != built_in(self.key[2], self.key[3] or self._home)

    # The preview

    def _ask_preview(self) -> None:
        scope, scope_id, kind, language = self.key
        book, today, worded = self.desk.book, self.desk.today(), self.worded
        self._latest.ask(
            lambda: sample_mail(book, worded, kind, language, scope=scope, scope_id=scope_id, today=today),
            self._take_preview,
        )

    def _take_preview(self, mail: object) -> None:
        assert mail is None or isinstance(mail, MailDraft)
        self.preview.show_mail(mail, self.body.toPlainText())

    # What is done

    def _savable(self) -> bool:
        return self.key in self._typed and not self.problem.text()

    def _resettable(self) -> bool:
        return self.key in self._own or self.key in self._typed

    def _reset_text(self) -> str:
        return _("Take my text away") if self._shown is not None and self.key in self._own else _("Drop my changes")

    def save(self) -> None:
        scope, scope_id, kind, language = key = self.key
        book, actor, worded = self.desk.book, self.desk.actor, self.worded
        write(
            self.desk,
            _("Saving the text"),
            lambda: save_mail_text(book, kind, worded, language=language, scope=scope, scope_id=scope_id, actor=actor),
            _("The text is saved. E-mails say it from now on."),
            lambda _id: self._typed.pop(key, None),
            changed=SETTINGS,
        )

    def reset(self) -> None:
        scope, scope_id, kind, language = key = self.key
        self._typed.pop(key, None)
        if key not in self._own:
            self._show()
            return
        book, actor = self.desk.book, self.desk.actor
        write(
            self.desk,
            _("Taking the text away"),
            lambda: reset_mail_text(book, kind, language=language, scope=scope, scope_id=scope_id, actor=actor),
            _("Your text is taken away; what stands behind it counts again."),
            changed=SETTINGS,
        )
