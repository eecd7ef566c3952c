"""What a crime weighs in a question: 1, or its category's days of harm by an index.

A force may bring its own table. It goes into the question and is kept with the answer, so that what
was asked can be asked again whatever became of the file.
"""

from collections.abc import Mapping
from typing import Annotated, Final

import numpy as np
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from geo_alerts.audiences.targets.shapes import Value, fault
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import CATEGORIES, category
from geo_alerts.hotspots.harm import HarmWeights, harm_weights, weights_from

COUNT: Final = "count"
LONGEST_VERSION: Final = 60
MOST_DAYS: Final = 100_000.0
OF_WEIGHT: Final = (
    "What a crime counts: 1 (count), or its category's days of harm by an index (cambridge, ons, "
    "or a version of either), or by a table of one's own."
)

Days = Annotated[float, Field(strict=True, ge=0, le=MOST_DAYS, allow_inf_nan=False)]


def _known(days: dict[str, float]) -> dict[str, float]:
    for slug in days:
        try:
            category(slug)
        except InvalidInputError as error:
            raise fault("unknown_category", str(error)) from error
    if not any(days.values()):
        raise fault("no_weight", "all categories weigh 0")
    return days


class OwnWeights(Value):
    """A table of one's own: the days of harm of a crime of each category."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"version": "force-2025", "days": {"burglary": 250.0, "robbery": 365.0}}]
        }
    )

    version: Annotated[
        str,
        Field(
            strict=True,
            min_length=1,
            max_length=LONGEST_VERSION,
            description="What the table is called, such as force-2025.",
        ),
    ]
    days: Annotated[
        dict[str, Days],
        Field(
            min_length=1,
            max_length=len(CATEGORIES),
            description="By category, of which all that are asked about are needed.",
        ),
        AfterValidator(_known),
    ]
    source: Annotated[
        str, Field(strict=True, max_length=300, description="Where the table is from.")
    ] = ""


def _known_version(name: str) -> str:
    # By its version, so that what was asked stays what it was when an index gets another.
    try:
        return name if name == COUNT else harm_weights(name).version
    except InvalidInputError as error:
        raise fault("unknown_weight", str(error)) from error


def _read(value: object) -> object:
    # By hand, so that a fault is told once and not for each of the two kinds.
    match value:
        case str():
            return _known_version(value)
        case dict():
            return OwnWeights.model_validate(value)
        case OwnWeights():
            return value
        case _:
            raise fault("no_weight", "must be the name of an index, or a table of weights")


Weight = Annotated[
    str | OwnWeights,
    BeforeValidator(_read),
    Field(description=OF_WEIGHT),
]


def weights_of(weight: str | OwnWeights | None) -> HarmWeights | None:
    """The weights that a question names or holds; None where each crime counts 1."""
    if isinstance(weight, OwnWeights):
        days = np.full(len(CATEGORIES), np.nan)
        for slug, each in weight.days.items():
            days[category(slug).number] = each
        return HarmWeights(weight.version, days, weight.source)
    return None if weight in (None, COUNT) else harm_weights(str(weight))


def own_weights(text: str, name: str) -> OwnWeights:
    """The table of a file, which holds one version.

    Args:
        text: CSV, as `hotspots.harm.weights_from` takes it.
        name: The file's name, for messages.

    Raises:
        InvalidInputError: It holds several versions.
        SourceFaultsError: It is no such table; all faults are told.
    """
    tables: Mapping[str, HarmWeights] = weights_from(text, name)
    if len(tables) > 1:
        raise InvalidInputError(
            f"{name} holds the versions {', '.join(sorted(tables))}: keep the rows of one"
        )
    (found,) = tables.values()
    days = {
        one.slug: float(found.days[one.number])
        for one in CATEGORIES
        if not np.isnan(found.days[one.number])
    }
    return OwnWeights(version=found.version, days=days, source=found.source)
