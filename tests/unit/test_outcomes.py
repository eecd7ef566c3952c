"""Outcomes of crimes by fixed numbers."""

import pytest

from geo_alerts.hotspots.outcomes import OUTCOMES, outcome_number


def test_every_outcome_has_a_number_of_its_own():
    assert [outcome_number(name) for name in OUTCOMES] == list(range(len(OUTCOMES)))
    # Stores keep them: this one never changes.
    assert OUTCOMES[:3] == (
        "Under investigation",
        "Investigation complete; no suspect identified",
        "Unable to prosecute suspect",
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Offender given a penalty notice", "Offender given penalty notice"),
        ("offender given caution", "Offender given a caution"),
        ("  Local   Resolution ", "Local resolution"),
        ("No suspect identified", "Investigation complete; no suspect identified"),
    ],
)
def test_other_ways_to_write_an_outcome_are_known(written, meant):
    assert outcome_number(written) == OUTCOMES.index(meant)


@pytest.mark.parametrize("name", ["", "Forgiven"])
def test_what_is_no_outcome_has_no_number(name):
    assert outcome_number(name) is None
