"""A back-test on a terminal: methods compared, and whether the best one's numbers are right."""

from collections.abc import Sequence
from typing import Any, Final

from rich.markup import escape
from rich.table import Column, Table

from geo_alerts.acts.hotspots.calibrated import Calibration, calibration_of, verdict
from geo_alerts.cli.options import printed
from geo_alerts.store.hotspot_backtests import KeptBacktest

BY_TIES: Final = """\
By ties: PAI if of cells ranked alike those with the fewest crimes were taken, to those with the \
most; the latter is hindsight."""
NO_CALIBRATION: Final = "Foretold and seen days of harm are not compared: chance has no such range."
NOT_CALIBRATED: Final = """\
Foretold and seen crimes are not compared: the test was made by an earlier release, or no crime \
was foretold. Testing again compares them."""


def print_backtest(found: KeptBacktest) -> None:
    """Print its methods, the best first, the rule, and crimes foretold beside those seen."""
    result = found.result
    # Methods are asked for by their names, which are never cut.
    method = Column("method", no_wrap=True)
    table = Table(method, "what it does", "PAI", "95 %", "by ties", "hit rate", "months", box=None)
    for one in result["methods"]:
        chosen = _at_choice(one["shares"], found.question["share_percent"] / 100)
        pai = None if chosen is None else chosen["pai"]
        table.add_row(
            one["name"],
            escape(one["words"]),
            "" if pai is None else _in_words(pai["value"]),
            "" if pai is None else _interval_in_words(pai),
            "" if chosen is None else _ties_in_words(chosen),
            "" if chosen is None else f"{100 * chosen['hit_rate']['value']:.1f} %",
            str(len(one["months"])),
        )
    printed.print(table)
    printed.print(f"[bold]{result['best']}[/]: {escape(result['verdict'])}")
    printed.print(f"Rule: {escape(result['rule'])}")
    printed.print(BY_TIES)
    for one in result["skipped"]:
        printed.print(f"  {one['month']} was not tested: {escape(one['reason'])}")
    calibration = calibration_of(result)
    if calibration is None:
        printed.print(NOT_CALIBRATED if found.question["weight"] == "count" else NO_CALIBRATION)
    else:
        _print_calibration(calibration)


def _print_calibration(found: Calibration) -> None:
    right = Column("foretold", justify="right")
    table = Table("cells", "foretold a cell", right, "seen", "seen fits", "", box=None)
    for one in found.groups:
        table.add_row(
            f"{one.cells:,}",
            f"{_in_words(one.most)} to {_in_words(one.least)}",
            f"{one.foretold:,.1f}",
            f"{one.seen:,.0f}",
            f"{one.low:,.1f} to {one.high:,.1f}",
            verdict(one),
        )
    printed.print(f"Crimes foretold and seen, all months together ({escape(found.method)}):")
    printed.print(table)
    printed.print(
        f"In {found.as_foretold} of {len(found.groups)} groups of cells as many crimes were seen "
        "as foretold, within what chance explains (95 %, crimes as a Poisson count)."
    )


def _at_choice(shares: Sequence[dict[str, Any]], share: float) -> dict[str, Any] | None:
    return next((one for one in shares if abs(one["share"] - share) < 1e-9), None)  # noqa: PLR2004


def _interval_in_words(mean: dict[str, Any]) -> str:
    if mean["low"] is None:
        return "one month only" if mean["months"] == 1 else f"{mean['months']} months only"
    return f"{_in_words(mean['low'])} to {_in_words(mean['high'])}"


def _ties_in_words(scored: dict[str, Any]) -> str:
    # Back-tests that were kept before these were told have neither.
    worst, best = scored.get("pai_worst_ties"), scored.get("pai_best_ties")
    return "" if worst is None else f"{_in_words(worst)} to {_in_words(best)}"


def _in_words(value: float | str | None) -> str:
    if value is None:
        return "unknown"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
