"""What the commands of hotspots are asked: crimes, months, area, and the settings of a method."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from geo_alerts.acts.hotspots.questions import EXACT, Question
from geo_alerts.acts.hotspots.reading import read, told
from geo_alerts.acts.hotspots.weighing import own_weights
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.cli.hotspot_faults import OPTIONS, in_options
from geo_alerts.cli.selecting import AreaFile, read_area_file, read_bytes
from geo_alerts.cli.taking import taking
from geo_alerts.errors import InvalidInputError, SourceError

Forces = Annotated[
    list[str] | None,
    typer.Option(
        "--force", metavar="FORCE", help="Such as west-mercia, as data.police.uk names it; repeat."
    ),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category", metavar="CATEGORY", help="Such as burglary; repeat for several, none is all."
    ),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="MONTH", help="The first month, as 2024-04.")
]
To = Annotated[str | None, typer.Option("--to", metavar="MONTH", help="The last month.")]
QuestionFile = Annotated[
    Path | None,
    typer.Option(
        "--question",
        help="In place of all these: a file with the whole question as JSON, as the API takes it; "
        "- reads standard input.",
    ),
]
Cell = Annotated[
    int | None, typer.Option("--cell", metavar="METRES", help="Side of square cells; 250 usually.")
]
Weight = Annotated[
    str | None,
    typer.Option(
        metavar="INDEX",
        help="What a crime counts: count, or its harm by cambridge, ons, or a version of either; "
        "or by a table of your own, a CSV file with version, category and days.",
    ),
]
Share = Annotated[
    float | None,
    typer.Option(metavar="PERCENT", help="The areas are the top so many percent of cells."),
]

Kind = TypeVar("Kind", bound=Value)


def crimes_asked(
    force: Forces = None, category: Categories = None, area: AreaFile = None
) -> dict[str, Any]:
    """Which crimes, where: what every question has in common."""
    drawn: AnyArea | None = None if area is None else read_area_file(area)
    return given(
        forces=force,
        categories=category,
        area=None if drawn is None else drawn.model_dump(mode="json"),
    )


def cells_asked(cell: Cell = None, weight: Weight = None, share: Share = None) -> dict[str, Any]:
    """How crimes are counted."""
    return given(cell_m=cell, weight=weight_asked(weight), share_percent=share)


def weight_asked(weight: str | None) -> Any:  # noqa: ANN401 - a part of a JSON document
    """What a crime weighs: the name of an index, or what a file holds.

    Raises:
        SourceError: The file cannot be read.
        InvalidInputError: It is no table of weights, or holds several.
    """
    if weight is None or not weight.lower().endswith(".csv"):
        return weight
    path = Path(weight)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path.name} cannot be read: {error}") from error
    return own_weights(text, path.name).model_dump(mode="json")


def months_asked(
    first: From = None,
    last: To = None,
    compare_from: Annotated[
        str | None,
        typer.Option(metavar="MONTH", help="For change: the first of the earlier months."),
    ] = None,
    compare_to: Annotated[
        str | None, typer.Option(metavar="MONTH", help="For change: the last of them.")
    ] = None,
    *,
    mask_missing: Annotated[
        bool,
        typer.Option("--mask-missing", help="Do without months that are missing, and say so."),
    ] = False,
) -> dict[str, Any]:
    """The months of a run."""
    return given(
        months=span_of(first, last),
        compare_with=span_of(compare_from, compare_to),
        missing="mask" if mask_missing else None,
    )


def smoothing_asked(  # noqa: PLR0913, PLR0917 - one option each
    bandwidth: Annotated[
        float | None,
        typer.Option(metavar="METRES", help="Of the kernel: radius, or Gaussian deviation."),
    ] = None,
    bandwidth_by: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Search the bandwidth: by likelihood, or by pai."),
    ] = None,
    kernel: Annotated[str | None, typer.Option(help="quartic or gaussian.")] = None,
    edge: Annotated[
        str | None, typer.Option(help="Correction at the area's edge: none, uniform, diggle.")
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="For risk: households or subscribers.")
    ] = None,
    floor: Annotated[
        float | None,
        typer.Option(metavar="PER_KM2", help="For risk: where fewer live none is told."),
    ] = None,
    outline: Annotated[
        str | None, typer.Option(help="Areas of density follow a contour, or the cells.")
    ] = None,
    *,
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="Density narrower where crimes are many.")
    ] = False,
) -> dict[str, Any]:
    """The settings of density and risk."""
    return given(
        bandwidth_m=bandwidth,
        bandwidth_by=bandwidth_by,
        kernel=kernel,
        edge=edge,
        population=population,
        floor_per_km2=floor,
        outline=outline,
        adaptive=adaptive or None,
    )


def significance_asked(
    h3: Annotated[
        int | None,
        typer.Option("--h3", metavar="RESOLUTION", help="Hexagons of H3, 7 to 10, for cells."),
    ] = None,
    level: Annotated[float | None, typer.Option(help="Significance level; 0.05 usually.")] = None,
    least: Annotated[
        int | None,
        typer.Option(metavar="CRIMES", help="What is hot has at least so many crimes."),
    ] = None,
    permutations: Annotated[
        int | None, typer.Option(help="Draws of a permutation test; 0 for the closed form.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the draws.")] = None,
    foretelling: Annotated[
        str | None,
        typer.Option(metavar="METHOD", help="For auto: such as density_300, for the best one."),
    ] = None,
) -> dict[str, Any]:
    """The settings of methods that test or foretell."""
    return given(
        h3_resolution=h3,
        level=level,
        least_count=least,
        permutations=permutations,
        seed=seed,
        foretelling=foretelling,
    )


def places_asked(
    cluster: Annotated[
        str | None,
        typer.Option(help="How points become repeat locations: dbscan, hdbscan or points."),
    ] = None,
    reach: Annotated[
        float | None,
        typer.Option(metavar="METRES", help="How far apart points of one location are."),
    ] = None,
    least_months: Annotated[
        int | None, typer.Option(help="Repeat locations have crime in so many months.")
    ] = None,
    recent_months: Annotated[
        int | None, typer.Option(help="How many of the last months are recent.")
    ] = None,
) -> dict[str, Any]:
    """The settings of repeat locations."""
    return given(
        cluster=cluster, reach_m=reach, least_months=least_months, recent_months=recent_months
    )


@taking(
    crimes=crimes_asked,
    months=months_asked,
    cells=cells_asked,
    smoothing=smoothing_asked,
    significance=significance_asked,
    places=places_asked,
)
def question_asked(  # noqa: PLR0913, PLR0917 - one maker each
    crimes: dict[str, Any],
    months: dict[str, Any],
    cells: dict[str, Any],
    smoothing: dict[str, Any],
    significance: dict[str, Any],
    places: dict[str, Any],
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="counts, density, risk, gi_star, local_moran, emerging, repeats, change or auto.",
        ),
    ] = None,
    question: QuestionFile = None,
    *,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="Crimes of forces' own data where they were; restricted to analysts."
        ),
    ] = False,
) -> Question:
    """The question that options or a file ask.

    Raises:
        InvalidInputError: It is none; every fault is told.
    """
    positions = EXACT if exact else None
    asked = given(
        method=method,
        positions=positions,
        **crimes,
        **months,
        **cells,
        **smoothing,
        **significance,
        **places,
    )
    return question_of(Question, asked, question)


def question_of(
    kind: type[Kind],
    asked: dict[str, Any],
    file: Path | None = None,
    options: Mapping[str, str] = OPTIONS,
) -> Kind:
    """The question of a kind from options or from a file, not from both.

    Args:
        kind: What question it is.
        asked: What the options say.
        file: With the whole question.
        options: What options are called, for faults.

    Raises:
        InvalidInputError: It is none; every fault is told.
    """
    if file is not None:
        if asked:
            raise typer.BadParameter(
                "a question in a file says itself all that is asked: give --question alone, or "
                "options alone"
            )
        return read(kind, read_bytes(file))
    try:
        return kind.model_validate(asked)
    except ValidationError as error:
        words = in_options(str(told(error, asked)), kind, options)
        raise InvalidInputError(words) from error


def span_of(first: str | None, last: str | None) -> dict[str, Any] | None:
    """Months from the first to the last; of one alone that month, of neither None."""
    ends = [month for month in (first, last) if month is not None]
    return {"first": ends[0], "last": ends[-1]} if ends else None


def given(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - as Typer read them
    """Those that were given."""
    return {name: value for name, value in values.items() if value is not None}
