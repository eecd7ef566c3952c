"""Audiences in the shapes that go out over HTTP."""

from api.schemas.audiences import (
    DistanceOut,
    FiguresOut,
    PreviewAnswer,
    RehomedOut,
    SavedVersionOut,
)
from api.schemas.labels import UnknownLabelOut
from api.schemas.values import InputsOut
from geo_alerts.acts.preview import PreviewAnswer as Previewed


def preview(answer: Previewed, question: int | None) -> PreviewAnswer:
    """The figures of a selection, with which codes are gone and what they were made from.

    Args:
        answer: What was counted.
        question: The number of the question, where it had one.
    """
    return PreviewAnswer(
        question=question,
        **dict(FiguresOut.model_validate(answer.figures)),
        distances=tuple(map(DistanceOut.model_validate, answer.resolved.distances)),
        saved=tuple(map(SavedVersionOut.model_validate, answer.resolved.saved)),
        rehomed=tuple(map(RehomedOut.model_validate, answer.rehomed)),
        sentence=answer.sentence,
        unknown_labels=tuple(map(UnknownLabelOut.model_validate, answer.unknown_labels)),
        inputs=InputsOut.model_validate(answer.inputs),
    )
