"""Files without some columns: what is known stays, but nothing outlasts a withdrawal."""

import pytest

from geo_alerts.sources.subscriber_rules import FIELDS, Content, SubscriberRow
from geo_alerts.store.database import Store
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscribers import changes_since, load_members
from tests.subscriber_world import Import, during, gone, on, said, seq_of, withdrawn_since

WHOLE = "A1,SY1 1AA,text;email,Farm Watch,burglary,2020-01-01,"
POSTCODES_ONLY = "reference,postcodes"
LIST_OF_WITHDRAWALS = "reference,left"


def known(store: Store) -> dict[str, Content]:
    """Reference -> what is known of everybody who may be reached; not the day of joining."""
    with store.reading() as connection:
        members = load_members(connection)
    offsets = members.postcode_offset
    return {
        str(reference): Content(
            tuple(members.postcode[offsets[row] : offsets[row + 1]].tolist()),
            int(members.channels[row]),
            members.groups[row],
            members.topics[row],
        )
        for row, reference in enumerate(members.reference)
    }


def test_what_a_file_without_the_column_does_not_say_stays(store: Store, bring: Import):
    bring(1, WHOLE)
    done = bring(2, "A1,SY2 5XX", "A2,SY2 5XX", header=POSTCODES_ONLY)
    assert done.counts == {"changed": 1, "added": 1}
    assert known(store) == {
        "A1": Content(("SY2 5XX",), 3, ("Farm Watch",), ("burglary",)),
        "A2": Content(("SY2 5XX",)),
    }


def test_a_blank_cell_in_a_column_that_is_there_empties(store: Store, bring: Import):
    bring(1, WHOLE)
    bring(2, "A1,SY1 1AA,,", header="reference,postcodes,channels,groups")
    assert known(store) == {"A1": Content(("SY1 1AA",), 0, (), ("burglary",))}


def test_a_file_that_says_the_same_of_fewer_columns_changes_nothing(store: Store, bring: Import):
    bring(1, WHOLE)
    before = seq_of(store)
    assert bring(2, "A1,SY1 1AA", header=POSTCODES_ONLY).counts == {"unchanged": 1}
    with store.reading() as connection:
        changed, removed = changes_since(connection, before)
    assert (len(changed), len(removed)) == (0, 0)


def test_who_is_in_a_list_of_withdrawals_without_having_left_stays_as_known(
    store: Store, bring: Import
):
    bring(1, WHOLE, WHOLE.replace("A1", "A2"))
    before = known(store)
    bring(2, "A1,", "A2,2025-06-02", header=LIST_OF_WITHDRAWALS)
    assert known(store) == {"A1": before["A1"]}


def test_who_joins_again_has_no_channels_that_were_known_before_leaving(
    store: Store, bring: Import
):
    bring(1, WHOLE)
    bring(2, gone("A1"))
    bring(3, "A1,SY2 5XX", header=POSTCODES_ONLY)
    assert known(store) == {"A1": Content(("SY2 5XX",))}


@pytest.mark.parametrize("between", [(), (4,), (4, 5)])
def test_a_withdrawal_heard_of_late_voids_what_was_said_before_it_and_not_since(
    store: Store, bring: Import, between: tuple[int, ...]
):
    bring(1, WHOLE)
    bring(3, "A1,SY2 5XX,School", header="reference,postcodes,groups")
    for day in between:
        bring(day, "A1,SY2 5XX", header=POSTCODES_ONLY)
    before = seq_of(store)
    assert bring(2, gone("A1")).counts == {"left_and_came_back": 1}
    assert known(store) == {"A1": Content(("SY2 5XX",), 0, ("School",))}
    with store.reading() as connection:
        changed, _ = changes_since(connection, before)
    assert changed.channels.tolist() == [0]
    # It is known now.
    again = bring(2, gone("A1", "y"))
    assert again.counts == {"older_than_known": 1}


def test_a_withdrawal_heard_of_late_voids_nothing_that_was_said_since(store: Store, bring: Import):
    bring(1, WHOLE)
    bring(3, WHOLE)
    bring(4, "A1,SY2 5XX", header=POSTCODES_ONLY)
    assert bring(2, gone("A1")).counts == {"older_than_known": 1}
    assert known(store)["A1"].channels == 3


