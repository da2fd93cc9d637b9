"""What forms say, kept as data. Names and telephone numbers stand in them: they stay in the ledger, and go into no log,
no letter and no digest.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from intake_bot.judging.verdict import Decision, FilledForm
from intake_bot.ledger.tables import FormRow, ItemRow, SubmissionRow


def add_forms(session: Session, item: ItemRow, forms: Iterable[FilledForm]) -> None:
    """Writes the forms of an item. A rejected item's are not kept: they are sent again, mended."""
    if item.decision is not Decision.REJECTED:
        session.add_all(
            FormRow(item=item.id, title=form.title, file=form.file, rows=[dict(row) for row in form.rows])
            for form in forms
        )


def copy_forms(session: Session, earlier: SubmissionRow, submission: SubmissionRow) -> None:
    """Gives the items of a submission the forms of the same items in the one whose place it takes."""
    items = {
        (item.material, item.day): item
        for item in session.exec(select(ItemRow).where(ItemRow.submission == submission.id))
    }
    found = session.exec(
        select(FormRow, ItemRow)
        .join(ItemRow, col(ItemRow.id) == FormRow.item)
        .where(ItemRow.submission == earlier.id)
        .order_by(col(FormRow.id))
    ).all()
    for form, old in found:
        new = items.get((old.material, old.day))
        if new is not None:
            add_forms(session, new, [FilledForm(form.title, form.file, tuple(form.rows))])
