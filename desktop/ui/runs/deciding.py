"""What a person decides about the exceptions of a run: approve, hold, note, edit, hand over, look again, discard."""

from __future__ import annotations

from collections.abc import Callable

from desktop.i18n import _, ngettext
from desktop.jobs import Job, Lane
from desktop.services.notes import add_note
from desktop.services.runs import approve_drafts, discard, hold_drafts, look_again
from desktop.services.runs.remembering import Lesson, approve_and_remember, lessons
from desktop.services.runs.reviewing import Next, next_undecided
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.form import Field, Form, Section
from desktop.ui.page import Page
from desktop.ui.runs.assign import assign_drafts
from desktop.ui.runs.edit_draft import edit_draft
from desktop.ui.saving import writing

REVIEW = frozenset({"runs"})


class Deciding:
    """Acts on what is chosen in the table of a review.

    `decided` hears Written of (result, Next) from an approval or a hold, `looked` how many nothing stands against any
    more.
    """

    def __init__(
        self, page: Page, desk: Desk, run_id: int, decided: Callable[[object], None], looked: Callable[[object], None]
    ) -> None:
        self._page = page
        self._desk = desk
        self._run = run_id
        self._decided = decided
        self._looked = looked

    def _start(self, title: str, work: Callable[[], object], then: Callable[[object], object] | None = None) -> None:
        job = Job(title, lambda _report: work(), REVIEW, lane=Lane.HAND, quiet=True)
        self._page.shell.jobs.start(job, then)

    def _decide(self, title: str, work: Callable[[list[int]], object]) -> None:
        page = self._page
        book, run, ids, order = self._desk.book, self._run, page.selected_ids(), list(page.model.ids)

        def decide() -> tuple[object, Next]:
            return work(ids), next_undecided(book, run, order, ids)

        page.shell.jobs.start(writing(self._desk, title, decide, REVIEW), self._decided)

    # Approve and hold

    def approve(self) -> None:
        self._approve("")

    def approve_note(self) -> None:
        self._ask_words(_("Approve with a note"), _("Approve"), self._approve)

    def _approve(self, note: str) -> None:
        book, actor, now = self._desk.book, self._desk.actor, self._desk.now
        self._decide(_("Approving"), lambda ids: approve_drafts(book, ids, note, actor=actor, now=now))

    def hold(self) -> None:
        self._hold("")

    def hold_note(self) -> None:
        self._ask_words(_("Hold back"), _("Hold"), self._hold)

    def _hold(self, note: str) -> None:
        book, actor, now = self._desk.book, self._desk.actor, self._desk.now
        self._decide(_("Holding"), lambda ids: hold_drafts(book, ids, note, actor=actor, now=now))

    def remember(self) -> None:
        """Of several rows that are chosen the first: each teaches something else."""
        book = self._desk.book
        for one in self._page.selected_ids()[:1]:
            self._page.shell.jobs.ask(lambda one=one: (one, lessons(book, one)), self._ask_remember)  # type: ignore[misc]

    def _ask_remember(self, found: object) -> None:
        assert isinstance(found, tuple)
        one, learn = found
        if not learn:
            self._page.shell.notices.say(
                _("What holds this draft is looked at every time."),
                _("Approve it alone, or mend what stands against it."),
                tone="note",
            )
            return
        words = " ".join(lesson.words for lesson in learn)
        Question(
            self._page,
            _("Approve, and let the like pass from now on?"),
            _("{words} The rules under Settings show it, and take it back.").format(words=words),
            _("Approve and remember"),
            lambda: self._remember(one, learn),
            expected=True,
        ).open()

    def _remember(self, one: int, learn: tuple[Lesson, ...]) -> None:
        book, actor, now = self._desk.book, self._desk.actor, self._desk.now
        self._page.table.select([one])
        self._decide(_("Approving"), lambda _ids: approve_and_remember(book, one, learn, "", actor=actor, now=now))

    # Words

    def note(self) -> None:
        ids = self._page.selected_ids()
        self._ask_words(_("Note"), _("Save the note"), lambda text: self._note(ids, text))

    def _note(self, ids: list[int], text: str) -> None:
        book, actor = self._desk.book, self._desk.actor
        if text.strip():
            self._start(_("Saving the note"), lambda: [add_note(book, "draft", one, text, actor=actor) for one in ids])

    def _ask_words(self, title: str, verb: str, act: Callable[[str], None]) -> None:
        field = Field("note", _("Words"), "lines", hint=_("For whoever looks at it next"))
        form = Form([Section("", [field])], self._page.shell.theme)

        def save(values: dict[str, object]) -> Job:
            note = str(values["note"] or "")
            return Job(title, lambda _report: note, lane=Lane.HAND, quiet=True)

        dialog = FormDialog(self._page.shell, title, form, verb, save, self._page)
        dialog.saved.connect(lambda note: act(str(note)))
        dialog.open()

    # Mend, hand over, drop

    def edit(self) -> None:
        for one in self._page.selected_ids()[:1]:
            edit_draft(self._desk, self._page, one)

    def assign(self) -> None:
        page, ids = self._page, self._page.selected_ids()
        owners = {str(row["owner"]) for row in page.design.listing.rows(ids).values()}
        assign_drafts(self._desk, page, ids, owners.pop() if len(owners) == 1 else "", REVIEW)

    def again(self) -> None:
        book, actor, ids = self._desk.book, self._desk.actor, self._page.selected_ids()
        self._start(_("Looking again"), lambda: look_again(book, ids, actor=actor), self._looked)

    def discard(self) -> None:
        book, actor, ids = self._desk.book, self._desk.actor, self._page.selected_ids()

        def act() -> None:
            self._start(_("Discarding"), lambda: discard(book, ids, actor=actor))

        asked = ngettext("Discard {count} draft?", "Discard {count} drafts?", len(ids)).format(count=len(ids))
        more = _("Nothing is lost: what it bills is due again in the next run.")
        Question(self._page, asked, more, _("Discard"), act).open()
