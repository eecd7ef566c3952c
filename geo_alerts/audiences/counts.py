"""The figures of an answer and of an index: people, places, deliveries, people by team."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LeftOut(StrEnum):
    """Why somebody who is meant by a selection is no recipient; looked at in this order."""

    # Of an audience that the selection names.
    ALREADY_REACHED = "already_reached"
    # Withdrew from the channels or topics asked, and no other will do; who
    # withdrew from all is known by no place.
    WITHDRAWN = "withdrawn"
    # Consented to no channel at all.
    NO_CHANNEL = "no_channel"
    # Consented to channels, but not to one of those asked.
    OTHER_CHANNELS = "other_channels"
    CAP = "cap"
    NOT_IN_SAMPLE = "not_in_sample"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Edge:
    """How sure the number of people is, as far as postcodes go.

    With the area's reach the other way round, between `low` and `high` people live or work in it.
    Of a selection that draws a sample or holds out a control group there is none: what is drawn of
    more or fewer people is other people, and of a sample as many.

    Attributes:
        low: People with a place all of whose ground is in the area (reach `whole`).
        high: People with a place any of whose ground is in it (reach `any`).
        people: Of the people counted, those who stand on the edge: none of their places lies
            wholly within the area.
    """

    low: int
    high: int
    people: int

    def __add__(self, other: "Edge") -> "Edge":
        """The edges of two answers that have nobody in common."""
        return Edge(self.low + other.low, self.high + other.high, self.people + other.people)


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
        left_out: Why -> people; each under the first reason only, reasons without any left out.
        edge: How sure the number of people is; None where it was not asked, no cells are known, or
            a sample or a control group is drawn.
    """

    people: int
    places: int
    deliveries: Mapping[str, int]
    by_team: Mapping[str, int]
    left_out: Mapping[str, int]
    edge: Edge | None

    def __add__(self, other: "Counts") -> "Counts":
        """The counts of two answers that have nobody in common."""
        return Counts(
            self.people + other.people,
            self.places + other.places,
            _added(self.deliveries, other.deliveries),
            dict(sorted(_added(self.by_team, other.by_team).items())),
            _added(self.left_out, other.left_out),
            self.edge + other.edge if self.edge and other.edge else None,
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
