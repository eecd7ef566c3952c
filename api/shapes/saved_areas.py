"""Saved areas in the shapes that go out over HTTP."""

from collections.abc import Callable, Sequence

from api.schemas.audiences import RehomedOut
from api.schemas.boundaries import TouchedOut
from api.schemas.saved_areas import (
    ListedAreaOut,
    NamedByOut,
    RejectedOut,
    ReviewOut,
    ReviewsOut,
    SavedAreaAnswerOut,
    SavedAreaOut,
    SavedAreasOut,
)
from geo_alerts.acts.postcode_lists import ListedArea
from geo_alerts.acts.resolving import area_of
from geo_alerts.acts.saved_areas import OpenReview, SavedAreaAnswer
from geo_alerts.store.saved_areas import SavedArea

MOST_REJECTED = 1_000

# A version of a saved area in plain words.
Say = Callable[[SavedArea], str]


def saved(answer: SavedArea, say: Say) -> SavedAreaOut:
    """One version of a saved area."""
    return SavedAreaOut(
        id=answer.id,
        name=answer.name,
        owner=answer.owner,
        created_at=answer.created_at,
        version=answer.version,
        area=area_of(answer),
        sentence=say(answer),
        saved_at=answer.saved_at,
        saved_by=answer.saved_by,
        note=answer.note,
    )


def many(answers: Sequence[SavedArea], say: Say) -> SavedAreasOut:
    """Saved areas, each in one version."""
    return SavedAreasOut(saved_areas=tuple(saved(answer, say) for answer in answers))


def one(answer: SavedAreaAnswer, say: Say) -> SavedAreaAnswerOut:
    """A saved area with all that is known of it."""
    return SavedAreaAnswerOut(
        **dict(saved(answer.saved, say)),
        versions=tuple(saved(version, say) for version in answer.versions),
        rehomed=tuple(map(RehomedOut.model_validate, answer.rehomed)),
        problem=answer.problem,
        reviews=tuple(map(_review, answer.reviews)),
        named_by=tuple(NamedByOut(id=one.id, name=one.name) for one in answer.named_by),
    )


def listed(answer: ListedArea) -> ListedAreaOut:
    """An area made of a list of postcodes."""
    told = answer.rejected[:MOST_REJECTED]
    return ListedAreaOut(
        area=answer.area,
        rejected=tuple(
            RejectedOut(row=one.row, value=one.value, reason=one.reason) for one in told
        ),
        rejected_count=len(answer.rejected),
        repeated_count=answer.repeated,
        blank_count=answer.blank,
    )


def reviews(answers: Sequence[OpenReview]) -> ReviewsOut:
    """What somebody should look at."""
    return ReviewsOut(reviews=tuple(map(_review, answers)))


def _review(answer: OpenReview) -> ReviewOut:
    return ReviewOut(
        saved_area_id=answer.saved.id,
        name=answer.saved.name,
        seq=answer.seq,
        version=answer.version,
        edition=answer.edition,
        valid_from=answer.valid_from,
        changes=tuple(map(TouchedOut.model_validate, answer.changes)),
        opened_at=answer.opened_at,
    )
