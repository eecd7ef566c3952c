"""A look at hotspots: a question answered at once, and not kept.

A page asks again and again while somebody slides through months; what it sees is worked out as a
run would be, from the same inputs, and held for a while in memory. What takes long is a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.running import prepare, work_out
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.hotspots.polygons import ground_of
from geo_alerts.maps.document import Pattern
from geo_alerts.maps.shades import Shading, shading
from geo_alerts.store.hotspot_runs import inputs_sha256, same_run

METHODS: Final = ("counts", "density", "gi_star", "local_moran", "emerging", "change", "repeats")
LEAST_CELL_M: Final = 100
# The same at this resolution: hexagons of some 0.1 km², 350 m across.
FINEST_H3: Final = 9
MOST_MONTHS: Final = 60
MOST_PERMUTATIONS: Final = 999
# A kernel that is wider in cells takes minutes on a fine grid: its work grows as the square.
WIDEST_CELLS: Final = 20
# Local Moran draws from so few distinct sums that all its usual permutations are quick.
QUICK_PERMUTATIONS: Final = frozenset({"local_moran"})
# Each some hundred kilobytes: areas and the outlines of classes, not the cells.
MOST_HELD: Final = 48
# More would be slow to send and to draw; the lowest classes go first.
MOST_VERTICES: Final = 60_000
AS_A_LAYER: Final = "ask for it as a layer, which is worked out in the background"


@dataclass(frozen=True, eq=False)
class ShownClass:
    """The cells of one class.

    Attributes:
        words: What the class says.
        fill: A colour, or `url(#pattern)`.
        edge: A colour like it.
        cells: How many cells it has.
        crimes: How many crimes are in them.
        ground: Their ground, EPSG:27700, those that touch put together; None where there are none,
            or where outlines are too many to send.
    """

    words: str
    fill: str
    edge: str
    cells: int
    crimes: int
    ground: BaseGeometry | None


@dataclass(frozen=True, eq=False)
class Look:
    """An answer that is not kept; `name`, `method`, `question` and `facts` are as of a run.

    Attributes:
        method: Of the question.
        question: The question with every setting that was used, as JSON.
        facts: What is told of the answer as a whole.
        is_restricted: Whether it tells of exact positions of forces' own data.
        areas: What was found, by rank.
        title: What the classes mean, with the unit; empty of methods without cells.
        classes: How the cells are shaded, the lowest first; none of methods without cells.
        rest: What a cell of no class is.
        patterns: Those that classes are filled with.
        cells: How many cells the study area has; 0 of methods without.
        left_out: How many of the lowest classes have too many outlines to send.
        limits: Between classes of counts and densities; none of other methods.
        sha256: Of the question and its inputs: the same, the same answer.
    """

    method: str
    question: Mapping[str, Any]
    facts: Mapping[str, Any]
    is_restricted: bool
    areas: tuple[HotArea, ...]
    title: str
    classes: tuple[ShownClass, ...]
    rest: str
    patterns: tuple[Pattern, ...]
    cells: int
    left_out: int
    limits: tuple[float, ...]
    sha256: str

    @property
    def name(self) -> str:
        """Nobody has named it."""
        return ""


def look(
    live: Live, question: Question, role: Role, *, limits: Sequence[float] | None = None
) -> Look:
    """Answer a question without keeping the answer.

    Args:
        live: What it is asked of.
        question: What is asked.
        role: Who asks.
        limits: Of another look, between whose classes of counts or densities this one's are to be.

    Raises:
        ForbiddenError: The role may not ask for exact positions.
        InvalidInputError: The question is one for a layer; or as `running.run`.
        NotFoundError: The area names something that is not known.
        NotReadyError: No crimes, or no boundary to study within, are imported.
        TooManyRequestsError: Others' looks are being worked out.
    """
    require_quick(question)
    prepared = prepare(live, question, role)
    sha256 = inputs_sha256(prepared.document, prepared.inputs)

    def make() -> Look:
        result = work_out(live, prepared, lambda _done, _total, _words: None)
        how, classes, left_out = _shown(question.method, result, limits)
        return Look(
            method=question.method,
            question=prepared.document,
            facts=result.facts,
            is_restricted=prepared.is_restricted,
            areas=result.areas,
            title=how.title,
            classes=classes,
            rest=how.rest,
            patterns=how.patterns,
            cells=0 if result.cells is None else len(result.cells),
            left_out=left_out,
            limits=how.limits,
            sha256=sha256,
        )

    key = (sha256, None if limits is None else tuple(limits))
    return live.held.get("look", key, make, most=MOST_HELD, turns=live.looks)


def kept_as(live: Live, found: Look) -> str | None:
    """The id of the layer that is kept of the same answer; None without one."""
    with live.store.reading() as connection:
        run = same_run(connection, found.sha256)
    return None if run is None else run.id


def require_quick(question: Question) -> None:
    """Refuse what is not worked out while somebody waits.

    Raises:
        InvalidInputError: The question is one for a layer; says what would be quick.
    """
    asked = question.settled()
    fault = _fault(asked) or _fine(asked)
    if fault:
        raise InvalidInputError(f"{fault}, or {AS_A_LAYER}")


def _fault(asked: Question) -> str:
    if asked.method not in METHODS:
        return f"{asked.method} takes too long for a look: choose one of {', '.join(METHODS)}"
    if len(asked.months.numbers()) > MOST_MONTHS:
        return f"a look takes at most {MOST_MONTHS} months: choose fewer"
    if asked.bandwidth_by is not None or asked.adaptive:
        return "a look takes a fixed bandwidth: give bandwidth_m"
    if asked.bandwidth_m is not None and asked.bandwidth_m > _widest_m(asked):
        return (
            f"a look takes a bandwidth of at most {WIDEST_CELLS} cells, here {_widest_m(asked):,} "
            "m: give a smaller bandwidth_m or larger cells"
        )
    many = (asked.permutations or 0) > MOST_PERMUTATIONS
    if many and asked.method not in QUICK_PERMUTATIONS:
        return f"a look takes at most {MOST_PERMUTATIONS} permutations: choose fewer"
    return ""


def _widest_m(asked: Question) -> int:
    return WIDEST_CELLS * (asked.cell_m or LEAST_CELL_M)


def _fine(asked: Question) -> str:
    if asked.cell_m is not None and asked.cell_m < LEAST_CELL_M:
        return f"a look has cells of {LEAST_CELL_M} m or more: choose larger ones"
    if (asked.h3_resolution or 0) > FINEST_H3:
        return f"a look has hexagons of resolution {FINEST_H3} or lower: choose larger ones"
    return ""


def _shown(
    method: str, result: Result, limits: Sequence[float] | None
) -> tuple[Shading, tuple[ShownClass, ...], int]:
    cells = result.cells
    if cells is None:
        return Shading("", (), ""), (), 0
    how = shading(method, cells.columns, result.facts, limits=limits)
    crimes = np.asarray(cells.columns.get("crimes", cells.columns.get("after", ())), dtype=float)
    grounds = [ground_of(cells, one.chosen) if one.chosen.any() else None for one in how.shades]
    left_out = _first_sent(grounds)
    classes = tuple(
        ShownClass(
            one.words,
            one.fill,
            one.edge,
            int(one.chosen.sum()),
            round(float(crimes[one.chosen].sum())),
            ground if place >= left_out else None,
        )
        for place, (one, ground) in enumerate(zip(how.shades, grounds, strict=True))
    )
    return how, classes, left_out


def _first_sent(grounds: list[BaseGeometry | None]) -> int:
    # From the highest class downwards as many as fit, but always the highest.
    vertices = [0 if one is None else int(shapely.get_num_coordinates(one)) for one in grounds]
    fitting = int((np.cumsum(vertices[::-1]) <= MOST_VERTICES).sum())
    return len(grounds) - max(fitting, min(1, len(grounds)))
