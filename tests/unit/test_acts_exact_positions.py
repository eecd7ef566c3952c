"""Runs of a force's own data: made where it is shown, or exactly for those who may see it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audiences import LawfulBasis, Wanted, audience, freeze
from geo_alerts.acts.hotspots import exporting, keeping, works
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import run
from geo_alerts.acts.live import Live
from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import ForbiddenError, InvalidInputError, UnknownRunError
from geo_alerts.store.hotspot_runs import Run, Who
from tests.hotspot_world import LAST, import_months
from tests.own_world import ALL, CELL_M, EXACT, OTHERWISE, around, found_in, import_own, traces

ADMIN = Who("cli:anna", "admin")
OWN_MONTH = {"first": LAST, "last": LAST}
EVERY_METHOD: list[dict[str, Any]] = [
    {"method": "counts"},
    {"method": "counts", "h3_resolution": 9},
    {"method": "counts", "area": around(), "cell_m": CELL_M},
    {"method": "density", "bandwidth_m": 500.0},
    {"method": "density", "bandwidth_by": "likelihood"},
    {"method": "risk", "bandwidth_m": 500.0},
    {"method": "gi_star", "weight": "cambridge"},
    {"method": "local_moran", "permutations": 99},
    {"method": "emerging"},
    {"method": "repeats"},
    {"method": "auto"},
    {
        "method": "change",
        "months": OWN_MONTH,
        "compare_with": {"first": "2024-11", "last": "2025-01"},
    },
]


def silent(_done: int, _total: int | None, _words: str) -> None:
    """Progress that nobody watches."""


def asked(method: str = "counts", **values: Any) -> Question:
    document = {"forces": ["west-mercia"], "categories": ["burglary"], "months": ALL, **values}
    return read(Question, json.dumps({"method": method, **document}))


def answer(live: Live, who: Who = ADMIN, **values: Any) -> Run:
    return run(live, asked(**values), who, silent).run


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Callable[[tuple[float, float]], Live]:
    """The made world with the force's own burglaries at a place."""
    import_months(live.store, tmp_path / "crimes")

    def with_own(place: tuple[float, float] = EXACT) -> Live:
        import_own(live.store, tmp_path / "own", place)
        return live

    return with_own


@pytest.mark.parametrize(
    "values", EVERY_METHOD, ids=lambda one: "-".join([*one, str(one["method"])][1:])
)
def test_what_is_shown_is_the_same_wherever_crimes_were_round_a_published_point(
    town: Callable[[tuple[float, float]], Live], values: dict[str, Any], tmp_path: Path
) -> None:
    layers, files = [], []
    for place in (EXACT, OTHERWISE):
        live = town(place)
        made = answer(live, **values)
        _, areas = keeping.areas(live, made.id, Role.COMMANDER)
        _, cells = keeping.cells(live, made.id, Role.COMMANDER)
        path = tmp_path / "areas.csv"
        exporting.export(live, made.id, path, Role.COMMANDER)
        columns = {} if cells is None else {k: v.tolist() for k, v in cells.columns.items()}
        ground = [(area.key, shapely.to_wkb(area.geometry), area.facts) for area in areas]
        layers.append((made.sha256, made.facts, ground, json.dumps(columns)))
        files.append(path.read_bytes())
    assert layers[0] == layers[1]
    assert files[0] == files[1]


def test_exact_layers_differ_by_where_crimes_were_and_are_restricted(
    town: Callable[[tuple[float, float]], Live],
) -> None:
    exact = {"positions": "exact", "months": OWN_MONTH, "cell_m": 100}
    first = answer(town(EXACT), **exact)
    shown = answer(town(EXACT), months=OWN_MONTH, cell_m=100)
    other = answer(town(OTHERWISE), **exact)
    assert len({first.sha256, shown.sha256, other.sha256}) == 3
    assert (first.is_restricted, shown.is_restricted) == (True, False)
    _, cells = keeping.cells(town(EXACT), shown.id, Role.COMMANDER)
    assert cells is not None
    # All of the month's are shown at one point.
    assert (cells.columns["crimes"] > 0).sum() == 1
    assert first.facts["period"]["crimes_used"] == shown.facts["period"]["crimes_used"]


