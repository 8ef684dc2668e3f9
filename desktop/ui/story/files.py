"""Files beside a thing: added by hand, dropped or pasted; looked at as copies, saved, removed."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel

from desktop.i18n import _, moment_text, ngettext, number_text, pgettext
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.attachments import (
    AttachmentRow,
    attach,
    attach_file,
    attachments,
    copy_to_look_at,
    remove_attachment,
    save_copy,
    stored_to_look_at,
)
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.opening import open_path
from desktop.ui.saving import write
from desktop.ui.story.entries import Entry, EntryList
from desktop.ui.story.tab import Question, StoryTab

CHANGES = frozenset({"files"})


def _show(path: object) -> None:
    assert isinstance(path, Path)
    open_path(path)


@cache
def _shown_folder() -> Path:
    """Where copies to look at lie while the program runs; what clients sent must not stay behind."""
    folder = Path(tempfile.mkdtemp(prefix="sheaf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def look_at_file(desk: Desk, file_id: int) -> None:
    """Show a copy of a file that a booking names."""
    book = desk.book
    job = Job(
        _("Opening the file"),
        lambda _report: stored_to_look_at(book, file_id, _shown_folder()),
        lane=Lane.SIDE,
        quiet=True,
    )
    desk.shell.jobs.start(job, _show)


def local_files(data: QMimeData) -> list[Path]:
    """The files of this computer that are dragged or copied."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class FilesTab(StoryTab):
    """Enter opens a file, Ctrl+V adds what was copied, Del removes."""

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, subject)
        self._found: dict[int, AttachmentRow] = {}
        self.list = EntryList(desk.shell.theme, _("Files"))
        some = self._one
        self.acts.declare([Action("files.add", _("Add a file…"), self.add, "add", enabled=self._thing)])
        self.acts.declare(
            [
                Action("files.open", pgettext("verb", "Open"), self.open_chosen, "open", "", some),
                Action("files.save", _("Save a copy…"), self.save, "save", "Ctrl+S", some),
                Action("files.paste", _("Paste"), self.paste, "", "Ctrl+V", self._thing),
                Action("files.remove", _("Remove"), self.remove, "delete", "Del", some, danger=True),
            ],
            self.list,
        )
        names = ("files.open", "files.save", "files.remove", "files.paste")
        self.list.set_menu([self.acts[name] for name in names])
        self.list.opened.connect(lambda _key: self.open_chosen())
        self.list.current_changed.connect(lambda _key: self.acts.refresh())
        hint = QLabel(_("or drop it here, or paste it"), wordWrap=True)
        hint.setProperty("role", "note")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.acts.button("files.add"))
        row.addWidget(hint, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.list, 1)

    def focus_first(self) -> None:
        self.list.setFocus()

    def question(self, one: int) -> Question:
        book, subject = self.desk.book, self.subject
        return lambda: attachments(book, subject, one)

    def take(self, answer: object) -> None:
        found = answer if isinstance(answer, list) else []
        self._found = {one.id: one for one in found}
        self.list.put(
            [_entry(one) for one in found],
            _("Orders, letters and scans stand here: they are kept in the book and backed up with it."),
        )
        self.counted.emit(len(found))
        self.acts.refresh()

    # What can be done

    def add(self) -> None:
        dialog = QFileDialog(self.window(), _("Add files"), str(documents_dir()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.add_files([Path(name) for name in names]))
        dialog.open()

    def add_files(self, paths: Sequence[Path]) -> None:
        """Keep these files; one that cannot be kept stops at itself and is named."""
        thing, book, subject, actor = self.thing, self.desk.book, self.subject, self.desk.actor
        if thing is None or not paths:
            return

        def work() -> None:
            for path in paths:
                attach_file(book, subject, thing, path, actor=actor)

        said = ngettext("{file} is kept in the book.", "{count} files are kept in the book.", len(paths))
        said = said.format(file=paths[0].name, count=number_text(len(paths)))
        write(self.desk, _("Keeping the file"), work, said, changed=CHANGES)

    def paste(self) -> None:
        """Keep what was copied: files of this computer, or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        if paths := local_files(data):
            self.add_files(paths)
        elif data.hasImage():
            self._add_picture(QImage(data.imageData()))
        else:
            self.shell.notices.say(
                _("Nothing that could be kept as a file was copied."),
                _("Copy a file or a picture first."),
                tone="note",
            )

    def _add_picture(self, image: QImage) -> None:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, b"PNG").write(image)
        content, thing = bytes(buffer.data().data()), self.thing
        if thing is None:
            return
        book, subject, actor = self.desk.book, self.subject, self.desk.actor
        name = _("Picture {day}.png").format(day=self.desk.today().isoformat())
        write(
            self.desk,
            _("Keeping the file"),
            lambda: attach(book, subject, thing, name, content, actor=actor),
            _("{file} is kept in the book.").format(file=name),
            changed=CHANGES,
        )

    def open_chosen(self) -> None:
        one = self._chosen()
        if one is not None:
            book = self.desk.book
            job = Job(
                _("Opening {file}").format(file=one.name),
                lambda _report: copy_to_look_at(book, one.id, _shown_folder()),
                lane=Lane.SIDE,
                quiet=True,
            )
            self.shell.jobs.start(job, _show)

    def save(self) -> None:
        one = self._chosen()
        if one is None:
            return
        dialog = QFileDialog(self.window(), _("Save a copy"), str(documents_dir()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(one.name)
        dialog.fileSelected.connect(lambda name: self.save_to(one.id, Path(name)))
        dialog.open()

    def save_to(self, attachment_id: int, target: Path) -> None:
        """Write a copy of a file there."""
        book, notices = self.desk.book, self.shell.notices
        job = Job(
            _("Saving {file}").format(file=target.name),
            lambda _report: save_copy(book, attachment_id, target),
            lane=Lane.SIDE,
            quiet=True,
        )
        self.shell.jobs.start(job, lambda _path: notices.say(_("{file} is saved.").format(file=target.name)))

    def remove(self) -> None:
        one = self._chosen()
        if one is not None:
            book, actor = self.desk.book, self.desk.actor
            write(
                self.desk,
                _("Removing the file"),
                lambda: remove_attachment(book, one.id, actor=actor),
                _("{file} is removed.").format(file=one.name),
                changed=CHANGES,
            )

    # What is chosen

    def _chosen(self) -> AttachmentRow | None:
        return self._found.get(self.list.chosen or 0)

    def _one(self) -> bool:
        return self._chosen() is not None

    def _thing(self) -> bool:
        return self.thing is not None


def _entry(one: AttachmentRow) -> Entry:
    below = _("{moment} by {person}").format(moment=moment_text(one.at), person=one.author)
    return Entry(one.id, one.name, below, aside=_size(one.size))


def _size(size: int) -> str:
    if size < 1024 * 1024:
        return _("{count} KB").format(count=number_text(max(1, round(size / 1024))))
    return _("{count} MB").format(count=number_text(round(size / (1024 * 1024))))
