"""The promise of repair, on layers that are broken at random.

No boundary moves farther than the tolerance, every square metre is accounted for, the order of the
areas does not matter, a second repair changes nothing, and what is left is told.
"""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from boundaries.faults.report import FaultKind
from boundaries.faults.rings import ground, ground_by_crossings
from boundaries.repair.mend import repair
from tests.broken_layers import broken_layers

# Areas this large are exact to far less.
EXACT_M2 = 1e-4
# Overlays put crossings where floating point numbers are.
ROUNDING_M = 1e-8


tolerances = st.sampled_from([0.001, 0.05, 0.5, 1.0, 3.0])


def farthest(old, new):
    """Hausdorff's distance, both ways, with a point on every edge each tenth of it at most."""
    return shapely.hausdorff_distance(old.boundary, new.boundary, densify=0.1)


@given(areas=broken_layers(), tolerance_m=tolerances)
def test_no_boundary_moves_farther_than_the_tolerance(areas, tolerance_m):
    outcome = repair(areas, tolerance_m)
    given_shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    readings = ground(given_shapes), ground_by_crossings(given_shapes)
    for was, old, other, new in zip(given_shapes, *readings, outcome.areas.geometry, strict=True):
        if new is was:
            continue
        assert farthest(old, new) <= tolerance_m + ROUNDING_M
        changed = shapely.symmetric_difference(old, new)
        near = old.boundary.buffer(tolerance_m + ROUNDING_M)
        assert changed.is_empty or near.covers(changed)
        doubt = shapely.symmetric_difference(old, other)
        lines = was.boundary.buffer(tolerance_m + ROUNDING_M)
        assert doubt.is_empty or lines.covers(doubt)
    assert all(each.moved_m <= tolerance_m for each in (*outcome.balance, *outcome.changes))


@given(areas=broken_layers(), tolerance_m=tolerances)
def test_every_square_metre_is_accounted_for(areas, tolerance_m):
    outcome = repair(areas, tolerance_m)
    after = dict(zip(outcome.areas["code"], outcome.areas.geometry, strict=True))
    before = dict(zip(areas["code"], areas.geometry, strict=True))
    for each in outcome.balance:
        accounted = each.before_m2 + each.gained_m2 - each.lost_m2
        assert abs(accounted - each.after_m2) < EXACT_M2
        if after[each.code] is not before[each.code]:
            assert abs(after[each.code].area - each.after_m2) < EXACT_M2
        made = [change for change in outcome.changes if each.code in change.codes]
        gained = sum(change.gained_m2.get(each.code, 0) for change in made)
        assert abs(gained - each.gained_m2) < EXACT_M2
    closed = [change for change in outcome.changes if change.kind == "gap_closed"]
    given_shapes = np.asarray(areas.geometry.to_numpy(), dtype=object)
    if all(new.is_valid for new in after.values()):
        covered = shapely.union_all(ground(given_shapes)).area
        gaps = sum(change.area_m2 for change in closed)
        now = shapely.union_all(list(after.values())).area
        assert abs(covered + gaps - now) < EXACT_M2


@given(areas=broken_layers(), tolerance_m=tolerances, seed=st.integers(0, 99))
def test_the_order_of_the_areas_does_not_matter(areas, tolerance_m, seed):
    before = areas.copy(deep=True)
    outcome = repair(areas, tolerance_m)
    assert areas.equals(before)
    shuffled = areas.sample(frac=1, random_state=seed)
    again = repair(shuffled, tolerance_m)
    assert again.areas.index.equals(shuffled.index)
    assert again.areas.loc[areas.index].to_wkb().equals(outcome.areas.to_wkb())
    assert (again.changes, again.balance, again.left) == (
        outcome.changes,
        outcome.balance,
        outcome.left,
    )


@given(areas=broken_layers(), tolerance_m=tolerances)
def test_a_second_repair_changes_nothing(areas, tolerance_m):
    once = repair(areas, tolerance_m)
    twice = repair(once.areas, tolerance_m)
    assert twice.changes == ()
    assert all(
        new is old for new, old in zip(twice.areas.geometry, once.areas.geometry, strict=True)
    )
    assert twice.left == once.left


@given(areas=broken_layers(), tolerance_m=tolerances)
def test_what_is_not_a_clean_layer_afterwards_is_told(areas, tolerance_m):
    outcome = repair(areas, tolerance_m)
    told = {fault.kind for fault in outcome.left}
    shapes = np.asarray(outcome.areas.geometry.to_numpy(), dtype=object)
    is_valid = shapely.is_valid(shapes)
    assert is_valid.all() == (not told & {FaultKind.INVALID_RING, FaultKind.SELF_INTERSECTION})
    if is_valid.all() and not told & {FaultKind.OVERLAP, FaultKind.UNMATCHED_EDGE}:
        assert shapely.coverage_is_valid(shapes)
    if is_valid.all():
        holes = shapely.get_num_interior_rings(shapely.get_parts(shapely.union_all(shapes))).sum()
        assert not holes or told & {FaultKind.GAP, FaultKind.HOLE, FaultKind.UNMATCHED_EDGE}
