"""Two versions of a template side by side on the same document, and what differs in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from desktop.domain.document import TemplateVersion
from desktop.i18n import _, moment_text, number_text
from desktop.services.templates import TemplateRow, VersionRow, template_version
from desktop.services.templates.differences import differences
from desktop.ui.designer.draft import Look
from desktop.ui.designer.preview import LivePage, SubjectBar
from desktop.ui.desk import Desk
from desktop.ui.editors import ChoiceEditor
from desktop.ui.latest import Latest

_MARGIN = 24
# The look that is worked on, beside the versions that are saved.
_DRAFT = 0
_ROWS = 4


class ComparePage(QWidget):
    """`taken` gives a look that the designer shall go on with."""

    taken = Signal(object)

    def __init__(self, desk: Desk, row: TemplateRow, known: list[VersionRow], draft: Look | None = None) -> None:
        super().__init__()
        self.desk = desk
        self._draft = draft
        self._looks: dict[int, Look] = {}
        choices: list[tuple[object, str]] = [(one.id, _version_words(one)) for one in known]
        if draft is not None:
            choices.insert(0, (_DRAFT, _("As it is worked on")))
        self.bar = SubjectBar(desk)
        self.sides = [_Side(desk, choices, text) for text in (_("Left version"), _("Right version"))]
        first = choices[min(1, len(choices) - 1)][0]
        self.sides[0].version.put(first)
        self.sides[1].version.put(choices[0][0])
        self.words = QListWidget()
        self.words.setAccessibleName(_("What differs"))
        self.words.setWordWrap(True)
        self.words.setFixedHeight(desk.shell.theme.px(24) * _ROWS)
        self.take = QPushButton(_("Go on with the left version"))
        self.take.clicked.connect(self._take_left)
        self.take.setVisible(draft is not None)
        self._latest = Latest(desk.shell.jobs, self)
        self._build(row)
        self.bar.changed.connect(self.show_versions)
        for side in self.sides:
            side.version.changed.connect(self.show_versions)
        self.show_versions()

    def _build(self, row: TemplateRow) -> None:
        title = QLabel(_("Compare versions of {name}").format(name=row.name), textFormat=Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        pages = QHBoxLayout()
        pages.setSpacing(16)
        for side in self.sides:
            pages.addWidget(side, 1)
        heading = QLabel(_("What differs, from left to right"))
        heading.setProperty("role", "strong")
        foot = QHBoxLayout()
        foot.addWidget(heading, 1)
        foot.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 12)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self.bar)
        layout.addLayout(pages, 1)
        layout.addLayout(foot)
        layout.addWidget(self.words)

    def show_versions(self) -> None:
        book = self.desk.book
        wanted = [side.chosen for side in self.sides]
        known, draft = dict(self._looks), self._draft

        def work() -> dict[int, Look]:
            if draft is not None:
                known[_DRAFT] = draft
            for key in wanted:
                if key not in known:
                    known[key] = _look(template_version(book, key))
            return known

        self._latest.ask(work, self._show)

    def _show(self, looks: object) -> None:
        assert isinstance(looks, dict)
        self._looks = looks
        one, other = (looks[side.chosen] for side in self.sides)
        for side, look in zip(self.sides, (one, other), strict=True):
            side.page.draw(self.bar.making(look))
        found = differences(one.layout, other.layout, logo=one.logo != other.logo)
        self.words.clear()
        self.words.addItems(found or [_("They are the same.")])
        self.words.setCurrentRow(0)

    def _take_left(self) -> None:
        look = self._looks.get(self.sides[0].chosen)
        if look is not None:
            self.taken.emit(look)
            self.desk.shell.back()


class _Side(QWidget):
    def __init__(self, desk: Desk, choices: list[tuple[object, str]], name: str) -> None:
        super().__init__()
        self.version = ChoiceEditor(choices)
        self.version.setAccessibleName(name)
        self.page = LivePage(desk)
        self.page.setAccessibleName(name)
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.version)
        layout.addWidget(self.page, 1)

    @property
    def chosen(self) -> int:
        value = self.version.value()
        return value if isinstance(value, int) else _DRAFT


def _look(version: TemplateVersion) -> Look:
    return Look(version.layout, version.logo)


def _version_words(one: VersionRow) -> str:
    words = _("Version {version}, {when}").format(version=number_text(one.version), when=moment_text(one.made_at))
    return _("{version}: {note}").format(version=words, note=one.note) if one.note else words
