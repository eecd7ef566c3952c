"""JSON to the letter, parameters by name, the form most wanted."""

import pytest
from starlette.datastructures import QueryParams

from api.errors import MalformedJsonError, RepeatedParameterError, UnknownParameterError
from api.negotiation import preferred
from api.strict import check_parameters, parse_json
from api.validation import faults_of


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"NaN",
        b'{"metres": Infinity}',
        b'{"metres": -Infinity}',
        b'{"metres": 1e999}',
        b'{"metres": -1E+400}',
        b'{"metres": [[[9223372036854775808]]]}',
        b"9" * 5000,
        b'"\\ud800"',
        b'{"a": "SY1\\u0000"}',
        b'{"SY1\\u0000": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b"{} {}",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_json_or_fits_no_field_is_refused(body):
    with pytest.raises(MalformedJsonError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"null", None),
        (b'{"a": [1, 2.5, "\xc3\xa9", true]}', {"a": [1, 2.5, "é", True]}),
        (b"9223372036854775807", 2**63 - 1),
        (b"1e300", 1e300),
        (b'"a backslash and u0000: \\\\u0000"', "a backslash and u0000: \\u0000"),
        (b'"\\ud83d\\ude00"', "😀"),
    ],
)
def test_what_is_json_is_read_as_it_is(body, value):
    assert parse_json(body) == value


def test_a_parameter_that_the_call_lacks_is_refused_without_saying_its_name():
    with pytest.raises(UnknownParameterError, match="knows the query parameters format") as told:
        check_parameters(QueryParams("SY1 1AA=1"), {"format": False})
    assert "SY1" not in str(told.value)


def test_a_parameter_may_be_repeated_only_where_it_is_a_list():
    check_parameters(QueryParams("code=a&code=b"), {"code": True})
    with pytest.raises(RepeatedParameterError):
        check_parameters(QueryParams("code=a&code=b"), {"code": False})


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json, text/html;q=0.9", "application/json"),
        ("application/json;q=0.1, text/html;q=0.2", "text/html"),
        ("text/*", "text/html"),
        ("TEXT/HTML;Q=1", "text/html"),
        ("application/*;q=0, */*", "text/html"),
        ("image/png", "application/json"),
        ("text/html;q=nan", "application/json"),
        (";;;,,q=", "application/json"),
        ("text/html;level=1;q=0.4, application/json;q=0.3", "text/html"),
    ],
)
def test_the_form_that_is_wanted_most_is_chosen(accept, chosen):
    assert preferred(accept, ["application/json", "text/html"]) == chosen


def test_a_fault_is_told_by_pointer_into_the_body_or_by_the_name_of_its_parameter():
    body = {"area": {"type": "union", "areas": [{"type": "radius", "metres": -1}]}}
    location = ("body", "area", "union", "areas", 0, "radius", "metres")
    errors = [
        {"loc": location, "msg": "-", "type": "greater_than", "ctx": {"gt": 0}},
        {
            "loc": ("query", "page_size"),
            "msg": "-",
            "type": "less_than_equal",
            "ctx": {"le": 1000},
        },
    ]
    positive = "must be more than 0 and at most 200000 metres"
    assert faults_of(errors, body) == [
        {"pointer": "/area/areas/0/metres", "detail": positive},
        {"parameter": "page_size", "in": "query", "detail": "must be at most 1,000"},
    ]
