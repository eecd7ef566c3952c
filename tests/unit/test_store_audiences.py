"""Frozen audiences: whole or not at all, read less those who left since."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from geo_alerts.audiences.rows import NO_ROWS
from geo_alerts.errors import UnknownAudienceError
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.store import audiences, recipients
from geo_alerts.store.audience_tables import audience, audience_recipient
from geo_alerts.store.audiences import (
    Decision,
    Frozen,
    FrozenList,
    Kept,
    decide,
    is_as_frozen,
    load,
    new_id,
    save,
)
from geo_alerts.store.database import Store
from geo_alerts.store.recipients import Part, read_page
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.tables import subscriber_reference, subscriber_version
from tests.frozen_world import everybody, freeze_everybody, listed

FIRST = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
PEOPLE = [f"WM-{number}" for number in range(10)]


def say(store: Store, reference: str, hour: int, *, left: bool = False) -> None:
    content = Content() if left else Content(("SY1 1AA",), 1)
    row = SubscriberRow(reference, FIRST + timedelta(hours=hour), withdraws=left, content=content)
    record_change(store, row, source="test")


@pytest.fixture
def frozen(store: Store) -> Frozen:
    """An audience of ten people, in the order of their references."""
    for reference in PEOPLE:
        say(store, reference, 0)
    return freeze_everybody(store)


def rows_in(store: Store, table: object) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_an_audience_is_read_again_as_it_was_frozen(store: Store, frozen: Frozen):
    with store.reading() as connection:
        assert load(connection, frozen.id) == Kept(frozen, None)
    assert listed(store, frozen) == (PEOPLE, 0)


def test_an_unknown_id_names_no_audience(store: Store, frozen: Frozen):
    with store.reading() as connection:
        for wrong in ("", "x", frozen.id[:-1]):
            with pytest.raises(UnknownAudienceError):
                load(connection, wrong)
            with pytest.raises(UnknownAudienceError):
                read_page(connection, wrong, -1, 10)


@pytest.mark.parametrize(
    "left",
    [[], [0], [9], [2, 3, 4, 5], [0, 9], list(range(5)), list(range(5, 10)), list(range(10))],
)
def test_pages_of_any_size_give_those_who_stayed_in_order(
    store: Store, frozen: Frozen, left: list[int]
):
    for number in left:
        say(store, PEOPLE[number], 1, left=True)
    stayed = [one for number, one in enumerate(PEOPLE) if number not in left]
    for limit in (1, 2, 3, 10, 11):
        assert listed(store, frozen, limit) == (stayed, len(left))


def test_who_withdrew_after_the_freeze_is_out_for_good_even_after_joining_again(
    store: Store, frozen: Frozen
):
    say(store, "WM-4", 1, left=True)
    say(store, "WM-4", 2)
    assert listed(store, frozen) == ([one for one in PEOPLE if one != "WM-4"], 1)
    # Whoever asks anew reaches them.
    later = freeze_everybody(store)
    assert listed(store, later) == (PEOPLE, 0)
    say(store, "WM-4", 3, left=True)
    say(store, "WM-4", 4)
    assert listed(store, later) == ([one for one in PEOPLE if one != "WM-4"], 1)


def test_who_withdrew_and_came_back_before_the_freeze_is_in(store: Store):
    say(store, "WM-1", 0)
    say(store, "WM-1", 1, left=True)
    say(store, "WM-1", 2)
    assert listed(store, freeze_everybody(store)) == (["WM-1"], 0)


def test_a_withdrawal_between_the_choice_and_the_saving_counts(store: Store):
    for reference in PEOPLE:
        say(store, reference, 0)
    number, channels, seq = everybody(store)
    say(store, "WM-2", 1, left=True)
    say(store, "WM-2", 2)
    chosen = replace(freeze_everybody(store), id=new_id(), subscribers_seq=seq)
    people = FrozenList.of(number, channels, NO_ROWS)
    save(store, chosen, people, lambda _connection: None)
    assert "WM-2" not in listed(store, chosen)[0]


def test_a_change_of_other_kind_leaves_people_in(store: Store, frozen: Frozen):
    say(store, "WM-3", 5)
    assert listed(store, frozen) == (PEOPLE, 0)


def test_a_person_who_was_erased_is_left_out_and_the_list_keeps_its_number(
    store: Store, frozen: Frozen
):
    with store.writing() as connection:
        is_it = subscriber_reference.c.reference == "WM-7"
        number = select(subscriber_reference.c.number).where(is_it).scalar_subquery()
        connection.execute(delete(subscriber_version).where(subscriber_version.c.number == number))
        connection.execute(delete(subscriber_reference).where(is_it))
    assert listed(store, frozen) == ([one for one in PEOPLE if one != "WM-7"], 1)
    with store.reading() as connection:
        assert is_as_frozen(connection, frozen.id)


def test_a_second_persons_word_is_new_once_and_the_first_one_stands(store: Store, frozen: Frozen):
    first = Decision(is_approved=True, decided_at=FIRST, decided_by="key:1", note="")
    later = Decision(is_approved=False, decided_at=FIRST, decided_by="key:2", note="late")
    with store.writing() as connection:
        assert decide(connection, frozen.id, first) == (first, True)
        assert decide(connection, frozen.id, later) == (first, False)
    with store.reading() as connection:
        assert load(connection, frozen.id).decision == first


def test_an_audience_of_nobody_has_one_empty_page(store: Store):
    nobody = freeze_everybody(store)
    with store.reading() as connection:
        page = read_page(connection, nobody.id, -1, 10)
    assert (page.recipients, page.left_out, page.is_last) == ([], 0, True)


def test_a_page_after_the_end_is_empty(store: Store, frozen: Frozen):
    with store.reading() as connection:
        page = read_page(connection, frozen.id, 99, 10)
    assert (page.recipients, page.left_out, page.is_last) == ([], 0, True)


def test_an_audience_of_several_batches_is_seen_only_when_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for reference in PEOPLE:
        say(store, reference, 0)
    freeze_everybody(store)
    monkeypatch.setattr(audiences, "BATCH_ROWS", 3)
    seen: list[int] = []
    add = audiences._add  # noqa: SLF001 - a look between two batches

    def look_and_add(*arguments: object) -> None:
        if rows_in(store, audience) > 1:
            with store.reading() as connection:
                visible = select(func.count()).where(audience.c.status == "frozen")
                seen.append(int(connection.execute(visible).scalar_one()))
        add(*arguments)

    monkeypatch.setattr(audiences, "_add", look_and_add)
    again = freeze_everybody(store)
    assert seen == [1, 1, 1]
    assert listed(store, again) == (PEOPLE, 0)


def leave_staged(store: Store, heartbeat_at: datetime) -> None:
    values = {
        **dict.fromkeys(("id", "created_by", "purpose", "recipients_sha256"), "x"),
        **{name: {} for name in ("selection", "inputs", "counts")},
        **dict.fromkeys(("recipient_count", "subscribers_seq"), 0),
        **dict.fromkeys(("created_at", "heartbeat_at"), heartbeat_at),
        "status": "staged",
        "owner": f"elsewhere 1 {'0' * 16}",
    }
    with store.writing() as connection:
        made = connection.execute(insert(audience).values(values).returning(audience.c.row_id))
        row_id = made.scalar_one()
        rows = [{"audience_row_id": row_id, "position": n, "number": n} for n in range(7)]
        connection.execute(insert(audience_recipient), rows)


def test_an_audience_that_nobody_finishes_is_removed_and_never_seen(
    store: Store, frozen: Frozen, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(audiences, "BATCH_ROWS", 3)
    leave_staged(store, store.clock())
    with store.reading() as connection, pytest.raises(UnknownAudienceError):
        load(connection, "x")
    audiences.tidy(store)
    assert rows_in(store, audience) == 2
    with store.writing() as connection:
        is_staged = audience.c.status == "staged"
        silent_at = store.clock() - timedelta(hours=2)
        connection.execute(update(audience).where(is_staged).values(heartbeat_at=silent_at))
    audiences.tidy(store)
    assert rows_in(store, audience) == 1
    assert rows_in(store, audience_recipient) == 10
    assert listed(store, frozen) == (PEOPLE, 0)


def test_a_page_looks_up_its_own_part_of_the_list_only(tmp_path):
    # SQLite names its ways: a search by the key, not a scan of all subscribers or all lists. What
    # it scans is what it has just found: who withdrew of this stretch.
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}", create=True) as store:
        for reference in PEOPLE:
            say(store, reference, 0)
        made = freeze_everybody(store, topics=("burglary",))
        with store.reading() as connection:
            one = recipients._list_of(connection, made.id, Part.RECIPIENTS)  # noqa: SLF001
            query = recipients._still_reached(one, 4, 8).limit(3)  # noqa: SLF001
            compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
    scans = [step.detail for step in plan if step.detail.startswith("SCAN")]
    assert not [scan for scan in scans if "withdrew" not in scan]
