"""How documents look: the library of templates, their versions, which one prints what, and templates as files."""

from desktop.services.templates.choices import ChoiceRow, choices, choose
from desktop.services.templates.choosing import template_for
from desktop.services.templates.exchange import (
    ENDING,
    TemplateFile,
    export_file,
    finished,
    import_file,
    import_template,
    template_file,
    template_text,
)
from desktop.services.templates.library import (
    TemplateRow,
    VersionRow,
    check_layout,
    copy_template,
    free_name,
    new_template,
    remove_template,
    rename_template,
    save_version,
    take_again,
    template_named,
    template_version,
    templates,
    versions,
)
from desktop.services.templates.reading import template_versions

__all__ = [
    "ENDING",
    "ChoiceRow",
    "TemplateFile",
    "TemplateRow",
    "VersionRow",
    "check_layout",
    "choices",
    "choose",
    "copy_template",
    "export_file",
    "finished",
    "free_name",
    "import_file",
    "import_template",
    "new_template",
    "remove_template",
    "rename_template",
    "save_version",
    "take_again",
    "template_file",
    "template_for",
    "template_named",
    "template_text",
    "template_version",
    "template_versions",
    "templates",
    "versions",
]
