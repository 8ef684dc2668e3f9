"""The live preview: the firm's own documents by the look that is worked on, drawn beside the person's work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.domain.template import KINDS
from desktop.i18n import _, number_text, percent_text
from desktop.jobs import Job
from desktop.services.templates.previewing import SUBJECT_WORDS, Subject, preview, subjects
from desktop.services.templates.words import KIND_WORDS, word
from desktop.ui.bar import Hints
from desktop.ui.choices import languages
from desktop.ui.designer.draft import Look
from desktop.ui.desk import Desk
from desktop.ui.editors import ChoiceEditor
from desktop.ui.icons import icon
from desktop.ui.pdf_view import PdfView
from desktop.ui.wrapping import WrappingRow

# Long enough for the letters of a word, too short to be waited for.
_PAUSE_MS = 120


class LivePage(PdfView):
    """Draws one look at a time: while one is drawn, only the newest that came meanwhile is kept."""

    drawn = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.shell.theme, desk.shell.jobs)
        self.stays = True
        self.setProperty("role", "paper")
        self._next: Callable[[], bytes] | None = None
        self._drawing_look: Job | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    def draw(self, make: Callable[[], bytes]) -> None:
        """Show this as soon as the person pauses and the one before is drawn."""
        self._next = make
        self._pause.start()

    @property
    def busy(self) -> bool:
        return self._next is not None or self._drawing_look is not None

    def _start(self) -> None:
        if self._drawing_look is not None or self._next is None:
            return
        make, self._next = self._next, None
        self._drawing_look = self.ask(make)
        self._drawing_look.ended.connect(self._end)

    def _end(self, _job: object) -> None:
        self._drawing_look = None
        self.drawn.emit()
        if self._next is not None and not self._pause.isActive():
            self._start()


class SubjectBar(QWidget):
    """What is looked at: which document, as which kind, in which language."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._subjects: list[Subject] = [Subject("sample")]
        self.subject = ChoiceEditor([(0, _subject_word(self._subjects[0]))])
        self.kind = ChoiceEditor([("", _("as it is")), *((one, word(KIND_WORDS, one)) for one in KINDS)])
        self.language = ChoiceEditor([("", _("its own")), *languages()])
        row = WrappingRow(self, spacing=10)
        for text, field in ((_("Show"), self.subject), (_("As"), self.kind), (_("Language"), self.language)):
            pair = QWidget()
            line = QHBoxLayout(pair)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(6)
            label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
            label.setBuddy(field)
            label.setProperty("role", "secondary")
            field.setAccessibleName(text)
            field.setMinimumContentsLength(30 if field is self.subject else 10)
            line.addWidget(label)
            line.addWidget(field)
            row.addWidget(pair)
            field.changed.connect(self.changed)
        self.subject.put(0)
        self.kind.put("")
        self.language.put("")
        self.load()

    def load(self) -> None:
        book = self._desk.book
        self._desk.shell.jobs.ask(lambda: subjects(book), self._take)

    def _take(self, found: object) -> None:
        assert isinstance(found, list)
        before = self.chosen
        self._subjects = found
        self.subject.offer([(place, _subject_word(one)) for place, one in enumerate(found)])
        self.subject.put(found.index(before) if before in found and before.what != "sample" else 0)
        self.changed.emit()

    @property
    def chosen(self) -> Subject:
        place = self.subject.value()
        return self._subjects[place] if isinstance(place, int) and place < len(self._subjects) else self._subjects[-1]

    def making(self, look: Look) -> Callable[[], bytes]:
        """What draws this look with what is chosen here."""
        book, today, chosen = self._desk.book, self._desk.today(), self.chosen
        kind, language = str(self.kind.value() or ""), str(self.language.value() or "")
        return lambda: preview(book, chosen, look.layout, look.logo, today=today, kind=kind, language=language)


def _subject_word(subject: Subject) -> str:
    words = word(SUBJECT_WORDS, subject.what)
    return _("{what}: {name}").format(what=words, name=subject.name) if subject.name else words


class Preview(QWidget):
    """The bar above the page, and the page."""

    def __init__(self, desk: Desk, keys: Sequence[tuple[str, str]] = ()) -> None:
        """`keys` stand beside the tools, each with its word."""
        super().__init__()
        theme = desk.shell.theme
        self.bar = SubjectBar(desk)
        self.page = LivePage(desk)
        self._place = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._place.setProperty("role", "secondary")
        tools = QHBoxLayout()
        tools.setSpacing(8)
        self._buttons: list[tuple[QPushButton, str]] = []
        for picture, text, act in (
            ("zoom-out", _("Smaller"), self.page.zoom_out),
            ("zoom-in", _("Larger"), self.page.zoom_in),
            ("fit-width", _("Fit width, or the whole page"), self.page.fit),
        ):
            button = QPushButton()
            button.setAccessibleName(text)
            button.setToolTip(text)
            button.clicked.connect(act)
            tools.addWidget(button)
            self._buttons.append((button, picture))
        self._theme = theme
        theme.changed.connect(self._paint)
        tools.addWidget(self._place)
        tools.addWidget(Hints(keys, theme), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.bar)
        layout.addWidget(self.page, 1)
        layout.addLayout(tools)
        self.page.changed.connect(self._follow)
        self._paint()

    def show_look(self, look: Look) -> None:
        self.page.draw(self.bar.making(look))

    def _follow(self) -> None:
        pages = self.page.page_count
        self._place.setText(
            _("Page {page} of {pages} · {percent}").format(
                page=number_text(self.page.page + 1),
                pages=number_text(pages),
                percent=percent_text(self.page.percent),
            )
            if pages
            else ""
        )

    def _paint(self) -> None:
        for button, picture in self._buttons:
            button.setIcon(icon(picture, self._theme.tokens.secondary))
