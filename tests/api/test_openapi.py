"""The description of the API: complete, with examples that hold, and changed on purpose only."""

import json
import os
from pathlib import Path

import jsonschema_rs
import pytest

from api.errors import every_kind

# GEO_ALERTS_RENEW=1 pytest tests/api/test_openapi.py -k snapshot
SNAPSHOT = Path(__file__).parent / "openapi.json"


@pytest.fixture
def document(client):
    answer = client.get("/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def calls_of(document):
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield f"{method.upper()} {path}", call


def examples_of(media):
    if "example" in media:
        return [media["example"]]
    return [example["value"] for example in media.get("examples", {}).values()]


def fits(document, schema, value):
    # References point into the document, so the schema is looked at inside it.
    inside = {**schema, "components": document["components"]}
    return jsonschema_rs.validator_for(inside).is_valid(value)


def test_the_description_is_the_snapshot(document):
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("GEO_ALERTS_RENEW"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8"), "renew with GEO_ALERTS_RENEW=1"


def test_every_call_has_a_name_a_tag_a_summary_and_a_description(document):
    known = {tag["name"] for tag in document["tags"]}
    names = [call["operationId"] for _, call in calls_of(document)]
    assert len(names) == len(set(names))
    for where, call in calls_of(document):
        assert call["summary"], where
        assert call["description"], where
        assert set(call["tags"]) <= known, where


def test_every_call_and_every_answer_has_an_example_that_its_schema_allows(document):
    for where, call in calls_of(document):
        contents = [(status, answer["content"]) for status, answer in call["responses"].items()]
        if "requestBody" in call:
            contents.append(("body", call["requestBody"]["content"]))
        for what, content in contents:
            for media_type, media in content.items():
                examples = examples_of(media)
                assert examples, (where, what, media_type)
                for example in examples:
                    assert fits(document, media.get("schema", {}), example), (where, what, example)


def test_every_parameter_has_an_example_or_a_value_that_it_takes_by_itself(document):
    for where, call in calls_of(document):
        for parameter in call.get("parameters", []):
            schema = parameter["schema"]
            shown = [parameter, schema, *schema.get("anyOf", [])]
            has_example = any("examples" in one or "default" in one for one in shown)
            assert has_example, (where, parameter["name"])


def test_every_problem_is_shown_as_a_problem(document):
    codes = {kind.code for kind in every_kind()}
    for where, call in calls_of(document):
        for status, answer in call["responses"].items():
            if status < "400":
                continue
            assert set(answer["content"]) == {"application/problem+json"}, (where, status)
            for example in examples_of(answer["content"]["application/problem+json"]):
                assert str(example["status"]) == status
                assert example["code"] in codes


def test_calls_that_need_a_key_say_so_and_say_what_happens_without(document):
    is_open = {"show_health", "show_area_schema", "show_description"}
    for where, call in calls_of(document):
        needs_key = call["operationId"] not in is_open
        assert (call.get("security") == [{"key": []}, {"session": []}]) == needs_key, where
        assert ("401" in call["responses"]) == needs_key, where


def test_no_schema_is_left_that_no_call_answers_with(document):
    names = set(document["components"]["schemas"])
    assert not names & {"HTTPValidationError", "ValidationError"}


def test_the_schema_of_areas_is_one_and_takes_its_own_examples(client):
    answer = client.get("/v1/areas/schema")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    validator = jsonschema_rs.validator_for(schema)
    assert validator.is_valid({"type": "team", "codes": ["T1"]})
    assert not validator.is_valid({"type": "team", "codes": []})
    for part in schema["$defs"].values():
        for example in part.get("examples", []):
            if "type" in example:
                assert validator.is_valid(example), example


def test_the_reference_page_shows_every_call_and_every_problem_without_a_script(client, document):
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for where, call in calls_of(document):
        assert call["summary"] in page.text, where
    for kind in every_kind()[1:]:
        assert f'id="problem-{kind.code}"' in page.text
    assert "<script" not in page.text