def test_of_published_crimes_alone_exact_positions_are_those_that_are_shown(
    live: Live, tmp_path: Path
) -> None:
    import_months(live.store, tmp_path)
    shown = answer(live)
    exact = run(live, asked(positions="exact"), ADMIN, silent)
    assert (exact.run.id, exact.is_new, exact.run.is_restricted) == (shown.id, False, False)


@pytest.mark.parametrize("role", Role)
def test_exact_positions_are_for_analysts_and_administrators(
    town: Callable[[tuple[float, float]], Live], role: Role
) -> None:
    live = town(EXACT)
    who = Who("key:1", role.value)
    if role in (Role.ANALYST, Role.ADMIN):
        made = answer(live, who, positions="exact")
        assert keeping.layer(live, made.id, role) == made
        assert keeping.layers(live, role, size=5) == ([made], None)
        return
    with pytest.raises(ForbiddenError, match="leave out positions"):
        answer(live, who, positions="exact")
    made = answer(live, positions="exact")
    with pytest.raises(UnknownRunError, match="there is no layer of hotspots"):
        keeping.layer(live, made.id, role)
    assert keeping.layers(live, role, size=5) == ([], None)


def test_layers_that_are_left_out_leave_no_gap_in_a_page(
    town: Callable[[tuple[float, float]], Live],
) -> None:
    live = town(EXACT)
    shown = []
    for cell_m in (250, 500):
        shown.append(answer(live, cell_m=cell_m, share_percent=5.0).id)
        answer(live, cell_m=cell_m, share_percent=5.0, positions="exact")
    first, token = keeping.layers(live, Role.COMMANDER, size=1)
    rest, last = keeping.layers(live, Role.COMMANDER, size=1, token=token)
    assert ([first[0].id, rest[0].id], last) == (shown[::-1], None)


def test_repeat_locations_are_of_published_points() -> None:
    with pytest.raises(InvalidInputError, match="repeat locations are of published points"):
        asked("repeats", positions="exact")


def test_work_on_exact_positions_is_a_restricted_job(
    town: Callable[[tuple[float, float]], Live],
) -> None:
    live = town(EXACT)
    exact = answer(live, positions="exact")
    by_layer = {"type": "hotspots", "layer": exact.id}
    tasks = [
        works.run_task(live, asked(cell_m=500, **values), ADMIN)
        for values in ({}, {"positions": "exact"}, {"area": by_layer})
    ]
    assert [task.is_restricted for task in tasks] == [False, True, True]
    assert works.run_task(live, asked(positions="exact"), ADMIN) == exact


def test_a_commander_may_approve_an_audience_by_a_restricted_layer_by_its_figure(
    town: Callable[[tuple[float, float]], Live],
) -> None:
    live = town(EXACT)
    made = answer(live, positions="exact", months=OWN_MONTH)
    strict = Live(live.store, Policy(approval_above=0))
    area = read_area(json.dumps({"type": "hotspots", "layer": made.id, "metres": 500}))
    wanted = Wanted(Selection(area=area), "a test", LawfulBasis.PUBLIC_TASK)
    with pytest.raises(UnknownRunError):
        freeze(strict, wanted, Asker("key:2", "System", Role.ALERT_SYSTEM))
    frozen = freeze(strict, wanted, Asker("key:1", "Anna", Role.ADMIN))
    seen = audience(strict, frozen.id, Asker("key:3", "Chief", Role.COMMANDER))
    assert seen.figures is not None
    assert seen.figures.error is not None
    assert not found_in(repr(seen).encode(), traces())
