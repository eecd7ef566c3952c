"""Whether something that was done in a team of the made world did anything."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports.evaluation import evaluate, in_words
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.places import around
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import InvalidAreaError, InvalidInputError
from geo_alerts.hotspots.evaluation import wdd
from geo_alerts.hotspots.harm import harm_weights
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.hotspots.months import month_number
from geo_alerts.store import hotspot_runs
from geo_alerts.store.hotspot_runs import NewRun, Who
from tests.api.world import SIDE, SOUTH, WEST
from tests.report_world import FORCE, bring, position, rows

BEFORE, AFTER = month_number("2024-03"), month_number("2025-03")
# Target: place 6 of T1, at (600, 600) from its corner. Control: the same of T4.
# Around: place 8, 600 m east of it.
COUNTS = {
    BEFORE: {(1, 6): 40, (4, 6): 38, (1, 8): 10, (4, 8): 12, (2, 0): 99},
    AFTER: {(1, 6): 12, (4, 6): 36, (1, 8): 14, (4, 8): 11, (2, 0): 99},
}


def square(team: int, metres: float = 250) -> dict[str, Any]:
    """The square around place 6 of T1 or of T4, as GeoJSON."""
    away = {1: (0, 0), 4: (SIDE, SIDE)}[team]
    east, north = WEST + away[0] + 600, SOUTH + away[1] + 600
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    longitude, latitude = points_to_epsg_4326(
        [east + metres * x for x, _ in corners], [north + metres * y for _, y in corners]
    )
    ring = [[float(x), float(y)] for x, y in zip(longitude, latitude, strict=True)]
    return {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def live_with_crimes(live: Live, tmp_path: Path) -> Live:
    months = {month: rows(month, counts) for month, counts in COUNTS.items()}
    months[BEFORE + 1] = rows(BEFORE + 1, COUNTS[BEFORE])
    months[AFTER] += rows(AFTER, {(1, 6): 2}, "Robbery")
    bring(live.store, tmp_path / "crimes", months)
    return live


def asked(**others: Any) -> EvaluationQuestion:
    return EvaluationQuestion.model_validate(
        {
            "forces": (FORCE,),
            "categories": ("burglary",),
            "target": square(1),
            "control": square(4),
            "before": {"first": "2024-03", "last": "2024-03"},
            "after": {"first": "2025-03", "last": "2025-03"},
            **others,
        }
    )


def test_the_eight_counts_and_their_difference(live_with_crimes: Live) -> None:
    told = evaluate(live_with_crimes, asked(buffer_m=400), Role.COMMANDER).as_dict()
    counts = {key: (one["before"], one["after"]) for key, one in told["places"].items()}
    assert counts == {
        "target": (40, 12),
        "control": (38, 36),
        "around": (10, 14),
        "control_around": (12, 11),
    }
    expected = wdd(40, 12, 38, 36, 10, 14, 12, 11)
    assert expected.estimate == -21
    for name in ("estimate", "se", "z", "p", "low", "high", "level"):
        assert told["wdd"][name] == pytest.approx(getattr(expected, name), abs=1e-6)
    # A little went round the corner.
    quotient = (14 / 36 - 10 / 38) / (12 / 36 - 40 / 38)
    assert told["wdq"]["quotient"] == pytest.approx(quotient, abs=1e-6)
    # The interval of -21 ends above 0.
    assert told["wdd"]["high"] > 0
    assert told["wdq"]["reading"].startswith(
        "no effect can be told: the interval of the difference"
    )
    assert told["places"]["target"]["km2"] == pytest.approx(0.25, rel=1e-3)


def test_displacement_is_read_only_where_the_interval_leaves_an_effect(
    live_with_crimes: Live,
) -> None:
    told = evaluate(live_with_crimes, asked(buffer_m=400, level=0.2), Role.COMMANDER).as_dict()
    assert told["wdd"]["high"] < 0
    assert told["wdq"]["reading"] == "displacement below the effect"


def test_a_target_that_did_not_improve_is_told_as_that(live: Live, tmp_path: Path) -> None:
    counts = {
        BEFORE: {(1, 6): 10, (4, 6): 10, (1, 8): 5, (4, 8): 5},
        AFTER: {(1, 6): 11, (4, 6): 10, (1, 8): 5, (4, 8): 5},
    }
    bring(live.store, tmp_path / "crimes", {month: rows(month, counts[month]) for month in counts})
    told = evaluate(live, asked(buffer_m=400), Role.COMMANDER).as_dict()
    assert told["wdq"]["quotient"] is None
    assert told["wdq"]["reading"] == "the target did not improve on its control"


def test_the_difference_is_put_in_words_with_its_interval(live_with_crimes: Live) -> None:
    words = evaluate(live_with_crimes, asked(), Role.COMMANDER).words
    assert words.startswith("26.0 crimes fewer than if it had changed as its control did (90 %: -")
    sure = evaluate(live_with_crimes, asked(level=0.005), Role.COMMANDER).words
    assert sure.startswith("no difference that could not be chance: -26.0 crimes (99.5 %")


def test_with_ground_around_both_parts_are_told(live_with_crimes: Live) -> None:
    words = evaluate(live_with_crimes, asked(buffer_m=400), Role.COMMANDER).words
    parts = "-26.0 in the target and +5.0 around it"
    assert words.startswith(f"no difference that could not be chance: -21.0 crimes, {parts} (90 %")
    sure = in_words(wdd(60, 20, 40, 38, 40, 10, 30, 30), has_around=True)
    assert sure.startswith(
        "68.0 crimes fewer than if both places had changed as their controls did: 38.0 fewer in "
        "the target and 30.0 fewer around it (90 %: -"
    )
    moved = in_words(wdd(90, 10, 40, 40, 10, 25, 30, 30), has_around=True)
    assert "65.0 crimes fewer" in moved
    assert "80.0 fewer in the target and 15.0 more around it" in moved
    alone = in_words(wdd(90, 10, 40, 40, 10, 10, 30, 30), has_around=True)
    assert "80.0 fewer in the target and as many around it" in alone


def test_without_ground_around_nothing_is_said_of_displacement(live_with_crimes: Live) -> None:
    told = evaluate(live_with_crimes, asked(), Role.COMMANDER).as_dict()
    assert set(told["places"]) == {"target", "control"}
    assert told["wdq"]["quotient"] is None
    assert "displacement is not looked at" in told["wdq"]["reading"]


def test_ground_around_may_be_drawn_and_never_counts_the_target(live_with_crimes: Live) -> None:
    drawn = {"buffer": square(1, 550), "control_buffer": square(4, 550)}
    told = evaluate(live_with_crimes, asked(**drawn), Role.COMMANDER).as_dict()
    assert told["places"]["around"]["km2"] == pytest.approx(1.21 - 0.25, rel=1e-3)
    assert told["places"]["around"]["before"] == 0


def test_an_alert_is_evaluated_on_the_ground_that_it_went_to(live_with_crimes: Live) -> None:
    def hotspot(team: int) -> dict[str, Any]:
        # A cell of 100 m around place 6 of a team, and what is 150 m around it.
        east, north = position(team, 6)
        box = shapely.box(east - 50, north - 50, east + 50, north + 50)
        new = NewRun("Burglary", "gi_star", {}, {}, {}, is_restricted=False)
        found = Result(None, (HotArea(1, None, box, {}),))
        anna = Who("session:Anna", "analyst")
        layer = hotspot_runs.save(live_with_crimes.store, new, found, anna).id
        return {"type": "hotspots", "layer": layer, "metres": 150}

    places = {"target": hotspot(1), "control": hotspot(4)}
    answer = evaluate(live_with_crimes, asked(**places, buffer_m=400), Role.COMMANDER)
    counts = {key: (one.before, one.after) for key, one in answer.places.items()}
    assert counts["target"] == (40, 12)
    assert counts["around"] == (10, 14)
    expected = shapely.box(-50, -50, 50, 50).buffer(150, quad_segs=500).area / 1e6
    assert answer.places["target"].km2 == pytest.approx(expected, rel=1e-3)
    # Inside combinations as well.
    both = {"type": "union", "areas": [places["target"], square(1)]}
    joined = evaluate(
        live_with_crimes, asked(target=both, control=places["control"]), Role.COMMANDER
    )
    assert joined.places["target"].before == 40


def test_unequal_periods_are_put_in_proportion(live_with_crimes: Live) -> None:
    answer = evaluate(
        live_with_crimes, asked(before={"first": "2024-03", "last": "2024-04"}), Role.COMMANDER
    )
    assert answer.places["target"].before == 80
    assert answer.wdd.estimate == pytest.approx((12 - 40) - (36 - 38))
    # Of twice the time: a count over 2 has a quarter of its variance.
    assert answer.wdd.se**2 == pytest.approx(12 + 36 + (80 + 76) / 4)
    assert any("differ in length" in note for note in answer.notes)
    assert any("other months of the year" in note for note in answer.notes)


def test_harm_weighs_each_category(live_with_crimes: Live) -> None:
    told = evaluate(
        live_with_crimes, asked(categories=(), weight="cambridge"), Role.COMMANDER
    ).as_dict()
    days = harm_weights("cambridge").days
    burglary, robbery = days[2], days[9]
    assert told["harm"]["wdd"]["estimate"] == pytest.approx(-26 * burglary + 2 * robbery)
    assert told["harm"]["version"].startswith("cambridge-")
    # Counts stay counts.
    assert told["places"]["target"]["after"] == 14


def test_a_control_without_crime_has_no_quotient(live: Live, tmp_path: Path) -> None:
    months = {month: rows(month, {(1, 6): 5}) for month in (BEFORE, AFTER)}
    bring(live.store, tmp_path / "crimes", months)
    told = evaluate(live, asked(buffer_m=400), Role.COMMANDER).as_dict()
    assert told["wdq"]["quotient"] is None
    assert "the control had no crime" in told["wdq"]["reading"]
    assert any("look for a control that is more alike" in note for note in told["notes"])


def test_places_that_overlap_are_refused(live_with_crimes: Live) -> None:
    with pytest.raises(InvalidAreaError, match="the target area and the control area share"):
        evaluate(live_with_crimes, asked(control=square(1, 300)), Role.COMMANDER)
    with pytest.raises(InvalidAreaError, match="around the target and the ground around the cont"):
        evaluate(live_with_crimes, asked(buffer_m=1500), Role.COMMANDER)


def test_neighbours_that_share_an_edge_may_be_compared(live_with_crimes: Live) -> None:
    names = {"target": "T1", "control": "T2"}
    teams = {place: {"type": "team", "codes": [code]} for place, code in names.items()}
    assert evaluate(live_with_crimes, asked(**teams), Role.COMMANDER).places["control"].before == 99


def test_places_without_any_crime_are_refused(live: Live, tmp_path: Path) -> None:
    months = {month: rows(month, {(3, 0): 5}) for month in (BEFORE, AFTER)}
    bring(live.store, tmp_path / "crimes", months)
    with pytest.raises(InvalidInputError, match="no such crime lies in any of the places"):
        evaluate(live, asked(), Role.COMMANDER)


def test_a_missing_month_is_refused_and_cannot_be_masked(live_with_crimes: Live) -> None:
    with pytest.raises(InvalidInputError, match="2025-04 of west-mercia") as told:
        evaluate(
            live_with_crimes, asked(after={"first": "2025-03", "last": "2025-04"}), Role.COMMANDER
        )
    assert "mask" not in str(told.value)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ('"after": {"first": "2024-03", "last": "2024-05"}', "after must begin when before has"),
        ('"buffer_m": 100, "buffer": {"type": "team", "codes": ["T3"]}', "either buffer_m or"),
        ('"buffer": {"type": "team", "codes": ["T3"]}', "give buffer and control_buffer both"),
        ('"weight": "fear"', "no version of weights"),
        ('"buffer_m": -5', "/buffer_m"),
        ('"patrols": 3', "/patrols"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(others: str, words: str) -> None:
    given = {
        "forces": '["west-mercia"]',
        "target": '{"type": "team", "codes": ["T1"]}',
        "control": '{"type": "team", "codes": ["T2"]}',
        "before": '{"first": "2024-01", "last": "2024-03"}',
    }
    if "after" not in others:
        given["after"] = '{"first": "2025-01", "last": "2025-03"}'
    text = ", ".join(f'"{name}": {value}' for name, value in given.items())
    with pytest.raises(InvalidInputError, match=words):
        read(EvaluationQuestion, f"{{{text}, {others}}}")


def spiky(corners: int) -> shapely.Polygon:
    """A star with a hole, EPSG:27700."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = 3_000 * (1 - 0.5 * (np.arange(corners) % 2))
    star = np.column_stack((WEST + radius * np.cos(turn), SOUTH + radius * np.sin(turn)))
    return shapely.Polygon(star, [shapely.Point(WEST, SOUTH).buffer(900).exterior.coords])


@pytest.mark.parametrize("corners", [100, 800])
def test_ground_around_an_area_of_many_corners_is_the_same_as_of_few(corners: int) -> None:
    area = spiky(corners)
    found = around(area, 400.0)
    within = shapely.buffer(area, 0.99 * 400.0) - area
    beyond = shapely.buffer(area, 400.0, quad_segs=64) - area
    assert (within - found).area < 1.0
    # Chords of arcs leave a little out on either side.
    assert (found - beyond).area < 1e-3 * beyond.area
    assert (found & area).area == 0.0
    assert found.is_valid
