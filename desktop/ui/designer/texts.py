"""The template's own texts: where they stand, on which kinds, in which language, with fields that are filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.template import FIELDS, KINDS, LONGEST_TEXT, TEXT_PLACES, Text, fields_of, half_fields_of
from desktop.i18n import _, number_text
from desktop.services.templates.differences import text_title
from desktop.services.templates.words import FIELD_WORDS, KIND_WORDS, PLACE_WORDS, word
from desktop.ui.choices import languages
from desktop.ui.designer.draft import LayoutDraft
from desktop.ui.designer.parts import quiet
from desktop.ui.editors import ChoiceEditor
from desktop.ui.theme import Theme

# With both braces or with one.
_FIELD = re.compile(r"\{([^{}]*)\}|\{[^{}\s]*|[^{}\s]*\}")
_LINES = 5
_ALIKE = 0.6
_ROW = 28


def wrong_fields(text: str) -> list[str]:
    """Sentences about fields that there are not, each with the one that may be meant, and about half ones."""
    said = []
    for name in dict.fromkeys(fields_of(text)):
        if name in FIELDS:
            continue
        sentence = _("There is no field {field}.").format(field="{" + name + "}")
        meant = max(FIELDS, key=lambda one: _likeness(name, one))
        if _likeness(name, meant) > _ALIKE:
            sentence = _("There is no field {field}. Is {meant} meant?").format(
                field="{" + name + "}", meant="{" + meant + "}"
            )
        said.append(sentence)
    said += [_("“{text}” lacks one of its two braces.").format(text=half) for half in half_fields_of(text)]
    return said


def _likeness(typed: str, field: str) -> float:
    """Of a field or the last part of its name; a beginning says more than letters in between."""
    typed = typed.strip().casefold()
    names = (field, field.rpartition(".")[2])
    begun = 0.5 if any(typed and one.startswith(typed) for one in names) else 0
    return begun + max(SequenceMatcher(None, typed, one).ratio() for one in names)


class _Fields(QSyntaxHighlighter):
    """Known fields in the accent colour, others and half ones underlined."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        for found in _FIELD.finditer(text):
            look = QTextCharFormat()
            if found[1] in FIELDS:
                look.setForeground(QColor(self._theme.tokens.accent))
            else:
                look.setForeground(QColor(self._theme.tokens.blocked))
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                look.setUnderlineColor(QColor(self._theme.tokens.blocked))
            self.setFormat(found.start(), found.end() - found.start(), look)


