"""Near repeats: are crimes that are close in space also closer in time than chance would have them?

Every pair of crimes is put into one cell of a table of distance by time. Days are then dealt out
anew among the crimes, again and again, which keeps places and days as they are and breaks what
ties them; the cells are compared with those of the dealt tables. Needs days: published crime has
the month alone, and is refused.

scipy is imported inside functions: the server's start path imports none of it.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY, Crimes, Flags, Floats
from geo_alerts.hotspots.neighbours import as_number, as_numbers
from geo_alerts.hotspots.positions import are_degrees, column
from geo_alerts.hotspots.shuffles import shuffled

Integers = npt.NDArray[np.int64]
# Small whole numbers where days are whole, else float64.
Days = npt.NDArray[Any]

# The same place, then streets away; a week, two, three (Johnson et al. 2007 use such bands).
SPACE_BANDS_M: Final = (0.0, 0.001, 100.0, 200.0, 300.0, 400.0, np.inf)
TIME_BANDS_DAYS: Final = (0.0, 8.0, 15.0, 22.0, np.inf)
A_PAIR: Final = 2
MOST_PAIRS: Final = 30_000_000
MOST_PERMUTATIONS: Final = 99_999
# So many differences of days are worked on at once: they fit the cache of one core.
BLOCK: Final = 500_000
# More than any calendar has, and what fits 32 bits.
MOST_DAYS: Final = 1_000_000_000
# Days of published months all are firsts of a month; before this, days are counted otherwise.
FIRST_DATED: Final = np.datetime64("1990-01-01", "D").astype(np.int64)
LEAST_FIRSTS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Knox:
    """A table of s bands of distance by t bands of time; bands are [lower, upper).

    Attributes:
        observed: s by t, pairs of crimes, each pair once.
        expected_mean: s by t, the mean over the permutations.
        expected_median: s by t.
        ratio: s by t, observed over the mean; NaN where that is 0.
        p: s by t, (permutations with at least as many pairs + 1) / (permutations + 1): small where
            there are more pairs than chance gives. For each cell alone.
        space_bands_m: s + 1 edges.
        time_bands_days: t + 1 edges.
        permutations: How many.
        events: How many crimes.
    """

    observed: Integers
    expected_mean: Floats
    expected_median: Floats
    ratio: Floats
    p: Floats
    space_bands_m: tuple[float, ...]
    time_bands_days: tuple[float, ...]
    permutations: int
    events: int

    def stands_out(self, *, level: float = 0.05, least_ratio: float = 1.2) -> Flags:
        """The cells that are read as near repeats: few permutations have as many, and it matters.

        Pairs where no permutation has any are beyond every ratio.

        Source:
            Ratcliffe, Near Repeat Calculator: p at most 0.05 and at least 20 % above expected.
        """
        never_dealt = (self.observed > 0) & (self.expected_mean == 0)
        enough: Flags = never_dealt | (np.nan_to_num(self.ratio) >= least_ratio)
        return (self.p <= level) & enough


def near_repeats(
    crimes: Crimes,
    *,
    space_bands_m: Sequence[float] = SPACE_BANDS_M,
    time_bands_days: Sequence[float] = TIME_BANDS_DAYS,
    permutations: int = 999,
    rng: np.random.Generator,
) -> Knox:
    """The table of crimes of which all have a day.

    Raises:
        InvalidInputError: Of some the month alone is known.
    """
    unknown = int((crimes.day == NO_DAY).sum())
    if unknown:
        raise InvalidInputError(
            f"of {unknown} of {len(crimes)} crimes the month alone is known, as in all that is "
            "published; near repeats need days: ask with the force's own data"
        )
    return knox(
        crimes.easting,
        crimes.northing,
        crimes.day,
        space_bands_m=space_bands_m,
        time_bands_days=time_bands_days,
        permutations=permutations,
        rng=rng,
    )


def knox(  # noqa: PLR0913 - its names are a contract; all but the crimes are named
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    day: npt.ArrayLike,
    *,
    space_bands_m: Sequence[float],
    time_bands_days: Sequence[float],
    permutations: int,
    rng: np.random.Generator,
) -> Knox:
    """The Knox table of all pairs of n crimes, with what chance would give.

    Distance is Euclidean. A pair on an edge belongs to the band that begins there. Pairs below the
    first edges or from the last ones on are in no band.

    Args:
        easting: n metres, EPSG:27700.
        northing: n metres.
        day: n days, counted from whenever, whole or with fractions; or datetime64 of days or finer.
        space_bands_m: Edges, rising, from 0; the last may be infinite.
        time_bands_days: Edges, likewise.
        permutations: How often days are dealt anew; 999 for p down to 0.001.
        rng: What deals them.

    Raises:
        InvalidInputError: Arrays of different lengths, values that are no numbers, fewer than two
            crimes; degrees; months; bands that do not rise; too many pairs within the last finite
            band.

    Source:
        Knox (1964), The detection of space-time interactions, Applied Statistics 13(1), 25-30;
        permutations as in Johnson et al. (2007), Space-time patterns of risk, Journal of
        Quantitative Criminology 23, 201-219; p as in North, Curtis and Sham (2002), American
        Journal of Human Genetics 71, 439-441.
    """
    east, north = _metres(easting, northing)
    days = _days(day)
    if len(days) != len(east):
        raise InvalidInputError(f"{len(east)} positions have {len(days)} days; wanted one each")
    space, time = _edges("space_bands_m", space_bands_m), _edges("time_bands_days", time_bands_days)
    times = as_number(permutations, "permutations")
    if not (1 <= times <= MOST_PERMUTATIONS and times.is_integer()):
        raise InvalidInputError(
            f"permutations is {permutations}; wanted 1 to {MOST_PERMUTATIONS}, such as 999"
        )
    table = _Table(_near_pairs(east, north, space), space, time, days)
    observed = table.counts(days[:, None])[0]
    dealt = _dealt(table, days, int(permutations), rng)
    mean = dealt.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(mean > 0, observed / mean, np.nan)
    as_many = (dealt >= observed).sum(axis=0)
    return Knox(
        observed,
        mean,
        np.median(dealt, axis=0),
        ratio,
        (as_many + 1) / (permutations + 1),
        tuple(space.tolist()),
        tuple(time.tolist()),
        int(permutations),
        len(days),
    )


class _Table:
    """Pairs of crimes by band of distance, to be counted by band of time for any days.

    How many pairs all crimes have in a band of time does not depend on who has which day, so a last
    band without end is what the other bands leave.
    """

    def __init__(
        self,
        pairs: tuple[Integers, Integers, Floats],
        space: Floats,
        time: Floats,
        days: Days,
    ) -> None:
        one, other, distance = pairs
        # Below the first edge is band 0, in no band that is told but part of what is left.
        band = np.searchsorted(space, distance, side="right")
        order = np.argsort(band, kind="stable")
        self.one, self.other = one[order], other[order]
        self.starts = np.searchsorted(band[order], np.arange(len(space) + 1))
        self.time = time
        self.is_open = bool(np.isinf(space[-1]))
        self.whole = np.array([_pairs_closer(days, edge) for edge in time], dtype=np.int64)

    def counts(self, days: Days) -> Integers:
        """Counts for b columns of days, n by b: b by s by t."""
        apart = np.abs(days[self.one] - days[self.other])
        bands = [slice(*ends) for ends in itertools.pairwise(self.starts)]
        closer = np.zeros((days.shape[1], len(bands), len(self.time)), dtype=np.int64)
        # None is fewer than 0 days apart, and all are closer than an edge without end.
        closer[:, :, np.isinf(self.time)] = np.diff(self.starts)[:, None]
        for at in np.flatnonzero((self.time > 0) & np.isfinite(self.time)):
            is_closer = apart < self.time[at]
            for place, band in enumerate(bands):
                closer[:, place, at] = is_closer[band].sum(axis=0, dtype=np.int32)
        if self.is_open:
            closer[:, -1] = self.whole - closer[:, :-1].sum(axis=1)
        return np.diff(closer[:, 1:], axis=2)


def _dealt(table: _Table, days: Days, permutations: int, rng: np.random.Generator) -> Integers:
    at_once = max(1, min(permutations, BLOCK // max(len(table.one), 1)))
    is_fraction = days.dtype.kind == "f"
    values, code = np.unique(days, return_inverse=True) if is_fraction else (days, days)
    found = []
    for first in range(0, permutations, at_once):
        columns = min(at_once, permutations - first)
        codes = shuffled(code, columns, rng).T
        found.append(table.counts(values[codes] if is_fraction else np.ascontiguousarray(codes)))
    return np.concatenate(found)


def _near_pairs(
    easting: Floats, northing: Floats, space: Floats
) -> tuple[Integers, Integers, Floats]:
    """All pairs closer than the last finite edge, each once, with their distances."""
    farthest = float(space[np.isfinite(space)][-1])
    tree = _tree(easting, northing)
    _require_few_pairs(_pairs_in(tree, farthest), farthest)
    # A little farther, since moved positions may round: what decides is the distance below.
    pairs = tree.query_pairs(farthest * (1 + 1e-9), output_type="ndarray")
    one, other = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    distance = np.hypot(easting[one] - easting[other], northing[one] - northing[other])
    return one, other, distance


def pairs_within(easting: npt.ArrayLike, northing: npt.ArrayLike, metres: float) -> int:
    """How many pairs of crimes are within so many metres: what a table's time goes with.

    Raises:
        InvalidInputError: As `knox`, of positions.
    """
    return _pairs_in(_tree(*_metres(easting, northing)), metres)


def _tree(easting: Floats, northing: Floats) -> Any:  # noqa: ANN401 - scipy has no types
    from scipy.spatial import cKDTree  # noqa: PLC0415

    # From the middle, so that squares of distances lose no digits.
    both = np.column_stack((easting - easting.mean().round(), northing - northing.mean().round()))
    return cKDTree(both)


def _pairs_in(tree: Any, metres: float) -> int:  # noqa: ANN401 - likewise
    # Each is found from both of its ends, and each crime with itself.
    return (int(tree.count_neighbors(tree, metres)) - int(tree.n)) // 2


def _require_few_pairs(pairs: int, farthest: float) -> None:
    if pairs > MOST_PAIRS:
        raise InvalidInputError(
            f"{pairs} pairs of crimes are within {farthest:g} m, more than {MOST_PAIRS}; ask for "
            "fewer crimes, or lower the last finite edge of space_bands_m"
        )


def _pairs_closer(days: Days, edge: float) -> int:
    """How many pairs of all crimes are fewer days apart than an edge."""
    if np.isinf(edge) or edge == 0:
        return len(days) * (len(days) - 1) // 2 if edge else 0
    values, times = np.unique(days.astype(np.float64), return_counts=True)
    after = np.searchsorted(values, values + edge, side="left")
    # A sum may round where the difference does not; what is compared elsewhere is the difference.
    last = len(values) - 1
    while (late := (after > 0) & (values[after - 1] - values >= edge)).any():
        after[late] -= 1
    while (early := (after <= last) & (values[np.minimum(after, last)] - values < edge)).any():
        after[early] += 1
    before = np.concatenate(([0], np.cumsum(times)))
    of_one_day, later = times * (times - 1) // 2, before[after] - before[1:]
    return int((of_one_day + times * later).sum())


def _metres(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    east, north = column(easting, "easting"), column(northing, "northing")
    if len(east) != len(north):
        raise InvalidInputError(
            f"there are {len(east)} eastings and {len(north)} northings; give one of each a crime"
        )
    if len(east) < A_PAIR:
        raise InvalidInputError(f"near repeats need at least two crimes; there are {len(east)}")
    if are_degrees(east, north):
        raise InvalidInputError(
            "positions are in degrees; wanted metres of the National Grid (EPSG:27700)"
        )
    return east, north


def _days(day: npt.ArrayLike) -> Days:
    """Days as numbers; whole ones from 0 on, as small as they go."""
    given = np.asarray(day)
    if given.ndim != 1:
        raise InvalidInputError("wanted one day for each crime, in a row")
    numbers = _dated(given) if given.dtype.kind == "M" else given
    if numbers.dtype.kind not in "iuf":
        raise InvalidInputError("days are numbers, or datetime64; parse texts before")
    if not np.isfinite(numbers).all() or (numbers == NO_DAY).any():
        raise InvalidInputError("a crime has no day; leave out those without one")
    if (np.abs(numbers) > MOST_DAYS).any():
        raise InvalidInputError(
            f"days are beyond {MOST_DAYS:,}; give days, not the seconds of a clock"
        )
    whole = (numbers == np.floor(numbers)).all()
    if whole:
        _refuse_firsts(numbers.astype(np.int64))
    if not whole:
        # As they are: less the first, what is a week apart might no longer be exactly that.
        return numbers.astype(np.float64)
    from_first = numbers.astype(np.float64) - (numbers.min() if numbers.size else 0)
    # A month's days fit one byte, and what is small is added up fast.
    return from_first.astype(np.min_scalar_type(-int(from_first.max(initial=0)) - 1))


def _dated(given: npt.NDArray[np.datetime64]) -> Floats:
    if np.datetime_data(given.dtype)[0] in {"Y", "M"}:
        raise InvalidInputError(
            "months are no days; near repeats need the day of each crime, which published crime "
            "does not have"
        )
    if np.isnat(given).any():
        raise InvalidInputError("a crime has no day; leave out those without one")
    since = given - np.datetime64("1970-01-01", "D")
    days: Floats = since / np.timedelta64(1, "D")
    return days


def _refuse_firsts(days: Integers) -> None:
    """Refuse months that were written as days: each the first of its month."""
    known = np.unique(days)
    if len(known) < LEAST_FIRSTS or known[0] < FIRST_DATED:
        return
    dates = known.astype("datetime64[D]")
    if (dates == dates.astype("datetime64[M]").astype("datetime64[D]")).all():
        raise InvalidInputError(
            f"all {len(known)} days are firsts of a month: these are months, not days; near "
            "repeats need the day of each crime"
        )


def _edges(name: str, given: Sequence[float]) -> Floats:
    edges = as_numbers(given, name)
    rises = edges.ndim == 1 and len(edges) > 1 and bool((edges[1:] > edges[:-1]).all())
    if not rises or edges[0] < 0:
        raise InvalidInputError(
            f"{name} are edges from 0 on, each above the one before; the last may be infinite"
        )
    return edges
