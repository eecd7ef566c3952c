"""What a new edition of boundaries changes, told before it is in force; and putting it in force.

geopandas and folium are imported inside the functions: the server starts without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.drawn import about_edition, leaflet
from geo_alerts.acts.editions import EditionAnswer, before, boundary_edition, edition, usual_day
from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import Live, Snapshot
from geo_alerts.acts.resolving import area_from, area_of, whole_of
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.errors import InvalidAreaError, InvalidInputError, NotReadyError
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.places.shares import is_edge, shares
from geo_alerts.store.audiences import selections
from geo_alerts.store.contacts import load_contacts
from geo_alerts.store.database import Store
from geo_alerts.store.editions import CONTACTS, Edition, active_edition
from geo_alerts.store.layers import load_layer
from geo_alerts.store.saved_areas import SavedArea, saved_areas
from geo_alerts.store.sequence import latest_seq

if TYPE_CHECKING:
    from boundaries.comparing.affected import Affected
    from boundaries.comparing.compare import Comparison, PlacePeople, UnitPoints

# Comparisons held in memory, some MB each of the wards: a page asks for figures and for a map.
HELD: Final = 8


@dataclass(frozen=True, slots=True)
class AffectedArea:
    """A saved area that names a team which changes; `what` says what becomes of the code."""

    saved: SavedArea
    what: "Affected"


@dataclass(frozen=True, slots=True)
class AffectedAudience:
    """A frozen audience whose selection names a team which changes; its list stays as it is."""

    id: str
    created_at: datetime
    purpose: str
    what: "Affected"


@dataclass(frozen=True, eq=False)
class CompareAnswer:
    """What changes from one edition to another.

    Attributes:
        old: The edition before; None where the new one is the first.
        new: The edition after.
        comparison: Teams, ground, units and people.
        saved: Saved areas that should be looked at.
        audiences: Audiences that name a team which changes.
        seq: The number of the latest change that was looked at.
    """

    old: EditionAnswer | None
    new: EditionAnswer
    comparison: "Comparison"
    saved: tuple[AffectedArea, ...]
    audiences: tuple[AffectedAudience, ...]
    seq: int

    def as_dict(self, *, most: int) -> dict[str, Any]:
        """As JSON has it.

        Args:
            most: How many entries of each list; counts are always of all.
        """
        from boundaries.comparing.changes import as_dict  # noqa: PLC0415

        return {
            "old_edition": None if self.old is None else self.old.id,
            "new_edition": self.new.id,
            **as_dict(self.comparison, most=most),
            "saved_areas": [
                {"id": one.saved.id, "saved_as": one.saved.name, **told(one.what)}
                for one in self.saved[:most]
            ],
            "audiences": [
                {
                    "id": one.id,
                    "created_at": one.created_at.isoformat(timespec="seconds"),
                    "purpose": one.purpose,
                    **told(one.what),
                }
                for one in self.audiences[:most]
            ],
        }


def compare(live: Live, old: int | None, new: int, *, day: date | None = None) -> CompareAnswer:
    """What changes when an edition takes the place of another.

    Args:
        live: What the answer is made from.
        old: The edition before; when None the one in force on `day`.
        new: The edition after; may be a draft without errors.
        day: Asked where `old` is None; by default the one that the new edition names, or today.

    Raises:
        UnknownEditionError: An edition is not known.
        InvalidInputError: The two are of different layers, or one.
        FaultsError: An area is invalid: repair it first.
        TooManyRequestsError: It is not held, and as much as is done at once is under way.
    """
    with live.store.reading() as connection:
        seq = latest_seq(connection)
        after = boundary_edition(connection, new)
        if old is None:
            day = day or usual_day(connection, after, live.today())
            chosen = before(connection, after, day, live.today())
        else:
            chosen = boundary_edition(connection, old)
        saved, named = saved_areas(connection), selections(connection)
    _require_comparable(chosen, after)
    comparison = comparison_of(live, chosen, after)
    return CompareAnswer(
        old=None if chosen is None else edition(live, chosen.id),
        new=edition(live, new),
        comparison=comparison,
        saved=affected_areas(live.store, saved, comparison),
        audiences=_affected_audiences(named, comparison),
        seq=seq,
    )


def without_people(answer: CompareAnswer) -> CompareAnswer:
    """The answer for roles that see no exact counts: without people, and without audiences.

    Counts of people between freely drawn outlines would tell of a few of them.
    """
    return replace(answer, comparison=replace(answer.comparison, people=None), audiences=())


def without_contact(live: Live, answer: CompareAnswer) -> tuple[str, ...]:
    """Codes that teams have now, had not before, and for which there are no contact details."""
    if answer.old is None or answer.new.layer != TEAM:
        return ()
    with live.store.reading() as connection:
        contacts = active_edition(connection, CONTACTS)
        known = {} if contacts is None else load_contacts(connection, contacts.id)
    codes = set(answer.comparison.new.code.tolist()) - set(answer.comparison.old.code.tolist())
    return tuple(sorted(codes - known.keys()))


def changes_map(live: Live, old: int | None, new: int) -> str:
    """The comparison as one HTML document that opens from disk; errors as `compare`."""
    return map_of(live, compare(live, old, new))


def map_of(live: Live, answer: CompareAnswer) -> str:
    """A comparison as one HTML document that opens from disk.

    Raises:
        TooManyRequestsError: As much as is done at once is under way.
    """
    from geo_alerts.maps.changes import changes_map as draw  # noqa: PLC0415 - folium is slow

    drawn = [answer.new, *([] if answer.old is None else [answer.old])]
    about = about_edition(f"What {answer.new.label} changes", *drawn)
    with live.slow.one():
        return draw(answer.comparison, about=about, leaflet=leaflet(), tiles=live.tiles)


def _require_comparable(old: Edition | None, new: Edition) -> None:
    if old is not None and old.layer != new.layer:
        raise InvalidInputError(
            f"edition {old.id} is of the layer {old.layer}, edition {new.id} of {new.layer}"
        )
    if old is not None and old.id == new.id:
        raise InvalidInputError(f"edition {new.id} cannot be compared with itself")


def told(what: "Affected") -> dict[str, Any]:
    """What becomes of a code, as JSON has it."""
    told = asdict(what)
    del told["id"]
    return told


def affected_areas(
    store: Store, saved: Sequence[SavedArea], comparison: "Comparison"
) -> tuple[AffectedArea, ...]:
    """The saved areas that somebody should look at, by id; also for what they name of others."""
    from boundaries.comparing.affected import affected  # noqa: PLC0415

    by_id = {one.id: one for one in saved}
    areas = {one.id: _in_place(store, area_of(one)) for one in saved}
    return tuple(AffectedArea(by_id[what.id], what) for what in affected(areas, comparison))


def _in_place(store: Store, area: AnyArea) -> AnyArea:
    try:
        return whole_of(store, area)[0]
    except InvalidAreaError:  # two that were saved at once and name each other reach nobody
        return area


def _affected_audiences(
    frozen: Sequence[tuple[str, datetime, str, Mapping[str, Any]]], comparison: "Comparison"
) -> tuple[AffectedAudience, ...]:
    from boundaries.comparing.affected import affected  # noqa: PLC0415

    by_id = {one[0]: one for one in frozen}
    areas = {one[0]: area_from(one[3]["area"]) for one in frozen}
    return tuple(
        AffectedAudience(what.id, by_id[what.id][1], by_id[what.id][2], what)
        for what in affected(areas, comparison)
    )


# --- the comparison itself ------------------------------------------------------------------------


def comparison_of(live: Live, old: Edition | None, new: Edition) -> "Comparison":
    """Teams, ground, units and people of two editions; of the first of a layer `old` is None."""
    from boundaries.comparing.compare import compare as compared  # noqa: PLC0415

    try:
        snapshot = live.snapshot()
    except NotReadyError:  # boundaries may be compared where there are no postcodes yet
        snapshot = None
    people = None if snapshot is None else (snapshot.seq, snapshot.history)
    key = (None if old is None else old.id, new.id, people)

    def work() -> "Comparison":
        before_, after = _layer(live, old, new.layer), _layer(live, new, new.layer)
        if snapshot is None:
            return compared(before_, after, _no_units())
        units, people = units_and_people(snapshot)
        units = _with_edges(snapshot.geography, units, before_, after)
        return compared(before_, after, units, people)

    return live.held.get("comparison", key, work, most=HELD, turns=live.slow)


def _layer(live: Live, chosen: Edition | None, kind: str) -> Layer:
    if chosen is None:
        return Layer.from_columns(f"no {kind} edition", [], [], [], kind=kind)
    with live.store.reading() as connection:
        return load_layer(connection, chosen)


def _no_units() -> "UnitPoints":
    from boundaries.comparing.compare import UnitPoints  # noqa: PLC0415

    return UnitPoints(np.zeros(0, dtype="<U8"), np.zeros(0), np.zeros(0))


def units_and_people(snapshot: Snapshot) -> tuple["UnitPoints", "PlacePeople"]:
    """Everywhere that somebody may be: the units of the directory, and the places of people.

    After the directory's rows come those postcodes of people that it does not hold, which are at
    the mean of their sector and count as nobody's unit.
    """
    from boundaries.comparing.compare import PlacePeople, UnitPoints  # noqa: PLC0415

    directory = snapshot.geography.directory
    places = snapshot.index.places()
    texts = np.concatenate([part.ground.units.postcode[part.unit] for part in places])
    row = directory.find(texts)
    unknown, which = np.unique(texts[row < 0], return_inverse=True)
    row[row < 0] = len(directory) + which
    located = directory.locate(unknown)
    _, person = np.unique(np.concatenate([part.person for part in places]), return_inverse=True)
    units = UnitPoints(
        postcode=np.concatenate([directory.postcode, unknown]),
        easting=np.concatenate([directory.easting, located.easting]),
        northing=np.concatenate([directory.northing, located.northing]),
        is_counted=np.concatenate([directory.is_live, np.zeros(len(unknown), dtype=bool)]),
    )
    return units, PlacePeople(row, person.astype(np.int64))


def _with_edges(geography: Geography, units: "UnitPoints", old: Layer, new: Layer) -> "UnitPoints":
    was, now = (assign(units.easting, units.northing, layer) for layer in (old, new))
    return replace(
        units,
        old=was,
        new=now,
        was_edge=_edges(geography, old, was, len(units.postcode)),
        is_edge=_edges(geography, new, now, len(units.postcode)),
    )


def _edges(
    geography: Geography, layer: Layer, assignment: Assignment, count: int
) -> npt.NDArray[np.bool_] | None:
    cells = geography.cells
    if cells is None or not len(layer):
        return None
    rows = np.flatnonzero(geography.directory.is_live)
    flags = np.zeros(count, dtype=np.bool_)
    flags[rows] = is_edge(shares(cells, rows, layer, assignment), assignment.first[rows])
    return flags
