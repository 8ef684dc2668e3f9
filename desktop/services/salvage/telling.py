"""What became of a damaged book, in words for its owner."""

from __future__ import annotations

from desktop.i18n import _, ngettext, number_text
from desktop.services.salvage.saving import Salvaged, TableSaved
from desktop.services.subjects import word

# So many findings of the check are told; the check itself tells all.
_MOST = 5


def headline(found: Salvaged) -> str:
    """Whether all is there."""
    if found.complete:
        return _("Everything was saved: no row is missing, and the check finds the new book clean.")
    if found.lost or found.dropped:
        missing = found.lost + found.dropped
        return ngettext(
            "The new book lacks {count} row that the damaged one held.",
            "The new book lacks {count} rows that the damaged one held.",
            missing,
        ).format(count=number_text(missing))
    return _("Rows may be missing in the new book; how many cannot be told.")


def report_lines(found: Salvaged) -> list[str]:
    """The headline, then what is known of each part, and what to do next."""
    lines = [headline(found), "", _("Saved in {path}. The damaged file was not touched.").format(path=found.book)]
    lines.append(
        ngettext("{count} row was read.", "{count} rows were read.", found.read).format(count=number_text(found.read))
    )
    if found.backup is not None:
        lines.append(
            ngettext(
                "{count} row that could not be read came out of the backup {name}; it may be older than what was lost.",
                "{count} rows that could not be read came out of the backup {name}; they may be older than what was"
                " lost.",
                found.from_backup,
            ).format(count=number_text(found.from_backup), name=found.backup.name)
        )
    if found.list_from is not None:
        lines.append(_("The list of its tables was destroyed and was taken from a book that is built alike."))
    lines += [_of_table(one) for one in found.tables if one.lost or one.left_out or one.maybe_more]
    if found.left_out is not None:
        lines.append(_("Rows that do not fit into a sound book are in {path}.").format(path=found.left_out))
    if found.problems:
        lines.append(
            ngettext(
                "The check finds {count} thing that does not agree:",
                "The check finds {count} things that do not agree:",
                len(found.problems),
            ).format(count=number_text(len(found.problems)))
        )
        lines += [f"  {one.called}  {one.where}  {one.detail}" for one in found.problems[:_MOST]]
        lines.append(_("Compare it with your latest backup before you go on with it."))
    return lines


def _of_table(one: TableSaved) -> str:
    name = word(one.table)
    if one.maybe_more and not one.lost and not one.left_out:
        return _("{what}: {read} read; others may be missing.").format(what=name, read=number_text(one.read))
    return _("{what}: {read} read, {lost} lost, {left_out} left out.").format(
        what=name, read=number_text(one.read), lost=number_text(one.lost), left_out=number_text(one.left_out)
    )
