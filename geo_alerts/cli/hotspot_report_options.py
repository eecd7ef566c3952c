"""What the reports of crime are asked: whose, which months, where, and how."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from geo_alerts.acts.hotspots.reports.concentration import ConcentrationQuestion
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion
from geo_alerts.acts.hotspots.reports.trends import TrendsQuestion
from geo_alerts.cli.hotspot_options import (
    Categories,
    Cell,
    Forces,
    From,
    QuestionFile,
    To,
    Weight,
    crimes_asked,
    given,
    question_of,
    span_of,
    weight_asked,
)
from geo_alerts.cli.options import AsOf
from geo_alerts.cli.selecting import read_area_file
from geo_alerts.cli.taking import taking

Level = Annotated[
    float | None, typer.Option(help="1 less the coverage of the range; 0.05 usually.")
]


def whose_asked(force: Forces = None, category: Categories = None) -> dict[str, Any]:
    """Which crimes, wherever they are."""
    return given(forces=force, categories=category)


def months_asked(
    first: From = None,
    last: To = None,
    *,
    mask_missing: Annotated[
        bool,
        typer.Option("--mask-missing", help="Do without months that are missing, and say so."),
    ] = False,
) -> dict[str, Any]:
    """The months of a report."""
    return given(months=span_of(first, last), missing="mask" if mask_missing else None)


@taking(crimes=crimes_asked, months=months_asked)
def asked_of_concentration(
    crimes: dict[str, Any],
    months: dict[str, Any],
    unit: Annotated[
        str | None,
        typer.Option(help="What crimes are counted on: points (usually), cells, lsoas or teams."),
    ] = None,
    cell: Cell = None,
    question: QuestionFile = None,
) -> ConcentrationQuestion:
    """How concentrated which crimes are."""
    asked = given(**crimes, **months, unit=unit, cell_m=cell)
    return question_of(ConcentrationQuestion, asked, question)


@taking(crimes=whose_asked)
def asked_of_trends(  # noqa: PLR0913, PLR0917 - one option each
    crimes: dict[str, Any],
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="MONTH", help="The last month judged; the last imported."),
    ] = None,
    judged: Annotated[
        int | None, typer.Option("--months", help="How many months up to it are judged; usually 1.")
    ] = None,
    history: Annotated[
        int | None,
        typer.Option(metavar="MONTHS", help="By how many months before them; 36 usually."),
    ] = None,
    level: Level = None,
    team: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Tell of this team alone, also what is as ever; repeat."),
    ] = None,
    as_of: AsOf = None,
    question: QuestionFile = None,
) -> TrendsQuestion:
    """Which months are judged."""
    asked = given(last=last, judged=judged, history=history, level=level, as_of=_day(as_of))
    return question_of(TrendsQuestion, {**crimes, **asked, **given(teams=team or None)}, question)


def places_asked(
    target: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where something was done, as JSON or GeoJSON."),
    ] = None,
    control: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="An area like it where nothing was done."),
    ] = None,
    buffer: Annotated[
        float | None,
        typer.Option(
            metavar="METRES", help="Look at so much ground around both, for displacement."
        ),
    ] = None,
    around: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="In place of --buffer: the ground around the target."),
    ] = None,
    control_around: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --around: that around the control.")
    ] = None,
) -> dict[str, Any]:
    """The four places of an evaluation."""
    files = {
        "target": target,
        "control": control,
        "buffer": around,
        "control_buffer": control_around,
    }
    areas = {
        name: read_area_file(path).model_dump(mode="json")
        for name, path in files.items()
        if path is not None
    }
    return {**areas, **given(buffer_m=buffer)}


def periods_asked(
    before_from: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The first month before.")
    ] = None,
    before_to: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The last of them.")
    ] = None,
    after_from: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The first month after.")
    ] = None,
    after_to: Annotated[str | None, typer.Option(metavar="MONTH", help="The last of them.")] = None,
) -> dict[str, Any]:
    """The months before and after."""
    return given(before=span_of(before_from, before_to), after=span_of(after_from, after_to))


@taking(crimes=whose_asked, places=places_asked, periods=periods_asked)
def asked_of_evaluation(
    crimes: dict[str, Any],
    places: dict[str, Any],
    periods: dict[str, Any],
    weight: Weight = None,
    level: Annotated[
        float | None, typer.Option(help="1 less the interval's coverage; 0.1 usually.")
    ] = None,
    question: QuestionFile = None,
) -> EvaluationQuestion:
    """Where something was done, and when."""
    asked = {**crimes, **places, **periods, **given(weight=weight_asked(weight), level=level)}
    return question_of(EvaluationQuestion, asked, question)


@taking(crimes=crimes_asked, months=months_asked)
def asked_of_near_repeats(  # noqa: PLR0913, PLR0917 - one option each
    crimes: dict[str, Any],
    months: dict[str, Any],
    metres: Annotated[
        list[float] | None,
        typer.Option("--metres", metavar="EDGE", help="An edge of the bands of distance; repeat."),
    ] = None,
    days: Annotated[
        list[float] | None,
        typer.Option("--days", metavar="EDGE", help="An edge of the bands of time; repeat."),
    ] = None,
    permutations: Annotated[
        int | None, typer.Option(help="How often days are dealt anew; 999 usually.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the permutations.")] = None,
    question: QuestionFile = None,
) -> NearRepeatsQuestion:
    """Which pairs of crimes are counted."""
    bands = given(space_bands_m=metres or None, time_bands_days=days or None)
    asked = {**crimes, **months, **bands, **given(permutations=permutations, seed=seed)}
    return question_of(NearRepeatsQuestion, asked, question)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
