"""geo-alerts hotspots concentration, trends, evaluate, near-repeats: crime in figures."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts.hotspots.reports import near_repeats as near
from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion, concentrated
from geo_alerts.acts.hotspots.reports.evaluation import EvaluationAnswer
from geo_alerts.acts.hotspots.reports.evaluation import evaluate as evaluated
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.made_from import MadeFrom
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion
from geo_alerts.acts.hotspots.reports.trends import Trend, TrendsQuestion
from geo_alerts.acts.hotspots.reports.trends import trends as judged
from geo_alerts.acts.spreadsheets import write_csv
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.hotspot_report_options import (
    asked_of_concentration,
    asked_of_evaluation,
    asked_of_near_repeats,
    asked_of_trends,
)
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    print_json,
    printed,
    told,
)
from geo_alerts.cli.taking import taking
from geo_alerts.hotspots.near_repeat import SPACE_BANDS_M

SAME_PLACE_BELOW_M: Final = SPACE_BANDS_M[1]
NONE_OUTSIDE: Final = "Every count is within its expected range."

Csv = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the table as CSV.")]


@taking(question=asked_of_concentration)
def concentration(
    question: ConcentrationQuestion,
    store: StoreUrl = DEFAULT_STORE,
    csv: Csv = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell how few places hold how much of the crime.

    Gives the fewest places that hold a quarter, a half and four fifths of it, the Gini coefficient,
    and the generalised one, which is right also where crimes are fewer than places. --csv writes
    the Lorenz curve.
    """
    with open_live(store) as live:
        answer = concentrated(live, question, Role.ADMIN)
    if csv is not None:
        _write(csv, [{"units": units, "crimes": crimes} for units, crimes in answer.curve()])
    if as_json:
        print_json(answer.as_dict())
        return
    found = answer.found
    printed.print(f"{found.events:,.0f} crimes on {found.units:,} units: {escape(answer.units)}")
    table = Table("of the crimes", "are on units", "of all units", box=None)
    for mark in answer.marks():
        percent = f"{mark['units_percent']:.2f} %"
        table.add_row(f"{mark['crimes_percent']} %", f"{mark['units']:,}", percent)
    printed.print(table)
    printed.print(f"Gini {found.gini:.3f}, generalised {found.generalised_gini:.3f}")
    repeats = 100 * found.share_in_repeats
    printed.print(f"{repeats:.1f} % of the crimes are on units with two or more")
    _print_notes(answer.notes, answer.made_from)


