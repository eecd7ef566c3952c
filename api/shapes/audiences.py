"""Audiences in the shapes that go out over HTTP."""

from api.schemas.audiences import (
    AudienceOut,
    FiguresOut,
    PreviewAnswer,
    RecipientOut,
    RecipientsPageOut,
    RehomedOut,
)
from api.schemas.values import InputsOut
from geo_alerts.acts.audiences import AudienceAnswer, RecipientsPage
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
        rehomed=tuple(map(RehomedOut.model_validate, answer.rehomed)),
        inputs=InputsOut.model_validate(answer.inputs),
    )


def audience(answer: AudienceAnswer) -> AudienceOut:
    """A frozen selection."""
    return AudienceOut.model_validate(answer)


def recipients(page: RecipientsPage) -> RecipientsPageOut:
    """A page of recipients."""
    return RecipientsPageOut(
        recipients=tuple(RecipientOut(reference=reference) for reference in page.references),
        next_page_token=page.next_page_token,
        withdrawn_since=page.withdrawn_since,
    )
