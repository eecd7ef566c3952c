"""Boundaries and what goes wrong: kills, two at once, readers in between."""

import contextlib
import random
import signal
import subprocess
import sys
import threading
from datetime import date

import pytest
import shapely

from geo_alerts.errors import ConflictError, GeoAlertsError
from geo_alerts.store import housekeeping
from geo_alerts.store.activations import (
    activate,
    activations,
    in_force,
    list_editions,
)
from geo_alerts.store.boundary_links import links_between
from geo_alerts.store.database import Store
from geo_alerts.store.edition_removal import discard
from geo_alerts.store.editions import TEAM, Outcome, import_as_draft
from geo_alerts.store.layers import load_layer
from geo_alerts.store.tables import activation, boundary, boundary_link, edition
from tests.edition_world import checked_draft, draft, facts, put, rows_in, seq_of

AREAS = 60
LINKS = 3000
JANUARY = date(2025, 1, 1)

# Without a frame: importing geopandas would take longer than the test.
IMPORT_AREAS = """
import sys
import shapely
from geo_alerts.store.database import Store
from geo_alerts.store.editions import EditionFacts, import_as_draft
from geo_alerts.store.tables import boundary

url, count = sys.argv[1], int(sys.argv[2])
square = shapely.MultiPolygon([shapely.box(0, 0, 1000, 1000)])

def fill(stage):
    for number in range(0, count, 5):
        codes = [f"N{number + at:03}" for at in range(5)]
        stage.add(boundary, {"code": codes, "name": codes, "geometry": [square] * 5})
        print(number, flush=True)

with Store.open(url) as store:
    print("begun", flush=True)
    import_as_draft(
        store, EditionFacts(layer="team", label="new", source_name="x", sha256="n" * 64), fill
    )
    print("ended", flush=True)
"""

