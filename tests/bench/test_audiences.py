"""Audiences of 1, 10 and 30 million subscribers: the engine, and PostGIS with the same people.

Each size is built, started from disk and asked in processes of its own, so that its memory is its
own. Times of an act are told with their least: on a machine with other work only that compares.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
MILLION = 1_000_000
SIZES = (1, 10, 30)
WITH_POSTGIS = (1, 10)

# At 30 million: a page's mouse does not wait, nor does the alert system. Held against the least, to
# which other work on the machine adds little; the median is told beside it.
MOST_LIST_MS = {"circle of 2 km": 2.0, "circle of 20 km": 25.0}
MOST_PREVIEW_MS = {"circle of 2 km": 0.5, "circle of 20 km": 5.0}
MOST_START_S = 5.0
MOST_MEGABYTES = 900
TIMES_FASTER = 10


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return {size: tmp_path_factory.mktemp(f"{size}-million") for size in SIZES}


def run(module: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def engine(sample_packages: Path, folders: dict[int, Path]) -> Callable[[int], dict[str, Any]]:
    """The engine built and asked at a size, once; its people are left for PostGIS to load."""

    @cache
    def at(size: int) -> dict[str, Any]:
        given = (sample_packages, folders[size], size * MILLION)
        return {
            "built": run("audience_scale", "build", *given),
            "asked": run("audience_scale", "ask", *given),
        }

    return at


@pytest.mark.parametrize("size", SIZES)
def test_the_engine(size, engine, figures):
    built, asked = engine(size)["built"], engine(size)["asked"]
    memory = asked["asked"]
    figures.append(
        f"{size} million: built in {built['build_s']:.1f} s, written in {built['write_s']:.1f} s "
        f"({built['built']['peak']} MB at most); started from disk in {asked['start_s']:.1f} s; "
        f"{memory['anonymous']} MB beside {memory['mapped']} MB of mapped files"
    )
    figures.extend(
        f"  {name:<20}{one['people']:>9,} people {one['places']:>10,} places   "
        f"preview {told(one['preview_ms'])}   list {told(one['list_ms'])}"
        for name, one in asked["questions"].items()
    )
    if size == max(SIZES):
        assert memory["anonymous"] <= MOST_MEGABYTES
        assert asked["start_s"] <= MOST_START_S
        for name, one in asked["questions"].items():
            assert one["list_ms"]["least"] <= MOST_LIST_MS.get(name, float("inf")), name
            assert one["preview_ms"]["least"] <= MOST_PREVIEW_MS.get(name, float("inf")), name


def told(took: dict[str, float]) -> str:
    return f"{took['p50']:8.2f} ms, p99 {took['p99']:8.2f}, least {took['least']:8.2f}"


@pytest.mark.postgis
@pytest.mark.parametrize("size", WITH_POSTGIS)
def test_postgis_lists_the_same_people_and_takes_longer(
    size, sample_packages, folders, engine, figures, postgis_database
):
    questions = engine(size)["asked"]["questions"]
    url = postgis_database.replace("+psycopg", "")
    measured = run("audience_postgis", sample_packages, folders[size], url)
    figures.append(f"{size} million in PostGIS: loaded and indexed in {measured['load_s']:.0f} s")
    for name, one in measured["questions"].items():
        ours = questions[name]
        assert one["people"] == ours["people"], name
        assert one["sum_of_numbers"] == ours["sum_of_numbers"], name
        counting, listing = (
            one[f"{act}_ms"] / ours[f"{of_ours}_ms"]["least"]
            for act, of_ours in (("count", "preview"), ("list", "list"))
        )
        figures.append(
            f"  {name:<20}counts in {one['count_ms']:9.2f} ms, {counting:6.1f} x a preview;   "
            f"lists in {one['list_ms']:9.2f} ms, {listing:6.1f} x a list   ({one['query']})"
        )
        if size == max(WITH_POSTGIS) and name in MOST_LIST_MS:
            assert listing >= TIMES_FASTER, name
