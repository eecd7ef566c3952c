"""Crimes held in memory are always those that the store tells of, and no more than are allowed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from itertools import product

import numpy as np
import pytest
from sqlalchemy import event

from geo_alerts.acts.held_crimes import MOST_CRIMES, HeldCrimes
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.crimes import load_crimes
from tests.crime_files import PARK, street
from tests.crime_world import ASB, BURGLARY, ROBBERY, bring, bring_own, burglary, file_of, usual

WAIT_S = 20
FIRST, SECOND, THIRD = (month_number(f"2021-0{month}") for month in (3, 4, 5))


def same_as_read(held: HeldCrimes, connection, forces, months, categories=None) -> int:
    """How many crimes are given: the very columns that the store gives."""
    asked = {"forces": forces, "months": months, "categories": categories}
    found, read = held.load(connection, **asked), load_crimes(connection, **asked)
    for one, other in zip(astuple(found), astuple(read), strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    return len(found)


def world(store, folder) -> None:
    """Two forces and a month between two that one of them lacks, and own data beside published."""
    robbery = street(PARK, key="ab" * 32, month="2021-05", kind="Robbery")
    bring(
        store,
        file_of(folder, *usual()),
        file_of(folder, burglary(5, month="2021-05"), robbery, month="2021-05"),
        file_of(folder, burglary(6), force="kent"),
        file_of(folder, burglary(7, month="2021-04"), month="2021-04", force="kent"),
    )
    bring_own(store, folder, "A1,2021-05-03,2021-05-03,384600,257300,Dwelling")


def test_whatever_is_asked_in_whatever_order_is_what_the_store_has(store, tmp_path):
    world(store, tmp_path)
    forces = (["west-mercia"], ["kent"], ["west-mercia", "kent"], ["surrey"], [])
    spans = ((SECOND, SECOND), (FIRST, FIRST), (FIRST, THIRD), (SECOND, THIRD))
    categories = (None, (BURGLARY,), (ASB, ROBBERY), ())
    held, given = HeldCrimes(), 0
    with store.reading() as connection:
        for asked in product(forces, spans, categories):
            given += same_as_read(held, connection, *asked)
    assert given > 0


def test_what_is_imported_anew_takes_the_place_of_what_was_held(store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    held, asked = HeldCrimes(), (["west-mercia"], (FIRST, FIRST))
    with store.reading() as connection:
        assert same_as_read(held, connection, *asked) == 3
    bring(store, file_of(tmp_path, burglary(1), at="again"))
    with store.reading() as connection:
        assert same_as_read(held, connection, *asked) == 1


def test_no_more_crimes_are_held_than_are_allowed_and_the_answer_is_whole(store, tmp_path):
    world(store, tmp_path)
    held = HeldCrimes(most=2)
    with store.reading() as connection:
        assert same_as_read(held, connection, ["west-mercia", "kent"], (FIRST, THIRD)) > 2
        assert len(held) <= 2
        same_as_read(held, connection, ["kent"], (FIRST, SECOND))
        assert len(held) == 2


@pytest.mark.parametrize(("most", "other"), [(MOST_CRIMES, "kent"), (2, "west-mercia")])
def test_while_one_force_is_read_nobody_waits_for_another_nor_for_what_is_never_held(
    store, tmp_path, most, other
):
    world(store, tmp_path)
    held, months = HeldCrimes(most), (FIRST, THIRD)
    seen, reads, goes_on = set(), threading.Event(), threading.Event()

    def ask(force, hold=None):
        with store.reading() as connection:
            if hold is not None:
                event.listen(connection, "before_cursor_execute", hold)
            return len(held.load(connection, forces=[force], months=months, categories=None))

    def hold(_connection, _cursor, statement, *_others):
        # What crimes there are is looked at once before they are read, and once by who reads.
        if statement in seen and not reads.is_set():
            reads.set()
            goes_on.wait(WAIT_S)
        seen.add(statement)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, "west-mercia", hold)
        try:
            assert reads.wait(WAIT_S)
            assert pool.submit(ask, other).result(WAIT_S / 2) > 0
            assert not first.done()
        finally:
            goes_on.set()
        assert first.result(WAIT_S) > 2
