"""Runs of every method on crimes whose answer is known, and what is kept of them."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion, backtest
from geo_alerts.acts.hotspots.looking import kept_as, look
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import Ran, run
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import (
    CancelledError,
    InvalidInputError,
    NotReadyError,
    PersonalDataError,
)
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.store import audit
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Who
from tests.api.world import SIDE, build_places
from tests.hotspot_world import (
    HOT,
    HOT_CRIMES,
    LAST,
    MONTHS,
    NEW,
    NEW_CRIMES,
    NEW_MONTHS,
    import_months,
    reissue,
)

ANNA = Who("cli:anna", "admin")
OPERATOR = Asker("cli:anna", "Anna", Role.ADMIN)
ALL = {"first": "2024-01", "last": LAST}
LATE = {"first": "2024-12", "last": LAST}
EARLY = {"first": "2024-01", "last": "2024-11"}
BURGLARIES = HOT_CRIMES * len(MONTHS) + NEW_CRIMES * NEW_MONTHS


def silent(_done: int, _total: int | None, _words: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Live:
    """The made world with its crimes."""
    import_months(live.store, tmp_path / "crimes")
    return live


def asked(method: str = "counts", **values: Any) -> Question:
    values = {"categories": ["burglary"], "months": ALL, **values}
    document = {"method": method, "forces": ["west-mercia"], **values}
    return read(Question, json.dumps(document))


def answer(live: Live, method: str = "counts", **values: Any) -> Ran:
    return run(live, asked(method, **values), ANNA, silent)


def areas(live: Live, ran: Ran) -> tuple[HotArea, ...]:
    return tuple(keeping.areas(live, ran.run.id, Role.ADMIN)[1])


def covers(area: HotArea, position: tuple[int, int]) -> bool:
    return bool(area.geometry.covers(shapely.Point(position)))


def test_counts_are_those_of_the_cells_and_all_crime_is_accounted_for(town: Live):
    ran = answer(town, share_percent=1.0)
    layer = keeping.cells(town, ran.run.id, Role.ADMIN)[1]
    assert layer is not None
    # Four teams of 2 km are sixteen by sixteen cells of 250 m.
    assert len(layer) == 256
    assert layer.columns["crimes"].sum() == BURGLARIES
    assert layer.columns["crimes"].max() == HOT_CRIMES * len(MONTHS)
    first, second = areas(town, ran)
    assert covers(first, HOT)
    assert covers(second, NEW)
    assert first.facts["crimes"] == HOT_CRIMES * len(MONTHS)
    period = ran.run.facts["period"]
    assert (period["crimes"], period["crimes_used"]) == (BURGLARIES, BURGLARIES)
    assert ran.run.facts["study_area"] == "the ground of all teams"


def test_crimes_without_a_position_and_outside_are_told(town: Live):
    period = answer(town, categories=[]).run.facts["period"]
    assert period["crimes"] == BURGLARIES + 4 * len(MONTHS)
    assert period["crimes_located"] == BURGLARIES + 2 * len(MONTHS)
    assert period["crimes_outside_study_area"] == len(MONTHS)
    assert period["crimes_used"] == BURGLARIES + len(MONTHS)


def test_harm_weighs_crimes_by_their_category(town: Live):
    ran = answer(town, categories=[], weight="cambridge")
    layer = keeping.cells(town, ran.run.id, Role.ADMIN)[1]
    assert layer is not None
    # Burglary weighs 247.2 days and robbery 365 (HOTSPOTS: medians of the index of 2026).
    wanted = 247.20741460070832 * BURGLARIES + 365 * len(MONTHS)
    assert layer.columns["harm"].sum() == pytest.approx(wanted)
    assert ran.run.facts["harm"]["version"] == "cambridge-2026-england-wales"


def test_the_same_question_on_the_same_crimes_is_one_run(town: Live, tmp_path: Path):
    first, again = answer(town, "gi_star"), answer(town, "gi_star")
    assert (first.is_new, again.is_new) == (True, False)
    assert again.run == first.run
    assert answer(town, "gi_star", level=0.01).is_new
    reissue(town.store, tmp_path / "other")
    assert answer(town, "gi_star").is_new


def test_the_same_crimes_worked_out_anew_have_the_same_hash(town: Live):
    kept = {method: answer(town, method).run for method in ("gi_star", "density", "repeats")}
    for method, first in kept.items():
        keeping.remove(town, first.id, OPERATOR)
        again = answer(town, method)
        assert again.is_new
        assert again.run.sha256 == first.sha256


@pytest.mark.postgis
def test_the_same_question_has_the_same_hash_on_both_databases(
    tmp_path: Path, postgis_database: str
):
    hashes = []
    for number, url in enumerate((f"sqlite:///{tmp_path / 'a.db'}", postgis_database)):
        folder = tmp_path / str(number)
        folder.mkdir()
        build_places(folder, url)
        with Store.open(url) as store:
            import_months(store, folder / "crimes")
            methods = ("density", "emerging", "gi_star", "repeats", "risk")
            hashes.append([answer(Live(store), method).run.sha256 for method in methods])
    assert hashes[0] == hashes[1]


def test_density_is_highest_at_the_hot_place_and_its_areas_follow_a_contour(town: Live):
    ran = answer(town, "density", share_percent=5.0, edge="uniform")
    first = areas(town, ran)[0]
    assert covers(first, HOT)
    assert first.facts["crimes"] == HOT_CRIMES * len(MONTHS)
    layer = keeping.cells(town, ran.run.id, Role.ADMIN)[1]
    assert layer is not None
    # All of a kernel's peak: the place is in the middle of its cell, and all else is far away.
    peak = HOT_CRIMES * len(MONTHS) * 3 / (math.pi * 0.3**2)
    assert layer.columns["density_per_km2"].max() == pytest.approx(peak)
    by_cells = answer(town, "density", share_percent=5.0, edge="uniform", outline="cells")
    assert all(area.facts["km2"] % 0.0625 == 0 for area in areas(town, by_cells))


@pytest.mark.parametrize("rule", ["likelihood", "pai"])
def test_a_bandwidth_that_is_searched_is_told_with_all_that_were_tried(town: Live, rule: str):
    facts = answer(town, "density", bandwidth_by=rule).run.facts
    tried = {one["bandwidth_m"]: one["score"] for one in facts["bandwidths_tried"]}
    assert tried[facts["bandwidth_m"]] == max(tried.values())
    assert min(tried) >= 250


def test_risk_is_crimes_for_each_household(town: Live):
    ran = answer(town, "risk", floor_per_km2=0.0)
    assert ran.run.inputs["population"] is not None
    assert covers(areas(town, ran)[0], HOT)
    subscribers = answer(town, "risk", population="subscribers", floor_per_km2=0.0)
    assert "protected counts" in subscribers.run.facts["population"]


@pytest.mark.parametrize("values", [{}, {"h3_resolution": 9}, {"weight": "ons"}])
def test_gi_star_finds_the_hot_place_and_says_that_no_cell_is_cold(
    town: Live, values: dict[str, Any]
):
    # Two places make the whole variance, so that neither is very unusual.
    ran = answer(town, "gi_star", months=LATE, level=0.2, **values)
    found = areas(town, ran)
    assert covers(found[0], HOT)
    assert any(covers(area, NEW) for area in found)
    assert not ran.run.facts["cold_spots_possible"]
    assert "No cell could be called cold" in ran.run.facts["notes"][0]


def test_too_few_permutations_are_told(town: Live):
    ran = answer(town, "gi_star", permutations=99)
    assert ran.run.facts["cells_hot"] == 0
    assert "With 99 permutations no p is below 0.02" in ran.run.facts["notes"][1]


def test_local_moran_tells_quadrants(town: Live):
    ran = answer(town, "local_moran")
    layer = keeping.cells(town, ran.run.id, Role.ADMIN)[1]
    assert layer is not None
    assert set(layer.columns["quadrant"]) <= {"high-high", "low-high", "low-low", "high-low"}
    assert sum(ran.run.facts["quadrants_significant"].values()) == int(
        layer.columns["is_significant"].sum()
    )


def test_emerging_hot_spots_tell_the_lasting_from_the_new(town: Live):
    classes = {
        position: area.facts["class"]
        for area in areas(town, answer(town, "emerging"))
        for position in (HOT, NEW)
        if covers(area, position)
    }
    assert classes == {HOT: "persistent hot spot", NEW: "consecutive hot spot"}


def test_change_tells_the_place_that_got_worse(town: Live):
    ran = answer(town, "change", months=LATE, compare_with=EARLY)
    more = [area for area in areas(town, ran) if area.facts["direction"] == "more"]
    assert len(more) == 1
    assert covers(more[0], NEW)
    assert (more[0].facts["crimes_before"], more[0].facts["crimes"]) == (0, 24)


def test_change_never_compares_periods_of_which_months_are_missing(town: Live):
    asked = {"months": LATE, "compare_with": {"first": "2023-12", "last": "2024-01"}}
    for missing in ("refuse", "mask"):
        with pytest.raises(InvalidInputError, match=r"missing: 2023-12 of .*all there") as caught:
            answer(town, "change", **asked, missing=missing)
        assert "masked" not in str(caught.value)


def test_repeat_locations_have_names_teams_and_keys_that_stay(town: Live):
    earlier = answer(town, "repeats", months={"first": "2024-01", "last": "2025-01"})
    before = areas(town, earlier)
    now = areas(town, answer(town, "repeats", months={"first": "2024-02", "last": LAST}))
    assert [area.facts["name"] for area in now] == [
        "On or near High Street",
        "On or near Mill Lane",
    ]
    assert [area.facts["team"] for area in now] == ["T1", "T4"]
    assert before[0].key == now[0].key
    follows = keeping.layers(town, Role.ADMIN, size=1)[0][0]
    assert follows.facts["follows"] == earlier.run.id
    assert follows.inputs["follows_sha256"] == earlier.run.sha256


def test_a_place_has_one_key_in_layers_of_a_year_and_of_two(town: Live):
    year = {"first": "2024-03", "last": LAST}
    kept = answer(town, "repeats", months=year)
    longer = look(town, asked("repeats", months=ALL), Role.ADMIN)
    assert [one.key for one in longer.areas] == [one.key for one in areas(town, kept)]
    assert longer.facts["follows"] == kept.run.id
    # It is kept as it was seen; and both, asked again, are the layers that they were.
    again = answer(town, "repeats", months=ALL)
    assert kept_as(town, longer) == again.run.id
    assert answer(town, "repeats", months=year).run.id == kept.run.id
    assert answer(town, "repeats", months=ALL).run.id == again.run.id
    # A layer of earlier months that is kept later gives no place another key.
    answer(town, "repeats", months={"first": "2024-01", "last": "2024-12"})
    assert answer(town, "repeats", months=ALL).run.id == again.run.id
    between = look(town, asked("repeats", months={"first": "2024-02", "last": LAST}), Role.ADMIN)
    assert [one.key for one in between.areas] == [one.key for one in longer.areas]
    assert between.facts["follows"] == again.run.id


def test_a_place_keeps_its_key_where_the_layer_that_was_followed_is_removed(town: Live):
    first = answer(town, "repeats", months={"first": "2024-03", "last": LAST})
    kept = answer(town, "repeats", months=ALL)
    keeping.remove(town, first.run.id, OPERATOR)
    again = look(town, asked("repeats", months=ALL), Role.ADMIN)
    assert [one.key for one in again.areas] == [one.key for one in areas(town, kept)]


def test_auto_uses_what_the_back_test_chose_and_makes_one_where_there_is_none(town: Live):
    ran = answer(town, "auto")
    kept = backtest(
        town,
        read(
            BacktestQuestion,
            json.dumps({"forces": ["west-mercia"], "categories": ["burglary"], "last": LAST}),
        ),
        ANNA,
        silent,
    )
    assert ran.run.question["foretelling"] == kept.result["best"]
    assert ran.run.facts["foretold_month"] == "2025-03"
    assert covers(areas(town, ran)[0], HOT)
    with town.store.reading() as connection:
        acts = [one.act for one in audit.latest(connection, limit=10)]
    assert acts.count("hotspots.backtest") == 1


def test_a_back_test_is_told_with_every_method_and_what_was_skipped(town: Live):
    question = BacktestQuestion(forces=("west-mercia",), categories=("burglary",))
    result = backtest(town, question, ANNA, silent).result
    assert result["tested"][-1] == LAST
    assert {"counts", "gi_star", "density_300"} <= {one["name"] for one in result["methods"]}
    assert {one["reason"] for one in result["skipped"]} != set()
    assert "PAI" in result["rule"]
    at = result["methods"][0]["shares"][0]
    assert at["pai_worst_ties"] <= at["pai"]["value"] <= at["pai_best_ties"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"months": {"first": "2090-01", "last": "2099-01"}}, "2099-01 is still to come"),
        ({"months": {"first": "2023-10", "last": LAST}}, "months of crimes are missing: 2023-10"),
        ({"forces": ["kent"]}, "no crimes of kent are imported; there are west-mercia"),
        ({"categories": ["anti-social-behaviour"]}, "no crime of 2024-01 to 2025-02 lies in the"),
        ({"categories": ["drugs"]}, "choose more months, more categories or another area"),
        ({"share_percent": 0.1}, "0.001 of 256 cells is not one cell"),
        ({"area": {"type": "postcodes", "postcodes": ["SY1 1AA"]}}, "has no outline"),
    ],
)
def test_what_cannot_be_answered_is_told_with_what_to_do(
    town: Live, values: dict[str, Any], words: str
):
    with pytest.raises(InvalidInputError) as refused:
        answer(town, **values)
    assert words in str(refused.value)


def test_missing_months_are_masked_when_that_is_asked_and_told(town: Live):
    ran = answer(town, months={"first": "2023-11", "last": LAST}, missing="mask")
    assert ran.run.facts["period"]["months"] == len(MONTHS)
    assert ran.run.facts["period"]["months_missing"] == ["2023-11", "2023-12"]


def test_a_study_area_narrows_what_is_counted(town: Live):
    team = {"type": "team", "codes": ["T4"], "edition": None}
    ran = answer(town, area=team, share_percent=2.0)
    assert ran.run.cell_count == (SIDE // 250) ** 2
    assert ran.run.facts["period"]["crimes_used"] == NEW_CRIMES * NEW_MONTHS
    assert ran.run.facts["study_area_km2"] == 4
    circle = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 300}
    with pytest.raises(InvalidInputError, match="lies in the study area"):
        answer(town, area=circle)


def test_without_crimes_or_without_boundaries_it_is_told_what_to_import(live: Live, tmp_path: Path):
    with pytest.raises(NotReadyError, match="geo-alerts import crimes"):
        answer(live)
    with Store.open(f"sqlite:///{tmp_path / 'bare.db'}", create=True) as store:
        import_months(store, tmp_path / "bare", MONTHS[:4])
        with pytest.raises(NotReadyError, match="import the force's boundary"):
            answer(Live(store), months={"first": "2024-01", "last": "2024-04"})


def test_a_name_with_contact_details_is_refused(town: Live):
    with pytest.raises(PersonalDataError):
        run(town, asked(), ANNA, silent, name="ring 07700 900123")


def test_cancelled_work_leaves_nothing(town: Live):
    def cancelled(done: int, _total: int | None, _words: str) -> None:
        if done == 2:
            raise CancelledError("the work was cancelled; nothing was kept")

    with pytest.raises(CancelledError):
        run(town, asked(), ANNA, cancelled)
    assert keeping.layers(town, Role.ADMIN, size=10) == ([], None)


def test_runs_are_listed_by_pages(town: Live):
    kept = [answer(town, share_percent=share).run.id for share in (1.0, 2.0, 3.0)]
    found, token = keeping.layers(town, Role.ADMIN, size=2)
    rest, last = keeping.layers(town, Role.ADMIN, size=2, token=token)
    assert [one.id for one in (*found, *rest)] == kept[::-1]
    assert last is None


def test_where_no_contour_runs_the_area_is_the_cell(town: Live):
    month = {"first": "2024-01", "last": "2024-01"}
    # Whatever is a bandwidth away is not reached: the cell of the one place alone has a density.
    (area,) = areas(town, answer(town, "density", months=month, bandwidth_m=250.0))
    assert covers(area, HOT)
    assert (area.facts["crimes"], area.facts["km2"]) == (HOT_CRIMES, 0.0625)


def test_the_ground_round_a_layer_can_be_studied(town: Live):
    month = {"first": "2024-01", "last": "2024-01"}
    first = answer(town, months=month).run
    area = {"type": "hotspots", "layer": first.id, "metres": 400}
    around = answer(town, "repeats", months=ALL, area=area).run
    assert around.facts["study_area_km2"] == pytest.approx(
        (250 * 250 + 4 * 250 * 400 + math.pi * 400**2) / 1e6, rel=1e-3
    )
    assert around.facts["period"]["crimes_used"] == HOT_CRIMES * len(MONTHS)