def test_consent_narrowed_and_heard_of_late_holds_for_lists_made_before_as_well(
    store: Store, bring: Import
):
    bring(1, 'A1,SY1 1AA,"email;text",,"burglary;vehicle",,')
    bring(5, "A1,SY2 5XX", header=POSTCODES_ONLY)
    listed = seq_of(store)
    late = "reference,postcodes,channels,topics"
    assert bring(3, "A1,SY9 5AA,email,vehicle", header=late).counts == {"changed": 1}
    # The postcode is that of the newest word.
    assert known(store) == {"A1": Content(("SY2 5XX",), 1, (), ("vehicle",))}
    assert withdrawn_since(store, "A1", listed) == ["channel:text", "topic:burglary"]
    # What is older than the late word is no news.
    earlier = bring(2, 'A1,SY9 5AA,"email;text",burglary', header=late)
    assert earlier.counts == {"older_than_known": 1}


def test_a_late_word_gives_no_channel_back_that_was_withdrawn_from_since(
    store: Store, bring: Import
):
    bring(1, "A1,SY1 1AA,email,,,,")
    bring(5, "A1,SY2 5XX", header=POSTCODES_ONLY)
    left = SubscriberRow(
        "A1", on(4), unsaid=frozenset(FIELDS), withdraws_from=frozenset({"channel:text"})
    )
    record_change(store, left, source="api")
    bring(3, 'A1,SY9 5AA,"email;text;voice",,,,')
    assert known(store)["A1"].channels == 5
    bring(4, gone("A1"))
    bring(3, 'A1,SY9 5AA,"email;text",Farm Watch,,,')
    assert known(store) == {"A1": Content(("SY2 5XX",))}


def test_a_late_word_in_a_file_holds_where_the_person_is_changed_during_its_import(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, 'A1,SY1 1AA,"email;text",,,,')
    bring(5, "A1,SY2 5XX", header=POSTCODES_ONLY)
    newer = SubscriberRow(
        "A1", on(6), content=Content(("SY9 5AA",)), unsaid=frozenset(FIELDS) - {"postcodes"}
    )
    during(monkeypatch, lambda: record_change(store, newer, source="api"))
    bring(3, "A1,SY1 1AA,email,,,,")
    assert known(store) == {"A1": Content(("SY9 5AA",), 1)}


def test_the_same_said_anew_at_the_same_time_is_no_longer_carried(store: Store, bring: Import):
    bring(1, "A1,SY1 1AA,text,,,,")
    bring(3, "A1,SY9 5AA,email,,,,")
    bring(4, "A1,SY9 5AA", header=POSTCODES_ONLY)
    record_change(store, said("A1", 4), source="api")
    bring(3, gone("A1"))
    assert known(store) == {"A1": Content(("SY9 5AA",), 1)}


def test_a_withdrawal_while_a_file_is_imported_voids_what_the_file_does_not_say(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, WHOLE)
    leave = said("A1", 2, withdraws=True)
    during(monkeypatch, lambda: record_change(store, leave, source="api"))
    bring(3, "A1,SY2 5XX", header=POSTCODES_ONLY)
    assert known(store) == {"A1": Content(("SY2 5XX",))}


def test_a_change_while_a_file_is_imported_stays_where_the_file_says_nothing(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    join = said("A1", 2)
    during(monkeypatch, lambda: record_change(store, join, source="api"))
    bring(3, "A1,SY2 5XX", header=POSTCODES_ONLY)
    assert known(store) == {"A1": Content(("SY2 5XX",), 1)}


def test_a_withdrawal_heard_of_late_in_a_file_leaves_a_change_that_came_meanwhile(
    store: Store, bring: Import, monkeypatch: pytest.MonkeyPatch
):
    bring(1, WHOLE)
    bring(3, "A1,SY2 5XX", header=POSTCODES_ONLY)
    change = said("A1", 3)
    during(monkeypatch, lambda: record_change(store, change, source="api"))
    bring(2, gone("A1"))
    assert known(store) == {"A1": Content(("SY9 5AA",), 1)}


def test_a_file_without_columns_imported_again_changes_nothing(store: Store, bring: Import):
    bring(1, WHOLE)
    first = bring(2, "A1,SY2 5XX", header=POSTCODES_ONLY)
    bring(3, WHOLE)
    before = known(store)
    assert bring(2, "A1,SY2 5XX", header=POSTCODES_ONLY).seq == first.seq
    assert known(store) == before