ACTIVATE = """
import sys
from datetime import date
from geo_alerts.store.activations import Consequences, activate
from geo_alerts.store.boundary_links import BoundaryLink
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq

url, edition_id, previous_id, count = sys.argv[1], *map(int, sys.argv[2:])
links = [
    BoundaryLink(edition_id, "A", previous_id, f"{number:05}", "merged", 1.0, 0.0)
    for number in range(count)
]
with Store.open(url) as store:
    with store.reading() as connection:
        seq = latest_seq(connection)
    print("begun", flush=True)
    activate(
        store, edition_id, date(2025, 1, 1), by="Anna", expected_seq=seq,
        consequences=Consequences(links, {"A": "new"}),
    )
    print("ended", flush=True)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_after(child: subprocess.Popen[str], lines: int, seconds: float = 0.0) -> bool:
    """Kill a process that has said so many lines; tell whether it was not done before."""
    assert child.stdout is not None
    for _ in range(lines):
        child.stdout.readline()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    child.kill()
    child.communicate()
    return child.returncode == -signal.SIGKILL


@pytest.fixture
def kills(store_url: str, *, prove: bool) -> int:
    """How many processes to kill."""
    if prove:
        return 60
    return 4 if store_url.startswith("sqlite") else 3


def test_a_kill_in_an_import_leaves_no_draft_or_a_whole_one_and_what_was_in_force(
    store: Store, store_url: str, kills: int
):
    chance = random.Random(20250612)  # noqa: S311 - repeatable, not secret
    put(store, checked_draft(store, "o", "A"), JANUARY)
    killed = 0
    for _ in range(kills):
        child = start(IMPORT_AREAS, store_url, AREAS)
        killed += kill_after(child, chance.randint(2, AREAS // 5 + 1))
        with store.reading() as connection:
            drafts = [one for one in list_editions(connection, TEAM) if one.status == "draft"]
            assert load_layer(connection, in_force(connection, JANUARY)[TEAM]).code.tolist() == [
                "A"
            ]
            assert [len(load_layer(connection, one)) for one in drafts] in ([], [AREAS])
        if drafts:
            discard(store, drafts[0].id)
    assert killed > 0
    child = start(IMPORT_AREAS, store_url, AREAS)
    child.communicate()
    assert child.returncode == 0
    housekeeping.tidy(store)
    assert rows_in(store, boundary) == AREAS + 1
    assert rows_in(store, edition) == 2


def test_a_kill_in_an_activation_leaves_all_of_it_or_nothing(
    store: Store, store_url: str, kills: int
):
    chance = random.Random(20250613)  # noqa: S311 - repeatable, not secret
    one, other = checked_draft(store, "a", "A"), checked_draft(store, "b", "A")
    put(store, one, JANUARY)
    killed = 0
    for _ in range(kills):
        child = start(ACTIVATE, store_url, other.id, one.id, LINKS)
        killed += kill_after(child, 1, chance.uniform(0, 0.05))
        with store.reading() as connection:
            current = in_force(connection, JANUARY)[TEAM]
            links = links_between(connection, one.id, other.id)
            identity = load_layer(connection, other.id).identity.tolist()
        is_done = rows_in(store, activation) > 1
        assert current.id == (other.id if is_done else one.id)
        assert len(links) == (LINKS if is_done else 0)
        assert identity == (["new"] if is_done else [""])
    assert killed > 0


def test_of_many_who_activate_at_once_from_one_look_one_succeeds(store: Store):
    editions = [checked_draft(store, sha256) for sha256 in "abcd"]
    looked, refused = seq_of(store), []
    gate = threading.Barrier(len(editions))

    def put(edition_id: int) -> None:
        gate.wait()
        try:
            activate(store, edition_id, JANUARY, by="Anna", expected_seq=looked)
        except ConflictError as error:
            refused.append(error)

    threads = [threading.Thread(target=put, args=(one.id,)) for one in editions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(editions) - 1
    with store.reading() as connection:
        (made,) = activations(connection)
        assert in_force(connection, JANUARY)[TEAM].id == made.edition_id


def test_a_reader_always_finds_exactly_one_edition_while_others_activate(store: Store):
    editions = [checked_draft(store, sha256) for sha256 in "ab"]
    put(store, editions[0], JANUARY)

    def alternate() -> None:
        for number in range(1, 21):
            put(store, editions[number % 2], JANUARY)

    writer = threading.Thread(target=alternate)
    writer.start()
    seen = set()
    while writer.is_alive():
        with store.reading() as connection:
            current = in_force(connection, JANUARY)[TEAM]
            assert activations(connection)[-1].edition_id == current.id
        seen.add(current.id)
    writer.join()
    assert seen <= {one.id for one in editions}
    assert rows_in(store, activation) == 21
    assert rows_in(store, boundary_link) == 0


def test_an_edition_is_discarded_or_activated_and_never_both(store: Store):
    for number in range(8):
        made = checked_draft(store, "abcdefgh"[number])
        looked, gate, outcome = seq_of(store), threading.Barrier(2), []

        def put(edition_id: int, seq: int, gate: threading.Barrier, outcome: list[str]) -> None:
            gate.wait()
            try:
                activate(store, edition_id, JANUARY, by="Anna", expected_seq=seq)
                outcome.append("activated")
            except GeoAlertsError as error:
                outcome.append(type(error).__name__)

        thread = threading.Thread(target=put, args=(made.id, looked, gate, outcome))
        thread.start()
        gate.wait()
        discarded = discard(store, made.id)
        thread.join()
        assert outcome == ["UnknownEditionError" if discarded else "activated"]
        with store.reading() as connection:
            assert len(activations(connection)) == len(list_editions(connection))


def test_of_two_imports_of_one_file_at_once_one_draft_is_left(store: Store):
    shape = shapely.MultiPolygon([shapely.box(0, 0, 1000, 1000)])

    def slow(stage) -> None:
        assert draft(store, "a", "A").status == "draft"
        stage.add(boundary, {"code": ["A"], "name": ["A"], "geometry": [shape]})

    done = import_as_draft(store, facts(TEAM, "a"), slow)
    assert done.outcome == Outcome.UNCHANGED
    assert rows_in(store, edition) == 1
    assert rows_in(store, boundary) == 1
