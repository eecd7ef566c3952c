"""What holds for every area and every set of subscribers; and the engine against plain loops.

Positions are whole metres, so that they are exact and hit edges, corners and equal distances.
"""

import json
from functools import reduce
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.areas import AREA_ADAPTER
from geo_alerts.audiences.on_grid import on_grid
from geo_alerts.audiences.reach import resolve
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import Channel
from geo_alerts.places.postcodes import parse_part
from tests.audience_world import (
    Person,
    area_of,
    circle_area,
    directory_of,
    ground_of,
    index_of,
    layer_of,
    members_of,
    polygon_area,
    selection_of,
)

WEST, SOUTH = 340_000, 300_000
GROUPS, TOPICS = ("Farm Watch", "shop", "school"), ("burglary", "fraud")
EVERY_POSTCODE = {"type": "postcodes", "postcodes": ["SY1", "SY2", "SY12"]}

# A coarse lattice, so that units coincide, stand on vertices, and on the edges between teams.
metres = st.integers(0, 10).map(lambda step: step * 100)
points = st.tuples(metres.map(lambda m: WEST + m), metres.map(lambda m: SOUTH + m))
postcodes = st.builds(
    "{} {}A{}".format,
    st.sampled_from(["SY1", "SY2", "SY12"]),
    st.integers(1, 3),
    st.sampled_from("ABD"),
)


@st.composite
def teams(draw):
    """Two to four boxes that may overlap, touch or leave gaps."""
    corners = draw(st.lists(st.tuples(points, points), min_size=2, max_size=4))
    return layer_of(
        {
            f"T-{number}": shapely.box(*np.min(pair, axis=0), *(np.max(pair, axis=0) + 50))
            for number, pair in enumerate(corners)
        }
    )


@st.composite
def people(draw, prefix="p"):
    """Up to twelve people with up to four postcodes each, some of them unknown or repeated."""
    given_postcodes = st.lists(postcodes, max_size=4).map(tuple)
    return [
        Person(
            f"{prefix}{number}",
            draw(given_postcodes),
            draw(st.integers(0, 7)),
            draw(st.sets(st.sampled_from(GROUPS)).map(tuple)),
            draw(st.sets(st.sampled_from(TOPICS)).map(tuple)),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def polygons():
    """Triangles on the lattice, some with corners on units."""
    triangles = st.lists(points, min_size=3, max_size=3, unique=True)
    return triangles.filter(lambda t: shapely.Polygon(t).area > 0).map(polygon_area)


leaves = st.one_of(
    st.lists(st.sampled_from(["T-0", "T-1"]), min_size=1, max_size=2).map(
        lambda codes: {"type": "team", "codes": codes}
    ),
    st.tuples(points, st.integers(1, 10)).map(lambda c: circle_area(*c[0], c[1] * 100)),
    polygons(),
    st.lists(postcodes | st.sampled_from(["SY1", "SY2 1", "SY12"]), min_size=1, max_size=4).map(
        lambda given_postcodes: {"type": "postcodes", "postcodes": given_postcodes}
    ),
)
areas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["union", "intersection"]), st.lists(inner, min_size=1, max_size=3)
        ).map(lambda given_parts: {"type": given_parts[0], "areas": given_parts[1]}),
        st.tuples(inner, st.lists(inner, min_size=1, max_size=2)).map(
            lambda given_parts: {
                "type": "difference",
                "from": given_parts[0],
                "without": given_parts[1],
            }
        ),
    ),
    max_leaves=6,
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "groups": st.fixed_dictionaries(
            {},
            optional={
                key: st.lists(st.sampled_from([*GROUPS, "nobody has this"]), max_size=2)
                for key in ("any_of", "all_of", "none_of")
            },
        ),
        "topics": st.fixed_dictionaries(
            {}, optional={"any_of": st.lists(st.sampled_from(TOPICS), max_size=2)}
        ),
        "channels": st.lists(
            st.sampled_from([channel.value for channel in Channel]), min_size=1, unique=True
        ),
    },
)


@st.composite
def worlds(draw):
    """A directory, teams and people."""
    units = draw(st.dictionaries(postcodes, points, min_size=1, max_size=12))
    return directory_of(units), draw(teams()), draw(people())


def union(*parts):
    return {"type": "union", "areas": list(parts)}


def intersection(*parts):
    return {"type": "intersection", "areas": list(parts)}


def difference(whole, *without):
    return {"type": "difference", "from": whole, "without": list(without)}


# --- the engine against plain loops ---------------------------------------------------------------


def covers_by_loop(area, postcode, point, directory, layer):
    """Whether an area has a unit, decided with nothing but shapely and strings."""

    def covers(part):
        return covers_by_loop(part, postcode, point, directory, layer)

    match area.type:
        case "union":
            return any(map(covers, area.areas))
        case "intersection":
            return all(map(covers, area.areas))
        case "difference":
            return covers(area.whole) and not any(map(covers, area.without))
        case "postcodes":
            return any(is_in_part(postcode, text) for text in area.postcodes)
    return point is not None and leaf_covers(area, point, directory, layer)


def leaf_covers(area, point, directory, layer):
    if area.type == "team":
        areas_by_code = zip(layer.code, layer.geometry, strict=True)
        return any(
            shapely.covers(shape, point) for code, shape in areas_by_code if code in area.codes
        )
    leaf = on_grid(area, directory, layer)
    if area.type == "radius":
        centre = shapely.Point(leaf.easting, leaf.northing)
        return shapely.distance(centre, point) <= area.metres
    return shapely.covers(leaf.geometries[0], point)


def is_in_part(postcode, text):
    part = parse_part(text)
    outward, inward = postcode.split(" ")
    return part.text in (postcode, f"{outward} {inward[0]}", outward)


def point_by_loop(postcode, directory):
    rows = [row for row, each in enumerate(directory.postcode) if each == postcode]
    if not rows:
        sector = postcode[:-2]
        rows = [row for row, each in enumerate(directory.postcode) if each[:-2] == sector]
    if not rows:
        return None
    mean = [
        sum(column[row] for row in rows) / len(rows)
        for column in (directory.easting, directory.northing)
    ]
    return shapely.Point(mean)


def keeps(conditions, labels):
    any_of, all_of, none_of = conditions.any_of, conditions.all_of, conditions.none_of
    return (
        (not any_of or any(name in labels for name in any_of))
        and all(name in labels for name in all_of)
        and not any(name in labels for name in none_of)
    )


@given(worlds(), areas, filters)
def test_the_index_chooses_whom_a_loop_over_people_and_places_chooses(world, area, asked):
    directory, layer, everybody = world
    selection = selection_of(area, **asked)
    references, places, without_channel = [], 0, 0
    for person in everybody:
        inside = [
            postcode
            for postcode in set(person.postcodes)
            if covers_by_loop(
                selection.area, postcode, point_by_loop(postcode, directory), directory, layer
            )
        ]
        if not (
            inside
            and keeps(selection.groups, person.groups)
            and keeps(selection.topics, person.topics)
        ):
            continue
        without_channel += person.channels == 0
        if person.channels & selection.channel_bits():
            references.append(person.reference)
            places += len(inside)
    chosen = index_of(everybody, directory, layer).choose(selection)
    assert chosen.references().tolist() == sorted(references)
    assert chosen.counts.people == len(references)
    assert chosen.counts.places == places
    assert chosen.counts.left_out.get("no_channel", 0) == without_channel


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
