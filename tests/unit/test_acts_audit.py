"""The audit trail is checked link by link, and listed."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from geo_alerts.acts import audit as acts
from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError, StoreError
from geo_alerts.store import audit
from geo_alerts.store.audit import NO_HASH
from geo_alerts.store.database import Store
from tests.audit_world import AT, add, add_some, rows, tamper


def test_a_whole_trail_is_told_with_its_last_hash(store):
    add_some(store)

    assert acts.verify(store) == acts.Verdict(5, rows(store)[-1][3], None)


TAMPERED = {
    "edited": (
        ["UPDATE audit_entry SET document = replace(document, ':3}', ':4}') WHERE seq = 3"],
        2,
        "entry 3 is not what was hashed",
    ),
    "edited, and its hash with it": (
        ["UPDATE audit_entry SET document = 'x', sha256 = 'forged' WHERE seq = 3"],
        2,
        "entry 3 is not what was hashed",
    ),
    "its act only": (
        ["UPDATE audit_entry SET act = 'x.y' WHERE seq = 3"],
        2,
        "entry 3 has another number, act or time",
    ),
    "its time only": (
        ["UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 3"],
        2,
        "entry 3 has another number, act or time",
    ),
    "removed": (["DELETE FROM audit_entry WHERE seq = 3"], 2, "entry 3 is missing"),
    "removed, and the others moved up": (
        [
            "DELETE FROM audit_entry WHERE seq = 3",
            "UPDATE audit_entry SET seq = 3 WHERE seq = 4",
            "UPDATE audit_entry SET seq = 4 WHERE seq = 5",
        ],
        2,
        "entry 3 does not follow",
    ),
    "the first removed": (["DELETE FROM audit_entry WHERE seq = 1"], 0, "entry 1 is missing"),
    "inserted": (
        [
            (
                "INSERT INTO audit_entry SELECT 6, act, at, document, previous_sha256, sha256 "
                "FROM audit_entry WHERE seq = 2"
            )
        ],
        5,
        "entry 6 does not follow",
    ),
    "inserted before the first": (
        [
            (
                "INSERT INTO audit_entry SELECT 0, act, at, document, previous_sha256, sha256 "
                "FROM audit_entry WHERE seq = 1"
            )
        ],
        0,
        "entry 1 is missing",
    ),
    "two change places": (
        [
            "UPDATE audit_entry SET seq = 99 WHERE seq = 2",
            "UPDATE audit_entry SET seq = 2 WHERE seq = 3",
            "UPDATE audit_entry SET seq = 3 WHERE seq = 99",
        ],
        1,
        "entry 2 does not follow",
    ),
    "cut at the end": (
        ["DELETE FROM audit_entry WHERE seq > 3"],
        3,
        "ends with entry 3, and 5 were recorded",
    ),
    "all gone": (["DELETE FROM audit_entry"], 0, "ends with entry 0, and 5 were recorded"),
    "another head": (
        ["UPDATE audit_head SET sha256 = 'forged'"],
        5,
        "entry 5 is not the one that was recorded",
    ),
    "no head": (["DELETE FROM audit_head"], 5, "the end of the trail is not recorded"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_tampered_with_is_found_and_the_first_wrong_entry_is_told(store, how):
    add_some(store)
    statements, whole, said = TAMPERED[how]

    tamper(store, *statements)

    found = acts.verify(store)
    assert (found.entries, said in str(found.fault)) == (whole, True), found


def forge(store: Store, *, first: int, until: int = 5) -> None:
    """Work the chain out anew from an entry on, with other people, and end it where one likes."""
    steps = [text("DELETE FROM audit_entry WHERE seq > :until").bindparams(until=until)]
    link = text(
        "UPDATE audit_entry SET document = :d, previous_sha256 = :p, sha256 = :s WHERE seq = :n"
    )
    previous = rows(store)[first - 2][3] if first > 1 else NO_HASH
    for seq, document, _, _ in rows(store)[first - 1 : until]:
        changed = document.replace('"people":', '"people":1')
        sha256 = audit.link_sha256(previous, changed)
        steps.append(link.bindparams(d=changed, p=previous, s=sha256, n=seq))
        previous = sha256
    head = text("UPDATE audit_head SET seq = :n, sha256 = :s").bindparams(n=until, s=previous)
    tamper(store, *steps, head)


def test_a_chain_that_was_worked_out_anew_is_found_by_a_hash_that_was_noted_before(store):
    add_some(store)
    noted = acts.verify(store).sha256
    forge(store, first=3)

    assert acts.verify(store).fault is None
    found = acts.verify(store, expect=noted)
    assert "no entry has the hash" in str(found.fault)


def test_a_tail_that_was_cut_off_with_the_head_moved_is_found_by_a_hash_noted_before(store):
    add_some(store)
    noted, early, third = (rows(store)[row][3] for row in (4, 1, 2))
    head = text("UPDATE audit_head SET seq = 3, sha256 = :s").bindparams(s=third)
    tamper(store, "DELETE FROM audit_entry WHERE seq > 3", head)

    assert acts.verify(store).fault is None
    assert acts.verify(store, expect=noted).fault
    assert acts.verify(store, expect=early).fault is None


def test_a_hash_noted_before_still_holds_when_the_trail_went_on(store):
    add_some(store, 2)
    noted = acts.verify(store).sha256
    add_some(store, 2)

    found = acts.verify(store, expect=f" {noted.upper()} ")
    assert (found.entries, found.fault) == (4, None)


def test_what_is_no_hash_is_refused(store):
    with pytest.raises(InvalidInputError, match="64 hexadecimal"):
        acts.verify(store, expect="abc")


def test_garbage_in_a_row_is_told_as_a_fault_and_not_as_a_defect_of_ours(tmp_path):
    # SQLite takes any kind of value in any column.
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}", create=True) as store:
        add_some(store)
        tamper(
            store,
            "UPDATE audit_entry SET document = x'ff00', at = 5, act = x'00' WHERE seq = 4",
            "UPDATE audit_entry SET seq = 'two' WHERE seq = 2",
        )

        found = acts.verify(store)
        assert (found.entries, found.fault) == (
            1,
            "entry 2 is missing: entry 3 comes in its place",
        )
        with pytest.raises(StoreError, match="audit verify"):
            acts.entries(store, limit=10)


# --- listing --------------------------------------------------------------------------------------


def test_the_trail_is_listed_from_the_newest_page_after_page(store):
    add_some(store)

    first = acts.entries(store, limit=2)
    second = acts.entries(store, before=first.before, limit=2)
    third = acts.entries(store, before=second.before, limit=2)

    pages = (first, second, third)
    assert [[entry.seq for entry in page.entries] for page in pages] == [[5, 4], [3, 2], [1]]
    assert third.before is None
    newest = first.entries[0]
    assert (newest.at, newest.who, newest.details) == (AT, "key:1", {"people": 5})
    assert newest.sha256 == acts.verify(store).sha256


def test_the_trail_is_listed_by_act_and_from_a_time_on(store):
    for hours, act in ((0, "a.b"), (1, "c.d"), (2, "a.b"), (3, "a.b")):
        add(store, act, at=AT + timedelta(hours=hours))

    since = AT + timedelta(hours=2)
    found = acts.every_entry(store, act="a.b", since=since, at_once=1)
    assert [entry.seq for entry in found] == [4, 3]


def test_a_page_that_is_just_full_is_the_last_one(store):
    add_some(store, 2)

    assert acts.entries(store, limit=2).before is None


# --- settings -------------------------------------------------------------------------------------


def test_what_a_force_has_set_is_recorded_when_it_changes_and_not_at_every_start(store):
    usual, exact = Policy(), Policy(exact_roles=frozenset({Role.COMMANDER, Role.ANALYST}))
    for policy in (usual, usual, exact, exact, usual):
        acts.note_policy(store, policy)

    found = acts.entries(store, act="setting.policy", limit=10).entries
    assert [entry.details["exact_counts_for"] for entry in found] == [
        [],
        ["analyst", "commander"],
        [],
    ]
    assert {entry.who for entry in found} == {"server"}
