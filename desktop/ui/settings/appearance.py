"""How the window looks on this computer: light or dark, rows apart or close, and in which language."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.desk import Desk
from desktop.ui.form import Field, Form, Section
from desktop.ui.language import FORMATS, LANGUAGE, SYSTEM, formats, languages
from desktop.ui.theme import Density, Mode

_WIDTH = 420


class AppearanceSection(QWidget):
    """Colours and rows show at once, the language at the next start; nothing of it stands in the book."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._shell = desk.shell
        theme = desk.shell.theme
        title = QLabel(_("Appearance"))
        title.setProperty("role", "title")
        facts = QLabel(_("Of this computer; other people who open the book have their own."))
        facts.setProperty("role", "secondary")
        self.form = Form(
            [
                Section(
                    "",
                    [
                        Field(
                            "mode",
                            _("Colours"),
                            "choice",
                            choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
                        ),
                        Field(
                            "density",
                            _("Rows of tables"),
                            "choice",
                            choices=[("comfortable", _("Comfortable")), ("compact", _("Compact"))],
                            note=_("Sizes of text follow the system’s own."),
                        ),
                    ],
                ),
                Section(
                    _("Language"),
                    [
                        Field(LANGUAGE, _("Texts"), "choice", choices=languages()),
                        Field(
                            FORMATS,
                            _("Numbers and dates"),
                            "choice",
                            choices=formats(),
                            note=_("Both change when Sheaf is started again. Documents keep the client’s language."),
                        ),
                    ],
                ),
            ],
            theme,
        )
        self.form.setFixedWidth(theme.px(_WIDTH))
        self.form.changed.connect(self._apply)
        theme.changed.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(2)
        layout.addWidget(title)
        layout.addWidget(facts)
        layout.addSpacing(14)
        layout.addWidget(self.form)
        layout.addStretch(1)
        self._follow()

    def _follow(self) -> None:
        """The menu changes the same."""
        memory = self._shell.memory
        self.form.put(
            {
                "mode": self._shell.theme.mode,
                "density": self._shell.theme.density,
                LANGUAGE: memory.get(LANGUAGE, SYSTEM),
                FORMATS: memory.get(FORMATS, SYSTEM),
            }
        )

    def _apply(self) -> None:
        values, theme, memory = self.form.values(), self._shell.theme, self._shell.memory
        mode, density = cast(Mode, values["mode"]), cast(Density, values["density"])
        if mode != theme.mode:
            memory.put("theme", mode)
            theme.set_mode(mode)
        if density != theme.density:
            memory.put("density", density)
            theme.set_density(density)
        for key in (LANGUAGE, FORMATS):
            if values[key] != memory.get(key, SYSTEM):
                memory.put(key, values[key])
