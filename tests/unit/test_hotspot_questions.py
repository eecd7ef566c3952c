"""Questions of hotspots: what is refused, with which words, and what is filled in."""

import json
from typing import Any

import pytest

from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.acts.hotspots.questions import SETTINGS, USUAL, MonthSpan, Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion
from geo_alerts.acts.hotspots.reports.trends import TrendsQuestion
from geo_alerts.acts.hotspots.weighing import OwnWeights
from geo_alerts.errors import InvalidInputError

YEAR = {"first": "2024-01", "last": "2024-12"}
BEFORE = {"first": "2023-01", "last": "2023-12"}


def asked(**values: Any) -> str:
    return json.dumps({"method": "counts", "forces": ["west-mercia"], "months": YEAR, **values})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"method": "heat"}, "/method: must be"),
        ({"forces": []}, "/forces: has 0 items; at least 1"),
        ({"forces": ["West Mercia"]}, "/forces/0: must be the name of a force as data.police.uk"),
        ({"forces": ["kent", "kent"]}, "a value is there twice"),
        ({"categories": ["burglry"]}, "'burglry' is no category of crime; there are anti-social"),
        ({"months": {"first": "2024-13", "last": "2025-01"}}, "/months/first: must be a month"),
        ({"months": {"first": "2024-03", "last": "2024-01"}}, "/months: the last month comes"),
        ({"months": {"first": "1990-01", "last": "2024-01"}}, "at most 240 months"),
        ({"bandwidth_m": 300}, "counts does not use bandwidth_m: leave it out"),
        ({"cell_m": 5}, "/cell_m: must be at least 10"),
        ({"cell_m": 250, "h3_resolution": 9}, "either cell_m or h3_resolution"),
        ({"weight": "harm"}, "/weight: 'harm' is no version of weights; there are cambridge"),
        ({"share_percent": 0}, "/share_percent: must be more than 0"),
        ({"colour": "red"}, "/colour: is not a key that is known here"),
        ({"method": "density", "bandwidth_m": 100}, "give a larger bandwidth_m or a smaller"),
        ({"method": "density", "bandwidth_m": 300, "bandwidth_by": "pai"}, "not both"),
        ({"method": "density", "h3_resolution": 9}, "density needs square cells: give cell_m"),
        ({"method": "density", "adaptive": True, "edge": "uniform"}, "no edge correction"),
        (
            {"method": "density", "bandwidth_by": "pai", "months": {**YEAR, "first": "2024-12"}},
            "needs a month before it",
        ),
        ({"method": "change"}, "change needs compare_with"),
        ({"method": "change", "compare_with": YEAR}, "share a month"),
        ({"method": "counts", "compare_with": BEFORE}, "counts does not use compare_with"),
        (
            {"method": "emerging", "months": {"first": "2024-04", "last": "2024-12"}},
            "emerging hotspots need at least 10 months",
        ),
        ({"method": "gi_star", "level": 0.5}, "/level: must be at most 0.2"),
        ({"method": "gi_star", "least_count": -1}, "/least_count: must be at least 0"),
        ({"method": "auto", "foretelling": "magic"}, "'magic' is no method of foretelling"),
        ({"method": "repeats", "cell_m": 250}, "repeats does not use cell_m"),
        ({"area": {"type": "circle"}}, "/area: 'circle' is no kind of area"),
    ],
)
def test_what_cannot_be_asked_is_told_with_what_to_do(values: dict[str, Any], words: str):
    with pytest.raises(InvalidInputError) as refused:
        read(Question, asked(**values))
    assert words in str(refused.value)


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidInputError) as refused:
        read(Question, '{"method": "gi_star", "level": 2}')
    assert str(refused.value).count(": ") == 3


def test_a_text_that_is_no_json_is_told_so():
    with pytest.raises(InvalidInputError, match="the question is no JSON"):
        read(Question, "gi_star")


@pytest.mark.parametrize("method", sorted(USUAL))
def test_what_is_left_out_takes_the_methods_usual_value_and_nothing_else_is_set(method: str):
    values = {"method": method} | ({"compare_with": BEFORE} if method == "change" else {})
    question = read(Question, asked(**values))
    settled = question.settled()
    assert settled.settled() == settled
    for name in SETTINGS:
        if name not in USUAL[method]:
            assert getattr(settled, name) is None
        elif USUAL[method][name] is not None:
            assert getattr(settled, name) == USUAL[method][name]
    assert read(Question, settled.model_dump_json()) == settled


def test_a_choice_of_cells_or_of_a_rule_takes_the_place_of_the_usual_one():
    hexagons = read(Question, asked(h3_resolution=8)).settled()
    assert (hexagons.cell_m, hexagons.h3_resolution) == (None, 8)
    searched = read(Question, asked(method="density", bandwidth_by="likelihood")).settled()
    assert (searched.bandwidth_m, searched.bandwidth_by) == (None, "likelihood")
    subscribers = read(Question, asked(method="risk", population="subscribers")).settled()
    assert subscribers.floor_per_km2 == 5


def test_an_index_of_harm_is_kept_by_its_version():
    question = read(Question, asked(weight="cambridge"))
    assert question.weight == "cambridge-2026-england-wales"
    assert read(Question, question.model_dump_json()) == question


@pytest.mark.parametrize(
    "model",
    [
        Question,
        MonthSpan,
        OwnWeights,
        BacktestQuestion,
        ConcentrationQuestion,
        EvaluationQuestion,
        NearRepeatsQuestion,
        TrendsQuestion,
    ],
)
def test_every_field_that_can_be_asked_is_described(model):
    fields = model.model_json_schema()["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_a_back_test_needs_months_to_learn_from():
    question = {"forces": ["west-mercia"], "train_months": 2}
    with pytest.raises(InvalidInputError, match=r"/train_months: .*3"):
        read(BacktestQuestion, json.dumps(question))
