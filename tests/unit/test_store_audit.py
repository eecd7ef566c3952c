"""Entries go in with their act, one after another, and stay as they are, on both stores."""

import hashlib
import subprocess
import sys
import threading
from textwrap import dedent

import pytest
from sqlalchemy import text

from geo_alerts.acts import audit as acts
from geo_alerts.errors import InvalidInputError, StoreError
from geo_alerts.store import audit
from geo_alerts.store.audit import NO_HASH
from geo_alerts.store.database import Store
from tests.audit_world import AT, add, add_some, rows, tamper


def test_an_entry_is_canonical_json_and_its_hash_is_over_the_hash_before_and_itself(store):
    add(store, people=12, purpose='Flood at Atcham \u2013 "now"')

    (row,) = rows(store)
    document = (
        '{"act":"audience.freeze","at":"2026-03-29T01:30:00.000000+00:00","details":'
        '{"people":12,"purpose":"Flood at Atcham \u2013 \\"now\\""},"role":"admin","seq":1,'
        '"who":"key:1"}'
    )
    assert row[:3] == (1, document, NO_HASH)
    assert row[3] == hashlib.sha256(NO_HASH.encode() + document.encode()).hexdigest()


def test_each_entry_follows_from_the_one_before(store):
    add_some(store, 3)

    found = rows(store)
    assert [row[0] for row in found] == [1, 2, 3]
    assert [row[2] for row in found] == [NO_HASH, found[0][3], found[1][3]]


def add_and_fail(store: Store) -> None:
    with store.writing() as connection:
        audit.append(connection, act="a.b", who="cli", role="", at=AT, details={"n": 1})
        raise ZeroDivisionError


def test_an_entry_is_kept_with_its_act_or_not_at_all(store):
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store)

    assert acts.verify(store) == acts.Verdict(0, NO_HASH, None)
    assert add(store) == 1


@pytest.mark.parametrize(
    ("details", "written"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ({"numbers": [2**53 - 1, 2**53, -(2**62)]},
         '{"numbers":[9007199254740991,"9007199254740992","-4611686018427387904"]}'),
        ({"area": {"longitude": -2.75}, "t": ("x", "\n")},
         '{"area":{"longitude":-2.75},"t":["x","\\n"]}'),
    ],
)  # fmt: skip
def test_documents_are_written_as_rfc_8785_has_them(details, written):
    assert audit.canonical(details) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "half \ud800"])
def test_what_json_cannot_hold_is_refused_and_nothing_is_added(store, value):
    with pytest.raises(InvalidInputError):
        add(store, value=value)

    assert acts.verify(store).entries == 0


def test_the_database_itself_refuses_to_change_an_entry(store):
    add_some(store, 2)
    copied = "SELECT 1, act, at, document, previous_sha256, sha256 FROM audit_entry WHERE seq = 2"
    own = "TRUNCATE audit_entry"
    if not store.is_postgis:
        own = "INSERT OR REPLACE INTO audit_entry " + copied

    for statement in (
        "UPDATE audit_entry SET act = 'x.y' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        own,
    ):
        with pytest.raises(StoreError, match="append-only"), store.writing() as connection:
            connection.execute(text(statement))

    assert acts.verify(store).entries == 2


def test_writers_at_once_make_one_chain(store):
    failed: list[Exception] = []

    def write() -> None:
        try:
            add_some(store, 10)
        except StoreError as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert not failed
    found = acts.verify(store)
    assert (found.entries, found.fault) == (60, None)


WRITES_FOR_EVER = dedent(
    """
    import sys
    from datetime import UTC, datetime
    from geo_alerts.store.audit import append
    from geo_alerts.store.database import Store

    with Store.open(sys.argv[1]) as store:
        while True:
            with store.writing() as connection:
                number = append(
                    connection, act="a.b", who="cli", role="", at=datetime.now(UTC), details={}
                )
            print(number, flush=True)
    """
)


def test_killing_a_writer_at_any_moment_leaves_a_whole_chain_with_all_that_was_confirmed(
    store, store_url
):
    for until in (3, 20, 41):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_FOR_EVER, store_url], stdout=subprocess.PIPE, text=True
        )
        confirmed = [int(next(writer.stdout)) for _ in range(until)]
        writer.kill()
        confirmed += [int(line) for line in writer.stdout.read().splitlines() if line]
        writer.stdout.close()
        writer.wait()
        add(store)

        found = acts.verify(store)
        assert found.fault is None
        assert found.entries >= confirmed[-1] + 1


def test_without_its_end_nothing_is_added_to_the_trail(store):
    add_some(store, 1)
    tamper(store, "DELETE FROM audit_head")

    with pytest.raises(StoreError, match="audit verify"):
        add(store)
