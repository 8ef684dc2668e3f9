"""`texts`, `mails` and `letter --send` as a person types them."""

from __future__ import annotations

import io
import json

import pytest

from desktop.cli import run
from tests.books import new_book
from tests.contracts import Contracts


@pytest.fixture
def path(tmp_path):
    book = new_book(tmp_path, delivery="email")
    made = Contracts(book)
    client = made.client("C1", email="c1@client.example")
    made.agreement(client)
    made.bill("2026-01-31")
    book.close()
    return tmp_path / "Harbour.sheaf"


def sheaf(path, *arguments, fails=False):
    """What a command answers in JSON; its complaint where it is to fail."""
    out, err = io.StringIO(), io.StringIO()
    command, *rest = arguments
    code = run([command, str(path), *map(str, rest), "--json"], out=out, err=err, folder=path.parent)
    if fails:
        assert code == 1, out.getvalue()
        return err.getvalue()
    assert code == 0, err.getvalue()
    return json.loads(out.getvalue())


def test_texts_are_set_shown_listed_and_removed(path):
    (path.parent / "body.txt").write_text("{greeting}\n\nHere is {number}.\n", encoding="utf-8")
    assert sheaf(path, "texts", "show", "invoice")["own"] is False
    sheaf(path, "texts", "set", "invoice", "--subject", "Bill {number}", "--body", "body.txt", "--client", "C1")
    (one,) = sheaf(path, "texts")["texts"]
    assert (one["scope"], one["for"], one["subject"]) == ("client", "C1", "Bill {number}")
    assert sheaf(path, "texts", "show", "invoice", "--client", "C1")["own"] is True
    (mail,) = sheaf(path, "mails")["mails"]
    assert mail["subject"].startswith("Bill INV-")
    sheaf(path, "texts", "remove", "invoice", "--client", "C1")
    assert sheaf(path, "texts")["texts"] == []
    assert "no text of your own" in sheaf(path, "texts", "remove", "invoice", fails=True)


def test_a_wrong_field_is_refused_with_what_is_meant(path):
    (path.parent / "body.txt").write_text("{amuont}", encoding="utf-8")
    said = sheaf(path, "texts", "set", "invoice", "--subject", "x", "--body", "body.txt", fails=True)
    assert "{amuont}" in said
    assert "{amount}" in said
    assert "subject and a body" in sheaf(path, "texts", "set", "invoice", fails=True)


def test_one_mail_is_changed_and_taken_back(path):
    (before,) = sheaf(path, "mails")["mails"]
    (mail,) = sheaf(path, "mails", "--subject", "Hello", "--to", "x@y.example; cc: z@y.example")["mails"]
    assert (mail["subject"], mail["to"], mail["cc"]) == ("Hello", ["x@y.example"], ["z@y.example"])
    assert sheaf(path, "mails", "--reset")["mails"] == [before]


def test_drafts_links_and_files(path):
    (link,) = sheaf(path, "mails", "--mailto", "--files", "files")["mails"]
    assert link["mailto"].startswith("mailto:c1@client.example?")
    assert [one.suffix for one in (path.parent / "files").iterdir()] == [".pdf"]
    (draft,) = sheaf(path, "mails", "--drafts", "drafts")["drafts"]
    assert (path.parent / "drafts").joinpath(draft["file"]).read_bytes().count(b"X-Unsent: 1") == 1
    assert b"\r\nFrom:" not in (path.parent / "drafts" / draft["file"]).read_bytes()
    assert sheaf(path, "mails")["mails"] == []
    assert "waits" in sheaf(path, "mails", "INV-2026-0001", fails=True)


def test_a_letter_is_sent_instead_of_written(path):
    said = sheaf(path, "letter", "statement", "--all", "--as-of", "2026-04-01", "--send")
    assert [(one["kind"], one["client"]) for one in said["letters"]] == [("statement", "C1")]
    mails = sheaf(path, "mails")["mails"]
    assert [mail["subject"].split()[0] for mail in mails] == ["Invoice", "Statement"]
    again = sheaf(path, "letter", "statement", "--client", "C1", "--as-of", "2026-04-01", "--send", fails=True)
    assert "waits in the outbox already" in again
    sheaf(path, "letter", "reminder", "--client", "C1", "--as-of", "2026-04-01", "--send", "--by", "print")
    assert "where the letter goes" in sheaf(path, "letter", "statement", "--client", "C1", fails=True)
    assert "either sent or written" in sheaf(
        path, "letter", "statement", "--client", "C1", "--send", "--to", "x.pdf", fails=True
    )


def test_people_read_a_mail_as_it_goes(path):
    out = io.StringIO()
    assert run(["mails", str(path)], out=out, err=io.StringIO(), folder=path.parent) == 0
    said = out.getvalue()
    assert "To: c1@client.example" in said
    assert "Attached: INV-2026-0001.pdf" in said
    assert "    Please pay €119.00" in said or "€119.00 has been due since" in said
