"""What a kill -9 leaves behind, and how long an import keeps a withdrawal waiting."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.moments import read_as_of
from geo_alerts.sources.subscriber_rules import Decision, SubscriberRow
from geo_alerts.sources.subscribers import read_subscribers
from geo_alerts.store import housekeeping
from geo_alerts.store.database import Store
from geo_alerts.store.directory import load_directory
from geo_alerts.store.editions import POSTCODES, import_again
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_imports import import_subscribers
from geo_alerts.store.subscribers import load_members
from geo_alerts.store.tables import (
    change_set,
    edition,
    postcode_unit,
    subscriber_reference,
    subscriber_version,
)

PEOPLE = 400
BATCH = 25
UNITS = 40

# Each says on a line of its own that a batch is written, and goes on.
IMPORT_SUBSCRIBERS = """
import sys
from datetime import datetime
from pathlib import Path
from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscribers import read_subscribers
from geo_alerts.store import subscriber_imports, subscriber_removal
from geo_alerts.store.database import Store

url, path, as_of, batch = sys.argv[1:]
subscriber_imports.BATCH_SUBSCRIBERS = subscriber_removal.BATCH_SUBSCRIBERS = int(batch)
file = read_subscribers(Path(path), as_of=datetime.fromisoformat(as_of), normalise=normalise)
with Store.open(url) as store:
    print("begun", flush=True)
    subscriber_imports.import_subscribers(
        store, file, replace=True, confirm=lambda _: True,
        progress=lambda done, total: print(done, flush=True),
    )
    print("ended", flush=True)
"""

# Without a frame: importing pandas would take longer than the test.
IMPORT_UNITS = """
import sys
import shapely
from geo_alerts.store.database import Store
from geo_alerts.store.editions import EditionFacts, import_edition
from geo_alerts.store.tables import postcode_unit

url, count, district, batch = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
letters = "ABDEFGHJLNPQRSTUWXYZ"
same = {
    "easting": 350_000.0, "northing": 310_000.0, "pqi": 10, "status": "live", "introduced": "",
    "terminated": "", "position": "published", "large_user": False, "oa": "", "lsoa": "",
    "ward": "", "district": district, "point": shapely.Point(350_000, 310_000),
}

def fill(stage):
    for start in range(0, count, batch):
        codes = [
            f"SY{n // 4000} {n // 400 % 10}{letters[n // 20 % 20]}{letters[n % 20]}"
            for n in range(start, min(start + batch, count))
        ]
        stage.add(
            postcode_unit,
            {"postcode": codes} | {name: [value] * len(codes) for name, value in same.items()},
        )
        print(start, flush=True)

facts = EditionFacts(
    layer="postcodes", label=district, source_name="x", sha256=district[0] * 64
)
with Store.open(url) as store:
    print("begun", flush=True)
    import_edition(store, facts, fill)
    print("ended", flush=True)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_after(child: subprocess.Popen[str], lines: int) -> bool:
    """Kill a process once it has said so many lines; tell whether it was not done before."""
    assert child.stdout is not None
    for _ in range(lines):
        child.stdout.readline()
    child.kill()
    child.communicate()
    return child.returncode == -signal.SIGKILL


def run(program: str, *arguments: object) -> None:
    child = start(program, *arguments)
    child.communicate()
    assert child.returncode == 0


