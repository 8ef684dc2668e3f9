"""Files come into the book: previewed, imported once and no second time, undone as one."""

from desktop.importing.mapping import Profile
from desktop.importing.options import TableOptions
from desktop.importing.templates import write_template
from desktop.importing.workbooks import SheetQuestionError
from desktop.services.imports.files import KINDS, ImportPreview, ImportResult, import_file, preview_import, summary
from desktop.services.imports.profiles import forget, mapped, named_profile, profiles, remember
from desktop.services.imports.time import UnknownProject

__all__ = [
    "KINDS",
    "ImportPreview",
    "ImportResult",
    "Profile",
    "SheetQuestionError",
    "TableOptions",
    "UnknownProject",
    "forget",
    "import_file",
    "mapped",
    "named_profile",
    "preview_import",
    "profiles",
    "remember",
    "summary",
    "write_template",
]
