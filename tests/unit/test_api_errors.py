"""Every class of errors has one status and one code; problems tell enough and not too much."""

from collections import Counter

import pytest

from api.errors import (
    STATUS_OF,
    BodyTooLargeError,
    InternalError,
    ValidationFailedError,
    every_kind,
    headers_of,
    problem_of,
    status_of,
    title_of,
)
from geo_alerts import errors

KINDS = every_kind()


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.__name__)
def test_every_class_of_errors_has_a_status_of_its_own_or_its_parents(kind):
    assert any(ancestor in STATUS_OF for ancestor in kind.__mro__), kind
    assert 400 <= status_of(kind) < 600


@pytest.mark.parametrize("kind", KINDS[1:], ids=lambda kind: kind.__name__)
def test_only_the_unexpected_is_answered_as_our_own_fault(kind):
    assert (status_of(kind) == 500) == (kind is InternalError)


def test_no_code_is_used_twice_and_every_class_has_its_own():
    codes = Counter(kind.__dict__.get("code") for kind in KINDS)
    assert [code for code, count in codes.items() if count > 1 or code is None] == []


def test_every_class_says_in_a_sentence_what_it_means():
    for kind in KINDS[1:]:
        assert title_of(kind).strip(), kind
        assert len(title_of(kind)) <= 100, kind


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.MalformedPostcodeError, 422),
        (errors.SourceFaultsError, 422),
        (errors.UnknownTeamError, 404),
        (errors.NotSignedInError, 401),
        (errors.WithheldError, 403),
        (errors.ConfirmationNeededError, 409),
        (errors.TooManyRequestsError, 429),
        (errors.NotReadyError, 503),
        (BodyTooLargeError, 413),
    ],
)
def test_a_class_is_answered_with_the_status_that_its_caller_can_act_on(kind, status):
    assert status_of(kind) == status


def test_a_problem_has_the_members_of_rfc_9457_and_a_stable_code():
    problem = problem_of(errors.UnknownTeamError("no team has the code"), "abc")
    assert problem == {
        "type": "/docs#problem-unknown_team",
        "title": "No team of the edition has this code.",
        "status": 404,
        "detail": "no team has the code",
        "code": "unknown_team",
        "request_id": "abc",
    }


def test_a_problem_without_words_of_its_own_says_what_its_kind_means():
    assert problem_of(errors.ConflictError(), "abc")["detail"] == title_of(errors.ConflictError)


def test_a_problem_lists_at_most_fifty_faults_each_cut_short():
    faults = [{"pointer": f"/{n}", "detail": "x" * 5000} for n in range(70)]
    problem = problem_of(ValidationFailedError(faults), "abc")
    assert len(problem["errors"]) == 50
    assert max(len(fault["detail"]) for fault in problem["errors"]) == 300
    assert problem["detail"].startswith("70 ")


def test_faults_of_a_file_are_listed_too():
    error = errors.SourceFaultsError("a.csv", [errors.Fault(7, "postcode", "is empty")])
    assert problem_of(error, "abc")["errors"] == [{"detail": "row 7, column postcode: is empty"}]


def test_a_caller_who_is_not_signed_in_is_told_how():
    assert headers_of(errors.NotSignedInError("no key")) == {
        "WWW-Authenticate": 'Bearer realm="geo-alerts"'
    }


@pytest.mark.parametrize(("seconds", "told"), [(0.2, "1"), (1.0, "1"), (2.1, "3")])
def test_a_caller_who_asks_too_fast_is_told_whole_seconds_to_wait(seconds, told):
    error = errors.TooManyRequestsError("too fast", retry_after_s=seconds)
    assert headers_of(error) == {"Retry-After": told}