def rows_in(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def write_people(path: Path, postcode: str, *, left_out: int = 0) -> Path:
    lines = [f"WM-{number},{postcode},text" for number in range(left_out, PEOPLE)]
    path.write_text("\n".join(["reference,postcodes,channels", *lines]))
    return path


def people(store: Store) -> dict[str, int]:
    """Postcode -> how many people are there."""
    with store.reading() as connection:
        postcodes = load_members(connection).postcode.tolist()
    return {postcode: postcodes.count(postcode) for postcode in set(postcodes)}


@pytest.fixture
def kills(store_url: str, *, prove: bool) -> int:
    """How many processes to kill."""
    if prove:
        return 60
    return 5 if store_url.startswith("sqlite") else 3


def test_a_kill_in_a_subscriber_import_leaves_the_old_state_or_the_new_one_whole(
    store: Store, store_url: str, tmp_path: Path, kills: int
):
    chance = random.Random(20250610)  # noqa: S311 - repeatable, not secret
    old = write_people(tmp_path / "old.csv", "SY1 1AA")
    new = write_people(tmp_path / "new.csv", "SY2 5XX", left_out=3)
    before = read_subscribers(
        old, as_of=read_as_of("2025-06-01", store.clock()), normalise=normalise
    )
    import_subscribers(store, before)
    batches = -(-(PEOPLE - 3) // BATCH)
    killed = 0
    for number in range(kills):
        as_of = f"2025-06-{2 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00+00:00"
        child = start(IMPORT_SUBSCRIBERS, store_url, new, as_of, BATCH)
        killed += kill_after(child, chance.randint(1, batches + 1))
        found = people(store)
        assert found in ({"SY1 1AA": PEOPLE}, {"SY2 5XX": PEOPLE - 3})
        if found == {"SY2 5XX": PEOPLE - 3}:
            break
    assert killed > 0

    withdrawal = SubscriberRow("WM-9", store.clock(), withdraws=True)
    assert record_change(store, withdrawal, source="test") == Decision.WITHDRAWN
    run(IMPORT_SUBSCRIBERS, store_url, new, "2025-06-20T12:00:00+00:00", BATCH)
    assert people(store) == {"SY2 5XX": PEOPLE - 4}
    housekeeping.tidy(store)
    assert rows_in(store, subscriber_version) == PEOPLE
    assert rows_in(store, subscriber_reference) == PEOPLE
    with store.reading() as connection:
        staged = select(func.count()).where(change_set.c.seq.is_(None))
        assert connection.execute(staged).scalar_one() == 0


def test_a_kill_in_a_postcode_import_leaves_the_old_directory_or_the_new_one_whole(
    store: Store, store_url: str, kills: int
):
    chance = random.Random(20250611)  # noqa: S311 - repeatable, not secret
    run(IMPORT_UNITS, store_url, UNITS, "old", 5)
    killed = 0
    for _ in range(kills):
        child = start(IMPORT_UNITS, store_url, 2 * UNITS, "new", 5)
        killed += kill_after(child, chance.randint(1, 2 * UNITS // 5 + 1))
        with store.reading() as connection:
            directory = load_directory(connection)
        assert (len(directory), set(directory.district)) in ((UNITS, {"old"}), (2 * UNITS, {"new"}))
        if directory.edition == "new":
            break
    assert killed > 0

    if import_again(store, POSTCODES, "n" * 64) is None:
        run(IMPORT_UNITS, store_url, 2 * UNITS, "new", 5)
    housekeeping.tidy(store)
    with store.reading() as connection:
        assert len(load_directory(connection)) == 2 * UNITS
    assert rows_in(store, postcode_unit) == 3 * UNITS
    assert rows_in(store, edition) == 2


def test_no_withdrawal_waits_for_a_second_while_a_large_directory_is_staged(
    store: Store, store_url: str, *, prove: bool
):
    count = 300_000 if prove else 60_000
    child = start(IMPORT_UNITS, store_url, count, "large", 5000)
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    waits: list[float] = []
    while child.poll() is None:
        began = time.monotonic()
        row = SubscriberRow("WM-1", store.clock(), withdraws=len(waits) % 2 == 1)
        record_change(store, row, source="test")
        waits.append(time.monotonic() - began)
    child.stdout.close()

    assert child.returncode == 0
    assert rows_in(store, postcode_unit) == count
    # At least once between any two batches, were they as slow as is allowed.
    assert len(waits) > count / 5000
    assert max(waits) < 1.0
