"""What holds of any two editions: everything is accounted for once, or told to be repeated.

Areas are made of the squares of a lattice, so that a count of squares says what ground they share.
"""

from collections import Counter

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from boundaries.comparing.changes import as_dict, kinds_of_teams
from boundaries.comparing.compare import PlacePeople, UnitPoints, compare
from boundaries.comparing.ground import common_ground
from boundaries.comparing.links import identities, links
from geo_alerts.places.layer import Layer

SIDE = 8
steps = st.integers(0, SIDE - 1)
boxes = st.tuples(steps, steps, st.integers(1, 5), st.integers(1, 5)).map(
    lambda b: {(x, y) for x in range(b[0], b[0] + b[2]) for y in range(b[1], b[1] + b[3])}
)


@st.composite
def squares(draw):
    """Some squares of the lattice: a box, two boxes, or one less another."""
    first, second = draw(boxes), draw(boxes)
    made = draw(st.sampled_from([first, first | second, first - second]))
    return made or first


editions = st.lists(squares(), max_size=5)
units = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)
places = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 6)), max_size=30)


def layer(areas, prefix="T", names=None):
    shapes = [shapely.union_all([shapely.box(x, y, x + 1, y + 1) for x, y in a]) for a in areas]
    codes = [f"{prefix}{at}" for at in range(len(areas))]
    return Layer.from_columns("an edition", codes, names or codes, shapes)


def points(pairs, **flags):
    flat = np.array(pairs, dtype=float).reshape(-1, 2)
    return UnitPoints(
        np.array([f"U{at}" for at in range(len(pairs))]), flat[:, 0], flat[:, 1], **flags
    )


def row_values(index_pairs, values):
    return dict(zip(index_pairs, values, strict=True))


def pairs_of(found):
    return list(zip(found.old.tolist(), found.new.tolist(), strict=True))


@given(editions, editions)
def test_the_ground_of_every_pair_is_the_squares_that_both_have(old, new):
    ground = common_ground(layer(old), layer(new))
    expected = {(i, j): len(a & b) for i, a in enumerate(old) for j, b in enumerate(new) if a & b}
    expected |= {(i, -1): len(a - set().union(*new)) for i, a in enumerate(old)}
    expected |= {(-1, j): len(b - set().union(*old)) for j, b in enumerate(new)}
    expected = {pair: m2 for pair, m2 in expected.items() if m2}
    found = row_values(pairs_of(ground), ground.m2.tolist())
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[pair] for pair in expected], list(expected.values()))
    assert pairs_of(ground) == sorted(pairs_of(ground))


@given(editions, editions)
def test_the_pieces_of_an_area_add_up_to_it_and_to_what_is_repeated(old, new):
    ground = common_ground(layer(old), layer(new))
    for index, whole_m2, repeated_m2, areas, others in (
        (ground.old, ground.old_m2, ground.old_repeated_m2, old, new),
        (ground.new, ground.new_m2, ground.new_repeated_m2, new, old),
    ):
        sums = np.bincount(index[index >= 0], ground.m2[index >= 0], minlength=len(areas))
        np.testing.assert_allclose(sums, whole_m2 + repeated_m2)
        times = Counter(square for other in others for square in other)
        again = [sum(max(times[square] - 1, 0) for square in area) for area in areas]
        np.testing.assert_allclose(repeated_m2, again, atol=1e-9)


@given(editions, editions)
def test_every_team_goes_on_or_is_gone_or_is_added_and_never_two_of_these(old, new):
    before, after = layer(old), layer(new)
    found = links(before, after)
    kinds = {}
    for link in found:
        assert kinds.setdefault(link.old_code or ("new", link.new_code), link.kind) == link.kind
    assert {code for code in kinds if isinstance(code, str)} == set(before.code.tolist())
    going = [link for link in found if link.goes_on]
    arrived = [link.new_code for link in found if link.goes_on or link.kind == "added"]
    assert sorted(arrived) == after.code.tolist()
    assert len({link.old_code for link in going}) == len(going)
    pairs = Counter((link.old_code, link.new_code) for link in found)
    assert max(pairs.values(), default=1) == 1


