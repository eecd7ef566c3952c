"""What anybody may ask, without signing in: whose ground a postcode is on, and who the team is.

Nothing here reads a subscriber, or how many there are: only the directory, the boundaries and what
a force publishes of its teams.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import shapely

from geo_alerts.acts.live import View
from geo_alerts.acts.look_up import PointAnswer, TeamAnswer, TeamRef, UnitAnswer, look_up, team
from geo_alerts.maps.sketch import Labelled, Sketch, sketch
from geo_alerts.places.found import Status
from geo_alerts.places.lands import Land, land_of
from geo_alerts.places.layer import Layer

# Further teams that a postcode may belong to, which its answer names.
MOST_OTHERS: Final = 3
# Teams that end this near each other are next to each other: files differ by less.
NEXT_TO_M: Final = 5.0
SKETCHES_HELD: Final = 256


class Outcome(StrEnum):
    """What became of a search for a team."""

    TEAM = "team"
    ENDED = "ended"
    OUTSIDE = "outside"
    NO_PLACE = "no_place"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    EMPTY = "empty"


_OF_STATUS: Final = {
    Status.MALFORMED: Outcome.MALFORMED,
    Status.UNKNOWN: Outcome.UNKNOWN,
    Status.NO_LOCATION: Outcome.NO_PLACE,
}


@dataclass(frozen=True, slots=True)
class Search:
    """What is told of a postcode that somebody typed.

    Attributes:
        outcome: Which kind of answer it has.
        postcode: In its usual form; as typed where it is malformed.
        team: Whose ground it is on; None where no team's.
        others: Teams that part of it may belong to; of one outside every team, the nearest too.
        land: Where it is, of one elsewhere: outside Great Britain.
    """

    outcome: Outcome
    postcode: str
    team: TeamRef | None = None
    others: tuple[TeamRef, ...] = ()
    land: Land | None = None


@dataclass(frozen=True, slots=True)
class TeamToMeet:
    """A team as everybody may see it: with how to reach it, what is next to it, and a small map."""

    about: TeamAnswer
    others: tuple[TeamRef, ...]
    next_to: tuple[TeamRef, ...]
    drawn: Sketch


def search(view: View, typed: str) -> Search:
    """Find the team of a postcode.

    Args:
        view: What answers are made from.
        typed: What somebody typed.

    Raises:
        NotReadyError: No teams are imported.
    """
    view.geography.require_teams()
    if not typed.strip():
        return Search(Outcome.EMPTY, "")
    (answer,) = look_up(view, [typed])
    outcome = _outcome(answer)
    if outcome is Outcome.NO_PLACE and (land := land_of(answer.found.postcode)):
        return Search(Outcome.ELSEWHERE, answer.found.postcode, land=land)
    others = _others(answer.at)
    if outcome is Outcome.OUTSIDE and not others and answer.at.nearest_team:
        others = (answer.at.nearest_team,)
    return Search(outcome, answer.found.postcode, answer.at.team, others)


def meet(view: View, code: str, also: Sequence[str] = ()) -> TeamToMeet:
    """A team, for everybody to see.

    Args:
        view: What answers are made from.
        code: The team's.
        also: Codes of teams that part of a postcode may belong to; unknown ones are left out.

    Raises:
        UnknownTeamError: No team has the code.
        NotReadyError: No teams are imported.
    """
    about = team(view, code)
    if about.contact:
        to_come = about.contact.events_to_come(view.geography.held.store.clock())
        about = replace(about, contact=replace(about.contact, events=to_come))
    layer = view.geography.layer
    rows = [row for row in map(layer.find, also) if row is not None]
    others = tuple(_ref(layer, row) for row in dict.fromkeys(rows) if layer.code[row] != code)
    edition = view.geography.editions[layer.kind]
    next_to, drawn = view.geography.held.get(
        "sketches",
        (edition.id, code),
        lambda: _drawn(layer, layer.index_of(code)),
        most=SKETCHES_HELD,
    )
    return TeamToMeet(about, others[:MOST_OTHERS], next_to, drawn)


def _outcome(answer: UnitAnswer) -> Outcome:
    status = answer.found.status
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if answer.found.easting is None:
        return Outcome.NO_PLACE
    if answer.at.team is None:
        return Outcome.OUTSIDE
    return Outcome.ENDED if status is Status.TERMINATED else Outcome.TEAM


def _others(at: PointAnswer) -> tuple[TeamRef, ...]:
    known: dict[str, TeamRef] = {one.code: one for one in at.also_in}
    if at.is_on_edge:
        known |= {one.code: TeamRef(one.code, one.name) for one in at.candidates}
    if at.team:
        known.pop(at.team.code, None)
    return tuple(known.values())[:MOST_OTHERS]


def _drawn(layer: Layer, row: int) -> tuple[tuple[TeamRef, ...], Sketch]:
    # The teams next to it bear the numbers that they have in the list.
    shape = layer.geometry[row]
    tree = shapely.STRtree(layer.geometry)
    near = tree.query(shape, predicate="dwithin", distance=NEXT_TO_M)
    next_to = np.sort(near[near != row])
    numbers = {int(other): str(number) for number, other in enumerate(next_to, 1)}
    west, south, east, north = shapely.bounds(shape).tolist()
    room_m = max(east - west, north - south)
    around = shapely.box(west - room_m, south - room_m, east + room_m, north + room_m)
    seen = np.sort(tree.query(around)).tolist()
    others = [
        Labelled(layer.geometry[other], numbers.get(other, "")) for other in seen if other != row
    ]
    refs = tuple(_ref(layer, other) for other in next_to.tolist())
    return refs, sketch(Labelled(shape), others)


def _ref(layer: Layer, row: int) -> TeamRef:
    return TeamRef(str(layer.code[row]), str(layer.name[row]))
