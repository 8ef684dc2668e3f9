"""Shows the work that goes on: what it is, how far it is, and a way to stop it."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Jobs, Progress

# Work that ends sooner would only flicker.
_PATIENCE_MS = 300


class JobBar(QFrame):
    """The oldest job that runs, and how many wait behind it."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self.setProperty("role", "jobs")
        self._title = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._title.setProperty("role", "strong")
        self._text = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._text.setProperty("role", "secondary")
        self._bar = QProgressBar(textVisible=False)
        self._stop = QPushButton(_("Stop"))
        self._stop.clicked.connect(self._cancel)
        words = QHBoxLayout()
        words.setSpacing(12)
        words.addWidget(self._title)
        words.addWidget(self._text, 1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(words)
        left.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addWidget(self._stop)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_if_busy)
        jobs.started.connect(self._follow)
        jobs.progressed.connect(self._follow)
        jobs.ended.connect(self._follow)
        self.hide()

    def _shown(self) -> Job | None:
        return next(iter(self._jobs.shown), None)

    def _show_if_busy(self) -> None:
        if self._shown() is not None:
            self.show()

    def _follow(self, _job: object = None) -> None:
        job = self._shown()
        if job is None:
            self._patience.stop()
            self.hide()
            return
        if not self.isVisible() and not self._patience.isActive():
            self._patience.start()
        self._title.setText(job.title)
        self._text.setText(_("Stopping after this step…") if job.stopping else self._words(job.progress))
        self._bar.setMaximum(job.progress.total)
        self._bar.setValue(job.progress.done)
        self._stop.setEnabled(not job.stopping)

    def _words(self, progress: Progress) -> str:
        parts = [progress.text] if progress.text else []
        if progress.total:
            done, total = number_text(progress.done), number_text(progress.total)
            parts.insert(0, _("{done} of {total}").format(done=done, total=total))
        if waiting := len(self._jobs.shown) - 1:
            parts.append(ngettext("{count} more waits", "{count} more wait", waiting).format(count=waiting))
        return " · ".join(parts)

    def _cancel(self) -> None:
        if job := self._shown():
            job.cancel()
        self._follow()
