"""The line under the title of a map of hotspots: which crimes, whose, when, by what."""

import json
from pathlib import Path
from typing import Any

import pytest

from geo_alerts.acts.hotspots.described import asked_of, months_of
from geo_alerts.acts.hotspots.mapping import map_of
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import run
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.hotspot_runs import Run, Who
from tests.hotspot_world import FIRST, LAST, import_months

ANNA = Who("session:Anna", "analyst")


def silent(_done: int, _total: int | None, _words: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Live:
    """The made world with its crimes."""
    import_months(live.store, tmp_path / "crimes")
    return live


def made(live: Live, method: str, called: str = "", **values: Any) -> Run:
    asked = {
        "method": method,
        "forces": ["west-mercia"],
        "categories": ["burglary"],
        "months": {"first": FIRST, "last": LAST},
        **values,
    }
    return run(live, read(Question, json.dumps(asked)), ANNA, silent, name=called).run


def test_categories_forces_months_method_and_weights_are_told(town: Live):
    assert asked_of(made(town, "gi_star", cell_m=500)) == (
        "Burglary; recorded by west-mercia; January 2024 to February 2025; Gi* in cells of 500 m; "
        "each crime counts 1."
    )


def test_the_weights_of_harm_are_named_and_so_is_what_the_hotspots_hold_of_it(town: Live):
    found = made(town, "counts", weight="cambridge", categories=[])
    said = asked_of(found)
    assert said.startswith("All categories; recorded by west-mercia; ")
    assert said.endswith(
        "crimes counted in cells of 250 m; harm in days of sentence by the weights "
        "cambridge-2026-england-wales."
    )
    assert found.facts["harm"]["days_in_cells"] > 0


def test_a_forecast_names_its_month_and_its_method(town: Live):
    assert (
        "; a forecast for March 2025 in cells of 250 m, from counts of the months before; "
    ) in asked_of(made(town, "auto", foretelling="counts"))


def test_months_that_are_missing_are_named_beside_the_span(town: Live):
    months = {"first": "2023-11", "last": LAST}
    found = made(town, "counts", months=months, missing="mask")
    without = "November 2023 to February 2025, without 2023-11, 2023-12: not imported"
    assert months_of(found) == without
    assert without in asked_of(found)


def test_of_many_missing_months_the_first_are_named(town: Live):
    months = {"first": "2023-01", "last": LAST}
    found = made(town, "counts", months=months, missing="mask")
    assert months_of(found).endswith("2023-05, 2023-06 and 6 more: not imported")


def test_a_change_names_both_spans(town: Live):
    found = made(
        town,
        "change",
        months={"first": "2024-12", "last": LAST},
        compare_with={"first": "2024-09", "last": "2024-11"},
    )
    assert months_of(found) == (
        "December 2024 to February 2025, against September 2024 to November 2024"
    )


def test_a_name_does_not_hide_what_was_asked(town: Live):
    found = made(town, "counts", "Autumn plan")
    html = map_of(town, found.id, Role.ADMIN)
    assert "<h1>Autumn plan</h1>" in html
    assert asked_of(found) in html


def test_hot_cells_without_a_crime_are_told_as_such(town: Live):
    found = made(town, "gi_star")
    notes = " ".join(found.facts["notes"])
    assert "Hot cells without a crime of their own: " in notes
    assert "lie beside cells with crime" in notes
