"""Crimes foretold beside crimes seen: what is told of each group, and of all together."""

from dataclasses import asdict

from geo_alerts.acts.hotspots.calibrated import (
    AS_FORETOLD,
    FEWER,
    MORE,
    calibration_of,
    rows_of,
    verdict,
)
from geo_alerts.hotspots.scoring import calibration

# By group of cells: crimes foretold, crimes seen.
GROUPS = {9.0: 9, 8.0: 30, 7.0: 1}
EXPECTED = [AS_FORETOLD, MORE, FEWER]
METHODS = [{"name": "counts", "words": "crimes of the months before"}]


def kept() -> dict[str, object]:
    groups = calibration(list(GROUPS), list(GROUPS.values()), groups=3)
    return {
        "methods": METHODS,
        "calibrated": "counts",
        "calibration": [asdict(one) for one in groups],
    }


def test_each_group_tells_whether_chance_explains_what_was_seen():
    found = calibration_of(kept())
    assert found is not None
    assert [verdict(one) for one in found.groups] == EXPECTED
    assert (found.as_foretold, found.method) == (1, "crimes of the months before")
    columns, rows = rows_of(found)
    assert [row["verdict"] for row in rows] == EXPECTED
    assert [(row["foretold"], row["seen"]) for row in rows] == list(GROUPS.items())
    assert set(columns) == set(rows[0])


def test_of_harm_and_of_back_tests_kept_before_there_is_none():
    assert calibration_of({**kept(), "calibration": []}) is None
    assert calibration_of({"methods": METHODS}) is None
    columns, rows = rows_of(None)
    assert (len(columns), rows) == (8, [])
