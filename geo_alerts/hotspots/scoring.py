"""How well a map of hotspots foretold where crime happened next.

The k cells that a map ranks highest are its hotspots, k = floor(n share) of the n cells of the
study area. A score means nothing without that area: take in empty moorland and every map scores
better. So the number of cells, theirs and the study area's, stands beside every score, and so does
the rule for ties: where many cells are ranked alike, which of them are taken decides much. Maps are
compared with cells ranked alike in random order (`Judged.to_be_expected`): sparse counts tie far
more than densities do, and by the other rules lose by bad luck or win by hindsight.

- PAI, predictive accuracy index: the share of the events in the k cells over their share of the
  ground. 1 is what chance gives.
- PEI, predictive efficiency index: PAI over the PAI of the best k cells that there are.
- RRI: events foretold in the k cells over events seen there; above 1 foretells too many. Only for
  maps that foretell counts. Levine's recapture-rate index is another thing of the same letters.

Source:
    Chainey, Tompson and Uhlig (2008), "The utility of hotspot mapping for predicting spatial
    patterns of crime", Security Journal 21 (PAI); Hunt (2016), "Do crime hot spots move?" (PEI);
    Wheeler and Steenbeek (2021), "Mapping the risk terrain for crime using machine learning",
    Journal of Quantitative Criminology 37 (RRI, the rule of the worst tie).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import MOST, as_number, as_numbers
from geo_alerts.hotspots.repeats.persistence import garwood
from geo_alerts.hotspots.ties import Border, Ties, border_of

Floats = npt.NDArray[np.float64]

# The shares of the ground that hotspots are commonly judged at.
SHARES: Final = (0.005, 0.01, 0.02, 0.05, 0.1)
LEAST_GROUPS: Final = 2
# A share such as 0.29 of 100 cells is 28.999999999999996 in binary and 29 in truth.
_ROUNDING: Final = 1e-9


class Indices(NamedTuple):
    """The three indices of a map in its k highest cells, and what they rest on.

    Attributes:
        pai: Predictive accuracy index.
        pei: Predictive efficiency index, 0 to 1.
        rri: Events foretold over events seen; NaN where the map foretells no counts (some
            prediction is negative) or neither were any, infinite where events were only foretold.
        hits: Events seen in the k cells.
    """

    pai: float
    pei: float
    rri: float
    hits: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What a map scored in its k highest cells.

    Attributes:
        pai: As `Indices`.
        pei: As `Indices`.
        rri: As `Indices`.
        hits: As `Indices`.
        hit_rate: Their share of all events.
        cells: k.
        of_cells: n, the cells of the study area.
        area_share: k / n; a little less than the share asked for, since cells are whole.
        area_km2: Ground of the k cells; NaN where the size of a cell was not given.
        events: All events seen in the study area.
        ties: The rule by which cells ranked alike were taken; `random` where the hits are those to
            be expected of them in random order.
        tied: Cells ranked as the last one taken, itself included: with more than 1 the rule
            mattered.
        foretold: Events foretold in the k cells; NaN where the map foretells no counts.
    """

    pai: float
    pei: float
    rri: float
    hits: float
    hit_rate: float
    cells: int
    of_cells: int
    area_share: float
    area_km2: float
    events: float
    ties: Ties | Literal["random"]
    tied: int
    foretold: float


def pai(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    share: float,
    ties: Ties = "worst",
    mask: npt.ArrayLike | None = None,
) -> Indices:
    """PAI, PEI and RRI of a map in the given share of the ground, and the events that it hit.

    Args:
        predicted: Any shape: what the map ranks the cells by; higher is hotter. In events, if RRI
            is to mean anything.
        observed: The same shape: events (or their weight) seen afterwards.
        share: Of the cells, above 0 to 1: floor(n share) cells are taken.
        ties: Of cells ranked alike, `worst` takes those with the fewest events first, `best` those
            with the most; the truth lies between.
        mask: The same shape: the cells of the study area; None for all.

    Returns:
        Four numbers; `score` has the area and the rule for ties with them, which they go with.

    Raises:
        InvalidInputError: The arrays do not match, hold values that are not finite or negative
            events, no event was seen, or the share is none or less than one cell.
    """
    scored = score(predicted, observed, share=share, ties=ties, mask=mask)
    return Indices(scored.pai, scored.pei, scored.rri, scored.hits)


