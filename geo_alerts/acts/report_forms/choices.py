"""Places that reports are asked of, as a list offers them and an address names them.

A value such as `team:SNT-031` says what kind of place it is. A saved area is named with its version
(`saved:ID@2`) and a repeat location with the layer or the month that it was seen in
(`repeat:KEY@2025-03.burglary`), so that an address that was sent means the same ground later.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audiences import audience
from geo_alerts.acts.dashboard.mapped import repeats_question
from geo_alerts.acts.dashboard.place import place_of
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.hotspots.described import months_of
from geo_alerts.acts.hotspots.looking import look
from geo_alerts.acts.hotspots.mapping import title_of
from geo_alerts.acts.hotspots.owning import team_names
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.fields import whole
from geo_alerts.acts.resolving import area_from
from geo_alerts.acts.saved_areas import saved_areas
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.units.ground_of import SIDES_OF_A_QUARTER
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnknownTeamError,
)
from geo_alerts.maps.words import moment
from geo_alerts.sources.moments import LONDON
from geo_alerts.store import saved_areas as stored_areas
from geo_alerts.store.hotspot_runs import Run
from geo_alerts.store.saved_areas import SavedArea

MOST_LAYERS: Final = 25
MOST_REPEATS: Final = 25
A_MONTH: Final = "-"
CHOOSE: Final = "choose one of the list"
# What a place may be wrong by; that others are busy is not the form's to tell.
WRONG: Final = (InvalidInputError, NotFoundError, ForbiddenError)


@dataclass(frozen=True, slots=True)
class Choice:
    """A place as a list offers it.

    Attributes:
        value: What the address holds.
        name: What people call it.
    """

    value: str
    name: str


@dataclass(frozen=True, eq=False)
class Chosen:
    """A place that was chosen.

    Attributes:
        choice: As a list offers it.
        area: Where it is.
    """

    choice: Choice
    area: AnyArea


@dataclass(frozen=True, eq=False)
class Choosing:
    """Who chooses, of what, and how far around hotspots a place goes.

    Attributes:
        live: Where places are.
        asker: Who.
        settled: Whose crimes.
        metres: Around hotspots and repeat locations.
    """

    live: Live
    asker: Asker
    settled: Settled
    metres: float

    def chosen(self, value: str) -> Chosen:
        """The place of a value.

        Raises:
            InvalidInputError: It is none of a place.
            NotFoundError: There is no such place that the asker may see.
            GeoAlertsError: As `place_of`, of a repeat location.
        """
        kind, _, named = value.partition(":")
        find = FINDERS.get(kind)
        if find is None or not named:
            raise InvalidInputError(CHOOSE)
        name, area = find(self, named)
        return Chosen(Choice(value, name), area)

    def offered(self) -> Mapping[str, tuple[Choice, ...]]:
        """What a list offers, by the kind of place."""
        teams = team_names(self.live).items()
        layers, _ = keeping.layers(self.live, self.asker.role, size=MOST_LAYERS)
        return {
            "saved": saved_choices(self.live),
            "repeat": self._repeats(),
            "layer": tuple(
                Choice(f"layer:{one.id}", _called(one)) for one in layers if one.area_count
            ),
            "team": tuple(Choice(f"team:{code}", name) for code, name in teams),
        }

    def _repeats(self) -> tuple[Choice, ...]:
        # Those of the latest months; none where there are too few months to tell.
        try:
            found = look(self.live, repeats_question(self.settled), self.asker.role)
        except InvalidInputError:
            return ()
        month = str(self.settled.state.month)
        return tuple(
            Choice(repeat_value(str(one.key), month), f"{one.rank}: {one.facts['name']}")
            for one in found.areas[:MOST_REPEATS]
        )


Found = tuple[str, AnyArea]


def repeat_value(
    key: str, month: str, *, category: str | None = None, layer: str | None = None
) -> str:
    """What an address holds of a repeat location that is looked at.

    Args:
        key: Of the place.
        month: The last of the months that it is told from.
        category: Which crimes alone; None for all.
        layer: The id of the layer that it is told from instead.
    """
    return f"repeat:{key}@{layer or '.'.join(filter(None, (month, category)))}"


def saved_choices(live: Live) -> tuple[Choice, ...]:
    """The saved areas, each in its latest version."""
    return tuple(Choice(saved_value(one), one.name) for one in saved_areas(live))


def saved_value(saved: SavedArea) -> str:
    """What an address holds of a saved area in a version."""
    return f"saved:{saved.id}@{saved.version}"


def _team(at: Choosing, code: str) -> Found:
    name = team_names(at.live).get(code)
    if name is None:
        raise UnknownTeamError(f"there is no team {code[:40]}: {CHOOSE}")
    return name, area_from({"type": "team", "codes": [code]})


def _saved(at: Choosing, named: str) -> Found:
    saved_area_id, _, version = named.partition("@")
    number = whole(version)
    if isinstance(number, str):
        raise InvalidInputError(CHOOSE)
    with at.live.store.reading() as connection:
        saved = stored_areas.saved_area(connection, saved_area_id, number)
        latest = stored_areas.saved_area(connection, saved_area_id)
    name = saved.name if saved == latest else f"{saved.name} (version {saved.version})"
    return name, area_from({"type": "saved", "id": saved.id, "version": saved.version})


def _layer(at: Choosing, layer_id: str) -> Found:
    run = keeping.layer(at.live, layer_id, at.asker.role)
    return _called(run), area_from({"type": "hotspots", "layer": run.id, "metres": at.metres})


def _repeat(at: Choosing, named: str) -> Found:
    key, _, seen = named.partition("@")
    month, _, category = seen.partition(".") if A_MONTH in seen else ("", "", "")
    fields = {"force": at.settled.force, "month": month, "category": category}
    state = read(DashboardState, json.dumps(fields))
    layer = None if month else seen or None
    place = place_of(at.live, key, at.asker.role, state, layer)
    ground = shapely.buffer(place.area.geometry, at.metres, quad_segs=SIDES_OF_A_QUARTER)
    degrees = geometries_to_epsg_4326(np.asarray([ground], dtype=object))
    drawn = shapely.geometry.mapping(degrees[0])
    return str(place.facts["name"]), area_from({"type": "polygon", "geometry": drawn})


def _audience(at: Choosing, audience_id: str) -> Found:
    found = audience(at.live, audience_id, at.asker)
    asked_on = moment(found.created_at.astimezone(LONDON).date().isoformat())
    return f"{found.purpose} (asked for on {asked_on})", found.selection.area


def _called(run: Run) -> str:
    return f"{title_of(run)} ({months_of(run)})"


FINDERS: Final[Mapping[str, Callable[[Choosing, str], Found]]] = MappingProxyType(
    {
        "team": _team,
        "saved": _saved,
        "layer": _layer,
        "repeat": _repeat,
        "audience": _audience,
    }
)
