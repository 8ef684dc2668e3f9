"""Proves a backup that was made earlier: a disk may spoil what was sound when it was written."""

from __future__ import annotations

from pathlib import Path

from db import backup as copies
from db import book_files
from desktop.errors import UserError
from desktop.services.encryption.opening import driver_for


def faults_of(path: Path) -> list[str]:
    """What is wrong with a backup, in words; empty where it can be opened and every page and reference holds."""
    try:
        driver = driver_for(path)
        with book_files.look_into(path, driver):
            pass
        return copies.faults(path, driver)
    except UserError as error:
        return [error.message]
