"""Forms from fields as data: each field says by itself what is wrong with what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _
from desktop.ui.editors import (
    CheckEditor,
    Choice,
    ChoiceEditor,
    DateEditor,
    Editor,
    LinesEditor,
    MoneyEditor,
    NumberEditor,
    PasswordEditor,
    PercentEditor,
    TextEditor,
    WholeEditor,
)
from desktop.ui.file_editor import FileEditor
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme

Kind = Literal["text", "lines", "choice", "money", "number", "whole", "percent", "date", "check", "password", "file"]

# A form is a grid of this many columns; a field spans some of them.
_COLUMNS = 6
_GAP = 12
_LABEL_GAP = 4
_FIELD_HEIGHT = 34


@dataclass(frozen=True)
class Field:
    """One field. `span` is its width in sixths of the form; fields fill a row until it is full.

    Money takes its currency from `currency`, or from the field named by `currency_from`.
    `hint` stands in the empty field, `note` below it.
    `spoken` names a field whose label stands above the one before.
    """

    key: str
    label: str
    kind: Kind = "text"
    required: bool = False
    span: int = 6
    choices: Sequence[Choice] = ()
    currency: str = "EUR"
    currency_from: str = ""
    hint: str = ""
    note: str = ""
    spoken: str = ""


@dataclass(frozen=True)
class Section:
    """Fields that belong together, under a heading if there is one. One that folds is shut until it is needed."""

    title: str
    fields: Sequence[Field]
    folds: bool = False


class Fold(QWidget):
    """A section that is opened by its heading, with the mouse or with Space."""

    def __init__(self, title: str, grid: QGridLayout) -> None:
        super().__init__()
        self._title = title
        self.heading = QPushButton()
        self.heading.setCheckable(True)
        self.heading.setAutoDefault(False)
        self.heading.setProperty("role", "fold")
        self._body = QWidget()
        grid.setContentsMargins(0, 0, 0, 0)
        self._body.setLayout(grid)
        self.heading.toggled.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._body)
        self._follow(False)

    def open(self) -> None:
        self.heading.setChecked(True)

    def _follow(self, shown: bool) -> None:
        self.heading.setText(f"{'▾' if shown else '▸'}  {self._title}")
        self._body.setVisible(shown)


class Form(QWidget):
    """Values by key, as the editors read them: text, int of minor units, Decimal, date, bool, or None."""

    changed = Signal()

    def __init__(self, sections: Sequence[Section], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fields = {field.key: field for section in sections for field in section.fields}
        self._editors: dict[str, Editor] = {}
        self._problems: dict[str, QLabel] = {}
        self._notes = {key: field.note for key, field in self._fields.items()}
        self._clean: dict[str, object] = {}
        self._folds: dict[str, Fold] = {}
        self._holders: dict[str, QWidget] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        # With the gap that ends each section's grid they stand 20 apart.
        layout.setSpacing(20 - _GAP)
        for section in sections:
            grid = self._build(section)
            if section.folds:
                fold = Fold(section.title, grid)
                self._folds |= {field.key: fold for field in section.fields}
                layout.addWidget(fold)
            else:
                layout.addLayout(grid)
        layout.addStretch(1)
        for field in self._fields.values():
            if field.currency_from:
                self._editors[field.currency_from].changed.connect(self._follow_currencies)
        self._clean = self._texts()

    def editor(self, key: str) -> Editor:
        return self._editors[key]

    def read(self, key: str) -> object:
        """What a field holds, None while it cannot be read."""
        try:
            return self.editor(key).value()
        except UserError:
            return None

    def unfold(self, key: str) -> None:
        """Open the section that holds a field."""
        if key in self._folds:
            self._folds[key].open()

    def show_field(self, key: str, shown: bool) -> None:
        """Take a field that means nothing here out of sight; its place stays free."""
        self._holders[key].setVisible(shown)

    def focus_on(self, key: str) -> bool:
        """Begin the typing at this field, in a section that is shut as well; whether there is one of that name."""
        if key not in self._editors:
            return False
        self.unfold(key)
        self._editors[key].setFocus()
        return True

    def focus_first(self) -> None:
        """Where the typing begins."""
        for editor in self._editors.values():
            if editor.isEnabled():
                editor.setFocus()
                return

    def put(self, values: Mapping[str, object]) -> None:
        """Fill the fields; they count as unchanged afterwards. Keys without a field are passed over."""
        for key, editor in self._editors.items():
            if key in values and self._fields[key].kind != "money":
                editor.put(values[key])
        self._follow_currencies()
        for key, editor in self._editors.items():
            if key in values and self._fields[key].kind == "money":
                editor.put(values[key])
        self._clean = self._texts()
        self.show_problems({})

    def take_as_unchanged(self) -> None:
        """What stands in the fields now is where the person begins, such as words that follow from another field."""
        self._clean = self._texts()

    @property
    def dirty(self) -> bool:
        """Whether something differs from what was put in."""
        return self._texts() != self._clean

    def values(self) -> dict[str, object]:
        """Every value by its key. Raises UserError at the first field that cannot be read: ask `check` before."""
        return {key: editor.value() for key, editor in self._editors.items()}

    def check(self) -> bool:
        """Whether all can be read; otherwise each wrong field says why and the first one has the focus."""
        problems = {key: said for key in self._editors if (said := self._problem(key))}
        self.show_problems(problems)
        return not problems

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say at each field what is wrong; fields that are not named are right."""
        for key, label in self._problems.items():
            self._say(key, label, problems.get(key, ""))
        for key in problems:
            self.unfold(key)
        first = next((key for key in self._editors if key in problems), None)
        if first is not None:
            self._editors[first].setFocus()

    def refuse(self, problems: Mapping[str, str]) -> list[str]:
        """Say at each field why it was not taken; the sentences about what is no field here are given back."""
        self.show_problems(problems)
        return [sentence for key, sentence in problems.items() if key not in self._editors]

    def explain(self, key: str, note: str) -> None:
        """Say below a field what its value means; a problem shown there stays until it is mended."""
        self._notes[key] = note
        if not self._editors[key].property("wrong"):
            self._say(key, self._problems[key], "")

    def _say(self, key: str, label: QLabel, problem: str) -> None:
        note = self._notes[key]
        label.setText(problem or note)
        label.setVisible(bool(problem or note))
        editor = self._editors[key]
        editor.setAccessibleDescription(problem or note)
        wrong = bool(problem)
        if bool(editor.property("wrong")) != wrong:
            label.setProperty("role", "problem" if wrong else "note")
            repolish(label)
            editor.setProperty("wrong", wrong)
            repolish(editor)

    def _problem(self, key: str) -> str:
        try:
            value = self._editors[key].value()
        except UserError as error:
            return str(error)
        if value is None and self._fields[key].required:
            return _("{field} is needed.").format(field=self._fields[key].label)
        return ""

    def _texts(self) -> dict[str, Any]:
        """What stands in the fields, readable or not."""
        return {key: self._texts_of(editor) for key, editor in self._editors.items()}

    def _texts_of(self, editor: Editor) -> object:
        match editor:
            case TextEditor():
                return editor.text()
            case LinesEditor():
                return editor.toPlainText()
            case ChoiceEditor():
                return editor.currentText()
            case CheckEditor():
                return editor.isChecked()

    # What is typed and not saved

    def entries(self) -> dict[str, Any]:
        """What stands in the fields as JSON holds it, readable or not; a password is kept nowhere."""
        secret = {key for key, field in self._fields.items() if field.kind == "password"}
        return {key: text for key, text in self._texts().items() if key not in secret}

    def restore(self, entries: Mapping[str, Any]) -> None:
        """Put back what `entries` gave; it counts as typed. Fields that are there no more are passed over."""
        # What one field decides fills others, so all are set once more when every one has been heard.
        for told in (True, False):
            for key, editor in self._editors.items():
                if key in entries and self._texts_of(editor) != entries[key]:
                    _set_text(editor, entries[key])
                    if told:
                        editor.changed.emit()

    # Building

    def _build(self, section: Section) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(_GAP)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        row, column = 0, 0
        if section.title and not section.folds:
            title = QLabel(section.title, textFormat=Qt.TextFormat.PlainText)
            title.setProperty("role", "strong")
            grid.addWidget(title, 0, 0, 1, _COLUMNS)
            row = 1
        for field in section.fields:
            if column + field.span > _COLUMNS:
                row, column = row + 1, 0
            grid.addWidget(self._build_field(field), row, column, 1, field.span)
            column += field.span
        for column in range(_COLUMNS):
            # Qt gives no gap to a column in which nothing begins, and the fields of two sections would not line up.
            mark = QWidget()
            mark.setFixedHeight(0)
            grid.addWidget(mark, row + 1, column)
        return grid

    def _build_field(self, field: Field) -> QWidget:
        editor = self._make(field)
        label = QLabel(field.label, textFormat=Qt.TextFormat.PlainText)
        label.setProperty("role", "heading")
        label.setBuddy(editor)
        problem = QLabel(field.note, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        problem.setProperty("role", "note")
        editor.setAccessibleName(field.label or field.spoken)
        editor.changed.connect(lambda: self._after_edit(field.key))
        self._editors[field.key] = editor
        self._problems[field.key] = problem
        holder = self._holders[field.key] = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_LABEL_GAP)
        if field.kind == "check":
            # A check box carries its own label; the empty line and the height keep it level with its neighbours.
            label.setText(" ")
            editor.setMinimumHeight(self._theme.px(_FIELD_HEIGHT))
        else:
            # The grid alone says how wide a field is.
            editor.setSizePolicy(QSizePolicy.Policy.Ignored, editor.sizePolicy().verticalPolicy())
        column.addWidget(label)
        column.addWidget(editor)
        column.addWidget(problem)
        # Shown before it stands in something, a label is for a moment a window of its own, and takes the focus.
        problem.setVisible(bool(field.note))
        column.addStretch(1)
        return holder

    def _make(self, field: Field) -> Editor:
        editor: Editor
        match field.kind:
            case "text":
                editor = TextEditor()
            case "lines":
                editor = LinesEditor()
            case "choice":
                editor = ChoiceEditor(field.choices)
            case "money":
                editor = MoneyEditor(field.currency)
            case "number":
                editor = NumberEditor()
            case "whole":
                editor = WholeEditor()
            case "percent":
                editor = PercentEditor()
            case "date":
                editor = DateEditor(self._theme)
            case "check":
                editor = CheckEditor(field.label)
            case "password":
                editor = PasswordEditor()
            case "file":
                editor = FileEditor(self._theme)
        if field.hint and isinstance(editor, TextEditor | LinesEditor):
            editor.setPlaceholderText(field.hint)
        return editor

    def _after_edit(self, key: str) -> None:
        # The person mends it: the complaint goes, and comes back only when the form is checked again.
        self._say(key, self._problems[key], "")
        self.changed.emit()

    def _follow_currencies(self) -> None:
        for key, field in self._fields.items():
            editor = self._editors[key]
            if field.currency_from and isinstance(editor, MoneyEditor):
                chosen = self._editors[field.currency_from].value()
                if isinstance(chosen, str):
                    editor.currency = chosen


def _set_text(editor: Editor, text: object) -> None:
    match editor:
        case TextEditor():
            editor.setText(str(text))
        case LinesEditor():
            editor.setPlainText(str(text))
        case ChoiceEditor():
            editor.setCurrentIndex(editor.findText(str(text)))
            if editor.isEditable():
                editor.setEditText(str(text))
        case CheckEditor():
            editor.setChecked(bool(text))
