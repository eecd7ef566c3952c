"""The figures of an answer and of an index: people, places, deliveries, people by team."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """Exact counts of one answer.

    Two answers may be added when nobody is in both.

    Attributes:
        people: Recipients, each once whatever the number of their places.
        places: Places of recipients in the area.
        deliveries: Channel asked -> recipients who consented to it.
        by_team: Team code -> recipients with a place in the area that belongs to the team; teams
            without any are left out. Who has places in two teams is counted in both.
        without_channel: People who pass every other filter but consented to no channel at all;
            they are no recipients.
    """

    people: int
    places: int
    deliveries: Mapping[str, int]
    by_team: Mapping[str, int]
    without_channel: int

    def __add__(self, other: "Counts") -> "Counts":
        """The counts of two answers that have nobody in common."""
        return Counts(
            self.people + other.people,
            self.places + other.places,
            _added(self.deliveries, other.deliveries),
            dict(sorted(_added(self.by_team, other.by_team).items())),
            self.without_channel + other.without_channel,
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """How the places of the members of an index were positioned.

    Two may be added when nobody is in both.

    Attributes:
        members: People in the index.
        places: Their places.
        by_position: How a place was positioned -> places; `none` for those without a location.
        unplaced: Why a place has no location -> people with such a place.
        nowhere: People none of whose places has a location.
    """

    members: int
    places: int
    by_position: Mapping[str, int]
    unplaced: Mapping[str, int]
    nowhere: int

    def __add__(self, other: "Placement") -> "Placement":
        """The placement of two indexes that have nobody in common."""
        return Placement(
            self.members + other.members,
            self.places + other.places,
            _added(self.by_position, other.by_position),
            _added(self.unplaced, other.unplaced),
            self.nowhere + other.nowhere,
        )


def _added(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in {**first, **second}}
