"""Audiences in the shapes that go out over HTTP."""

from collections.abc import Sequence

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
from geo_alerts.acts.live import Inputs
from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.named import Rehomed

WITHHELD = (
    "Some figures are withheld from your role, so that nobody can be singled out: those under 10, "
    "and those that differ from the number of people by less than 10."
)


def figures(answer: Figures, rehomed: Sequence[Rehomed], inputs: Inputs) -> PreviewAnswer:
    """The figures of a selection, with why some are withheld and which codes are gone."""
    shown = FiguresOut.model_validate(answer)
    return PreviewAnswer(
        **dict(shown),
        explanation=WITHHELD if answer.withheld else None,
        rehomed=tuple(map(RehomedOut.model_validate, rehomed)),
        inputs=InputsOut.model_validate(inputs),
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
