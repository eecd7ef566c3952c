"""The index behind the answers: kept on disk, renewed in the background, and never behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from geo_alerts.acts import subscribers
from geo_alerts.acts.bases import Based, Bases, index_folder_beside
from geo_alerts.acts.live import CHANGES_WORTH_A_BASE, Live
from geo_alerts.audiences.selection import Selection
from geo_alerts.store.database import Store
from geo_alerts.store.erasure import erase
from tests.edition_world import checked_draft, import_units, put, today
from tests.subscriber_world import Import, gone, here, seq_of

EVERYBODY = Selection.model_validate({"area": {"type": "postcodes", "postcodes": ["SY1", "SY2"]}})


@pytest.fixture
def live(store: Store, bring: Import) -> Live:
    """Three people and two teams."""
    import_units(store, "a", "SY1 1AA", "SY2 5XX")
    put(store, checked_draft(store, "b", "T1", "T2"), today())
    bring(1, here("A1"), here("A2", "SY2 5XX"), here("A3"))
    return Live(store)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def bases(store: Store, folder: Path) -> Iterator[Bases]:
    """Keeps an index on disk however few people are in it."""
    made = Bases(store, folder, people_worth_a_file=1)
    yield made
    made.wait()


def references(live: Live) -> list[str]:
    return live.snapshot().choose(EVERYBODY).references().tolist()


def renewed(live: Live, bases: Bases) -> Based:
    """The index that is made in the background."""
    taken: list[Based] = []
    bases.renew(live.view().geography, taken.append)
    bases.wait()
    (based,) = taken
    return based


def on_disk(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_index_is_built_kept_and_read_again(live: Live, bases: Bases, folder: Path):
    geography = live.view().geography
    built, is_worth_a_file = bases.load(geography)
    assert is_worth_a_file
    renewed(live, bases)
    kept = on_disk(folder)
    read, is_worth_a_file = bases.load(geography)
    assert not is_worth_a_file
    assert on_disk(folder) == kept
    chosen = [based.index.choose(EVERYBODY) for based in (built, read)]
    assert chosen[0].references().tolist() == chosen[1].references().tolist() == ["A1", "A2", "A3"]


def test_what_changed_while_an_index_was_made_is_in_it(live: Live, bases: Bases, bring: Import):
    renewed(live, bases)
    bring(2, gone("A1"), here("A4"))
    read, _ = bases.load(live.view().geography)
    assert read.seq < seq_of(live.store)
    based = renewed(live, bases)
    assert based.seq == seq_of(live.store)
    assert based.index.choose(EVERYBODY).references().tolist() == ["A2", "A3", "A4"]


def test_of_few_people_nothing_is_kept_on_disk(live: Live, store: Store, folder: Path):
    bases = Bases(store, folder)
    renewed(live, bases)
    assert not folder.exists()
    assert references(live) == ["A1", "A2", "A3"]
    assert store.path is None or not store.path.with_name(f"{store.path.name}.index").exists()


def test_after_an_erasure_no_reference_is_left_on_disk(
    live: Live, bases: Bases, store: Store, folder: Path
):
    renewed(live, bases)
    assert erase(store, "A1", by="test", role="admin")
    based, is_worth_a_file = bases.load(live.view().geography)
    assert on_disk(folder) == []
    assert is_worth_a_file
    assert based.index.choose(EVERYBODY).references().tolist() == ["A2", "A3"]
    renewed(live, bases)
    assert on_disk(folder) != []
    assert all(b"A1" not in path.read_bytes() for path in folder.rglob("reference"))


def test_an_erasure_takes_the_index_from_disk_before_it_answers(
    live: Live, bases: Bases, store: Store, folder: Path
):
    renewed(live, bases)
    asked = {"by": "test", "role": "admin", "index_folder": folder}
    assert not subscribers.erase(store, "nobody", **asked)
    assert on_disk(folder) != []
    assert subscribers.erase(store, "A1", **asked)
    assert on_disk(folder) == []


def test_the_index_beside_a_store_goes_as_well(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path / 'own.db'}", create=True) as own:
        subscribers.upsert(own, {"reference": "A1"}, by="test")
        beside = index_folder_beside(own)
        assert beside is not None
        (beside / "index-00000000000000000001-a").mkdir(parents=True)
        assert subscribers.erase(own, "A1", by="test", role="admin")
        assert on_disk(beside) == []


def test_who_is_erased_is_in_no_answer(live: Live, store: Store):
    assert references(live) == ["A1", "A2", "A3"]
    assert erase(store, "A1", by="test", role="admin")
    assert references(live) == ["A2", "A3"]
    live.wait()


def test_answers_stay_true_while_the_index_is_renewed_again_and_again(live: Live, bring: Import):
    expected = {"A1", "A2", "A3"}
    assert set(references(live)) == expected
    for day in range(2, 5):
        lines = [here(f"B{day}{number:05}") for number in range(CHANGES_WORTH_A_BASE // 2 + 1)]
        bring(day, *lines, gone(f"A{day - 1}"))
        expected |= {line.partition(",")[0] for line in lines}
        expected.discard(f"A{day - 1}")
        assert set(references(live)) == expected
    live.wait()
    assert live.snapshot().index.changes() <= CHANGES_WORTH_A_BASE
    assert set(references(live)) == expected


def test_other_teams_are_asked_of_the_same_people(live: Live, store: Store):
    first = live.snapshot()
    put(store, checked_draft(store, "c", "T3"), today())
    second = live.snapshot()
    assert second.geography is not first.geography
    assert second.index.base.people is first.index.base.people
    assert second.choose(EVERYBODY).numbers.tolist() == first.choose(EVERYBODY).numbers.tolist()


def copied(source: Path, target: Path) -> None:
    """Copy a store into another, which may be open, as a restore from a copy does."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


@pytest.mark.parametrize("changes", [1, 2, 3, 4, 9])
def test_a_store_restored_under_a_running_server_is_read_anew(changes: int, tmp_path: Path):
    path, copy = tmp_path / "own.db", tmp_path / "copy.db"
    with Store.open(f"sqlite:///{path}", create=True) as own:
        import_units(own, "a", "SY1 1AA", "SY2 5XX")
        put(own, checked_draft(own, "b", "T1", "T2"), today())
        live = Live(own)
        for reference in ("KEEPS", "GOES"):
            say(own, reference)
        copied(path, copy)
        for number in range(3):
            say(own, f"LOST{number}")
        assert references(live) == ["GOES", "KEEPS", "LOST0", "LOST1", "LOST2"]
        copied(copy, path)
        subscribers.withdraw(own, {"reference": "GOES"}, by="test")
        later = [f"NEW{number}" for number in range(changes - 1)]
        for reference in later:
            say(own, reference)
        assert references(live) == ["KEEPS", *later]
        live.wait()


def say(store: Store, reference: str) -> None:
    said = {"reference": reference, "postcodes": ["SY1 1AA"], "channels": ["text"]}
    subscribers.upsert(store, said, by="test")
