"""A layer of hotspots in lines for people: what was asked, of which crimes, what was tested."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from geo_alerts.acts.hotspots.mapping import REPEATS, title_of
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.maps.hotspot_words import summary_of
from geo_alerts.maps.repeats import repeats_summary
from geo_alerts.maps.words import THIN_SPACE, month_words
from geo_alerts.store.hotspot_runs import Run

MOST_MONTHS_NAMED: Final = 6

Facts = Mapping[str, Any]


def lines_of(run: Run, areas: Sequence[HotArea]) -> list[tuple[str, str]]:
    """What is said of a layer above its table, as labels and texts of one sentence or two.

    Args:
        run: The layer.
        areas: All its areas, by rank.
    """
    facts, question = run.facts, run.question
    found = repeats_summary(areas) if run.method == REPEATS else ""
    told = [
        ("layer", title_of(run)),
        ("months", _months(facts.get("period"), facts.get("compared_with"))),
        ("crimes", _crimes(facts.get("period"), facts.get("compared_with"))),
        ("study area", _study(facts, question)),
        ("settings", "; ".join(_settings(facts, question))),
        ("tested", "; ".join(_tested(facts))),
        ("found", found or summary_of(run.method, areas, facts)),
        *(("note", str(note)) for note in _notes(facts)),
    ]
    return [(label, text) for label, text in told if text]


def plain(text: str) -> str:
    """Words of maps as terminals show them: groups of digits are parted by commas."""
    return text.replace(THIN_SPACE, ",")


def span_words(months: Mapping[str, str]) -> str:
    """Months of a question: `March 2021 to March 2022`."""
    first, last = month_words(months["first"]), month_words(months["last"])
    return first if first == last else f"{first} to {last}"


def _months(period: Facts | None, before: Facts | None) -> str:
    if period is None:
        return ""
    against = "" if before is None else f", against {_of_period(before)}"
    return f"{_of_period(period)}{against}"


def _of_period(period: Facts) -> str:
    missing = period["months_missing"]
    said = f"{span_words(period)} ({period['months']} {_plural(period['months'], 'month')})"
    if not missing:
        return said
    named = ", ".join(missing[:MOST_MONTHS_NAMED])
    more = f" and {len(missing) - MOST_MONTHS_NAMED} more" * (len(missing) > MOST_MONTHS_NAMED)
    return f"{said}, without {named}{more}: not imported, which is not zero"


def _crimes(period: Facts | None, before: Facts | None) -> str:
    if period is None:
        return ""
    against = "" if before is None else f"; before: {_of_crimes(before)}"
    return f"{_of_crimes(period)}{against}"


def _of_crimes(period: Facts) -> str:
    without = period["crimes"] - period["crimes_located"]
    outside = period["crimes_outside_study_area"]
    said = (
        f"{period['crimes_used']:,} used of {period['crimes']:,}; {without:,} have no position, "
        f"{outside:,} lie outside the study area"
    )
    in_place = period.get("own_in_place_of_published")
    if not in_place:
        return said
    named = ", ".join(in_place["months"][:MOST_MONTHS_NAMED])
    more = f" and {len(in_place['months']) - MOST_MONTHS_NAMED} more months" * (
        len(in_place["months"]) > MOST_MONTHS_NAMED
    )
    return (
        f"{said}; {in_place['own']:,} of a force's own stand in for {in_place['published']:,} "
        f"published (of {named}{more})"
    )


def _study(facts: Facts, question: Facts) -> str:
    said = f"{facts['study_area']}, {facts['study_area_km2']:,.0f} km²"
    if "cells" not in facts:
        return said
    size = f"cells of {question['cell_m']} m"
    if question.get("h3_resolution") is not None:
        size = f"hexagons of H3 resolution {question['h3_resolution']}"
    return f"{said}: {facts['cells']:,} {size}"


def _settings(facts: Facts, question: Facts) -> Iterator[str]:
    if "harm" in facts:
        yield f"each crime counts its days of harm by {facts['harm']['version']}"
    if "bandwidth_m" in facts:
        yield _bandwidth(facts, question)
    if "population" in facts:
        yield (
            f"population: {facts['population']}; no risk is told where fewer than "
            f"{question['floor_per_km2']:g} live on a km²"
        )
    if "foretold_month" in facts:
        words = f"{facts['foretelling']} ({facts['foretelling_words']})"
        yield f"{month_words(facts['foretold_month'])} foretold by {words}"
    if "top" in facts:
        top = facts["top"]
        yield f"hotspots are the top {top['percent']:g}% of cells, {top['cells']:,} of them"
    if question.get("cluster") is not None:
        yield (
            f"points within {question['reach_m']:g} m are one place ({question['cluster']}), with "
            f"at least {question['least_count']} crimes in {question['least_months']} months; "
            f"the last {question['recent_months']} are recent"
        )


def _bandwidth(facts: Facts, question: Facts) -> str:
    rule = f", found by {facts['bandwidth_rule']}" if "bandwidth_rule" in facts else ""
    shape = f"{facts['kernel']} kernel, {facts['bandwidth_is']} {facts['bandwidth_m']:,.4g} m{rule}"
    edge = question.get("edge")
    if question.get("adaptive"):
        return f"{shape}, narrower where crimes are many"
    return shape if edge in (None, "none") else f"{shape}, {edge} edge correction"


def _tested(facts: Facts) -> Iterator[str]:
    if facts.get("level") is None:
        return
    yield f"each cell; at most {100 * facts['level']:g}% of those found may be false discoveries"
    if facts.get("least_count"):
        yield f"at least {facts['least_count']} crimes in a cell and those around it"
    if facts.get("permutations"):
        yield f"{facts['permutations']:,} permutations"
    if "cells_hot" in facts:
        yield f"{facts['cells_hot']:,} cells are hot ({facts['cells_hot_km2']:,.4g} km²)"
    if "cells_tested" in facts:
        yield _whole(facts)
        yield (
            f"of {facts['cells_tested']:,} cells with crime {facts['cells_more_than_the_whole']:,} "
            f"have more and {facts['cells_fewer_than_the_whole']:,} fewer than the change of the "
            "whole explains"
        )
    if "classes" in facts:
        yield ", ".join(f"{count:,} {name}s" for name, count in facts["classes"].items())


def _whole(facts: Facts) -> str:
    # A ratio of rates, so that periods of different lengths can be told together.
    before, after, shift = facts["compared_with"], facts["period"], facts["shift_of_the_whole"]
    said = f"in all {before['crimes_used']:,} crimes before and {after['crimes_used']:,} after"
    a_month = "" if before["months"] == after["months"] else " a month"
    percent = 100 * (shift - 1)
    if not round(percent, 1):
        return f"{said}, as many{a_month}"
    return f"{said}, {abs(percent):.1f}% {'more' if percent > 0 else 'fewer'}{a_month}"


def _notes(facts: Facts) -> Iterator[str]:
    if "harm" in facts:
        yield facts["harm"]["limits"]
    yield from facts.get("notes", ())


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
