"""Mails in files: every shape that programs save them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.delivery.mail.mailboxes import mails_in
from desktop.delivery.mail.parts import LARGEST
from desktop.errors import UserError

FIRST, SECOND = b"Subject: one\n\nHello\n", b"Subject: two\n\n>From here\nFrom here on\n"


def test_one_mail_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(FIRST)
    assert list(mails_in(tmp_path / "a.eml")) == [FIRST]
    (tmp_path / "b.emlx").write_bytes(b"19  \n" + FIRST)
    assert list(mails_in(tmp_path / "b.emlx")) == [FIRST]
    (tmp_path / "empty.eml").write_bytes(b"")
    assert list(mails_in(tmp_path / "empty.eml")) == []


def test_many_mails_a_file(tmp_path: Path) -> None:
    box = tmp_path / "Inbox"
    box.write_bytes(b"From a@b Sun Nov 22\n" + FIRST + b"\nFrom c@d Sun Nov 22\n" + SECOND + b"\n")
    # "From" within a text begins no mail where no blank line stands before it.
    assert [one.rstrip() for one in mails_in(box)] == [FIRST.rstrip(), SECOND.rstrip()]


def test_maildir(tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "new" / "1700.1.host").write_bytes(FIRST)
    (tmp_path / "cur" / "1700.2.host:2,S").write_bytes(SECOND)
    (tmp_path / "tmp" / "1700.3.host").write_bytes(b"half")
    assert sorted(mails_in(tmp_path)) == [FIRST, SECOND]


def test_folder_with_all_of_these(tmp_path: Path) -> None:
    inner = tmp_path / "saved" / "more"
    inner.mkdir(parents=True)
    (inner / "a.EML").write_bytes(FIRST)
    (inner / "box.mbox").write_bytes(b"From x\n" + SECOND)
    (inner / "invoice.pdf").write_bytes(b"%PDF-1.7")
    (inner / ".hidden.eml").write_bytes(b"no")
    assert list(mails_in(tmp_path)) == [FIRST, SECOND]


def test_size_of_what_is_read_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"x" * (LARGEST * 3))
    (tmp_path / "b.mbox").write_bytes(b"From x\n" + (b"y" * 999 + b"\n") * 4000 + b"\nFrom z\n" + FIRST)
    sizes = [len(one) for one in mails_in(tmp_path)]
    assert sizes[0] == LARGEST
    assert sizes[1] < LARGEST + (1 << 16)
    assert sizes[2] == len(FIRST)


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        list(mails_in(tmp_path / "missing.eml"))
    with pytest.raises(UserError, match="has no mails"):
        list(mails_in(tmp_path))