@given(editions, editions)
def test_a_team_is_the_same_whichever_way_the_editions_are_compared(old, new):
    there = {(k.old_code, k.new_code) for k in links(layer(old), layer(new)) if k.goes_on}
    back = {(k.new_code, k.old_code) for k in links(layer(new), layer(old)) if k.goes_on}
    overlapping = any(
        len(a) + len(b) > len(a | b)
        for some in (old, new)
        for a in some
        for b in some
        if a is not b
    )
    # Where areas lie on each other several are equally alike, and the first is taken.
    assert overlapping or there == back


@given(editions, editions)
def test_identities_are_each_once_and_kept_by_those_that_go_on(old, new):
    before, after = layer(old), layer(new)
    found = links(before, after)
    given_to = identities(before, after, found)
    assert sorted(given_to) == after.code.tolist()
    assert len(set(given_to.values())) == len(given_to)
    assert all(given_to[link.new_code] == link.old_code for link in found if link.goes_on)


@given(editions, units, places)
def test_nothing_moves_between_an_edition_and_itself(areas, where, who):
    same = layer(areas)
    rows = [(row, person) for row, person in who if row < len(where)]
    row, person = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    found = compare(same, same, points(where), PlacePeople(row, person))
    assert not len(found.moved)
    assert found.people_moved == 0
    assert kinds_of_teams(found)["unchanged"] == len(areas)


@given(editions, editions, units, places)
def test_units_and_people_are_counted_as_plain_loops_count_them(old, new, where, who):
    layers = layer(old), layer(new)
    rows = [(row, person) for row, person in who if row < len(where)]
    row, person = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    found = compare(*layers, points(where), PlacePeople(row, person))
    teams = [
        tuple(
            next((at for at, g in enumerate(a.geometry) if g.covers(shapely.Point(p))), -1)
            for a in layers
        )
        for p in where
    ]
    stays = {
        layers[0].find(link.old_code): layers[1].find(link.new_code)
        for link in found.links
        if link.goes_on
    }
    moved = [at for at, (i, j) in enumerate(teams) if (i, j) != (-1, -1) and stays.get(i) != j]
    assert found.moved.tolist() == moved
    assert found.into_gap.tolist() == [at for at, (i, j) in enumerate(teams) if i >= 0 > j]
    assert found.out_of_gap.tolist() == [at for at, (i, j) in enumerate(teams) if i < 0 <= j]
    walk = found.crosswalk
    counts = Counter(pair for pair in teams if pair != (-1, -1))
    by_row = row_values(pairs_of(walk), walk.units.tolist())
    assert {pair: count for pair, count in by_row.items() if count} == counts
    met = {(*teams[at], each) for at, each in rows if teams[at] != (-1, -1)}
    people = Counter((i, j) for i, j, _ in met)
    by_row = row_values(pairs_of(walk), walk.people.tolist())
    assert {pair: count for pair, count in by_row.items() if count} == people
    assert found.people_moved == len({each for at, each in rows if at in set(moved)})
    told = as_dict(found)
    assert told["moved"]["units"] == len(moved)
    assert sum(passage["units"] for passage in told["crosswalk"]) == counts.total()
    assert sum(p["units"] for p in told["crosswalk"] if not p["is_same_team"]) == len(moved)


@given(editions, editions, units)
def test_the_arguments_are_left_as_they_were(old, new, where):
    layers = layer(old), layer(new)
    before = [shapely.to_wkb(each.geometry).tolist() for each in layers]
    compare(*layers, points(where)).crosswalk  # noqa: B018 - worked out when asked for
    assert [shapely.to_wkb(each.geometry).tolist() for each in layers] == before
