"""Opens the files of a mail as they went: a PDF in the window, anything else with the system's own program."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.attachments import safe_name
from desktop.services.delivery.mail.sent_mails import Attached, attached_file
from desktop.ui.desk import Desk
from desktop.ui.document_page import DocumentPage, Paper
from desktop.ui.opening import open_path


def open_attached(desk: Desk, attached: Attached) -> None:
    """Show the file byte for byte, or say why it cannot be."""
    name = safe_name(attached.name)

    def shown(content: object) -> None:
        assert isinstance(content, bytes)
        if content.startswith(b"%PDF"):
            desk.shell.push(DocumentPage(desk, Paper(name, _("as it went"), name, lambda: content, _writer(content))))
        else:
            target = _folder() / f"{attached.sha256[:12]}-{name}"
            target.write_bytes(content)
            open_path(target)

    job = Job("", lambda _report: attached_file(desk.book, attached), lane=Lane.SIDE, quiet=True)
    desk.shell.jobs.start(job, shown, desk.shell.notices.show_error)


def _writer(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


@cache
def _folder() -> Path:
    """Where copies to look at lie while the program runs."""
    folder = Path(tempfile.mkdtemp(prefix="sheaf-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