class TextsPart(QWidget):
    """The list of texts, and the one that is chosen below it."""

    def __init__(self, draft: LayoutDraft, theme: Theme) -> None:
        super().__init__()
        self._draft = draft
        self._filling = False
        self.list = QListWidget()
        self.list.setAccessibleName(_("Texts of the template"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._px = theme.px
        self.add = QPushButton(_("Add a text"))
        self.remove = QPushButton(_("Remove"))
        self.remove.setAccessibleName(_("Remove the text"))
        for button in (self.add, self.remove):
            button.setAutoDefault(False)
        self.place = ChoiceEditor([(one, word(PLACE_WORDS, one)) for one in TEXT_PLACES])
        self.kind = ChoiceEditor([(one, word(KIND_WORDS, one)) for one in ("", *KINDS)])
        self.language = ChoiceEditor([("", _("Every language")), *languages()])
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setAccessibleName(_("The text"))
        self._marks = _Fields(self.text.document(), theme)
        self.insert = QPushButton(_("Insert a field"))
        self.insert.setAutoDefault(False)
        self.insert.setMenu(self._menu())
        self.problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.problem.setProperty("role", "problem")
        self._build()
        self.list.currentRowChanged.connect(self._choose)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        for field in (self.place, self.kind, self.language):
            field.changed.connect(self._take_head)
        self.text.textChanged.connect(self._take_text)
        draft.replaced.connect(self.show_layout)
        self.show_layout()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        self._form = QWidget()
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows: Sequence[tuple[str, ChoiceEditor]] = (
            (_("Where it stands"), self.place),
            (_("Documents"), self.kind),
            (_("Language"), self.language),
        )
        for row, (words, field) in enumerate(rows):
            label = QLabel(words, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            field.setAccessibleName(words)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _LINES + 22)
        grid.addWidget(self.text, 3, 0, 1, 2)
        grid.addWidget(self.insert, 4, 0, 1, 2, Qt.AlignmentFlag.AlignLeading)
        grid.addWidget(self.problem, 5, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(
            quiet(_("A text here stands in place of the firm’s own. The one that fits a document best is printed."))
        )
        layout.addWidget(self.list)
        layout.addLayout(buttons)
        layout.addWidget(self._form)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        groups: dict[str, QMenu] = {}
        for name in FIELDS:
            owner, _dot, rest = name.partition(".")
            target = menu
            if rest:
                if owner not in groups:
                    groups[owner] = menu.addMenu(_("The client") if owner == "client" else _("The firm"))
                target = groups[owner]
            action = target.addAction(
                _("{words}   {field}").format(words=word(FIELD_WORDS, name), field="{" + name + "}")
            )
            action.triggered.connect(lambda _on=False, name=name: self._insert(name))
        return menu

    # What is shown

    def show_layout(self) -> None:
        texts = self._draft.layout.texts
        row = min(max(self.list.currentRow(), 0), len(texts) - 1)
        self._filling = True
        self.list.clear()
        self.list.addItems([_title(text) for text in texts])
        self.list.setCurrentRow(row)
        self._filling = False
        rows = max(1, min(len(texts), 6))
        for row_shown in range(self.list.count()):
            self.list.item(row_shown).setSizeHint(QSize(0, self._px(_ROW)))
        self.list.setFixedHeight(rows * self._px(_ROW) + 6)
        self.list.setVisible(bool(texts))
        self._choose(row)

    def _choose(self, row: int) -> None:
        if self._filling:
            return
        texts = self._draft.layout.texts
        there = 0 <= row < len(texts)
        self._form.setVisible(there)
        self.remove.setEnabled(there)
        if there:
            self._filling = True
            self.place.put(texts[row].place)
            self.kind.put(texts[row].kind)
            self.language.put(texts[row].language)
            if self.text.toPlainText() != texts[row].text:
                self.text.setPlainText(texts[row].text)
            self._filling = False
            self._judge(texts[row].text)

    def _judge(self, text: str) -> None:
        said = wrong_fields(text)
        if len(text) > LONGEST_TEXT:
            said.append(
                _("The text is {length} characters long; {most} are the most.").format(
                    length=number_text(len(text)), most=number_text(LONGEST_TEXT)
                )
            )
        self.problem.setText(" ".join(said))
        self.problem.setVisible(bool(said))
        self.text.setAccessibleDescription(" ".join(said))

    # What is done

    def _add(self) -> None:
        texts = self._draft.layout.texts
        used = {(text.place, text.kind, text.language) for text in texts}
        free = next(
            (Text(place, "", kind) for kind in ("", *KINDS) for place in TEXT_PLACES if (place, kind, "") not in used),
            Text(TEXT_PLACES[0], ""),
        )
        self._draft.end_step()
        self._draft.set(texts=(*texts, free))
        self.show_layout()
        self.list.setCurrentRow(len(texts))
        self.place.setFocus()

    def _remove(self) -> None:
        row = self.list.currentRow()
        self._draft.end_step()
        self._draft.set(texts=tuple(text for at, text in enumerate(self._draft.layout.texts) if at != row))
        self.show_layout()

    def _take_head(self) -> None:
        self._put(place=self.place.value(), kind=self.kind.value(), language=self.language.value())

    def _take_text(self) -> None:
        if not self._filling:
            text = self.text.toPlainText()
            self._judge(text)
            self._put(text=text)

    def _put(self, **values: object) -> None:
        row, texts = self.list.currentRow(), list(self._draft.layout.texts)
        if self._filling or not 0 <= row < len(texts):
            return
        texts[row] = replace(texts[row], **values)  # type: ignore[arg-type]
        self.list.item(row).setText(_title(texts[row]))
        self._draft.set(f"text {row} {','.join(values)}", texts=tuple(texts))

    def _insert(self, name: str) -> None:
        self.text.insertPlainText("{" + name + "}")
        self.text.setFocus()


def _title(text: Text) -> str:
    shown = " ".join(text.text.split())
    return f"{text_title(text)}: {shown}" if shown else text_title(text)
