"""The words of mails in English, German, French, Spanish and Hindi, in the client's language, not the window's."""

from __future__ import annotations

from typing import Final, NamedTuple

from desktop.delivery.mail import words_de, words_en, words_es, words_fr, words_hi


class MailWords(NamedTuple):
    """One language. `texts` are (subject, body) by kind, with the fields of mails; braces elsewhere are named here."""

    greeting: str
    greeting_all: str
    texts: dict[str, tuple[str, str]]
    pay_by: str
    pay_now: str
    pay_late: str
    pay_withheld: str
    pay_parts: str
    pay_list: str
    debit: str
    debit_list: str
    card: str
    nothing_due: str
    credited: str
    list_line: str
    list_line_due: str
    document: str
    date: str
    due: str
    amount: str


_WORDS: Final = {
    "en": MailWords(**words_en.WORDS),
    "de": MailWords(**words_de.WORDS),
    "fr": MailWords(**words_fr.WORDS),
    "es": MailWords(**words_es.WORDS),
    "hi": MailWords(**words_hi.WORDS),
}


def short_language(language: str) -> str:
    """ "de" of "de_CH" or "de-CH"."""
    return language.replace("-", "_").partition("_")[0].lower()


def mail_words(language: str) -> MailWords:
    """The words of a language or locale; English where there are none."""
    return _WORDS.get(short_language(language), _WORDS["en"])
