"""The tables of a dashboard as rows for a spreadsheet: one function a table, columns by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from geo_alerts.acts.dashboard.alerted import AlertTold
from geo_alerts.acts.dashboard.comparing import Line
from geo_alerts.acts.dashboard.lasting import Repeat
from geo_alerts.acts.dashboard.showing import Dashboard

Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Table:
    """A table.

    Attributes:
        columns: Their names, in order.
        rows: What each row holds by name; None is an empty cell.
    """

    columns: tuple[str, ...]
    rows: Sequence[Row]


def table_of(board: Dashboard, name: str) -> Table:
    """A table of a dashboard, by its name of `TABLES`: as the page shows it, and all of it."""
    own, make = TABLES[name]
    columns = (*own, *_months(board, name))
    return Table(columns, [dict.fromkeys(columns) | row for row in make(board)])


def _months(board: Dashboard, name: str) -> tuple[str, ...]:
    if name == "repeats":
        return board.repeats.months
    return board.at.strip_months if name in BY_MONTH else ()


def _lines(board: Dashboard, lines: Sequence[Line]) -> list[Row]:
    return [_line(board, one) for one in lines]


def _line(board: Dashboard, line: Line) -> Row:
    expected, change = line.expected, line.change
    told: dict[str, Any] = {
        "code": line.code,
        "name": line.name,
        "month": board.at.state.month,
        "months": board.at.state.months,
        "counts": board.at.state.weight,
        "in_month": line.month,
    }
    if expected is not None:
        told |= {
            "expected": expected.mean,
            "expected_low": expected.low,
            "expected_high": expected.high,
            "outside_range": {1: "more", 0: "no", -1: "fewer"}[expected.flag],
            "q": expected.q,
        }
    if change is not None:
        told |= {
            "in_months": change.now,
            "year_before": change.before,
            "change_percent": change.percent,
            "change_percent_low": change.low,
            "change_percent_high": change.high,
            "beyond_chance": {1: "more", 0: "no", -1: "fewer"}[change.direction],
        }
    return told | dict(zip(board.at.strip_months, line.strip, strict=True))


def _repeats(board: Dashboard) -> list[Row]:
    return [
        {
            "rank": one.rank,
            "key": one.key,
            "owner": _owner(board, one),
            **{name: one.facts[name] for name in OF_REPEATS if name in one.facts},
            "persistence_low": one.facts["persistence"]["low"],
            "persistence_high": one.facts["persistence"]["high"],
            **dict(zip(board.repeats.months, one.facts["strip"], strict=True)),
        }
        for one in board.repeats.places
    ]


def _owner(board: Dashboard, place: Repeat) -> str | None:
    named = board.owners.get(place.key)
    team: str | None = place.facts["team"]
    return team if named is None else named.code


def _concentration(board: Dashboard) -> list[Row]:
    answer = board.spread.answer
    if answer is None:
        return []
    return [
        {"share_of_ground": ground, "share_of_crime": crime} for ground, crime in answer.curve()
    ]


def _coverage(board: Dashboard) -> list[Row]:
    return [
        {
            "code": one.code,
            "name": one.name,
            "people": one.people,
            "people_error": one.error,
            "households": one.households,
            "people_per_1000_households": one.per_1000,
            "low": one.low,
            "high": one.high,
        }
        for one in board.reached.teams
    ]


def _backtest(board: Dashboard) -> list[Row]:
    found = board.foretold
    if found is None:
        return []
    return [
        {"method": one.words, "share_in_one_percent_of_ground": one.share} for one in found.methods
    ]


def _alerts(board: Dashboard) -> list[Row]:
    return [
        {
            "sent_at": one.sent_at.isoformat(timespec="seconds"),
            "audience": one.audience or "",
            "purpose": one.purpose or "",
            "sent_by": one.recorded_by,
            **_replies(one),
        }
        for one in board.reached.alerts
    ]


def _replies(alert: AlertTold) -> Row:
    # Of an audience once, beside its latest alert, so that a column can be added up.
    told = alert.replies if alert.is_latest else None
    if told is None or told.latest is None:
        return {}
    return {
        "replies": told.total,
        "replies_are": "rounded" if told.is_rounded else "exact",
        "replies_as_of": told.latest.isoformat(timespec="seconds"),
        "replies_per_100_recipients": told.per_100,
    }


LINE_COLUMNS: Final = (
    "code",
    "name",
    "month",
    "months",
    "counts",
    "in_month",
    "expected",
    "expected_low",
    "expected_high",
    "outside_range",
    "q",
    "in_months",
    "year_before",
    "change_percent",
    "change_percent_low",
    "change_percent_high",
    "beyond_chance",
)
OF_REPEATS: Final = (
    "name",
    "status",
    "team",
    "team_name",
    "crimes",
    "months_present",
    "months_observed",
    "share_of_team",
    "share_of_all",
    "recent_crimes",
    "crimes_before",
    "last_crime",
    "harm",
    "easting",
    "northing",
)
Maker = Callable[[Dashboard], Sequence[Row]]
# By name, its columns before those of months, and what makes its rows.
TABLES: Final[Mapping[str, tuple[tuple[str, ...], Maker]]] = MappingProxyType(
    {
        "figures": (LINE_COLUMNS, lambda board: _lines(board, [board.review.whole])),
        "teams": (LINE_COLUMNS, lambda board: _lines(board, board.review.teams)),
        "categories": (LINE_COLUMNS, lambda board: _lines(board, board.review.categories)),
        "repeats": (
            ("rank", "key", "owner", *OF_REPEATS, "persistence_low", "persistence_high"),
            _repeats,
        ),
        "concentration": (("share_of_ground", "share_of_crime"), _concentration),
        "backtest": (("method", "share_in_one_percent_of_ground"), _backtest),
        "coverage": (
            (
                "code",
                "name",
                "people",
                "people_error",
                "households",
                "people_per_1000_households",
                "low",
                "high",
            ),
            _coverage,
        ),
        "alerts": (
            (
                "sent_at",
                "audience",
                "purpose",
                "sent_by",
                "replies",
                "replies_are",
                "replies_as_of",
                "replies_per_100_recipients",
            ),
            _alerts,
        ),
    }
)
BY_MONTH: Final = frozenset({"figures", "teams", "categories"})
