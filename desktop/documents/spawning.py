"""How processes are started beside Qt: spawned, because a fork hangs, and without the program's main module."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def no_main_module() -> Iterator[None]:
    """A spawned process imports the main module of its parent: here the whole program, of which it needs nothing."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
