"""A repeat location by itself: what is known of it, since when, and who has it in hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.dashboard.mapped import repeats_question
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.forces import SAMPLE
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.hotspots.described import Answer, asked_of, months_of
from geo_alerts.acts.hotspots.looking import look
from geo_alerts.acts.hotspots.mapping import REPEATS
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import UnknownAreaError
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.hotspot_runs import Run

# Of the layers that know a place, the newest.
MOST_LAYERS: Final = 12


@dataclass(frozen=True, slots=True)
class Known:
    """A layer that knows a place.

    Attributes:
        layer: Its id.
        months: Of its crimes, in words.
        rank: Of the place in it.
        status: Of the place then.
        crimes: At the place.
    """

    layer: str
    months: str
    rank: int
    status: str
    crimes: int


@dataclass(frozen=True, eq=False)
class Place:
    """A repeat location.

    Attributes:
        key: Which stays from month to month.
        area: Its ground, rank and facts.
        asked: Which crimes, whose, which months.
        strip: Months with their crimes; None of months that were not observed.
        links: What became of its identity: of other keys that it was one with.
        forces: Whose crimes they are.
    """

    key: str
    area: HotArea
    asked: str
    strip: tuple[tuple[str, int | None], ...]
    links: tuple[Mapping[str, Any], ...]
    forces: tuple[str, ...]

    @property
    def is_synthetic(self) -> bool:
        """Whether its crimes are made up."""
        return SAMPLE in self.forces

    @property
    def facts(self) -> Mapping[str, Any]:
        """Its figures."""
        return self.area.facts


def place_of(
    live: Live, key: str, role: Role, state: DashboardState, layer: str | None = None
) -> Place:
    """A repeat location by its key.

    Args:
        live: Where.
        key: Of the place.
        role: Who asks.
        state: The dashboard's, whose months it is looked for in first.
        layer: The id of the layer that it is to be told from instead.

    Raises:
        UnknownAreaError: No place of this key is found now, nor in a layer that is kept.
        UnknownRunError: There is no such layer that the role may see.
        GeoAlertsError: As `settling.settle`.
    """
    if layer is not None:
        run, areas = keeping.areas(live, layer, role)
        found = _found(key, areas)
        if found is not None:
            return _place(key, found, run)
    else:
        answer = look(live, repeats_question(settle(live, state)), role)
        found = _found(key, answer.areas)
        if found is not None:
            return _place(key, found, answer)
        for run, area in _known(live, key, role):
            return _place(key, area, run)
    raise UnknownAreaError(
        f"no repeat location has the key {key[:40]}: crime may have stopped there, or the place "
        "was put together with another; the dashboard lists those of today"
    )


def known_in(live: Live, place: Place, role: Role) -> tuple[Known, ...]:
    """The layers that are kept and know a place, the newest first."""
    return tuple(
        Known(run.id, months_of(run), area.rank, area.facts["status"], area.facts["crimes"])
        for run, area in _known(live, place.key, role)
    )


def _known(live: Live, key: str, role: Role) -> Iterator[tuple[Run, HotArea]]:
    found, _ = keeping.layers(live, role, size=MOST_LAYERS, method=REPEATS)
    for run in found:
        area = _found(key, keeping.areas(live, run.id, role)[1])
        if area is not None:
            yield run, area


def _found(key: str, areas: Sequence[HotArea]) -> HotArea | None:
    return next((area for area in areas if area.key == key), None)


def _place(key: str, area: HotArea, answer: Answer) -> Place:
    facts = area.facts
    first = month_number(facts["first_month"])
    strip = tuple((month_text(first + at), crimes) for at, crimes in enumerate(facts["strip"]))
    links = answer.facts.get("changes_of_identity", ())
    return Place(
        key=key,
        area=area,
        asked=asked_of(answer),
        strip=strip,
        links=tuple(link for link in links if key in (link["before"], link["now"])),
        forces=tuple(answer.question["forces"]),
    )
