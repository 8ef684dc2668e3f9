"""`encrypt`, `decrypt`, `unlock`, `recovery-key`: the book under a key, and what brings the key back."""

from __future__ import annotations

from pathlib import Path

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.signing import owner_of
from desktop.cli.unlocking import ask_secret
from desktop.errors import UserError
from desktop.i18n import _, ngettext


def add(commands: Commands) -> None:
    on = commands.add("encrypt", _encrypt, _("put the closed book under a key, by a copy that is proved equal"))
    on.add_argument(
        "--passphrase",
        action="store_true",
        help=_("make the key from a recovery passphrase: asked for, or a line of standard input"),
    )
    on.add_argument("--change", action="store_true", help=_("another key for a book that is encrypted"))
    on.add_argument("--recovery-to", metavar="FILE", help=_("write the recovery key to a PDF to print"))
    on.add_argument("--copies", action="store_true", help=_("encrypt the backups as well that are still readable"))

    off = commands.add("decrypt", _decrypt, _("take the key off the closed book"))

    key = commands.add("recovery-key", _recovery_key, _("show what opens the book on another computer"))
    key.add_argument("--to", metavar="FILE", help=_("write it to a PDF to print instead of showing it"))

    unlock = commands.add(
        "unlock", _unlock, _("keep the key of a book in this computer's keyring; asks for it, or reads a line")
    )
    unlock.add_argument("--forget", action="store_true", help=_("take it out of the keyring"))
    for one in (on, off, key, unlock):
        # The window would read its own standard input, and cannot close the book under itself.
        one.set_defaults(hands_over=False)


def _encrypt(call: Call) -> None:
    from desktop.services.encryption.recovery import key_from_passphrase, new_key
    from desktop.services.encryption.sheet import write_sheet
    from desktop.services.encryption.switching import change_key, encrypt

    arguments = call.arguments
    path = call.path(arguments.book)
    who = owner_of(call, path)
    if arguments.passphrase:
        key = key_from_passphrase(_twice(path))
    else:
        _refuse_unkept(arguments.recovery_to)
        key = new_key()
    if arguments.recovery_to:
        write_sheet(path, key, call.path(arguments.recovery_to), today=call.today)
    done = (change_key if arguments.change else encrypt)(path, key, who=who, report=call.progress)
    plain, left = _copies(call, path)
    data = {
        "book": str(path),
        "encrypted": True,
        "in_keyring": done.kept,
        "overwritten": done.scrubbed,
        "readable_copies": [str(one) for one in (left if arguments.copies else plain)],
    }

    def text() -> str:
        sentences = [_("{path} is encrypted.").format(path=path)]
        if done.kept:
            sentences.append(_("Its key is in the keyring of this computer."))
        if not arguments.recovery_to and not arguments.passphrase:
            sentences.append(_("Print its recovery key now: sheaf recovery-key BOOK"))
        if not arguments.change and not done.scrubbed:
            sentences.append(_("The readable file could not be overwritten on its disk before it was removed."))
        readable = left if arguments.copies else plain
        if readable:
            sentences.append(
                ngettext(
                    "{count} copy of it is still readable by anybody: {names}",
                    "{count} copies of it are still readable by anybody: {names}",
                    len(readable),
                ).format(count=len(readable), names=", ".join(one.name for one in readable))
            )
        return "\n".join(sentences)

    call.answer(data, text)


def _copies(call: Call, path: Path) -> tuple[list[Path], list[Path]]:
    """The copies that anybody can read, and those of them that could not be encrypted."""
    from desktop.services.encryption.opening import known_key
    from desktop.services.encryption.switching import encrypt_copies, plain_copies

    plain = plain_copies(path)
    key = known_key(path)
    if key is None or not call.arguments.copies:
        return plain, plain
    return plain, encrypt_copies(plain, key, report=call.progress)


def _twice(path: Path) -> str:
    import sys

    first = ask_secret(_("New recovery passphrase of {name}").format(name=path.name))
    if sys.stdin.isatty() and ask_secret(_("Once more")) != first:
        raise UserError(_("The two passphrases are not the same."), _("Nothing was changed. Type them again."))
    return first


def _refuse_unkept(sheet: str | None) -> None:
    """A key that neither a keyring nor paper has would be lost with this process."""
    from desktop import secrets

    if sheet is None and not secrets.has_keyring():
        raise UserError(
            _("This system has no keyring to keep the key in."),
            _("Take --passphrase, or have the recovery key written to a PDF with --recovery-to FILE."),
        )


def _decrypt(call: Call) -> None:
    from desktop.cli.unlocking import driver_or_ask
    from desktop.services.encryption.switching import decrypt

    path = call.path(call.arguments.book)
    driver_or_ask(call, path)
    decrypt(path, who=owner_of(call, path), report=call.progress)
    call.answer(
        {"book": str(path), "encrypted": False},
        lambda: _("{path} is no longer encrypted: whoever has the file can read it.").format(path=path),
    )


def _recovery_key(call: Call) -> None:
    from desktop.cli.unlocking import driver_or_ask
    from desktop.services.access.file_owner import refuse_unless_owner
    from desktop.services.encryption.opening import known_key
    from desktop.services.encryption.recovery import recovery_key
    from desktop.services.encryption.sheet import write_sheet

    path = call.path(call.arguments.book)
    driver_or_ask(call, path)
    refuse_unless_owner(owner_of(call, path), path)
    key = known_key(path)
    if key is None:
        raise UserError(_("{path} is not encrypted.").format(path=path), _("Run `sheaf encrypt BOOK` first."))
    if call.arguments.to:
        target = call.path(call.arguments.to)
        write_sheet(path, key, target, today=call.today)
        call.answer(
            {"file": str(target)},
            lambda: _("{path} holds the recovery key. Print it, then delete the file.").format(path=target),
        )
        return
    text = recovery_key(key)
    call.answer({"recovery_key": text}, lambda: text)


def _unlock(call: Call) -> None:
    from desktop.services.encryption.opening import is_encrypted, unlock
    from desktop.services.encryption.switching import forget_key

    path = call.path(call.arguments.book)
    if call.arguments.forget:
        forget_key(path, who=owner_of(call, path))
        call.answer({"book": str(path), "in_keyring": False}, lambda: _("This computer has forgotten the key."))
        return
    from desktop import secrets

    if is_encrypted(path) and not secrets.has_keyring():
        raise UserError(
            _("This system has no keyring to keep the key in."),
            _("Each command asks for the passphrase at the terminal, or takes it from the variable SHEAF_BOOK_KEY."),
        )
    unlock(path, ask_secret(_("Recovery passphrase or recovery key of {name}").format(name=path.name)))
    call.answer(
        {"book": str(path), "in_keyring": True},
        lambda: _("The key is in the keyring of this computer; the book opens without a question."),
    )