@taking(question=asked_of_trends)
def trends(
    question: TrendsQuestion,
    store: StoreUrl = DEFAULT_STORE,
    csv: Csv = None,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help="Print also the counts within their range.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell which counts of the latest months are out of the ordinary, by team and category.

    Each is judged by the months before, with seasons where there are two years of them, and a
    change is put in per cent only when it is outside the expected range. The least likely come
    first; --csv and --json have all.
    """
    with open_live(store) as live:
        answer = judged(live, question)
    if csv is not None:
        _write(csv, [one.as_dict() for one in answer.trends])
    if as_json:
        print_json(answer.as_dict())
        return
    outside = (one for one in answer.trends if one.flag != "none")
    shown = answer.trends if all_ or question.teams else sorted(outside, key=lambda one: one.p)
    printed.print(_trends_table(shown) if shown else NONE_OUTSIDE)
    if answer.in_no_team:
        told.print(f"{answer.in_no_team:,} crimes have a position in no team")
    _print_notes(answer.notes, answer.made_from)


@taking(question=asked_of_evaluation)
def evaluate(
    question: EvaluationQuestion,
    store: StoreUrl = DEFAULT_STORE,
    csv: Csv = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell whether crime in an area changed otherwise than in a control where nothing was done.

    Gives the weighted displacement difference with its interval and, with ground around both, the
    weighted displacement quotient: whether crime moved round the corner. --csv writes the counts.
    """
    with open_live(store) as live:
        answer = evaluated(live, question, Role.ADMIN)
    if csv is not None:
        _write(csv, [one.as_dict() for one in answer.places.values()])
    if as_json:
        print_json(answer.as_dict())
        return
    _print_evaluation(answer)


@taking(question=asked_of_near_repeats)
def near_repeats(
    question: NearRepeatsQuestion,
    store: StoreUrl = DEFAULT_STORE,
    csv: Csv = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell whether crimes close in space are also close in time (Knox), and how close.

    Needs the day of each crime: the force's own data, not what is published.
    """
    with open_live(store) as live:
        answer = near.near_repeats(live, question, Role.ADMIN)
    rows = answer.rows()
    if csv is not None:
        _write(csv, rows)
    if as_json:
        print_json(answer.as_dict())
        return
    table = Table("metres", "days", "pairs", "by chance", "ratio", "p", "stands out", box=None)
    for row in rows:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        table.add_row(
            _distance(row["from_m"], row["below_m"]),
            _band(row["from_days"], row["below_days"]),
            f"{row['pairs']:,}",
            f"{row['expected_mean']:,.1f}",
            ratio,
            f"{row['p']:.3f}",
            "yes" if row["stands_out"] else "",
        )
    printed.print(table)
    _print_notes(answer.notes, answer.made_from)


def _trends_table(shown: Iterable[Trend]) -> Table:
    table = Table(
        "team", "category", "month", "crimes", "expected", "q", "year before", "", box=None
    )
    for one in shown:
        name = one.team_name if one.team is None else f"{one.team} {one.team_name}"
        before = "" if one.last_year is None else f"{one.last_year:,}"
        expected = f"{one.expected:,.1f} ({one.low:,} to {one.high:,})"
        counts = (f"{one.observed:,}", expected, f"{one.q:.2g}", before)
        table.add_row(*map(escape, (name, one.category, one.month, *counts, one.words)))
    return table


def _print_evaluation(answer: EvaluationAnswer) -> None:
    table = Table("", "before", "after", "km2", box=None)
    for place in (one.as_dict() for one in answer.places.values()):
        counts = f"{place['before']:,}", f"{place['after']:,}"
        table.add_row(place["place"], *counts, f"{place['km2']:.2f}")
    printed.print(table)
    printed.print(f"WDD: {escape(answer.words)}")
    if answer.harm is not None and answer.weights is not None:
        harm = answer.harm
        days = f"{harm.estimate:+,.0f} ({harm.low:+,.0f} to {harm.high:+,.0f})"
        printed.print(f"WDD in days of harm, {escape(answer.weights.version)}: {days}")
    quotient = answer.as_dict()["wdq"]
    figure = "none" if quotient["quotient"] is None else f"{quotient['quotient']:z.2f}"
    printed.print(f"WDQ: {figure}, {escape(quotient['reading'])}")
    _print_notes(answer.notes, answer.made_from)


def _print_notes(notes: Iterable[str], made_from: MadeFrom) -> None:
    for note in notes:
        told.print(escape(note))
    months = ", ".join(f"{first} to {last}" for first, last in made_from.months)
    parts = [f"Crimes of {', '.join(made_from.forces)}, {months}"]
    if made_from.months_missing:
        parts.append(f"without {', '.join(made_from.months_missing)}, which are missing")
    if made_from.in_place:
        own = sum(one.own for one in made_from.in_place)
        published = sum(one.published for one in made_from.in_place)
        parts.append(f"{own:,} of a force's own stand in for {published:,} published")
    parts += [f"{one['layer']}: {one['label']}" for one in made_from.boundaries]
    printed.print(f"[dim]{escape('; '.join(parts))}[/]")


def _distance(lower: float, upper: float | None) -> str:
    # The usual bands begin with what is no distance at all.
    if upper is not None and upper <= SAME_PLACE_BELOW_M:
        return "same place"
    if upper is not None and 0 < lower <= SAME_PLACE_BELOW_M:
        return f"above 0 to below {upper:g}"
    return _band(lower, upper)


def _band(lower: float, upper: float | None) -> str:
    return f"from {lower:g}" if upper is None else f"{lower:g} to below {upper:g}"


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    write_csv(path, list(rows[0]), rows)
    told.print(f"{len(rows):,} rows written to {escape(str(path))}")
