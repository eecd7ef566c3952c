"""Whatever the order of files and withdrawals: nobody comes back whose newest word is to leave."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.places.postcodes import normalise
from geo_alerts.sources.subscriber_rules import Content, SubscriberRow
from geo_alerts.sources.subscribers import read_subscribers
from geo_alerts.store.database import Store
from geo_alerts.store.sequence import latest_seq
from geo_alerts.store.subscriber_changes import record_change
from geo_alerts.store.subscriber_imports import import_subscribers
from geo_alerts.store.subscribers import changes_since, load_members

NOON = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
REFERENCES = ("A1", "A2", "A3")
POSTCODES = ("SY1 1AA", "SY2 5XX")


@dataclass(frozen=True)
class Said:
    """What is said of one person: a postcode, or that they left (`dated`: on the day of saying)."""

    postcode: str
    left: bool
    dated: bool


@dataclass(frozen=True)
class Event:
    """A file, or a single change where `said` is of one person and `single` is set."""

    day: int
    said: dict[str, Said]
    single: bool
    replace: bool


SAID = st.builds(Said, st.sampled_from(POSTCODES), st.booleans(), st.booleans())
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 5),
        st.dictionaries(st.sampled_from(REFERENCES), SAID, min_size=1),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def empty_store() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{path}", create=True).close()
        yield path


class Expected:
    """The rules once more, on one person at a time: reference -> (time, stays, postcode)."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[datetime, bool, str]] = {}

    def hear(self, reference: str, at: datetime, *, stays: bool, postcode: str) -> None:
        before = self.known.get(reference)
        # A withdrawal sorts before anything else of its time.
        if before is None or (at, not stays) >= (before[0], not before[1]):
            self.known[reference] = (at, stays, postcode if stays else "")

    def apply(self, event: Event) -> None:
        at = NOON + timedelta(days=event.day)
        end_of_day = at.replace(hour=22, minute=59, second=59, microsecond=999999)
        for reference, said in event.said.items():
            known_at = end_of_day if said.left and said.dated and not event.single else at
            self.hear(reference, known_at, stays=not said.left, postcode=said.postcode)
        if event.replace and not event.single:
            for reference, (known_at, stays, _) in list(self.known.items()):
                if stays and known_at <= at and reference not in event.said:
                    self.hear(reference, at, stays=False, postcode="")

    def active(self) -> dict[str, str]:
        return {one: postcode for one, (_, stays, postcode) in self.known.items() if stays}


def apply(store: Store, event: Event, folder: Path) -> None:
    at = NOON + timedelta(days=event.day)
    if event.single:
        for reference, said in event.said.items():
            content = Content() if said.left else Content((said.postcode,))
            row = SubscriberRow(reference, at, withdraws=said.left, content=content)
            record_change(store, row, source="test")
        return
    path = folder / "people.csv"
    lines = [
        f"{reference},{said.postcode},{(at.date().isoformat() if said.dated else 'x') * said.left}"
        for reference, said in event.said.items()
    ]
    path.write_text("\n".join(["reference,postcodes,left", *lines]))
    file = read_subscribers(path, as_of=at, normalise=normalise)
    import_subscribers(store, file, replace=event.replace, confirm=lambda _: True)


def active(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        members = load_members(connection)
    return dict(zip(members.reference.tolist(), members.postcode.tolist(), strict=True))


@given(events=EVENTS)
def test_who_may_be_reached_is_decided_by_the_newest_word_whatever_came_first(
    empty_store: Path, events: list[Event]
):
    # As many single changes as files, each in the order drawn, which is not that of their times.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(empty_store, folder / "store.db")
        expected = Expected()
        already: set[tuple[object, ...]] = set()
        with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
            for event in events:
                apply(store, event, folder)
                told = (event.day, tuple(event.said.items()), event.replace)
                if event.single or told not in already:
                    expected.apply(event)
                already |= set() if event.single else {told}
                assert active(store) == expected.active()


@given(events=EVENTS)
def test_no_order_of_arrival_brings_back_whose_newest_word_is_to_leave(
    empty_store: Path, events: list[Event]
):
    # Without replacements, who stays does not depend on the order at all.
    updates = [Event(one.day, one.said, one.single, replace=False) for one in events]
    outcomes = []
    for order in (updates, updates[::-1], sorted(updates, key=lambda event: event.day)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(empty_store, folder / "store.db")
            with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
                for event in order:
                    apply(store, event, folder)
                outcomes.append(set(active(store)))
    assert outcomes[0] == outcomes[1] == outcomes[2]


@given(events=EVENTS, looks=st.sets(st.integers(0, 5)))
def test_looking_for_changes_now_and_then_ends_with_what_a_fresh_look_gives(
    empty_store: Path, events: list[Event], looks: set[int]
):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(empty_store, folder / "store.db")
        held: dict[int, tuple[str, str]] = {}
        seq = 0
        with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
            for number, event in enumerate(events):
                apply(store, event, folder)
                if number in looks or number == len(events) - 1:
                    with store.reading() as connection:
                        changed, removed = changes_since(connection, seq)
                        seq = latest_seq(connection)
                    for gone in removed.tolist():
                        held.pop(gone, None)
                    for row, one in enumerate(changed.number.tolist()):
                        held[one] = (str(changed.reference[row]), str(changed.postcode[row]))
            assert dict(held.values()) == active(store)


# --- files without some columns -------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A file of one day about one person: the channel it gives, or that they left."""

    day: int
    channel: str | None
    left: bool


WORDS = st.lists(
    st.builds(Word, st.integers(1, 6), st.sampled_from([None, "", "text", "voice"]), st.booleans()),
    min_size=1,
    max_size=6,
    # Of two of one time the later to come holds: no order of theirs gives the same.
    unique_by=lambda word: word.day,
)


def bring_word(store: Store, word: Word, folder: Path) -> None:
    path = folder / "word.csv"
    header = "reference,postcodes,left" + ("" if word.channel is None else ",channels")
    row = f"A1,SY1 1AA,{'x' * word.left}" + ("" if word.channel is None else f",{word.channel}")
    path.write_text(f"{header}\n{row}\n")
    at = NOON + timedelta(days=word.day)
    import_subscribers(store, read_subscribers(path, as_of=at, normalise=normalise))


def channels_of(words: list[Word], empty_store: Path) -> int | None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(empty_store, folder / "store.db")
        with Store.open(f"sqlite:///{folder / 'store.db'}") as store:
            for word in words:
                bring_word(store, word, folder)
            with store.reading() as connection:
                members = load_members(connection)
    return int(members.channels[0]) if len(members) else None


@given(words=WORDS)
def test_in_order_the_channels_are_those_last_said_since_the_person_last_left(
    empty_store: Path, words: list[Word]
):
    in_order = sorted(words, key=lambda word: word.day)
    expected: int | None = None
    for word in in_order:
        if word.left:
            expected = None
        elif word.channel is None:
            expected = expected or 0
        else:
            expected = {"": 0, "text": 2, "voice": 4}[word.channel]
    assert channels_of(in_order, empty_store) == expected


@given(words=WORDS)
def test_in_no_order_is_a_channel_kept_that_was_not_said_since_the_person_last_left(
    empty_store: Path, words: list[Word]
):
    left = max((word.day for word in words if word.left), default=0)
    said_since = [word for word in words if word.day > left and not word.left]
    consented = {{"text": 2, "voice": 4}.get(word.channel or "", 0) for word in said_since}
    found = channels_of(words, empty_store)
    assert (found is None) == (not said_since)
    assert found in consented | {None, 0}
