"""However editions are activated: never two are in force, and every telling of it is the same."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from geo_alerts.store.activations import (
    Activation,
    State,
    activate,
    activations,
    effective,
    in_force,
    list_editions,
    periods,
    states,
)
from geo_alerts.store.database import Store
from geo_alerts.store.editions import TEAM
from geo_alerts.store.tables import activation, edition
from tests.edition_world import checked_draft, seq_of

FIRST = date(2025, 3, 28)  # Among the days is the one on which the clocks change.
DAYS = [FIRST + timedelta(days=number) for number in range(6)]
LAYERS = {"a": TEAM, "b": TEAM, "c": TEAM, "w": "ward"}

# Which edition, from which of the days.
ACTIVATIONS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(DAYS[1:-1])), max_size=8)


def on(recorded: list[Activation], layer: str, day: date) -> int | None:
    """The edition in force, by the words of the rule."""
    begun = [one for one in recorded if one.layer == layer and one.valid_from <= day]
    latest = max((one.valid_from for one in begun), default=None)
    of_day = [one for one in begun if one.valid_from == latest]
    return max(of_day, key=lambda one: one.seq).edition_id if of_day else None


def state_by_rule(recorded: list[Activation], number: int, layer: str, day: date) -> State:
    if on(recorded, layer, day) == number:
        return State.ACTIVE
    # After the last of the days nothing changes any more.
    if any(on(recorded, layer, later) == number for later in DAYS if later > day):
        return State.SCHEDULED
    return State.SUPERSEDED if any(one.edition_id == number for one in recorded) else State.CHECKED


@pytest.fixture
def four(store: Store) -> Store:
    """A store with three editions of teams and one of wards, all checked."""
    for sha256, layer in LAYERS.items():
        checked_draft(store, sha256, layer=layer)
    return store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=ACTIVATIONS)
def test_on_any_day_one_or_none_is_in_force_and_states_and_periods_agree(
    four: Store, chosen: list[tuple[int, date]]
):
    with four.writing() as connection:
        connection.execute(delete(activation))
        connection.execute(update(edition).values(switched_at=None, switched_seq=None))
    for number, day in chosen:
        activate(four, number, day, by="Anna", expected_seq=seq_of(four))

    with four.reading() as connection:
        recorded = activations(connection)
        editions = {one.id: one for one in list_editions(connection)}
        held = {layer: periods(connection, layer) for layer in (TEAM, "ward")}
        for day in DAYS:
            current = in_force(connection, day)
            told = states(connection, day)
            assert {
                number: state_by_rule(recorded, number, one.layer, day)
                for number, one in editions.items()
            } == told
            for layer in (TEAM, "ward"):
                wanted = on(recorded, layer, day)
                assert (current[layer].id if layer in current else None) == wanted
                within = [
                    period.edition.id
                    for period in held[layer]
                    if period.valid_from <= day and (period.until is None or day < period.until)
                ]
                assert within == ([] if wanted is None else [wanted])
                active = [
                    number
                    for number, state in told.items()
                    if state == State.ACTIVE and editions[number].layer == layer
                ]
                assert active == within
    assert [(one.edition_id, one.valid_from) for one in recorded] == chosen


@given(chosen=ACTIVATIONS, chance=st.randoms(use_true_random=False))
def test_the_order_in_which_activations_are_read_does_not_matter(
    chosen: list[tuple[int, date]], chance
):
    recorded = [
        Activation(seq, TEAM, number, day, recorded_at=None, recorded_by="")
        for seq, (number, day) in enumerate(chosen, start=1)
    ]
    shuffled = recorded.copy()
    chance.shuffle(shuffled)
    assert effective(shuffled) == effective(recorded)
