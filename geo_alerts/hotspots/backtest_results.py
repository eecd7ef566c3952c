"""What a back-test found, method by method: means over months, their intervals, and the order.

scipy is imported where it is used, so that nothing that only reads results waits for it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo_alerts.hotspots.foretelling import BASELINE, Floats, Method
from geo_alerts.hotspots.scoring import Expected

# Fewer months have no interval worth telling.
LEAST_FOR_INTERVAL: Final = 3
COVERAGE: Final = 0.95


@dataclass(eq=False)
class Trial:
    """A method's scores, month by month and share by share, while they are gathered.

    Attributes:
        method: Which.
        foretold: n: what it foretold for each cell, of all months together.
        months: The months it could foretell.
        scores: By month, at each share.
    """

    method: Method
    foretold: Floats
    months: list[int] = field(default_factory=list)
    scores: list[list[Expected]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over months, with the ends of its interval; NaN where fewer than three were scored."""

    value: float
    low: float
    high: float
    months: int


@dataclass(frozen=True, slots=True)
class ShareScores:
    """What a method scored at one share of the ground, over the months tested.

    Cells ranked alike are taken in random order, and scores are those to be expected of that.

    Attributes:
        share: Of the ground, as asked.
        cells: How many cells that is.
        area_km2: Their ground.
        pai: Of the months.
        pei: Of the months.
        hit_rate: Of the months.
        pooled_hit_rate: Crimes of all months that were in the cells, of all crimes: for sparse
            crime better than the mean of months.
        rri: Crimes foretold in the cells over crimes seen there, of all months together; NaN of
            methods that foretell no numbers.
        pai_worst_ties: Mean PAI if of cells ranked alike those with the fewest crimes are taken.
        pai_best_ties: Mean PAI if those with the most are, which is hindsight.
    """

    share: float
    cells: int
    area_km2: float
    pai: Mean
    pei: Mean
    hit_rate: Mean
    pooled_hit_rate: float
    rri: float
    pai_worst_ties: float
    pai_best_ties: float


@dataclass(frozen=True, slots=True)
class MethodResult:
    """How one method did.

    Attributes:
        name: Of the method.
        words: What it does.
        is_complete: Whether it could foretell every month tested; others cannot be chosen.
        months: The months it was scored on.
        pai: Its PAI in each of them, at the share of the choice.
        shares: Its scores at each share.
        over_baseline: PAI more than the baseline's, month by month.
        below_best: PAI more than the best method's, month by month: 0 or less in the mean.
        is_within_noise: Whether that interval holds 0, so that it may be as good as the best.
        foretells: Whether it foretells numbers of crimes, or ranks cells only.
    """

    name: str
    words: str
    is_complete: bool
    months: tuple[int, ...]
    pai: tuple[float, ...]
    shares: tuple[ShareScores, ...]
    over_baseline: Mean
    below_best: Mean
    is_within_noise: bool
    foretells: bool

    @property
    def months_scored(self) -> int:
        """How many months it was scored on."""
        return len(self.months)


def compare(
    trials: Sequence[Trial], shares: Sequence[float], choice_share: float
) -> tuple[MethodResult, ...]:
    """Put methods in order: the highest mean PAI first, of equals the simpler.

    Args:
        trials: Of each method; the baseline among them, which is complete.
        shares: Of the ground, in the order of the scores.
        choice_share: The one of them by which methods are put in order.

    Returns:
        The methods; those that could not foretell every month come last.
    """
    chosen = list(shares).index(choice_share)
    most = max(len(trial.months) for trial in trials)
    pai = {
        trial.method.name: dict(
            zip(trial.months, (each[chosen].scores.pai for each in trial.scores), strict=True)
        )
        for trial in trials
    }

    def place(trial: Trial) -> tuple[bool, float, tuple[int, int, float]]:
        told = pai[trial.method.name]
        mean = math.fsum(told.values()) / len(told) if told else -math.inf
        return len(told) < most, -mean, trial.method.simplicity

    ordered = sorted(trials, key=place)
    return tuple(_result(trial, shares, pai, ordered[0].method.name, most) for trial in ordered)


def _result(
    trial: Trial,
    shares: Sequence[float],
    pai: dict[str, dict[int, float]],
    best: str,
    most: int,
) -> MethodResult:
    own = pai[trial.method.name]
    below = _mean([own[month] - pai[best][month] for month in own])
    over = _mean([own[month] - pai[BASELINE][month] for month in own])
    return MethodResult(
        name=trial.method.name,
        words=trial.method.words,
        is_complete=len(own) == most,
        months=tuple(own),
        pai=tuple(own.values()),
        shares=tuple(_at(trial, place, share) for place, share in enumerate(shares) if own),
        over_baseline=over,
        below_best=below,
        is_within_noise=len(own) == most
        and trial.method.name != best
        and below.low <= 0 <= below.high,
        foretells=trial.method.surface != "gi_star",
    )


def _at(trial: Trial, place: int, share: float) -> ShareScores:
    at_share = [month[place] for month in trial.scores]
    scores = [each.scores for each in at_share]
    hits = math.fsum(each.hits for each in scores)
    foretold = math.fsum(each.foretold for each in scores)
    return ShareScores(
        share=share,
        cells=scores[0].cells,
        area_km2=scores[0].area_km2,
        pai=_mean([each.pai for each in scores]),
        pei=_mean([each.pei for each in scores]),
        hit_rate=_mean([each.hit_rate for each in scores]),
        pooled_hit_rate=hits / math.fsum(each.events for each in scores),
        rri=foretold / hits if hits else math.nan,
        pai_worst_ties=float(np.mean([each.worst_pai for each in at_share])),
        pai_best_ties=float(np.mean([each.best_pai for each in at_share])),
    )


def _mean(values: Sequence[float]) -> Mean:
    from scipy.special import stdtrit  # noqa: PLC0415

    n = len(values)
    if not n:
        return Mean(math.nan, math.nan, math.nan, 0)
    mean = float(np.mean(values))
    if n < LEAST_FOR_INTERVAL:
        return Mean(mean, math.nan, math.nan, n)
    error = float(np.std(values, ddof=1)) / math.sqrt(n)
    reach = float(stdtrit(n - 1, (1 + COVERAGE) / 2)) * error
    return Mean(mean, mean - reach, mean + reach, n)
