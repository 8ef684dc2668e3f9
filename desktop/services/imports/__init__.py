"""Files come into the book: previewed, imported once and no second time, undone as one."""

from desktop.services.imports.files import KINDS, ImportPreview, ImportResult, import_file, preview_import, summary
from desktop.services.imports.profiles import forget, named_profile, profiles, remember

__all__ = [
    "KINDS",
    "ImportPreview",
    "ImportResult",
    "forget",
    "import_file",
    "named_profile",
    "preview_import",
    "profiles",
    "remember",
    "summary",
]
