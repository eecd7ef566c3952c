"""Layers and reports of months in which own crimes stand in for published ones tell how many."""

import json
from pathlib import Path
from typing import Any

import pytest

from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion, concentrated
from geo_alerts.acts.hotspots.running import run
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.hotspot_words import lines_of
from geo_alerts.maps.hotspot_words import method_of
from geo_alerts.store.hotspot_runs import Run, Who
from tests.hotspot_world import LAST, MONTHS, import_months, rows_of
from tests.own_world import ALL, OWN_CRIMES, import_own

ADMIN = Who("cli:anna", "admin")
PUBLISHED = sum("Burglary" in row for row in rows_of(MONTHS[-1]))
TOLD = {"own": OWN_CRIMES, "published": PUBLISHED, "months": [LAST]}


def silent(_done: int, _total: int | None, _words: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Live:
    """The made world with the force's own burglaries in its last month."""
    import_months(live.store, tmp_path / "crimes")
    import_own(live.store, tmp_path / "own")
    return live


def answer(live: Live, **values: Any) -> Run:
    document = {"method": "counts", "forces": ["west-mercia"], "months": ALL, **values}
    return run(live, read(Question, json.dumps(document)), ADMIN, silent).run


@pytest.mark.parametrize("categories", [[], ["burglary"], ["burglary", "robbery"]])
def test_a_layer_tells_own_crimes_in_place_of_published(town: Live, categories: list[str]) -> None:
    period = answer(town, categories=categories).facts["period"]
    assert period["own_in_place_of_published"] == TOLD


def test_other_categories_and_months_have_none(town: Live) -> None:
    earlier = {"first": "2024-01", "last": "2024-12"}
    for values in ({"categories": ["robbery"]}, {"months": earlier}):
        assert "own_in_place_of_published" not in answer(town, **values).facts["period"]


def test_of_months_compared_each_tells_its_own(town: Live) -> None:
    facts = answer(
        town,
        method="change",
        months={"first": LAST, "last": LAST},
        compare_with={"first": "2024-11", "last": "2024-11"},
    ).facts
    assert facts["period"]["own_in_place_of_published"] == TOLD
    assert "own_in_place_of_published" not in facts["compared_with"]


def test_the_command_line_and_the_map_say_so_in_words(town: Live) -> None:
    made = answer(town)
    (crimes,) = [text for label, text in lines_of(made, ()) if label == "crimes"]
    assert f"{OWN_CRIMES} of a force's own stand in for {PUBLISHED} published (of {LAST})" in crimes
    said = " ".join(method_of(made.question["method"], made.facts))
    assert (
        f"{OWN_CRIMES} crimes of a force's own data stand in for {PUBLISHED} published ones "
        f"({LAST})."
    ) in said


def test_a_report_of_concentration_tells_so_too(town: Live) -> None:
    asked = ConcentrationQuestion.model_validate(
        {"forces": ("west-mercia",), "months": {"first": LAST, "last": LAST}}
    )
    told = concentrated(town, asked, Role.ANALYST).as_dict()
    assert told["period"]["own_in_place_of_published"] == TOLD
    assert told["made_from"]["own_in_place_of_published"] == TOLD
