"""What mails say: the texts that people wrote for the firm, a segment or a client, else the program's own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import mails as queries
from db.schema import MailText
from desktop.delivery.mail.words import mail_words, short_language
from desktop.domain.mail_text import MAIL_KINDS, SCOPES, Text, Worded, problems_of
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.field_checks import check_language
from desktop.services.problems import Problems

FIRM: Final = "firm"
SEGMENT: Final = "segment"
CLIENT: Final = "client"


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text that somebody wrote. `whose` is the client's code or the segment's name, empty for the firm."""

    id: int
    scope: str
    scope_id: int
    whose: str
    kind: str
    language: str
    subject: str
    body: str


def built_in(kind: str, language: str) -> Worded:
    """The program's own words, in English where it has none in a language."""
    return Worded(*mail_words(language).texts[kind])


class Texts:
    """All texts of a book, each cut at its fields once."""

    def __init__(self, connection: Connection) -> None:
        self._own = {
            (scope, whose, kind, language): Worded(subject, body)
            for scope, whose, kind, language, subject, body in queries.texts(connection)
        }
        self._cut: dict[Worded, tuple[Text, Text]] = {}
        self._found: dict[tuple[int, int | None, str, str], Worded] = {}

    def worded(self, client_id: int, segment_id: int | None, kind: str, language: str) -> Worded:
        """The text that counts: the client's, its segment's, the firm's, each in the language before that for all."""
        key = (client_id, segment_id, kind, language)
        if key not in self._found:
            self._found[key] = self._looked_up(*key)
        return self._found[key]

    def _looked_up(self, client_id: int, segment_id: int | None, kind: str, language: str) -> Worded:
        levels = ((CLIENT, client_id), (SEGMENT, segment_id or 0), (FIRM, 0))
        for scope, whose in levels:
            for spoken in (language, short_language(language), ""):
                found = self._own.get((scope, whose, kind, spoken))
                if found is not None:
                    return found
        return built_in(kind, language)

    def cut(self, worded: Worded) -> tuple[Text, Text]:
        """Subject and body, ready to be filled."""
        if worded not in self._cut:
            self._cut[worded] = (Text(worded.subject), Text(worded.body))
        return self._cut[worded]


def mail_texts(book: Book) -> list[OwnText]:
    """Those that people wrote, the firm's first, then by whose they are, kind and language."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT t.id, t.scope, t.scope_id, coalesce(c.code, s.name, ''), t.kind, t.language, t.subject, t.body
            FROM mail_text t LEFT JOIN client c ON t.scope = 'client' AND c.id = t.scope_id
            LEFT JOIN segment s ON t.scope = 'segment' AND s.id = t.scope_id"""
        )
        found = [OwnText(*row) for row in rows]
    return sorted(
        found,
        key=lambda one: (SCOPES.index(one.scope), one.whose.casefold(), MAIL_KINDS.index(one.kind), one.language),
    )


def save_mail_text(
    book: Book,
    kind: str,
    worded: Worded,
    *,
    actor: str,
    language: str = "",
    scope: str = FIRM,
    scope_id: int = 0,
) -> int:
    """Write the text of a kind of mail, in place of the one there was. ValidationError at `subject` and `body`.

    UserError for a kind, a language, a client or a segment that does not exist.
    """
    _check_place(kind, scope)
    worded = Worded(worded.subject.strip(), worded.body.replace("\r\n", "\n").strip())
    with change(book, actor, _("Change a text of e-mails")) as made:
        problems = Problems()
        for part, said in problems_of(worded):
            problems.add(part, put(said))
        spoken = {"language": language}
        check_language(spoken, problems)
        problems.raise_any()
        language = spoken["language"]
        made.summary = _summary(made, scope, scope_id)
        known = _standing(made, kind, language, scope, scope_id)
        if known is not None:
            made.update(MailText, known, subject=worded.subject, body=worded.body)
            return known
        return made.insert(
            MailText,
            scope=scope,
            scope_id=scope_id,
            kind=kind,
            language=language,
            subject=worded.subject,
            body=worded.body,
        )


def reset_mail_text(
    book: Book, kind: str, *, actor: str, language: str = "", scope: str = FIRM, scope_id: int = 0
) -> bool:
    """Take a text away, so that what stands behind it counts again. False where there is none."""
    _check_place(kind, scope)
    with change(book, actor, _("Take a text of e-mails away")) as made:
        known = _standing(made, kind, language, scope, scope_id)
        if known is None:
            return False
        made.delete(MailText, known)
        return True


def drop_mail_texts(made: Change, scope: str, scope_id: int) -> None:
    """Those of a client or a segment that goes away."""
    rows = made.connection.exec_driver_sql(
        "SELECT id FROM mail_text WHERE scope = ? AND scope_id = ?", (scope, scope_id)
    ).fetchall()
    for (key,) in rows:
        made.delete(MailText, key)


def _standing(made: Change, kind: str, language: str, scope: str, scope_id: int) -> int | None:
    found = made.connection.exec_driver_sql(
        "SELECT id FROM mail_text WHERE scope = ? AND scope_id = ? AND kind = ? AND language = ?",
        (scope, scope_id, kind, language),
    ).scalar()
    return None if found is None else int(found)


def wanted_kind(kind: str) -> str:
    """The kind. UserError where there is none such."""
    if kind not in MAIL_KINDS:
        raise UserError(
            _("There is no kind of mail “{kind}”.").format(kind=kind),
            _("It is one of: {known}.").format(known=", ".join(MAIL_KINDS)),
        )
    return kind


def _check_place(kind: str, scope: str) -> None:
    wanted_kind(kind)
    if scope not in SCOPES:
        raise UserError(
            _("A text belongs to the firm, a segment or a client, not to “{scope}”.").format(scope=scope),
            _("It is one of: {known}.").format(known=", ".join(SCOPES)),
        )


def _summary(made: Change, scope: str, scope_id: int) -> str:
    if scope == FIRM:
        return _("Change a text of e-mails")
    table, column = ("client", "code") if scope == CLIENT else ("segment", "name")
    name = made.connection.exec_driver_sql(f"SELECT {column} FROM {table} WHERE id = ?", (scope_id,)).scalar()
    if name is None:
        raise UserError(
            _("The client is not there any more.") if scope == CLIENT else _("The segment is not there any more."),
            _("Reload the page."),
        )
    return _("Change a text of e-mails to {name}").format(name=name)
