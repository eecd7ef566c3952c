"""Near repeats in a force's own crimes, and why there are none to tell of published ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports import near_repeats as reports
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion, near_repeats
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.near_repeat import knox
from tests.report_world import FORCE, bring, bring_own, rows

MARCH = month_number("2025-03")


def asked(**others: Any) -> NearRepeatsQuestion:
    return NearRepeatsQuestion.model_validate(
        {
            "forces": (FORCE,),
            "categories": ("burglary",),
            "months": {"first": "2025-03", "last": "2025-03"},
            "space_bands_m": (0.0, 100.0, 400.0),
            "time_bands_days": (0.0, 4.0, 8.0),
            "permutations": 199,
            **others,
        }
    )


def test_pairs_of_own_crimes_are_those_of_the_table(live: Live, tmp_path: Path) -> None:
    easting, northing, day = bring_own(live.store, tmp_path)
    told = near_repeats(live, asked(), Role.ANALYST).as_dict()
    table = knox(
        easting,
        northing,
        day,
        space_bands_m=(0, 100, 400, np.inf),
        time_bands_days=(0, 4, 8, np.inf),
        permutations=1,
        rng=np.random.default_rng(0),
    )
    assert [one["pairs"] for one in told["bands"]] == table.observed.ravel().tolist()
    assert sum(one["pairs"] for one in told["bands"]) == 60 * 59 // 2
    near = told["bands"][0]
    assert (near["from_m"], near["below_m"], near["from_days"], near["below_days"]) == (
        0,
        100,
        0,
        4,
    )
    assert near["pairs"] >= 20
    assert (near["stands_out"], near["p"]) == (True, 1 / 200)
    assert (told["bands"][-1]["below_m"], told["bands"][-1]["below_days"]) == (None, None)


def test_the_same_seed_tells_the_same(live: Live, tmp_path: Path) -> None:
    bring_own(live.store, tmp_path)
    first, again, other = (
        near_repeats(live, asked(seed=seed), Role.ANALYST).as_dict()["bands"] for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_published_crimes_are_refused_because_their_day_is_not_known(
    live: Live, tmp_path: Path
) -> None:
    bring(live.store, tmp_path / "crimes", {MARCH: rows(MARCH, {(1, 0): 6})})
    with pytest.raises(InvalidInputError, match=r"the month alone is known.*own data"):
        near_repeats(live, asked(), Role.ANALYST)


def test_so_many_permutations_that_nobody_would_wait_are_refused(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_own(live.store, tmp_path)
    monkeypatch.setattr(reports, "MOST_WORK", 100_000)
    with pytest.raises(InvalidInputError, match="ask for at most"):
        near_repeats(live, asked(permutations=1_999), Role.ANALYST)
    most = near_repeats(live, asked(permutations=99), Role.ANALYST)
    assert most.knox.permutations == 99


def test_no_position_is_told(live: Live, tmp_path: Path) -> None:
    easting, _, _ = bring_own(live.store, tmp_path)
    told = str(near_repeats(live, asked(), Role.ANALYST).as_dict())
    assert not [one for one in easting.tolist() if str(one) in told]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ('"space_bands_m": [100, 0]', "/space_bands_m: edges begin at 0 or above, each above"),
        ('"time_bands_days": [0]', "/time_bands_days: has 1 item; at least 2"),
        ('"permutations": 0', "/permutations"),
        ('"space_bands_m": [0, "far"]', "/space_bands_m/1"),
    ],
)
def test_bands_that_are_none_are_refused_in_words(others: str, words: str) -> None:
    months = '{"first": "2025-03", "last": "2025-03"}'
    with pytest.raises(InvalidInputError, match=words):
        read(NearRepeatsQuestion, f'{{"forces": ["x-y"], "months": {months}, {others}}}')
