"""The outbox: every document has its way out, what went is as it went, and nothing went twice by itself."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from typing import Final

from desktop.i18n import _
from desktop.services.check.problem import Problems
from desktop.services.delivery.mail.digest import mail_digest

# A mail moves all its documents with it. What a person decided since, such as to send it once more, is told apart.
_TOGETHER: Final = ("sending", "sent", "uncertain")

# What a restored backup had waiting has no mail: whether it went is for a person to say.
_DOUBTED: Final = """d.mailing_id IS NULL AND d.state <> 'sending'
 AND EXISTS (SELECT 1 FROM delivery_event e WHERE e.delivery_id = d.id AND e.kind = 'uncertain')"""

# The files of mails that went, or may have, as the mails tell them; what a hand spoiled is told by its digest.
_ENCLOSED: Final = """SELECT m.id AS mailing, a.value ->> 'delivery_id' AS delivery, a.value ->> 'form' AS form,
 a.value ->> 'name' AS name, a.value ->> 'sha256' AS sha256
 FROM mailing m, json_each(iif(json_valid(m.attachments), m.attachments, '[]')) a
 WHERE m.state IN ('sending', 'sent', 'uncertain')"""


def check_delivery(connection: sqlite3.Connection, problems: Problems) -> None:
    """Rows of the outbox, mails and kept files against each other."""
    _check_rows(connection, problems)
    _check_mails(connection, problems)
    _check_files(connection, problems)


def _check_rows(connection: sqlite3.Connection, problems: Problems) -> None:
    lost = _("it is not in the outbox: nobody would notice that it never went")
    for (number,) in connection.execute(
        "SELECT number FROM invoice i WHERE kind <> 'opening'"
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.invoice_id = i.id)"
    ):
        problems.add("document", number, lost)
    split = _("{count} rows of the outbox say where it stands, where one should")
    for title, count in connection.execute(
        "SELECT min(title), sum(current) FROM delivery WHERE invoice_id IS NOT NULL GROUP BY invoice_id"
        " HAVING sum(current) <> 1"
    ):
        problems.add("document", title, split.format(count=count))
    twice = _("it went twice by the same way, though nobody asked for it")
    for (title,) in connection.execute(
        "SELECT min(title) FROM delivery WHERE again_of_id IS NULL AND state = 'sent' AND invoice_id IS NOT NULL"
        " GROUP BY invoice_id, channel HAVING count(*) > 1"
    ):
        problems.add("document", title, twice)


def _check_mails(connection: sqlite3.Connection, problems: Problems) -> None:
    apart = _("it stands as “{state}”, its mail as “{other}”")
    for title, state, other in connection.execute(
        "SELECT d.title, d.state, m.state FROM delivery d LEFT JOIN mailing m ON m.id = d.mailing_id"
        f" WHERE d.channel = 'email' AND d.state IN {_TOGETHER} AND m.state IS NOT d.state AND NOT ({_DOUBTED})"
    ):
        problems.add("document", title, apart.format(state=state, other=other or _("not there")))
    twice = _("two mails with it went, though nobody asked for the second")
    for (title,) in connection.execute(
        "SELECT d.title FROM (SELECT delivery, count(DISTINCT mailing) AS mails FROM"
        f" ({_ENCLOSED} AND m.state = 'sent') GROUP BY delivery) f"
        " JOIN delivery d ON d.id = f.delivery WHERE f.mails > 1"
    ):
        problems.add("document", title, twice)
    changed = _("what it says is not what went: something of it was changed")
    for subject, digest, sender, recipients, text, html, attachments in connection.execute(
        "SELECT subject, digest, sender, recipients, text, html, attachments FROM mailing"
        f" WHERE NOT draft AND state IN {_TOGETHER} AND NOT EXISTS"
        " (SELECT 1 FROM erased_row x WHERE x.table_name = 'mailing' AND x.row_id = mailing.id)"
    ):
        try:
            files = [(one["name"], one["sha256"]) for one in json.loads(attachments)]
            told = mail_digest(sender, json.loads(recipients), subject, text, html, files)
        except (ValueError, TypeError, KeyError, AttributeError):
            told = ""
        if told != digest:
            problems.add("mail", str(subject), changed)


def _check_files(connection: sqlite3.Connection, problems: Problems) -> None:
    other = _("the file {file} that went with it is not the one that is kept")
    for title, name in connection.execute(
        f"SELECT d.title, e.name FROM ({_ENCLOSED}) e JOIN delivery d ON d.id = e.delivery"
        " LEFT JOIN rendering r ON r.invoice_id = d.invoice_id AND r.form = e.form"
        " LEFT JOIN file f ON f.id = d.file_id AND d.invoice_id IS NULL"
        " WHERE e.sha256 <> '' AND coalesce(r.sha256, f.sha256) IS NOT e.sha256"
    ):
        problems.add("document", title, other.format(file=name))
    # What many files begin with is hashed once.
    begun = {None: hashlib.sha256()}
    changed = _("the copy of its file is not what went out any more")
    for key, digest, content in connection.execute("SELECT id, digest, content FROM rendering_prefix"):
        try:
            begun[key] = hashlib.sha256(content)
        except TypeError:
            continue
        if begun[key].hexdigest() != digest:
            problems.add("document", _("beginning #{number} of kept files").format(number=key), changed)
    for number, prefix, packed, sha256 in connection.execute(
        "SELECT i.number, r.prefix_id, r.content, r.sha256 FROM rendering r JOIN invoice i ON i.id = r.invoice_id"
    ):
        try:
            whole = begun[prefix].copy()
            whole.update(zlib.decompress(packed))
            if whole.hexdigest() == sha256:
                continue
        except (KeyError, TypeError, zlib.error):
            pass
        problems.add("document", number, changed)
