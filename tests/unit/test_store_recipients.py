"""Who is still on a frozen list, and by which channels."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, update

from geo_alerts.sources.subscriber_rules import FIELDS, Content, SubscriberRow
from geo_alerts.store.audience_tables import audience, audience_recipient
from geo_alerts.store.audiences import Frozen, is_as_frozen, numbers_of
from geo_alerts.store.database import Store
from geo_alerts.store.recipients import read_page
from geo_alerts.store.subscriber_changes import record_change
from tests.frozen_world import everybody, freeze_everybody, listed, pages

FIRST = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
EMAIL, TEXT, VOICE = 1, 2, 4
ALL = EMAIL | TEXT | VOICE
TOPICS = ("burglary", "fraud")


def join(store: Store, reference: str, hour: int, channels: int = ALL) -> None:
    content = Content(("SY1 1AA",), channels, topics=TOPICS)
    at = FIRST + timedelta(hours=hour)
    record_change(store, SubscriberRow(reference, at, content=content), source="test")


def leave(store: Store, reference: str, hour: int, *what: str) -> None:
    at = FIRST + timedelta(hours=hour)
    row = SubscriberRow(reference, at, unsaid=frozenset(FIELDS), withdraws_from=frozenset(what))
    record_change(store, row, source="test")


def channels_of(store: Store, frozen: Frozen) -> dict[str, int]:
    return {one.reference: one.channels for one in pages(store, frozen)[0]}


@pytest.fixture
def people(store: Store) -> None:
    for reference in ("A", "B", "C"):
        join(store, reference, 0)


@pytest.mark.usefixtures("people")
def test_a_channel_withdrawn_from_is_gone_for_good_even_after_consent_anew(store: Store):
    frozen = freeze_everybody(store)
    leave(store, "B", 1, "channel:text")
    assert channels_of(store, frozen) == {"A": ALL, "B": EMAIL | VOICE, "C": ALL}
    join(store, "B", 2)
    assert channels_of(store, frozen) == {"A": ALL, "B": EMAIL | VOICE, "C": ALL}
    # Whoever asks anew may use it again.
    assert channels_of(store, freeze_everybody(store))["B"] == ALL


@pytest.mark.usefixtures("people")
def test_who_withdrew_from_every_channel_asked_is_left_out_and_counted(store: Store):
    by_text = freeze_everybody(store, channels=("text",))
    by_two = freeze_everybody(store, channels=("text", "email"))
    leave(store, "B", 1, "channel:text")
    assert listed(store, by_text) == (["A", "C"], 1)
    assert channels_of(store, by_two) == {"A": EMAIL | TEXT, "B": EMAIL, "C": EMAIL | TEXT}
    leave(store, "B", 2, "channel:email")
    assert listed(store, by_two) == (["A", "C"], 1)
    assert listed(store, freeze_everybody(store, channels=("voice",))) == (["A", "B", "C"], 0)


@pytest.mark.usefixtures("people")
def test_a_channel_that_is_said_no_more_counts_as_withdrawn_from(store: Store):
    frozen = freeze_everybody(store)
    join(store, "B", 1, EMAIL)
    assert channels_of(store, frozen)["B"] == EMAIL
    join(store, "C", 1, 0)
    assert listed(store, frozen) == (["A", "B"], 1)
    join(store, "C", 2, ALL)
    assert listed(store, frozen) == (["A", "B"], 1)


@pytest.mark.usefixtures("people")
def test_a_channel_consented_to_later_is_not_used(store: Store):
    join(store, "B", 1, EMAIL)
    frozen = freeze_everybody(store)
    join(store, "B", 2, ALL)
    assert channels_of(store, frozen)["B"] == EMAIL


@pytest.mark.usefixtures("people")
def test_a_topic_withdrawn_from_matters_to_lists_that_were_chosen_by_it(store: Store):
    by_topic = freeze_everybody(store, topics=("burglary",))
    by_other = freeze_everybody(store, topics=("fraud",))
    by_none = freeze_everybody(store)
    leave(store, "B", 1, "topic:burglary")
    assert listed(store, by_topic) == (["A", "C"], 1)
    assert listed(store, by_other) == (["A", "B", "C"], 0)
    assert listed(store, by_none) == (["A", "B", "C"], 0)
    join(store, "B", 2)
    assert listed(store, by_topic) == (["A", "C"], 1)


@pytest.mark.usefixtures("people")
def test_a_control_group_is_never_listed_and_never_told(store: Store):
    frozen = freeze_everybody(store, control=1)
    found, left_out = pages(store, frozen)
    assert (len(found), left_out) == (2, 0)
    with store.reading() as connection:
        assert len(numbers_of(connection, frozen.id)) == 2
        assert is_as_frozen(connection, frozen.id)
        assert read_page(connection, frozen.id, 1, 10).recipients == []


@pytest.mark.usefixtures("people")
def test_the_hash_tells_of_any_change_to_the_list(store: Store):
    frozen = freeze_everybody(store)
    with store.writing() as connection:
        second = audience_recipient.c.position == 1
        connection.execute(update(audience_recipient).where(second).values(channels=EMAIL))
    with store.reading() as connection:
        assert not is_as_frozen(connection, frozen.id)
    other = freeze_everybody(store)
    with store.writing() as connection:
        connection.execute(delete(audience_recipient).where(second))
    with store.reading() as connection:
        assert not is_as_frozen(connection, other.id)


def as_frozen_before(store: Store, frozen: Frozen) -> None:
    """Turn an audience into one as the version before froze it."""
    number, _, _ = everybody(store)
    lines = "".join(f"{one}\n" for one in number.tolist())
    before = {
        "asked": None,
        "lawful_basis": "",
        "recipients_sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }
    with store.writing() as connection:
        connection.execute(update(audience).where(audience.c.id == frozen.id).values(before))
        connection.execute(update(audience_recipient).values(channels=ALL))


@pytest.mark.usefixtures("people")
def test_an_audience_of_the_version_before_is_read_by_the_channels_it_asked_for(store: Store):
    join(store, "B", 1, EMAIL | TEXT)
    frozen = freeze_everybody(store, channels=("text", "voice"))
    as_frozen_before(store, frozen)
    assert channels_of(store, frozen) == {"A": TEXT | VOICE, "B": TEXT, "C": TEXT | VOICE}
    leave(store, "B", 2, "channel:text")
    assert listed(store, frozen) == (["A", "C"], 1)
    with store.reading() as connection:
        assert is_as_frozen(connection, frozen.id)
        assert np.array_equal(numbers_of(connection, frozen.id), everybody(store)[0])
