"""The ways to encrypt a closed book, to give it another key and to take the key off, as cards of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QFileDialog

from db.engine import Book
from desktop import secrets
from desktop.domain.access import SignedIn
from desktop.i18n import _, ngettext
from desktop.jobs import Job, Lane
from desktop.services.encryption.opening import Locked, is_encrypted, known_key
from desktop.services.encryption.recovery import Key, key_from_passphrase, new_key
from desktop.services.encryption.sheet import key_rows, write_sheet
from desktop.services.encryption.switching import (
    Switched,
    change_key,
    decrypt,
    encrypt,
    encrypt_copies,
    forget_key,
    plain_copies,
)
from desktop.services.problems import ValidationError
from desktop.services.showing import wait_until_closed
from desktop.starts import Start
from desktop.ui.access.own_passphrase import typed_twice
from desktop.ui.access.owner_door import guarded_book, sign_owner_in
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.encryption.unlocking import UnlockPage
from desktop.ui.form import Field, Form, Section
from desktop.ui.main_window import MainWindow
from desktop.ui.trouble.card import TroubleCard, Way


class Changes(Protocol):
    """The program, as far as these cards need it."""

    @property
    def window(self) -> MainWindow: ...
    def open(self, path: Path) -> None: ...
    def greet(self) -> None: ...
    def start_another(self, start: Start) -> None: ...
    def quit(self) -> None: ...


def offer_encryption(program: Changes, path: Path, *, is_open: bool) -> None:
    """A book that is open here is closed first: this process ends, and another one shows the ways."""
    if is_open:
        program.start_another(Start(path, encryption=True))
        program.quit()
        return

    def work(_report: object) -> Book | None:
        wait_until_closed(path)
        if is_encrypted(path) and known_key(path) is None:
            raise Locked(path)
        return guarded_book(path)

    def show(book: object) -> None:
        if isinstance(book, Book):
            sign_owner_in(program, book, path, begin)
        else:
            begin(None)

    def begin(who: SignedIn | None) -> None:
        _Ways(program, path, encrypted=is_encrypted(path), who=who).begin()

    program.window.shell.jobs.start(Job(_("Waiting until the book is closed"), work), show, _failed(program))


def _failed(program: Changes) -> Callable[[object], None]:
    def failed(error: object) -> None:
        if isinstance(error, Locked):
            program.window.clear()
            program.window.push(UnlockPage(program, error.path, error.path))
            return
        program.greet()
        program.window.notices.show_error(error)

    return failed


class _Ways:
    def __init__(self, program: Changes, path: Path, *, encrypted: bool, who: SignedIn | None = None) -> None:
        self._program, self._path, self._encrypted, self._who = program, path, encrypted, who
        self._shell = program.window.shell

    def begin(self) -> None:
        """What the book is, and what can be made of it."""
        leave = Way(_("Open the book as it is"), lambda: self._open())
        name = self._path.stem
        if self._encrypted:
            self._show(
                _("{name} is encrypted").format(name=name),
                [
                    _("Without its key nobody can read the file, nor any backup made since."),
                    _("The book is copied, compared row by row and only then replaced, whatever you choose."),
                ],
                [
                    leave,
                    Way(_("Save the recovery key as a PDF…"), lambda: self._save_sheet(self._key(), self.begin)),
                    Way(_("Another recovery passphrase…"), self._ask_passphrase),
                    Way(_("Another recovery key…"), self._show_new_key),
                    Way(_("Forget the key on this computer"), self._forget),
                    Way(_("Switch encryption off…"), self._ask_decrypt),
                ],
            )
            return
        sentences = [
            _("Without its key nobody can read the file: on a stolen computer, in a synchronised folder, in a backup."),
            _(
                "For another computer you will need its recovery passphrase, or its recovery key on paper. "
                "Without either, the book is lost with this computer."
            ),
            _("The book is copied, compared row by row and only then replaced."),
        ]
        if secrets.has_keyring():
            sentences.insert(1, _("The key goes into the keyring of this computer, and the book opens as before."))
        else:
            sentences.insert(1, _("This system has no keyring: you will be asked each time the book is opened."))
        self._show(
            _("Encrypt {name}").format(name=name),
            sentences,
            [
                Way(_("With a recovery passphrase…"), self._ask_passphrase),
                Way(_("With a recovery key on paper…"), self._show_new_key),
                leave,
            ],
        )

    def _show(self, title: str, sentences: Sequence[str], ways: Sequence[Way]) -> None:
        self._program.window.clear()
        self._program.window.push(TroubleCard(self._shell.theme, title, sentences, ways))

    def _open(self) -> None:
        self._program.window.clear()
        self._program.open(self._path)

    def _key(self) -> Key:
        key = known_key(self._path)
        if key is None:
            raise Locked(self._path)
        return key

    def _ask_passphrase(self) -> None:
        note = _("At least 12 characters. Four or five words that have nothing to do with each other serve well.")
        form = Form(
            [
                Section(
                    "",
                    [
                        Field("new", _("Recovery passphrase"), "password", required=True, note=note),
                        Field("again", _("Once more"), "password", required=True),
                    ],
                )
            ],
            self._shell.theme,
        )

        def save(typed: dict[str, object]) -> Job:
            return Job(_("Making the key"), lambda _report: key_from_passphrase(typed_twice(typed)), quiet=True)

        dialog = FormDialog(self._shell, _("Recovery passphrase"), form, _("Encrypt"), save, self._program.window)
        dialog.saved.connect(self._switch)
        dialog.open()

    def _show_new_key(self, key: Key | None = None) -> None:
        made = key or new_key()
        self._show(
            _("The recovery key"),
            [
                *key_rows(made),
                _("Whoever has it and a copy of the book can read all of it. Keep it on paper, where you keep deeds."),
            ],
            [
                Way(_("Save it as a PDF to print…"), lambda: self._save_sheet(made, lambda: self._show_new_key(made))),
                Way(_("I have it on paper: encrypt…"), lambda: self._ask_written(made)),
                Way(_("Back"), self.begin),
            ],
        )

    def _ask_written(self, key: Key) -> None:
        """Nobody gets past this with a key that stands nowhere."""
        last = key_rows(key)[-1].replace(" ", "")
        form = Form(
            [Section("", [Field("row", _("The last row of the recovery key"), required=True)])], self._shell.theme
        )

        def check(typed: dict[str, object]) -> Key:
            if "".join(str(typed["row"]).upper().replace("-", " ").split()) != last:
                raise ValidationError({"row": _("This is not its last row.")})
            return key

        def save(typed: dict[str, object]) -> Job:
            return Job(_("Comparing"), lambda _report: check(typed), quiet=True)

        dialog = FormDialog(self._shell, _("From the paper"), form, _("Encrypt"), save, self._program.window)
        dialog.saved.connect(self._switch)
        dialog.open()

    def _save_sheet(self, key: Key, then: Callable[[], None]) -> None:
        dialog = QFileDialog(self._program.window, _("Save the recovery key"), str(self._path.parent), "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(_("{name} recovery key.pdf").format(name=self._path.stem))
        dialog.fileSelected.connect(lambda name: self.write_key(key, Path(name), then))
        dialog.open()

    def write_key(self, key: Key, target: Path, then: Callable[[], None]) -> None:
        """Write the page to print, and say what to do with the file."""
        path, today = self._path, datetime.now().date()

        def done(_nothing: object) -> None:
            then()
            said = _("The recovery key is in {name}.").format(name=target.name)
            self._program.window.notices.say(said, _("Print it, then delete the file."))

        job = Job(_("Saving the recovery key"), lambda _report: write_sheet(path, key, target, today=today))
        self._shell.jobs.start(job, done)

    def _switch(self, found: object) -> None:
        assert isinstance(found, Key)
        path, key, who, act = self._path, found, self._who, change_key if self._encrypted else encrypt

        def work(report: Callable[[int, int, str], None]) -> tuple[Switched, list[Path]]:
            return act(path, key, who=who, report=report), plain_copies(path)

        title = _("Encrypting {name}").format(name=path.stem)
        self._shell.jobs.start(Job(title, work, lane=Lane.SIDE), lambda done: self._done(done, key), self._refused)

    def _done(self, done: object, key: Key) -> None:
        assert isinstance(done, tuple)
        switched, plain = done
        sentences = [_("The book was copied, found equal row by row, and opened again with its key.")]
        if switched.kept:
            sentences.append(_("Its key is in the keyring of this computer."))
        else:
            sentences.append(_("This system has no keyring: you will be asked each time the book is opened."))
        if not self._encrypted and switched.scrubbed:
            sentences.append(
                _("The readable file was overwritten and removed. Flash disks and snapshots may still keep it.")
            )
        elif not self._encrypted:
            sentences.append(_("The readable file was removed, but could not be overwritten on its disk."))
        ways = [Way(_("Open the book"), self._open)]
        if plain:
            sentences.append(
                ngettext(
                    "{count} copy of it is still readable by anybody: {names}.",
                    "{count} copies of it are still readable by anybody: {names}.",
                    len(plain),
                ).format(count=len(plain), names=", ".join(one.name for one in plain[:5]))
            )
            ways.insert(0, Way(_("Encrypt these copies as well"), lambda: self._encrypt_copies(plain, key)))
        self._show(_("{name} is encrypted").format(name=self._path.stem), sentences, ways)

    def _encrypt_copies(self, plain: list[Path], key: Key) -> None:
        def done(left: object) -> None:
            assert isinstance(left, list)
            self._open()
            if left:
                names = ", ".join(one.name for one in left)
                said = _("These copies could not be encrypted: {names}.").format(names=names)
                self._program.window.notices.say(said, tone="held")

        job = Job(_("Encrypting the copies"), lambda report: encrypt_copies(plain, key, report=report), lane=Lane.SIDE)
        self._shell.jobs.start(job, done)

    def _forget(self) -> None:
        self._shell.jobs.start(
            Job(_("Forgetting the key"), lambda _report: forget_key(self._path, who=self._who), quiet=True),
            lambda _nothing: offer_encryption(self._program, self._path, is_open=False),
        )

    def _ask_decrypt(self) -> None:
        follows = _("Whoever has the file can read it then. Backups made until now stay encrypted.")
        title = _("Switch encryption of {name} off?").format(name=self._path.stem)
        Question(self._program.window, title, follows, _("Switch it off"), self._decrypt).open()

    def _decrypt(self) -> None:
        path, who = self._path, self._who

        def done(_nothing: object) -> None:
            self._open()
            self._program.window.notices.say(_("The book is no longer encrypted."))

        job = Job(
            _("Decrypting {name}").format(name=path.stem),
            lambda report: decrypt(path, who=who, report=report),
            lane=Lane.SIDE,
        )
        self._shell.jobs.start(job, done, self._refused)

    def _refused(self, error: object) -> None:
        self.begin()
        self._program.window.notices.show_error(error)
