"""One index of so many subscribers, measured in processes of their own: `build`, then `ask`.

Run by `test_audiences.py`; each prints one JSON value. Memory is what the system says of the
process: `anonymous` cannot be given back, `mapped` is what is in memory of the index's own files.
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo_alerts.audiences.people.index import AudienceIndex
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.audiences.selection import Selection
from geo_alerts.store.database import Store
from geo_alerts.store.index_snapshot import (
    MadeOf,
    StoredIndex,
    history_at,
    read_index,
    write_index,
)
from tests.audience_world import ground_of
from tests.bench.country import britain, people, questions, teams

EDITION = "Code-Point Open"
WARM_UPS = 3


def megabytes() -> dict[str, float]:
    """What the process has in memory now, and had at most."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    names = {"anonymous": "RssAnon", "mapped": "RssFile", "peak": "VmHWM"}
    return {
        name: round(int(re.search(rf"{key}:\s+(\d+)", status)[1]) * 1024 / 1e6)
        for name, key in names.items()
    }


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What an act gives, and its seconds."""
    before = time.perf_counter()
    given = act()
    return given, time.perf_counter() - before


def build(packages: Path, folder: Path, count: int) -> dict[str, Any]:
    """Build an index of made-up people and write it to disk."""
    directory, layer = britain(packages), teams()
    members = people(directory, count)
    before = megabytes()
    base, build_s = timed(lambda: AudienceIndex.build(members, directory, layer))
    built = megabytes()
    with Store.open(f"sqlite:///{folder / 'store.db'}", create=True) as store:
        with store.reading() as connection:
            made_of = MadeOf(0, history_at(connection, 0), EDITION)
        stored = StoredIndex(made_of, base.arrays(), base.profiles)
        _, write_s = timed(lambda: write_index(folder / "index", stored))
    return {"build_s": build_s, "write_s": write_s, "before": before, "built": built}


def ask(packages: Path, folder: Path, count: int) -> dict[str, Any]:
    """Start from the index on disk, and ask."""
    directory, layer = britain(packages), teams()
    bare = megabytes()

    def start() -> LiveIndex:
        with (
            Store.open(f"sqlite:///{folder / 'store.db'}") as store,
            store.reading() as connection,
        ):
            stored = read_index(folder / "index", connection, EDITION)
        ground = ground_of(directory, layer)
        return LiveIndex.of(AudienceIndex.of_arrays(stored.arrays, stored.profiles, ground))

    index, start_s = timed(start)
    started = megabytes()
    asked = {name: asked_of(index, area) for name, area in questions(layer).items()}
    return {
        "people": count,
        "bare": bare,
        "start_s": start_s,
        "started": started,
        "asked": megabytes(),
        "questions": asked,
    }


def asked_of(index: LiveIndex, area: dict[str, Any]) -> dict[str, Any]:
    """How long a preview and a list take; of the people how many, and what tells them apart."""
    selection = Selection.model_validate({"area": area})
    chosen = index.choose(selection)
    rounds = 20 if chosen.counts.people > 1_000_000 else 200

    def listed() -> Any:
        found = index.choose(selection)
        return found.numbers, found.references_by_number()

    return {
        "people": chosen.counts.people,
        "places": chosen.counts.places,
        "sum_of_numbers": sum(chosen.numbers.tolist()),
        "preview_ms": percentiles(lambda: index.choose(selection).counts, rounds),
        "list_ms": percentiles(listed, rounds),
    }


def percentiles(act: Callable[[], Any], rounds: int) -> dict[str, float]:
    """The median and the 99th percentile of an act's milliseconds, and the least."""
    for _ in range(WARM_UPS):
        act()
    took = [timed(act)[1] * 1e3 for _ in range(rounds)]
    return {
        "least": min(took),
        "p50": statistics.median(took),
        "p99": statistics.quantiles(took, n=100, method="inclusive")[-1],
    }


if __name__ == "__main__":
    step, packages, folder, count = sys.argv[1:]
    run = {"build": build, "ask": ask}[step]
    print(json.dumps(run(Path(packages), Path(folder), int(count))))
