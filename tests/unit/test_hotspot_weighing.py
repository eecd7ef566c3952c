"""Tables of weights of one's own: read, kept with the question, refused."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.weighing import OwnWeights, Weight, own_weights, weights_of
from geo_alerts.errors import InvalidInputError, SourceFaultsError
from geo_alerts.hotspots.categories import category

TABLE = """version,category,days,source
force-2025,Burglary,250.5,Force intelligence bureau
force-2025,robbery,365,Force intelligence bureau
"""
ADAPTER = TypeAdapter(Weight)


def test_a_file_becomes_a_part_of_the_question_and_weighs_as_it_says():
    weight = own_weights(TABLE, "ours.csv")
    again = ADAPTER.validate_json(weight.model_dump_json())
    assert again == weight
    found = weights_of(again)
    assert (found.version, found.source) == ("force-2025", "Force intelligence bureau")
    assert found.of([category("burglary").number, category("robbery").number]).tolist() == [
        250.5,
        365.0,
    ]
    with pytest.raises(InvalidInputError, match="force-2025 have none of drugs"):
        found.of([category("drugs").number])


def test_an_index_is_kept_by_its_version():
    assert ADAPTER.validate_python("cambridge") == "cambridge-2026-england-wales"
    assert weights_of("count") is None
    assert weights_of(None) is None


def test_a_file_of_several_versions_is_refused():
    with pytest.raises(InvalidInputError, match="versions a, b: keep the rows of one"):
        own_weights("version,category,days\na,drugs,1\nb,drugs,2\n", "two.csv")


def test_a_file_that_is_no_table_is_told_by_its_faults():
    with pytest.raises(SourceFaultsError, match=r"ours\.csv"):
        own_weights("version,category,days\nours,arson,-1\n", "ours.csv")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"burglary": -1.0}, "greater than or equal to 0"),
        ({"burglary": float("nan")}, "finite number"),
        ({"arson": 1.0}, "'arson' is no category"),
        ({"burglary": 0.0}, "all categories weigh 0"),
        ({}, "at least 1 item"),
    ],
)
def test_weights_that_weigh_nothing_or_are_none_are_refused(days: dict[str, float], words: str):
    with pytest.raises(ValidationError, match=words):
        OwnWeights(version="ours", days=days)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ("harm", "/weight: 'harm' is no version of weights"),
        (7, "/weight: must be the name of an index, or a table of weights"),
        ({"version": "ours", "days": {"drugs": "many"}}, "/weight/days/drugs: must be"),
    ],
)
def test_a_fault_is_told_once_and_where_it_is(weight: object, words: str):
    months = {"first": "2024-04", "last": "2025-03"}
    asked = {"method": "counts", "forces": ["west-mercia"], "months": months, "weight": weight}
    with pytest.raises(InvalidInputError) as refused:
        read(Question, json.dumps(asked).encode())
    assert words in str(refused.value)
    assert str(refused.value).count("/weight") == 1
