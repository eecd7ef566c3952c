"""Whether crimes that are close in space are also closer in time than chance would have them.

Needs the day of each crime, which a force's own data has and published crime does not. What is told
are counts of pairs, from which no place can be read.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field

from geo_alerts.acts.hotspots.asked import Period, period
from geo_alerts.acts.hotspots.questions import (
    EXACT,
    MAX_PERMUTATIONS,
    MAX_SEED,
    Area,
    MonthSpan,
)
from geo_alerts.acts.hotspots.reports.made_from import (
    DIGITS,
    AskedOfCrimes,
    MadeFrom,
    made_from,
    there,
)
from geo_alerts.acts.hotspots.study import study_of
from geo_alerts.acts.live import Live
from geo_alerts.acts.restricted import require_exact_points
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.shapes import AtLeast, fault
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.near_repeat import (
    SPACE_BANDS_M,
    TIME_BANDS_DAYS,
    Knox,
    pairs_within,
)
from geo_alerts.hotspots.near_repeat import near_repeats as knox_of

MOST_EDGES: Final = 40
MOST_METRES: Final = 10_000
MOST_DAYS: Final = 3_660
# Pairs and crimes times permutations: some ten million are worked on in a second.
MOST_WORK: Final = 300_000_000
LEVEL: Final = 0.05
LEAST_RATIO: Final = 1.2
READ_AS: Final = (
    f"a band stands out where at most {LEVEL:.0%} of the permutations have as many pairs and there "
    f"are at least {LEAST_RATIO:g} times as many as by chance (Near Repeat Calculator)"
).replace("%", " %")
SAME_PLACE: Final = (
    "crimes whose position is not known to the metre, such as those put on a street's middle, look "
    "as if they were at the same place"
)


def _rising(edges: tuple[float, ...]) -> tuple[float, ...]:
    if edges[0] < 0 or any(upper <= lower for lower, upper in itertools.pairwise(edges)):
        raise fault("not_rising", "edges begin at 0 or above, each above the one before")
    return edges


SpaceEdge = Annotated[float, Field(strict=True, ge=0, le=MOST_METRES)]
TimeEdge = Annotated[float, Field(strict=True, ge=0, le=MOST_DAYS)]


class NearRepeatsQuestion(AskedOfCrimes):
    """Which crimes, and the bands of distance and time that pairs of them are counted in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "forces": ["west-mercia"],
                    "categories": ["burglary"],
                    "months": {"first": "2024-04", "last": "2025-03"},
                    "space_bands_m": [0, 0.001, 100, 200, 300, 400],
                    "time_bands_days": [0, 8, 15, 22],
                    "permutations": 999,
                }
            ]
        }
    )

    months: Annotated[MonthSpan, Field(description="The months whose crimes are used.")]
    missing: Annotated[
        Literal["refuse", "mask"],
        Field(description="What is done when months are not imported: a missing month is no zero."),
    ] = "refuse"
    area: Area = None
    space_bands_m: Annotated[
        tuple[SpaceEdge, ...],
        Field(
            max_length=MOST_EDGES,
            description="Edges, metres; a band has its lower and not its upper one, and one "
            "without end follows the last. 0 to 0.001 is the same place.",
        ),
        AtLeast(2),
        AfterValidator(_rising),
    ] = SPACE_BANDS_M[:-1]
    time_bands_days: Annotated[
        tuple[TimeEdge, ...],
        Field(max_length=MOST_EDGES, description="Edges, days; likewise. 0 to 8 is a week."),
        AtLeast(2),
        AfterValidator(_rising),
    ] = TIME_BANDS_DAYS[:-1]
    permutations: Annotated[
        int,
        Field(strict=True, ge=1, le=MAX_PERMUTATIONS, description="How often days are dealt anew."),
    ] = 999
    seed: Annotated[
        int,
        Field(strict=True, ge=0, le=MAX_SEED, description="Of permutations: the same, the same p."),
    ] = 1


