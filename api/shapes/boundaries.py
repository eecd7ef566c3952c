"""Editions of boundaries in the shapes that go out over HTTP."""

from collections.abc import Sequence
from dataclasses import asdict

from api.schemas.boundaries import (
    ActivationOut,
    AreaFaultOut,
    AreaOut,
    AreasOut,
    BalanceOut,
    ChangeOut,
    EditionOut,
    EditionRow,
    EditionsOut,
    ImportedOut,
    RepairOut,
    TouchedAreaOut,
)
from geo_alerts.acts.activation import ActivationAnswer
from geo_alerts.acts.areas import AreaAnswer
from geo_alerts.acts.boundaries import CheckAnswer
from geo_alerts.acts.changes import AffectedArea, told
from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.acts.imports import ImportReport
from geo_alerts.acts.repairs import RepairAnswer

# Of a repair so many changes are told one by one; the balance tells of all.
MOST_CHANGES = 10_000


def row(answer: EditionAnswer) -> EditionRow:
    """An edition without what its check found."""
    return EditionRow.model_validate(answer)


def many(answers: Sequence[EditionAnswer]) -> EditionsOut:
    """Editions without what their checks found."""
    return EditionsOut(editions=tuple(map(row, answers)))


def one(answer: EditionAnswer) -> EditionOut:
    """An edition with what its check found."""
    return EditionOut.model_validate(answer)


def imported(report: ImportReport, edition: EditionAnswer) -> ImportedOut:
    """What an upload did."""
    return ImportedOut(
        outcome=report.outcome.value,
        edition=row(edition),
        counts=dict(report.counts),
        notes=report.notes,
    )


def checked(answer: CheckAnswer) -> EditionOut:
    """An edition that was just checked, with what was found."""
    return EditionOut.model_validate({**asdict(answer.edition), "check": answer.report.as_dict()})


def repaired(answer: RepairAnswer) -> RepairOut:
    """The account of a repair."""
    return RepairOut(
        edition=row(answer.edition),
        original=row(answer.original),
        tolerance_m=answer.tolerance_m,
        changes=tuple(
            ChangeOut(**done.change.as_dict(), units=done.units, people=done.people)
            for done in answer.changes[:MOST_CHANGES]
        ),
        not_listed=max(0, len(answer.changes) - MOST_CHANGES),
        balance=tuple(map(BalanceOut.model_validate, answer.balance)),
        left=tuple(AreaFaultOut(**fault.as_dict()) for fault in answer.left),
        units_moved=answer.units_moved,
        people_moved=answer.people_moved,
    )


def activated(answer: ActivationAnswer) -> ActivationOut:
    """What an activation did."""
    return ActivationOut(
        edition=row(answer.edition),
        valid_from=answer.valid_from,
        changed=answer.changed,
        to_review=tuple(map(touched, answer.to_review)),
    )


def touched(answer: AffectedArea) -> TouchedAreaOut:
    """A saved area that names a code which changes."""
    return TouchedAreaOut(id=answer.saved.id, saved_as=answer.saved.name, **told(answer.what))


def areas(edition: EditionAnswer, answers: Sequence[AreaAnswer]) -> AreasOut:
    """The areas of an edition without their ground."""
    return AreasOut(edition=row(edition), areas=tuple(map(AreaOut.model_validate, answers)))
