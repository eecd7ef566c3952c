"""Coverage over HTTP."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from api.schemas.values import InputsOut, Told

By = Literal["team", "sector"]

Figure = Annotated[float, AfterValidator(lambda figure: round(figure, 1))]


class AreaCoverageOut(Told):
    """The coverage of one team or sector; null where it has no households."""

    code: str
    name: str
    people: Annotated[int, Field(description="Who get alerts and have a place there")]
    error: Annotated[
        int | None,
        Field(description="Of an estimate, how far it may be off, 19 times in 20; else null"),
    ]
    households: Figure
    per_1000: Annotated[Figure | None, Field(description="People for every 1,000 households")]
    low: Annotated[Figure | None, Field(description="Lower end of its 95 % interval")]
    high: Figure | None
    class_index: Annotated[
        int | None,
        Field(
            description="Its class on a map, from 0; null where there is no rate, or where the "
            "interval reaches from the lowest class into the highest"
        ),
    ]


class CoverageClassOut(Told):
    """A class of the map: from the number before up to below the next."""

    words: str
    colour: Annotated[str, Field(description="ColorBrewer BuGn")]


class CoverageOut(Told):
    """The coverage of every team, or of every sector as far as the teams reach, by code."""

    by: By
    areas: tuple[AreaCoverageOut, ...]
    classes: Annotated[
        tuple[CoverageClassOut, ...],
        Field(description="Quantiles rounded to whole numbers, the lowest first"),
    ]
    inputs: InputsOut