def score(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    share: float,
    ties: Ties = "worst",
    mask: npt.ArrayLike | None = None,
    cell_km2: float = math.nan,
) -> Scores:
    """What `pai` tells, with the area and the rule for ties; `cell_km2` is the ground of a cell."""
    return judge(predicted, observed, mask=mask).scores(share, ties, cell_km2=cell_km2)


def hit_rates(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    shares: Sequence[float] = SHARES,
    ties: Ties = "worst",
    mask: npt.ArrayLike | None = None,
    cell_km2: float = math.nan,
) -> list[Scores]:
    """The scores at several shares of the ground; otherwise as `score`."""
    judged = judge(predicted, observed, mask=mask)
    return [judged.scores(share, ties, cell_km2=cell_km2) for share in shares]


class Expected(NamedTuple):
    """The scores to be expected of a map, and what the rule for cells ranked alike could make them.

    Attributes:
        scores: With cells ranked alike in random order.
        worst_pai: PAI with the fewest events first.
        best_pai: PAI with the most first.
    """

    scores: Scores
    worst_pai: float
    best_pai: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The n cells of a study area: what a map says of each and what was seen there.

    Attributes:
        predicted: n.
        observed: n.
        ascending: n: the predictions sorted.
        best: n + 1: how many events the 0, 1, 2 … n cells with the most events hold.
        foretells: Whether no prediction is negative, so that they can be counts.
    """

    predicted: Floats
    observed: Floats
    ascending: Floats
    best: Floats
    foretells: bool

    def scores(self, share: float, ties: Ties = "worst", *, cell_km2: float = math.nan) -> Scores:
        """The scores in a share of the ground; raises as `pai` does."""
        if ties not in get_args(Ties):
            raise InvalidInputError(f"ties are worst or best, not {ties!r}")
        border = self._border(share)
        return self._scored(border, ties, border.hits(ties), cell_km2)

    def to_be_expected(self, share: float, *, cell_km2: float = math.nan) -> Expected:
        """The scores with cells ranked alike in random order, beside both other rules for them.

        That is what the map alone is worth: which of the cells that it ranks alike were hit is
        hindsight. Raises as `pai` does.
        """
        border = self._border(share)
        chance = self._scored(border, "random", border.expected_hits, cell_km2)
        worst, best = (
            self._scored(border, rule, border.hits(rule), cell_km2).pai for rule in get_args(Ties)
        )
        return Expected(chance, worst, best)

    def _border(self, share: float) -> Border:
        n = len(self.predicted)
        k = cells_of(share, n)
        found = border_of(self.predicted, self.observed, k, last=float(self.ascending[n - k]))
        return found if self.foretells else replace(found, foretold=math.nan)

    def _scored(
        self, border: Border, ties: Ties | Literal["random"], hits: float, cell_km2: float
    ) -> Scores:
        n, k, total = len(self.predicted), border.cells, float(self.best[-1])
        return Scores(
            pai=(hits / total) / (k / n),
            pei=hits / float(self.best[k]),
            rri=_ratio(border.foretold, hits),
            hits=hits,
            hit_rate=hits / total,
            cells=k,
            of_cells=n,
            area_share=k / n,
            area_km2=k * cell_km2,
            events=total,
            ties=ties,
            tied=len(border.tied),
            foretold=border.foretold,
        )


def judge(
    predicted: npt.ArrayLike, observed: npt.ArrayLike, *, mask: npt.ArrayLike | None = None
) -> Judged:
    """Put a map beside what was seen, to score it at any share; arguments and errors: `pai`."""
    foretold, seen = _checked(predicted, observed, mask)
    if not seen.any():
        raise InvalidInputError(
            "no event was seen in the study area, so that no map of it can be scored: "
            "take a longer period or more categories"
        )
    return Judged(
        predicted=foretold,
        observed=seen,
        ascending=np.sort(foretold),
        best=np.concatenate([[0.0], np.cumsum(np.sort(seen)[::-1])]),
        foretells=bool((foretold >= 0).all()),
    )


def _ratio(foretold: float, hits: float) -> float:
    if hits:
        return foretold / hits
    return math.inf if foretold > 0 else math.nan


def cells_of(share: float, n: int) -> int:
    """How many of n cells a share is: floor(n share).

    Raises:
        InvalidInputError: The share is not above 0 and at most 1, or is less than one cell.
    """
    if not 0 < as_number(share, "a share of the ground") <= 1:
        raise InvalidInputError(f"a share of the ground lies above 0 and up to 1, not {share}")
    k = math.floor(n * share + _ROUNDING)
    if k == 0:
        raise InvalidInputError(
            f"a share of {share:g} of {n:,} cells is not one cell: "
            f"take at least {1 / n:.3g}, or smaller cells"
        )
    return k


@dataclass(frozen=True, slots=True)
class CalibrationGroup:
    """Cells for which about the same was foretold, and what was seen in them.

    Attributes:
        cells: How many.
        least: The least that was foretold for one of them.
        most: The most.
        foretold: Events foretold in all of them.
        seen: Events seen.
        low: Lower end of the 95 % interval of the number to be expected, given what was seen.
        high: Its upper end: a map is well calibrated here when low <= foretold <= high.
    """

    cells: int
    least: float
    most: float
    foretold: float
    seen: float
    low: float
    high: float


def calibration(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    groups: int = 10,
    mask: npt.ArrayLike | None = None,
) -> list[CalibrationGroup]:
    """Whether as many events were seen as foretold, from the hottest cells to the coolest.

    Each group holds about the same number of foretold events; cells ranked alike stay together, so
    there may be fewer groups. Cells for which nothing was foretold are a group of their own.

    Args:
        predicted: Any shape: events foretold, not negative.
        observed: The same shape: events seen, whole numbers.
        groups: At least 2.
        mask: The same shape: the cells of the study area; None for all.

    Returns:
        The groups, hottest first. The interval is exact for a Poisson count (Garwood 1936).

    Raises:
        InvalidInputError: As of `pai`; or a prediction is negative, none is positive, or there are
            fewer than 2 groups.
    """
    foretold, seen = _checked(predicted, observed, mask)
    if (foretold < 0).any() or not foretold.any():
        raise InvalidInputError(
            "calibration compares events with events foretold: predictions must not be negative, "
            "nor all zero; scores such as Gi* foretell no events"
        )
    if groups < LEAST_GROUPS:
        raise InvalidInputError(f"calibration takes at least {LEAST_GROUPS} groups, not {groups}")
    group = _grouped(foretold, groups)
    found = []
    for number in np.unique(group):
        there = group == number
        events = float(seen[there].sum())
        expected = garwood(events, 1.0, 0.95)
        found.append(
            CalibrationGroup(
                cells=int(there.sum()),
                least=float(foretold[there].min()),
                most=float(foretold[there].max()),
                foretold=float(foretold[there].sum()),
                seen=events,
                low=float(expected.low),
                high=float(expected.high),
            )
        )
    return found


def _grouped(foretold: Floats, groups: int) -> npt.NDArray[np.int64]:
    # By how much was foretold in all hotter cells; cells ranked alike have the same hotter ones.
    value, cell = np.unique(-foretold, return_inverse=True)
    together = np.bincount(cell, weights=foretold, minlength=len(value))
    hotter = np.cumsum(together) - together
    group = np.minimum((hotter / together.sum() * groups).astype(np.int64), groups - 1)
    group[value == 0] = groups
    return np.asarray(group[cell])


def _checked(
    predicted: npt.ArrayLike, observed: npt.ArrayLike, mask: npt.ArrayLike | None
) -> tuple[Floats, Floats]:
    foretold, seen = as_numbers(predicted, "predictions"), as_numbers(observed, "events seen")
    inside = np.ones(seen.shape, bool) if mask is None else np.asarray(mask, dtype=bool)
    if not foretold.shape == seen.shape == inside.shape:
        raise InvalidInputError(
            "what was foretold, what was seen and the mask must be of the same cells: shapes "
            f"{foretold.shape}, {seen.shape} and {inside.shape}"
        )
    foretold, seen = foretold[inside], seen[inside]
    if not np.isfinite(foretold).all():
        raise InvalidInputError(
            f"{int((~np.isfinite(foretold)).sum()):,} predictions are not finite: "
            "give the mask of the cells that the map covers"
        )
    if not np.isfinite(seen).all() or (seen < 0).any():
        raise InvalidInputError("events seen are counts or weights: finite and not negative")
    if not len(seen):
        raise InvalidInputError("there are no cells in the study area")
    for what, values in (("predictions", foretold), ("events seen", seen)):
        if np.abs(values).max() > MOST:
            raise InvalidInputError(
                f"{what} are too large to be summed; give values under {MOST:g}"
            )
    return foretold, seen
