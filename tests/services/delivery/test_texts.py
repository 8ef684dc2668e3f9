"""Texts of mails: kept by whose they are, refused with what is wrong, taken back to the program's words."""

from __future__ import annotations

import pytest

from desktop.delivery.mail.words import mail_words
from desktop.domain.mail_text import FIELDS, MAIL_KINDS, Worded, problems_of
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.delivery.mail.texts import built_in, mail_texts, reset_mail_text, save_mail_text
from desktop.services.problems import ValidationError
from desktop.services.segments import delete_segment, save_segment
from tests.books import new_book
from tests.contracts import Contracts

ANNE = "Anne"
GOOD = Worded("Invoice {number}", "{greeting}\n\n{payment}")


@pytest.fixture
def book(tmp_path):
    opened = new_book(tmp_path)
    yield opened
    opened.close()


def test_texts_are_listed_by_whose_they_are(book):
    client = Contracts(book).client("C9")
    segment = save_segment(book, {"name": "Gold"}, actor=ANNE)
    save_mail_text(book, "reminder", GOOD, actor=ANNE, scope="client", scope_id=client)
    save_mail_text(book, "invoice", GOOD, actor=ANNE, scope="segment", scope_id=segment, language="de-AT")
    save_mail_text(book, "several", GOOD, actor=ANNE)
    assert [(one.scope, one.whose, one.kind, one.language) for one in mail_texts(book)] == [
        ("firm", "", "several", ""),
        ("segment", "Gold", "invoice", "de_AT"),
        ("client", "C9", "reminder", ""),
    ]


def test_saving_again_changes_and_resetting_takes_away(book):
    save_mail_text(book, "invoice", GOOD, actor=ANNE)
    save_mail_text(book, "invoice", Worded(" Other \n", "Body\r\nhere"), actor=ANNE)
    (one,) = mail_texts(book)
    assert (one.subject, one.body) == ("Other", "Body\nhere")
    assert reset_mail_text(book, "invoice", actor=ANNE)
    assert mail_texts(book) == []
    assert not reset_mail_text(book, "invoice", actor=ANNE)
    undo(book, ANNE)
    assert len(mail_texts(book)) == 1


def test_an_unknown_field_is_named_with_what_is_meant(book):
    with pytest.raises(ValidationError) as refused:
        save_mail_text(book, "invoice", Worded("{nummber}", "{Greeting} {xyzzy"), actor=ANNE)
    assert refused.value.fields["subject"] == "There is no field “{nummber}”; is “{number}” meant?"
    assert refused.value.fields["body"] == "There is no field “{Greeting}”; is “{greeting}” meant?"
    assert mail_texts(book) == []


@pytest.mark.parametrize(
    "worded, part",
    [
        (Worded("", "x"), "subject"),
        (Worded("x", " \n"), "body"),
        (Worded("x" * 201, "x"), "subject"),
        (Worded("{list}", "x"), "subject"),
        (Worded("one\ntwo", "x"), "subject"),
        (Worded("x", "{number"), "body"),
        (Worded("x", "number}"), "body"),
        (Worded("x", "{qqq}"), "body"),
    ],
)
def test_what_cannot_be_said_is_refused_at_its_part(worded, part):
    assert next(where for where, _said in problems_of(worded)) == part


@pytest.mark.parametrize("more", [{"scope": "world"}, {"scope": "client", "scope_id": 99}])
def test_a_text_needs_somebody_to_belong_to(book, more):
    with pytest.raises(UserError):
        save_mail_text(book, "invoice", GOOD, actor=ANNE, **more)


def test_unknown_kinds_and_languages_are_refused(book):
    with pytest.raises(UserError, match="no kind of mail"):
        save_mail_text(book, "run_report", GOOD, actor=ANNE)
    with pytest.raises(ValidationError):
        save_mail_text(book, "invoice", GOOD, actor=ANNE, language="xx")


def test_a_segments_texts_go_with_it(book):
    segment = save_segment(book, {"name": "Gold"}, actor=ANNE)
    save_mail_text(book, "invoice", GOOD, actor=ANNE, scope="segment", scope_id=segment)
    delete_segment(book, segment, actor=ANNE)
    assert mail_texts(book) == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "hi"])
def test_the_programs_own_words_are_whole_in_every_language(language):
    words = mail_words(language)
    for kind in MAIL_KINDS:
        worded = built_in(kind, language)
        assert list(problems_of(worded)) == []
        assert "{firm}" in worded.body
        assert words.texts[kind] == tuple(worded)
    english = mail_words("en")
    for name in words._fields:
        own, other = getattr(words, name), getattr(english, name)
        if isinstance(own, str):
            assert sorted(_fields(own)) == sorted(_fields(other)), name
    for kind in MAIL_KINDS:
        own, other = built_in(kind, language), built_in(kind, "en")
        assert sorted(_fields(own.body)) == sorted(_fields(other.body)), kind
        assert sorted(_fields(own.subject)) == sorted(_fields(other.subject)), kind


def _fields(text):
    import string

    return [name for _text, name, _form, _turn in string.Formatter().parse(text) if name]


def test_the_fields_are_said_once():
    assert len(set(FIELDS)) == len(FIELDS)
