"""A comparison as rows and words that a table, JSON and a map have in common."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.comparing.compare import Comparison
from boundaries.comparing.ground import NO_AREA, broadest_m
from boundaries.comparing.links import LinkKind
from geo_alerts.audiences.rows import Rows
from geo_alerts.places.layer import Layer

MOST_LISTED: Final = 10_000

# Ground that is nowhere broader is told in sums, but not in a row of its own where nobody lives:
# editions that were generalised anew differ by as much along every outline.
SLIVER_M: Final = 20.0


@dataclass(frozen=True, slots=True)
class TeamChange:
    """What became of a team: a link, with the names.

    Attributes:
        kind: As `links.py` has it.
        old_code: None for a team that was added.
        old_name: The same.
        new_code: None for a team that was removed.
        new_name: The same.
        share_of_old: Of the old team's ground in the new one.
        share_of_new: Of the new team's ground in the old one.
    """

    kind: LinkKind
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    share_of_old: float
    share_of_new: float


@dataclass(frozen=True, slots=True)
class Passage:
    """Ground, units and people that go from one team, or none, to another or none.

    Attributes:
        old_code: None for what was in no team.
        old_name: The same.
        new_code: None for what is in no team.
        new_name: The same.
        is_same_team: Whether the new team is the old one, so that nothing moves.
        m2: Square metres.
        share_of_old: Of the old team's ground.
        share_of_new: Of the new team's ground.
        units: How many units.
        people: People with a place there; None when nobody was asked about.
    """

    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    is_same_team: bool
    m2: float
    share_of_old: float
    share_of_new: float
    units: int
    people: int | None


def kinds_of_teams(found: Comparison) -> dict[LinkKind, int]:
    """How many teams became what; the kinds of the old ones add up to the old, and so on.

    Old teams: all kinds but `added`. New teams: those that go on, and `added`.
    """
    of_team = {(link.kind, link.old_code or link.new_code) for link in found.links}
    counts = Counter(kind for kind, _ in of_team)
    kinds: tuple[LinkKind, ...] = get_args(LinkKind)
    return {kind: counts[kind] for kind in kinds}


def team_changes(found: Comparison) -> list[TeamChange]:
    """What became of each team, those that stayed as they were left out."""
    old, new = _names(found.old), _names(found.new)
    return [
        TeamChange(
            link.kind,
            link.old_code,
            old.get(link.old_code),
            link.new_code,
            new.get(link.new_code),
            link.share_of_old,
            link.share_of_new,
        )
        for link in found.links
        if link.kind != "unchanged"
    ]


def moving_rows(found: Comparison) -> Rows:
    """Rows of the crosswalk that change team: to another one, to none, or from none.

    Slivers in which there is nobody are left out. Most units first, then most ground.
    """
    walk = found.crosswalk
    is_lived_in = walk.units > 0
    if walk.people is not None:
        is_lived_in |= walk.people > 0
    return _in_turn(
        found, np.flatnonzero(~_stays(found) & (is_lived_in | (walk.width_m >= SLIVER_M)))
    )


def passages(found: Comparison, rows: Rows | None = None) -> list[Passage]:
    """The crosswalk as rows for people to read.

    Args:
        found: The comparison.
        rows: Rows of its crosswalk; by default all, most units first, then most ground.
    """
    walk = found.crosswalk
    if rows is None:
        rows = _in_turn(found, np.arange(len(walk.old)))
    old, new = _named(found.old, walk.old[rows]), _named(found.new, walk.new[rows])
    people = [None] * len(rows) if walk.people is None else walk.people[rows].tolist()
    numbers = (walk.m2, walk.share_of_old, walk.share_of_new, walk.units)
    columns = [_stays(found)[rows].tolist(), *(column[rows].tolist() for column in numbers), people]
    return [
        Passage(*before, *after, *rest)
        for before, after, *rest in zip(old, new, *columns, strict=True)
    ]


def grounds(found: Comparison, rows: Rows) -> npt.NDArray[np.object_]:
    """The ground of some rows of the crosswalk: Polygons and MultiPolygons, EPSG:27700.

    Parts that are slivers are left out, unless there is nothing else.
    """
    walk = found.crosswalk
    made = np.empty(len(rows), dtype=object)
    for at, row in enumerate(rows.tolist()):
        before, after = int(walk.old[row]), int(walk.new[row])
        if after == NO_AREA:
            others = found.new.geometry[walk.new[(walk.old == before) & (walk.new != NO_AREA)]]
            whole = shapely.difference(found.old.geometry[before], shapely.union_all(others))
        elif before == NO_AREA:
            others = found.old.geometry[walk.old[(walk.new == after) & (walk.old != NO_AREA)]]
            whole = shapely.difference(found.new.geometry[after], shapely.union_all(others))
        else:
            whole = shapely.intersection(found.old.geometry[before], found.new.geometry[after])
        made[at] = _without_slivers(whole)
    return made


def _without_slivers(ground: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(ground)
    parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - surfaces
    widths = broadest_m(parts)
    kept = parts[(widths >= SLIVER_M) | (widths == widths.max(initial=0.0))]
    together: shapely.Geometry = shapely.multipolygons(kept)
    return together


def _stays(found: Comparison) -> npt.NDArray[np.bool_]:
    walk = found.crosswalk
    # A team that is gone has -1 to stay with, as has ground that is in none afterwards.
    is_same = np.append(found.stays, NO_AREA)[walk.old] == walk.new
    return np.asarray(is_same & (walk.old != NO_AREA) & (walk.new != NO_AREA))


def _in_turn(found: Comparison, rows: Rows) -> Rows:
    walk = found.crosswalk
    return rows[np.lexsort((rows, -walk.m2[rows], -walk.units[rows]))]


def moves(found: Comparison, rows: Rows) -> list[dict[str, str | None]]:
    """The postcodes of some units, with the codes of their teams before and after."""
    postcodes = found.units.postcode[rows].tolist()
    old = _named(found.old, found.before.first[rows])
    new = _named(found.new, found.after.first[rows])
    return [
        {"postcode": postcode, "old_code": before[0], "new_code": after[0]}
        for postcode, before, after in zip(postcodes, old, new, strict=True)
    ]


def as_dict(found: Comparison, *, most: int = MOST_LISTED) -> dict[str, Any]:
    """The whole comparison as JSON takes it.

    Args:
        found: The comparison.
        most: How many entries of each list; counts are always of all.
    """
    moving, fallen = found.moved, found.into_gap
    walk = found.crosswalk
    is_lost = (walk.new == NO_AREA) & (walk.old != NO_AREA)
    is_won = (walk.old == NO_AREA) & (walk.new != NO_AREA)
    several = found.units_in_several
    return {
        "old": found.old.edition,
        "new": found.new.edition,
        "teams": {"before": len(found.old), "after": len(found.new), **kinds_of_teams(found)},
        "changes": [asdict(change) for change in team_changes(found)[:most]],
        "crosswalk": [asdict(passage) for passage in passages(found)[:most]],
        "crosswalk_rows": len(walk.old),
        "units": found.units_asked,
        "moved": {
            "units": len(moving),
            "units_to_a_team_of_the_same_name": namesakes(found),
            "people": found.people_moved,
            "postcodes": moves(found, moving[:most]),
        },
        "into_gap": {
            "units": len(fallen),
            "people": found.people_into_gap,
            "m2": float(walk.m2[is_lost].sum()),
            "postcodes": moves(found, fallen[:most]),
        },
        "out_of_gap": {
            "units": len(found.out_of_gap),
            "m2": float(walk.m2[is_won].sum()),
            "postcodes": moves(found, found.out_of_gap[:most]),
        },
        "onto_edge": _edges(found, found.onto_edge, most),
        "off_edge": _edges(found, found.off_edge, most),
        "overlaps": {
            "before": {"units": several[0], "m2": float(found.ground.new_repeated_m2.sum())},
            "after": {"units": several[1], "m2": float(found.ground.old_repeated_m2.sum())},
        },
    }


def namesakes(found: Comparison) -> int:
    """How many units move to another team of the name of their own, as where all codes are new."""
    old, new = found.before.first[found.moved], found.after.first[found.moved]
    both = (old != NO_AREA) & (new != NO_AREA)
    return int(np.count_nonzero(found.old.name[old[both]] == found.new.name[new[both]]))


def _edges(found: Comparison, rows: Rows | None, most: int) -> dict[str, Any] | None:
    if rows is None:
        return None
    return {"units": len(rows), "postcodes": moves(found, rows[:most])}


def _names(layer: Layer) -> dict[str | None, str]:
    return dict(zip(layer.code.tolist(), layer.name.tolist(), strict=True))


def _named(
    layer: Layer, at: npt.NDArray[np.signedinteger]
) -> list[tuple[str, str] | tuple[None, None]]:
    pairs = list(zip(layer.code.tolist(), layer.name.tolist(), strict=True))
    return [(None, None) if index == NO_AREA else pairs[index] for index in at.tolist()]
