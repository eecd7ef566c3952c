"""How concentrated crime is in the made world, by points, cells, census areas and teams."""

from pathlib import Path

import pytest

from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion, concentrated
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.months import month_number
from tests.report_world import FORCE, bring, rows

MARCH = month_number("2025-03")
# 6 + 2 + 1 + 1 crimes: half of them at one of four points.
COUNTS = {(1, 0): 6, (1, 4): 2, (2, 0): 1, (3, 0): 1}


@pytest.fixture
def live_with_crimes(live: Live, tmp_path: Path) -> Live:
    shops = rows(MARCH, {(4, 0): 3}, "Shoplifting")
    bring(live.store, tmp_path / "crimes", {MARCH: rows(MARCH, COUNTS, unlocated=2) + shops})
    return live


def asked(**others: object) -> ConcentrationQuestion:
    return ConcentrationQuestion.model_validate(
        {
            "forces": (FORCE,),
            "categories": ("burglary",),
            "months": {"first": "2025-03", "last": "2025-03"},
            **others,
        }
    )


def test_half_of_all_crimes_at_one_point_is_told(live_with_crimes: Live) -> None:
    told = concentrated(live_with_crimes, asked(), Role.COMMANDER).as_dict()
    assert (told["units"], told["crimes"], told["most"]) == (4, 10, 6)
    assert [mark["units"] for mark in told["marks"]] == [1, 1, 2]
    assert told["marks"][1]["units_percent"] == 25
    # Sorted 1 1 2 6: (2 (1*1 + 2*1 + 3*2 + 4*6) / 10 - 4 - 1) / 4.
    assert told["gini"] == pytest.approx(0.4)
    assert told["share_in_repeats"] == pytest.approx(0.8)
    assert [(one["units"], one["crimes"]) for one in told["lorenz"]] == [
        (0, 0), (0.25, 0.6), (0.5, 0.8), (0.75, 0.9), (1, 1)
    ]  # fmt: skip
    assert any("without such a crime" in note for note in told["notes"])


def test_crimes_without_a_position_are_told_and_not_counted(live_with_crimes: Live) -> None:
    period = concentrated(live_with_crimes, asked(), Role.COMMANDER).as_dict()["period"]
    assert (period["crimes"], period["crimes_located"], period["crimes_used"]) == (12, 10, 10)


def test_cells_count_the_empty_ones_and_say_that_the_crimes_are_sparse(
    live_with_crimes: Live,
) -> None:
    told = concentrated(live_with_crimes, asked(unit="cells", cell_m=500), Role.COMMANDER).as_dict()
    assert told["units"] == 64
    assert "500 m" in told["units_in_words"]
    assert any("fewer crimes than units" in note for note in told["notes"])


def test_census_areas_are_those_of_the_source(live_with_crimes: Live) -> None:
    told = concentrated(live_with_crimes, asked(unit="lsoas"), Role.COMMANDER).as_dict()
    assert (told["units"], told["most"], told["crimes_in_no_unit"]) == (3, 8, 0)


def test_teams_without_crime_are_units_too(live_with_crimes: Live) -> None:
    told = concentrated(live_with_crimes, asked(unit="teams"), Role.COMMANDER).as_dict()
    assert (told["units"], told["most"]) == (4, 8)


def test_teams_beyond_the_study_area_are_no_units(live_with_crimes: Live) -> None:
    area = {"type": "team", "codes": ["T1", "T2"]}
    told = concentrated(live_with_crimes, asked(unit="teams", area=area), Role.COMMANDER).as_dict()
    assert (told["units"], told["crimes"]) == (2, 9)
    assert told["period"]["crimes_outside_study_area"] == 1


def test_what_it_was_made_from_is_named(live_with_crimes: Live) -> None:
    made_from = concentrated(live_with_crimes, asked(), Role.COMMANDER).as_dict()["made_from"]
    assert made_from["forces"] == [FORCE]
    assert made_from["months"] == [{"first": "2025-03", "last": "2025-03"}]
    assert len(made_from["crimes_sha256"][0]) == 64
    assert [one["layer"] for one in made_from["boundaries"]] == ["team"]
    assert "data.police.uk" in made_from["attribution"]


def test_a_missing_month_is_refused_and_masked_when_asked(live_with_crimes: Live) -> None:
    months = {"first": "2025-02", "last": "2025-03"}
    with pytest.raises(InvalidInputError, match="2025-02 of west-mercia"):
        concentrated(live_with_crimes, asked(months=months), Role.COMMANDER)
    masked = concentrated(
        live_with_crimes, asked(months=months, missing="mask"), Role.COMMANDER
    ).as_dict()
    assert masked["made_from"]["months_missing"] == ["2025-02"]


def test_a_month_to_come_is_refused(live_with_crimes: Live) -> None:
    with pytest.raises(InvalidInputError, match="still to come"):
        concentrated(
            live_with_crimes, asked(months={"first": "2025-03", "last": "2044-01"}), Role.COMMANDER
        )


def test_cells_of_points_are_refused_in_words() -> None:
    text = """{"forces": ["west-mercia"], "months": {"first": "2025-03", "last": "2025-03"},
               "unit": "points", "cell_m": 250}"""
    with pytest.raises(InvalidInputError, match="points have no cell_m: leave it out"):
        read(ConcentrationQuestion, text)
