"""Withdrawals from a channel, in whatever order they are heard of: later consent alone stands."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.sources.subscriber_rules import (
    FIELDS,
    Content,
    Known,
    SubscriberRow,
    decide,
    known_after,
)
from geo_alerts.store.database import Store
from geo_alerts.store.recipients import read_page
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_log import states_of
from tests.frozen_world import freeze_everybody

NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
TEXT = 2
EMAIL = 1
SILENT = None


@dataclass(frozen=True)
class Said:
    """Which channels are consented to; None says nothing of channels."""

    day: int
    channels: int | None


@dataclass(frozen=True)
class Left:
    """A withdrawal: from all, or from text messages."""

    day: int
    from_all: bool


Event = Said | Left

DAYS = st.integers(1, 6)
SAYS = st.builds(Said, DAYS, st.sampled_from([SILENT, 0, EMAIL, TEXT, EMAIL | TEXT]))
LEAVES = st.builds(Left, DAYS, st.booleans())
EVENTS = st.lists(SAYS | LEAVES, min_size=1, max_size=8)


def row_of(event: Event) -> SubscriberRow:
    at = NOON + timedelta(days=event.day)
    if isinstance(event, Said):
        content = Content(("SY1 1AA",), event.channels or 0)
        unsaid = frozenset({"channels"}) if event.channels is None else frozenset()
        return SubscriberRow("A1", at, content=content, unsaid=unsaid)
    if event.from_all:
        return SubscriberRow("A1", at, withdraws=True)
    unsaid = frozenset(FIELDS)
    return SubscriberRow("A1", at, unsaid=unsaid, withdraws_from=frozenset({"channel:text"}))


def known_of(events: Sequence[Event]) -> Known | None:
    known: Known | None = None
    for event in events:
        row = row_of(event)
        known = known_after(known, row, decide(known, row)) or known
    return known


def last(events: Sequence[Event], *, says_text: bool) -> int:
    """The last day on which text messages were consented to, or were withdrawn from; 0 for none."""
    days = [
        event.day
        for event in events
        if (
            isinstance(event, Said) and (event.channels or 0) & TEXT
            if says_text
            else isinstance(event, Left)
        )
    ]
    return max(days, default=0)


@given(events=EVENTS)
def test_no_order_keeps_a_channel_that_was_not_said_since_it_was_withdrawn_from(
    events: list[Event],
):
    known = known_of(events)
    if known is not None and known.content.channels & TEXT:
        assert known.is_active
        assert last(events, says_text=True) > last(events, says_text=False)


@given(events=EVENTS, places=st.lists(st.integers(0, 8), min_size=8, max_size=8))
def test_when_a_withdrawal_from_a_channel_is_heard_of_does_not_matter(
    events: list[Event], places: list[int]
):
    partly = [event for event in events if isinstance(event, Left) and not event.from_all]
    moved = [event for event in events if event not in partly]
    for event, place in zip(partly, places, strict=False):
        moved.insert(place, event)
    before, after = known_of(events), known_of(moved)
    assert before is not None
    assert after is not None
    assert (before.is_active, before.content) == (after.is_active, after.content)


@given(events=EVENTS)
def test_consent_after_every_withdrawal_stands_whatever_was_heard_before(events: list[Event]):
    known = known_of([*events, Said(7, TEXT)])
    assert known is not None
    assert known.is_active
    assert known.content.channels == TEXT
    assert not known.opted_out


# --- words on some fields, heard of late ----------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """Consent to some channels and topics, None for no word on them; or a withdrawal from some."""

    day: int
    channels: int | None = None
    topics: tuple[str, ...] | None = None
    leaves: frozenset[str] = frozenset()


OFFERS = ("channel:text", "channel:email", "topic:burglary")
WORDS = st.lists(
    st.builds(
        Word,
        st.integers(1, 8),
        st.sampled_from([None, 0, EMAIL, TEXT, EMAIL | TEXT]),
        st.sampled_from([None, (), ("burglary",), ("burglary", "vehicle")]),
    )
    | st.builds(
        Word,
        st.integers(1, 8),
        leaves=st.sampled_from([frozenset({one}) for one in (*OFFERS, "all")]),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda word: word.day,
)


def row_of_word(word: Word) -> SubscriberRow:
    at = NOON + timedelta(days=word.day)
    if word.leaves == {"all"}:
        return SubscriberRow("A1", at, withdraws=True)
    if word.leaves:
        return SubscriberRow("A1", at, unsaid=frozenset(FIELDS), withdraws_from=word.leaves)
    unsaid = {name for name in ("channels", "topics") if getattr(word, name) is None}
    content = Content(("SY1 1AA",), word.channels or 0, (), word.topics or ())
    return SubscriberRow("A1", at, content=content, unsaid=frozenset(unsaid))


def offered(words: Sequence[Word]) -> frozenset[str]:
    """What is consented to once all is heard in the order of its time: field by field."""
    offers: frozenset[str] = frozenset()
    for word in sorted(words, key=lambda one: one.day):
        if word.leaves:
            offers = frozenset() if word.leaves == {"all"} else offers - word.leaves
            continue
        said = Content((), word.channels or 0, (), word.topics or ()).offers()
        silent = {
            prefix
            for prefix, value in (("channel:", word.channels), ("topic:", word.topics))
            if value is None
        }
        offers = said | {one for one in offers if one.split(":")[0] + ":" in silent}
    return offers


def heard_of(words: Sequence[Word]) -> Known | None:
    known: Known | None = None
    for word in words:
        row = row_of_word(word)
        known = known_after(known, row, decide(known, row)) or known
    return known


@given(words=WORDS)
def test_in_no_order_is_anybody_reached_by_what_the_last_word_on_it_lacks(words: list[Word]):
    for heard in range(1, len(words) + 1):
        known = heard_of(words[:heard])
        assert known is not None
        assert known.content.offers() <= offered(words[:heard])


@given(words=WORDS)
def test_in_the_order_of_its_time_every_word_counts(words: list[Word]):
    in_order = sorted(words, key=lambda one: one.day)
    known = heard_of(in_order)
    assert known is not None
    assert known.content.offers() == offered(words)
    # All of it once more changes nothing.
    again = known
    for word in in_order:
        row = row_of_word(word)
        again = known_after(again, row, decide(again, row)) or again
    assert again == known


# --- lists that were made before ------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty_store() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{path}", create=True).close()
        yield path


@given(events=EVENTS)
def test_whoever_withdrew_since_a_list_was_frozen_is_not_on_it_whatever_came_later(
    empty_store: Path, events: list[Event]
):
    with tempfile.TemporaryDirectory() as name:
        path = shutil.copy(empty_store, Path(name) / "store.db")
        with Store.open(f"sqlite:///{path}") as store:
            lists: list[tuple[int, str]] = []
            for heard, event in enumerate(events):
                record_change(store, row_of(event), source="test")
                with store.reading() as connection:
                    state = states_of(connection, ["A1"])["A1"]
                if state.known.content.channels & TEXT:
                    lists.append((heard, freeze_everybody(store, channels=("text",)).id))
                for made, audience_id in lists:
                    with store.reading() as connection:
                        page = read_page(connection, audience_id, -1, 10)
                    consent = last(events[: made + 1], says_text=True)
                    withdrawn = last(events[made + 1 : heard + 1], says_text=False)
                    assert len(page.recipients) + page.left_out == 1
                    if withdrawn >= consent:
                        assert not page.recipients


@given(events=EVENTS)
def test_hearing_everything_again_changes_nothing_where_no_two_words_are_of_one_time(
    empty_store: Path, events: list[Event]
):
    told = list({event.day: event for event in events}.values())
    with tempfile.TemporaryDirectory() as name:
        path = shutil.copy(empty_store, Path(name) / "store.db")
        with Store.open(f"sqlite:///{path}") as store:
            for event in told:
                record_change(store, row_of(event), source="test")
            with store.reading() as connection:
                before = latest_seq(connection)
            for event in told:
                record_change(store, row_of(event), source="test")
            with store.reading() as connection:
                assert latest_seq(connection) == before
