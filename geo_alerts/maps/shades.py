"""How cells of a layer of hotspots are shaded, by method: classes, their colours, their words.

Sequential from 0 for counts, density and risk; steps of certainty for Gi*; diverging round 0 for
change; tone and mark for emerging hotspots. What is not significant, or 0, lets the paper be seen.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.maps.document import Pattern
from geo_alerts.maps.words import month_words, thousands

Columns = Mapping[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# ColorBrewer 2.0: OrRd, PuOr and PuBu, safe for the colour-blind. Source: Harrower and Brewer
# (2003), ColorBrewer.org, The Cartographic Journal 40(1), 27-37.
OR_RD: Final = ("#fef0d9", "#fdcc8a", "#fc8d59", "#e34a33", "#b30000")
PU_BU: Final = ("#bdc9e1", "#74a9cf", "#0570b0")
MORE: Final = ("#fdb863", "#b35806")
FEWER: Final = ("#b2abd2", "#542788")
# Of values above 0, which are few and high: equal quantiles would shade most of the map alike.
QUANTILES: Final = (0.5, 0.75, 0.9, 0.97)
LEVELS: Final = (0.1, 0.05, 0.01)
SIGNIFICANT_DIGITS: Final = 2


@dataclass(frozen=True, eq=False)
class Shade:
    """The cells of one class.

    Attributes:
        fill: A colour, or `url(#pattern)`.
        edge: A colour like it, for the seams between cells.
        words: What the class says.
        chosen: m flags: which cells.
    """

    fill: str
    edge: str
    words: str
    chosen: Flags


@dataclass(frozen=True, eq=False)
class Shading:
    """The classes of a layer, the lowest first.

    Attributes:
        title: What the colours mean, with the unit.
        shades: The classes; a cell of none of them is transparent.
        rest: What a transparent cell is.
        patterns: Those that the classes are filled with.
        limits: Between sequential classes, ascending, each the least of the class above it.
    """

    title: str
    shades: tuple[Shade, ...]
    rest: str
    patterns: tuple[Pattern, ...] = ()
    limits: tuple[float, ...] = ()


def shading(
    method: str,
    columns: Columns,
    facts: Mapping[str, Any],
    *,
    limits: Sequence[float] | None = None,
) -> Shading:
    """The classes of a layer's cells.

    Args:
        method: What made the layer.
        columns: Of m cells, by name.
        facts: Of the layer: the level of its tests, its weights, the month that it foretells.
        limits: Between sequential classes, those of another layer, so that colours mean the same in
            both; by default they are found from the cells.
    """
    if method == "gi_star":
        return _hot_and_cold(columns, facts)
    if method == "local_moran":
        return _like_and_unlike(columns)
    if method == "change":
        return _changed(columns)
    if method == "emerging":
        return _emerging(columns)
    return _sequential(columns, facts, limits)


def _sequential(
    columns: Columns, facts: Mapping[str, Any], given: Sequence[float] | None
) -> Shading:
    # What a layer is about stands behind what it was made of.
    name = next((one for one in SEQUENTIAL if one in columns), "crimes")
    title = _title(name, facts)
    values = np.asarray(columns[name], dtype=float)
    above = values[values > 0]
    if not above.size and given is None:
        return Shading(title, (), "0")
    limits = _limits(above) if given is None else np.asarray(given, dtype=float)
    place = np.searchsorted(limits, values, side="right")
    colours = OR_RD[len(OR_RD) - len(limits) - 1 :]
    shades = tuple(
        Shade(colour, colour, words, (values > 0) & (place == index))
        for index, (colour, words) in enumerate(zip(colours, _between(limits, above), strict=True))
    )
    without = " or not told" if np.isnan(values).any() else ""
    return Shading(title, shades, f"0{without}", limits=tuple(limits.tolist()))


def _limits(above: Floats) -> Floats:
    limits = np.unique([_rounded(one, above) for one in np.quantile(above, QUANTILES)])
    return np.asarray(limits[(limits > above.min()) & (limits <= above.max())])


def _title(name: str, facts: Mapping[str, Any]) -> str:
    weighed = BY_HARM if "harm" in facts else {}
    title = weighed.get(name, SEQUENTIAL[name])
    if name != "expected":
        return title
    # Gi* ranks, and foretells no numbers.
    ranks = str(facts.get("foretelling", "")).startswith("gi_star")
    title = "Forecast, Gi* by which cells are ranked" if ranks else title
    return f"{title}: {month_words(facts['foretold_month'])}"


BY_HARM: Final = {
    "risk": "Harm, days of sentence, for each of the population",
    "density_per_km2": "Harm per km², days of sentence",
    "expected": "Forecast, days of harm expected in a cell",
}
SEQUENTIAL: Final = {
    "expected": "Forecast, crimes expected in a cell",
    "risk": "Crimes for each of the population",
    "density_per_km2": "Crimes per km²",
    "harm": "Harm in a cell, days of sentence",
    "crimes": "Crimes in a cell",
}


def _rounded(value: float, values: Floats) -> float:
    # Whole numbers for counts, two digits for what has no smallest step.
    if _are_whole(values):
        return float(np.rint(value))
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def _are_whole(values: Floats) -> bool:
    return bool((values == np.rint(values)).all())


def _between(limits: Floats, values: Floats) -> tuple[str, ...]:
    if not limits.size:
        return ("above 0",)
    shown = [in_words(limit) for limit in limits]
    if not _are_whole(values):
        between = [f"{low} to under {high}" for low, high in itertools.pairwise(shown)]
        return (f"under {shown[0]}", *between, f"{shown[-1]} or more")
    classes = [_whole(low, high) for low, high in itertools.pairwise([1.0, *limits])]
    return (*classes, f"{shown[-1]} or more")


def _whole(low: float, high: float) -> str:
    # Counts from one number up to below another.
    most = in_words(high - 1)
    return most if high - low == 1 else f"{in_words(low)} to {most}"


def in_words(value: float) -> str:
    """A number as it is told: whole ones in groups of three, others to three digits."""
    if value == round(value):
        return thousands(value)
    return f"{value:.3g}" if abs(value) < 1_000 else thousands(value)  # noqa: PLR2004


def _hot_and_cold(columns: Columns, facts: Mapping[str, Any]) -> Shading:
    q, level = columns["q"], float(facts.get("level") or LEVELS[1])
    steps = [level, *(one for one in LEVELS if one < level)]
    hot = _steps("hot", columns["is_hot"], q, steps, OR_RD[2:])
    cold = _steps("cold", columns["is_cold"], q, steps, PU_BU) if "is_cold" in columns else ()
    shades = (*(one for one in cold if one.chosen.any()), *hot)
    return Shading("Gi*: cells that stand out with those around", shades, "not significant")


def _steps(
    kind: str, chosen: Flags, q: Floats, steps: list[float], colours: tuple[str, ...]
) -> tuple[Shade, ...]:
    # Of two steps the darkest colours are taken, so that the surest cells look alike in every map.
    following = [*steps[1:], -np.inf]
    used = colours[len(colours) - len(steps) :]
    return tuple(
        Shade(
            colour,
            colour,
            f"{kind} at {1 - step:.0%} (false discoveries at most {step:.0%})",
            chosen & (q <= step) & (q > after),
        )
        for step, after, colour in zip(steps, following, used, strict=True)
    )


LIKE_AND_UNLIKE: Final = {
    "high-high": ("#e34a33", "high among high: a hotspot"),
    "high-low": ("#fdcc8a", "high among low: a place that stands out alone"),
    "low-high": ("#bdc9e1", "low among high"),
    "low-low": ("#0570b0", "low among low"),
}


def _like_and_unlike(columns: Columns) -> Shading:
    shades = tuple(
        Shade(colour, colour, words, columns["is_significant"] & (columns["quadrant"] == quadrant))
        for quadrant, (colour, words) in LIKE_AND_UNLIKE.items()
    )
    title = "Local Moran: a cell among those around it"
    return Shading(title, tuple(one for one in shades if one.chosen.any()), "not significant")


def _changed(columns: Columns) -> Shading:
    direction = columns["direction_shared"]
    by = np.abs(columns["after"] - columns["expected"])
    is_told = direction != 0
    title = "Crimes more or fewer than the whole area's change explains"
    if not is_told.any():
        return Shading(title, (), "not significant")
    middle = _rounded(float(np.median(by[is_told])), by)
    high, limit = by >= middle, in_words(middle)
    classes = (
        (FEWER[1], f"fewer, by {limit} or more", (direction < 0) & high),
        (FEWER[0], f"fewer, by under {limit}", (direction < 0) & ~high),
        (MORE[0], f"more, by under {limit}", (direction > 0) & ~high),
        (MORE[1], f"more, by {limit} or more", (direction > 0) & high),
    )
    shades = tuple(Shade(colour, colour, words, chosen) for colour, words, chosen in classes)
    return Shading(title, shades, "not significant")


# Marks in a square of 8 by 8, by what a class begins with: of hot and of cold ones the same.
MARKS: Final = {
    "new": "M4 2v4M2 4h4",
    "consecutive": "M0 2h8M0 6h8",
    "intensifying": "M1 6l3-4l3 4",
    "persistent": "",
    "diminishing": "M1 2l3 4l3-4",
    "sporadic": "M3.5 4h1",
    "oscillating": "M0 6l2-4l4 4l2-4",
    "historical": "M0 8l8-8",
}
# (ground, marks) by kind, the surest classes the darkest.
TONES: Final = {
    "hot": {
        "intensifying": ("#b30000", "#ffffff"),
        "persistent": ("#d7301f", "#ffffff"),
        "consecutive": ("#fc8d59", "#0b0c0c"),
        "new": ("#fc8d59", "#0b0c0c"),
        "diminishing": ("#fdbb84", "#0b0c0c"),
        "sporadic": ("#fdcc8a", "#0b0c0c"),
        "oscillating": ("#fdcc8a", "#0b0c0c"),
        "historical": ("#fef0d9", "#7f0000"),
    },
    "cold": {
        "intensifying": ("#045a8d", "#ffffff"),
        "persistent": ("#0570b0", "#ffffff"),
        "consecutive": ("#74a9cf", "#0b0c0c"),
        "new": ("#74a9cf", "#0b0c0c"),
        "diminishing": ("#a6bddb", "#0b0c0c"),
        "sporadic": ("#bdc9e1", "#0b0c0c"),
        "oscillating": ("#bdc9e1", "#0b0c0c"),
        "historical": ("#ece7f2", "#023858"),
    },
}


def _emerging(columns: Columns) -> Shading:
    names = columns["class"]
    shades, patterns = [], []
    for kind, tones in TONES.items():
        for begins, (tone, ink) in tones.items():
            words = f"{begins} {kind} spot"
            chosen = names == words
            if chosen.any():
                one = Pattern(f"{begins}-{kind}", tone, MARKS[begins], ink)
                patterns.append(one)
                shades.append(Shade(f"url(#{one.id})", tone, words, chosen))
    title = "Emerging hotspots: how a cell became what it is"
    return Shading(title, tuple(reversed(shades)), "no pattern", tuple(patterns))
