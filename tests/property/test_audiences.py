"""What holds for every area and every set of subscribers."""

import json
from functools import reduce
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.targets.areas import AREA_ADAPTER
from geo_alerts.audiences.units.reach import resolve
from tests.audience_strategies import (
    EVERY_POSTCODE,
    areas,
    difference,
    filters,
    intersection,
    people,
    points,
    union,
    worlds,
)
from tests.audience_world import (
    Person,
    area_of,
    circle_area,
    ground_of,
    index_of,
    members_of,
    selection_of,
)

# --- what holds for every area --------------------------------------------------------------------


@given(worlds(), areas)
def test_inside_and_outside_together_are_everybody_and_nobody_twice(world, area):
    directory, layer, _ = world
    ground = ground_of(directory, layer)
    everything = resolve(area_of(EVERY_POSTCODE), ground)
    inside = resolve(area_of(area), ground)
    outside = resolve(area_of(difference(EVERY_POSTCODE, area)), ground)
    assert np.array_equal(np.sort(np.concatenate([inside, outside])), everything)


@given(worlds(), areas, areas, filters)
def test_people_of_a_union_are_those_of_both_less_those_counted_twice(world, first, second, asked):
    index = index_of(world[2], *world[:2])

    # A sample and a control group are drawn anew for each area.
    asked = {key: value for key, value in asked.items() if key not in {"sample", "control"}}

    def references(area):
        return set(index.choose(selection_of(area, **asked)).references().tolist())

    in_first, in_second, in_either = (
        references(first),
        references(second),
        references(union(first, second)),
    )
    assert in_either == in_first | in_second
    # Somebody with a place in each, but none in both, is in neither's intersection of ground.
    assert len(in_either) == len(in_first) + len(in_second) - len(in_first & in_second)
    assert references(intersection(first, second)) <= in_first & in_second


@given(worlds(), areas, areas)
def test_places_obey_inclusion_and_exclusion(world, first, second):
    index = index_of(world[2], *world[:2])

    def places(area):
        return index.choose(selection_of(area)).counts.places

    assert places(union(first, second)) == (
        places(first) + places(second) - places(intersection(first, second))
    )


@given(worlds(), st.lists(areas, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_what_is_combined_does_not_matter(world, parts, random):
    ground = ground_of(*world[:2])
    shuffled = random.sample(parts, len(parts))
    for combine in (union, intersection, lambda *those: difference(EVERY_POSTCODE, *those)):
        assert np.array_equal(
            resolve(area_of(combine(*parts)), ground), resolve(area_of(combine(*shuffled)), ground)
        )


@given(worlds(), st.lists(areas, min_size=1, max_size=3))
def test_taking_areas_away_at_once_or_one_after_the_other_is_the_same(world, parts):
    ground = ground_of(*world[:2])
    one_by_one = reduce(difference, parts, EVERY_POSTCODE)
    at_once = difference(EVERY_POSTCODE, *parts)
    assert np.array_equal(resolve(area_of(one_by_one), ground), resolve(area_of(at_once), ground))


@given(worlds(), points, st.lists(st.integers(1, 150_000), min_size=2, max_size=4))
def test_a_wider_circle_has_everybody_of_a_narrower_one(world, centre, radii):
    ground = ground_of(*world[:2])
    found = [set(resolve(area_of(circle_area(*centre, r / 100)), ground)) for r in sorted(radii)]
    assert all(narrow <= wide for narrow, wide in pairwise(found))


@given(areas)
def test_an_area_survives_being_written_and_read(area):
    written = area_of(area).model_dump_json()
    assert read_area(written) == area_of(area)
    assert AREA_ADAPTER.dump_json(read_area(written)).decode() == written
    # As JSON the value is what was given, but for the edition that was left out.
    assert read_area(json.dumps(area)).model_dump_json() == written


# --- following changes ----------------------------------------------------------------------------


@given(
    worlds(),
    st.lists(st.tuples(people("p") | people("q"), st.sets(st.integers(0, 11))), max_size=4),
    areas,
    filters,
)
def test_an_index_that_followed_changes_answers_as_one_built_afresh(world, changes, area, asked):
    directory, layer, everybody = world
    live = index_of(everybody, directory, layer)
    now = {person.id(): person for person in everybody}
    for changed, removed in changes:
        gone = [Person(f"p{number}", ()).id() for number in removed]
        for number in gone:
            now.pop(number, None)
        # Who changed and withdrew is withdrawn.
        now |= {person.id(): person for person in changed if person.id() not in gone}
        live = live.changed(members_of(changed), np.array(gone, dtype=np.int64))
    afresh = index_of(now.values(), directory, layer)
    followed, built = (index.choose(selection_of(area, **asked)) for index in (live, afresh))
    assert followed.references().tolist() == built.references().tolist()
    assert followed.numbers.tolist() == built.numbers.tolist()
    assert followed.counts == built.counts
    assert live.people_by_team().tolist() == afresh.people_by_team().tolist()
    assert live.placement() == afresh.placement()
    assert len(live) == len(afresh) == live.placement().members
