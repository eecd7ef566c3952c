"""What is told of the latest months of the made world's teams."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.reports.trends import Trend, TrendsQuestion, in_words, trends
from geo_alerts.acts.live import Live
from geo_alerts.errors import (
    InvalidInputError,
    NotReadyError,
    UnknownAreaError,
    UnknownEditionError,
)
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.database import Store
from tests.api.world import TEAMS, squares
from tests.report_world import FORCE, bring, rows

LAST = month_number("2025-03")
MONTHS = range(LAST - 26, LAST + 1)
# Twenty a month in T1, one every other month in T2, of chance alone; the last month leaps in both.
USUAL = {(1, 0): 12, (1, 3): 8}


def of_month(month: int, *, burst: bool = True) -> list[tuple[str, ...]]:
    counts = {**USUAL, (2, 0): month % 2}
    if month == LAST and burst:
        counts = {(1, 0): 60, (1, 3): 8, (2, 0): 9}
    return rows(month, counts, unlocated=5) + rows(month, {(3, 2): 7}, "Shoplifting")


@pytest.fixture
def live_with_crimes(live: Live, tmp_path: Path) -> Live:
    bring(live.store, tmp_path / "crimes", {month: of_month(month) for month in MONTHS})
    return live


def asked(**others: object) -> TrendsQuestion:
    return TrendsQuestion.model_validate({"forces": (FORCE,), **others})


def one(found: tuple[Trend, ...], team: str | None, category: str) -> Trend:
    return next(row for row in found if (row.team, row.category) == (team, category))


def test_a_leap_is_told_in_per_cent_of_what_was_expected(live_with_crimes: Live) -> None:
    found = one(trends(live_with_crimes, asked()).trends, "T1", "burglary")
    assert (found.month, found.observed, found.flag, found.last_year) == ("2025-03", 68, "up", 20)
    assert found.expected == pytest.approx(20, rel=0.05)
    assert found.high < 68
    assert found.words == f"up {68 / found.expected - 1:.0%}".replace("%", " %")
    assert found.is_seasonal


def test_a_leap_of_few_has_no_per_cent(live_with_crimes: Live) -> None:
    found = one(trends(live_with_crimes, asked()).trends, "T2", "burglary")
    assert (found.flag, found.is_small) == ("up", True)
    assert found.words == f"more than expected (9 against {found.expected:.1f}); small numbers"


def test_what_is_as_ever_is_not_put_in_per_cent(live_with_crimes: Live) -> None:
    found = one(trends(live_with_crimes, asked()).trends, "T3", "shoplifting")
    assert (found.flag, found.words) == ("none", "within the expected range")


def test_the_force_counts_crimes_without_a_position_and_teams_do_not(
    live_with_crimes: Live,
) -> None:
    answer = trends(live_with_crimes, asked(categories=("burglary",)))
    assert one(answer.trends, None, "burglary").observed == 68 + 9 + 5
    in_teams = [row.observed for row in answer.trends if row.team is not None]
    assert sum(in_teams) == 68 + 9


def test_all_categories_together_are_a_row_of_their_own(live_with_crimes: Live) -> None:
    answer = trends(live_with_crimes, asked())
    assert {row.category for row in answer.trends} == {"burglary", "shoplifting", "all"}
    assert one(answer.trends, None, "all").observed == 68 + 9 + 5 + 7
    # The force and four teams, of three.
    assert len(answer.trends) == 15


def test_the_last_month_imported_is_judged_unless_another_is_asked(live_with_crimes: Live) -> None:
    assert trends(live_with_crimes, asked()).months == ("2025-03",)
    earlier = trends(live_with_crimes, asked(last="2025-01", judged=2))
    assert earlier.months == ("2024-12", "2025-01")
    assert all(row.flag == "none" for row in earlier.trends if row.team == "T1")


def test_one_team_is_told_as_it_is_judged_among_all(live_with_crimes: Live) -> None:
    every = trends(live_with_crimes, asked()).trends
    found = trends(live_with_crimes, asked(teams=("T1", "T4"))).trends
    assert found == tuple(row for row in every if row.team in {"T1", "T4"})
    with pytest.raises(UnknownAreaError, match="no team of made teams has the code T9: "):
        trends(live_with_crimes, asked(teams=("T1", "T9")))


def test_flags_by_chance_are_told(live_with_crimes: Live) -> None:
    notes = trends(live_with_crimes, asked()).notes
    assert any(note.startswith("of 15 counts about 1 would be outside") for note in notes)


def test_a_gap_in_the_history_is_left_out_and_told(live: Live, tmp_path: Path) -> None:
    there = [month for month in MONTHS if month not in (LAST - 3, LAST - 12)]
    bring(live.store, tmp_path / "crimes", {month: of_month(month) for month in there})
    answer = trends(live, asked(history=26))
    assert answer.made_from.months_missing == ("2024-03", "2024-12")
    found = one(answer.trends, "T1", "burglary")
    assert found.expected == pytest.approx(20, rel=0.05)
    assert found.last_year is None


def test_a_month_that_is_judged_must_be_there(live_with_crimes: Live) -> None:
    with pytest.raises(InvalidInputError, match="2025-04 of west-mercia") as told:
        trends(live_with_crimes, asked(last="2025-04"))
    assert "masked" not in str(told.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ('"as_of": "31/03/2025"', "/as_of: must be a day such as 2025-03-31"),
        ('"as_of": 1743379200', "/as_of"),
        ('"judged": 0', "/judged"),
        ('"history": 5', "/history"),
        ('"last": "1905-01"', "there are no crimes of that time"),
        ('"last": "March"', "/last: must be a month such as 2025-03"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(given: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        read(TrendsQuestion, f'{{"forces": ["west-mercia"], {given}}}')


def test_a_day_is_read_from_json() -> None:
    asked_ = read(TrendsQuestion, '{"forces": ["west-mercia"], "as_of": "2025-03-31"}')
    assert asked_.as_of == date(2025, 3, 31)


def test_too_short_a_history_is_refused(live: Live, tmp_path: Path) -> None:
    months = range(LAST - 3, LAST + 1)
    bring(live.store, tmp_path / "crimes", {month: of_month(month) for month in months})
    with pytest.raises(InvalidInputError, match="at least 6 months before it, and there are 3"):
        trends(live, asked())


def test_no_crimes_at_all_are_told(live: Live) -> None:
    with pytest.raises(NotReadyError, match="import crimes"):
        trends(live, asked())


def test_teams_of_before_there_were_any_are_the_first_and_told(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'new.db'}", create=True) as store:
        teams = squares(tmp_path / "teams.geojson", TEAMS, valid_from="2025-05-01")
        import_boundaries(store, teams, lambda _done, _total=None: None, DraftOptions())
        bring(store, tmp_path / "crimes", {month: of_month(month) for month in MONTHS})
        live = Live(store)
        answer = trends(live, asked())
        assert "no teams are known of 2025-03-31" in answer.notes[0]
        assert one(answer.trends, "T1", "burglary").flag == "up"
        with pytest.raises(UnknownEditionError, match="no teams were in force on 2025-03-31"):
            trends(live, asked(as_of=date(2025, 3, 31)))


@pytest.mark.parametrize(
    ("flag", "seen", "expected", "words"),
    [
        (1, 14, 10.0, "up 40 %"),
        (-1, 5, 20.0, "down 75 %"),
        (0, 12, 10.0, "within the expected range"),
        (0, 1, 0.5, "within the expected range, of small numbers"),
        (-1, 0, 4.9, "fewer than expected (0 against 4.9); small numbers"),
    ],
)
def test_words_of_a_count(flag: int, seen: int, expected: float, words: str) -> None:
    assert in_words(flag, seen, expected, is_small=expected < 5) == words


def test_a_flag_that_would_not_stand_among_all_is_one_of_many() -> None:
    assert in_words(1, 17, 10.0, is_small=False, by_chance_of=1240) == (
        "up 70 %: outside its own range, but one of 1,240 looked at, and to be expected by chance"
    )
    assert in_words(0, 12, 10.0, is_small=False, by_chance_of=1240) == "within the expected range"


def test_flags_of_chance_alone_are_told_as_that_and_real_ones_are_not(
    live: Live, tmp_path: Path
) -> None:
    # Chance alone everywhere, in three categories of four teams; and a real leap in T1.
    rng = np.random.default_rng(3)
    kinds = ("Burglary", "Shoplifting", "Drugs", "Robbery", "Bicycle theft", "Public order")
    months: dict[int, list[tuple[str, ...]]] = {}
    for month in MONTHS:
        months[month] = []
        for kind in kinds:
            counts = {(team, 0): int(rng.poisson(8)) for team in (1, 2, 3, 4)}
            if month == LAST and kind == "Burglary":
                counts[1, 0] = 40
            months[month] += rows(month, counts, kind)
    bring(live.store, tmp_path / "crimes", months)
    found = trends(live, asked(level=0.2)).trends
    leap = one(found, "T1", "burglary")
    assert leap.q <= 0.2
    assert leap.words.endswith(" %")
    by_chance = [row for row in found if row.flag != "none" and row.q > 0.2]
    assert by_chance
    teams = sum(row.team is not None for row in found)
    for row in by_chance:
        looked_at = teams if row.team is not None else len(found) - teams
        assert row.words.endswith(
            f"outside its own range, but one of {looked_at} looked at, and to be expected by chance"
        )
