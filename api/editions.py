"""Editions of boundaries as the caller may see them: drafts are for administrators."""

from typing import Annotated

from fastapi import Path

from api.schemas.values import LARGEST_NUMBER
from geo_alerts.acts import changes
from geo_alerts.acts import editions as acts
from geo_alerts.acts.changes import CompareAnswer
from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.acts.keys import Caller
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import UnknownEditionError
from geo_alerts.store.activations import State

EditionId = Annotated[
    int, Path(ge=1, le=LARGEST_NUMBER, description="The number of the edition", examples=[8])
]


def editions_for(live: Live, caller: Caller, layer: str | None = None) -> list[EditionAnswer]:
    """Every edition that the caller may see, by layer, the latest import first."""
    found = acts.editions(live, layer)
    return [one for one in found if _may_see(caller, one)]


def edition_for(live: Live, caller: Caller, number: int) -> EditionAnswer:
    """An edition that the caller may see.

    Raises:
        UnknownEditionError: There is none of this number, or it is a draft of others.
    """
    found = acts.edition(live, number)
    if not _may_see(caller, found):
        raise UnknownEditionError(f"there is no edition {number}")
    return found


def comparison_for(live: Live, caller: Caller, old: int | None, new: int) -> CompareAnswer:
    """A comparison as the caller may see it.

    Raises:
        UnknownEditionError: An edition is not known to the caller.
        InvalidInputError: The two are of different layers, or one.
        FaultsError: An area is invalid.
    """
    for number in (new, old):
        if number is not None:
            edition_for(live, caller, number)
    compared = changes.compare(live, old, new)
    return compared if live.policy.sees_exact(caller.role) else changes.without_people(compared)


def _may_see(caller: Caller, edition: EditionAnswer) -> bool:
    return caller.role is Role.ADMIN or edition.state is not State.DRAFT