@dataclass(frozen=True, eq=False)
class NearRepeatsAnswer:
    """Pairs of crimes by bands of distance and time, with what chance would give.

    Attributes:
        knox: The table.
        seed: Of the permutations.
        study_area: In words.
        period: The crimes that were used and left out.
        notes: What a reader should know.
        made_from: The inputs.
    """

    knox: Knox
    seed: int
    study_area: str
    period: Period
    notes: tuple[str, ...]
    made_from: MadeFrom

    def rows(self) -> list[dict[str, Any]]:
        """Every band of distance with every band of time; upper edges are None without end."""
        knox = self.knox
        is_near = knox.stands_out(level=LEVEL, least_ratio=LEAST_RATIO)
        space = list(itertools.pairwise(knox.space_bands_m))
        time = list(itertools.pairwise(knox.time_bands_days))
        return [
            {
                "from_m": from_m,
                "below_m": _finite(below_m),
                "from_days": from_days,
                "below_days": _finite(below_days),
                "pairs": int(knox.observed[row, column]),
                "expected_mean": round(float(knox.expected_mean[row, column]), DIGITS),
                "expected_median": round(float(knox.expected_median[row, column]), DIGITS),
                "ratio": _finite(round(float(knox.ratio[row, column]), DIGITS)),
                "p": round(float(knox.p[row, column]), DIGITS),
                "stands_out": bool(is_near[row, column]),
            }
            for row, (from_m, below_m) in enumerate(space)
            for column, (from_days, below_days) in enumerate(time)
        ]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "crimes": self.knox.events,
            "permutations": self.knox.permutations,
            "seed": self.seed,
            "bands": self.rows(),
            "study_area": self.study_area,
            "period": self.period.facts(),
            "notes": list(self.notes),
            "made_from": self.made_from.as_dict(),
        }


def near_repeats(live: Live, question: NearRepeatsQuestion, role: Role) -> NearRepeatsAnswer:
    """Count pairs of crimes by distance and time, and deal the days anew among them.

    Pairs are counted by exact positions and days. What is told is a table, which may be passed on;
    who may not see exact positions may not ask, since areas and bands could be drawn ever closer
    round a single crime.

    Raises:
        ForbiddenError: The role may not see exact positions.
        InvalidInputError: Of some crimes the month alone is known; there are too few, or too many
            close ones; a month is missing or to come, a force is not known, or the area has no
            outline.
        NotFoundError: The area names something that is not known.
        NotReadyError: No crimes, or no boundary to study within, are imported.
        TooManyRequestsError: As much as is done at once is under way.
    """
    require_exact_points(role)
    with live.looks.one():
        return _near_repeats(live, question, role)


def _near_repeats(live: Live, question: NearRepeatsQuestion, role: Role) -> NearRepeatsAnswer:
    asked = question.of_months(
        question.months, question.area, missing=question.missing, positions=EXACT
    )
    study = study_of(live, asked, role)
    found = there(live, asked, question.months)
    seen = period(live, asked, question.months, found.present, study)
    _refuse_long(seen.crimes, question)
    knox = knox_of(
        seen.crimes,
        space_bands_m=(*question.space_bands_m, math.inf),
        time_bands_days=(*question.time_bands_days, math.inf),
        permutations=question.permutations,
        rng=np.random.default_rng(question.seed),
    )
    return NearRepeatsAnswer(
        knox=knox,
        seed=question.seed,
        study_area=study.words,
        period=seen,
        notes=(READ_AS, SAME_PLACE),
        made_from=made_from(live, question, {question.months: found}, study.editions),
    )


def _refuse_long(crimes: Crimes, question: NearRepeatsQuestion) -> None:
    if (crimes.day == NO_DAY).any():
        # That is told first.
        return
    pairs = pairs_within(crimes.easting, crimes.northing, question.space_bands_m[-1])
    if (pairs + len(crimes)) * question.permutations > MOST_WORK:
        most = MOST_WORK // (pairs + len(crimes))
        raise InvalidInputError(
            f"{pairs:,} pairs of {len(crimes):,} crimes are within {question.space_bands_m[-1]:g} "
            f"m, too many for {question.permutations:,} permutations while somebody waits: ask for "
            f"at most {most:,}, for fewer crimes, or lower the last of space_bands_m"
        )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
