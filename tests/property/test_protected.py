"""Counts as they are published: without bias, block by block as if each were rounded by itself."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.protection.blocks import MIN_UNITS, blocks_of, nearest_of
from geo_alerts.audiences.protection.regions import LEAST_LEVEL, Regions
from geo_alerts.audiences.protection.rounding import BASE, FAMILY, families, rounded, secret_numbers
from tests.audience_world import directory_of

COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=9)


def _units(count, seed=1):
    rng = np.random.default_rng(seed)
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    names = [f"SY{n} {m}{a}{b}" for n, m, a, b in product(range(1, 9), range(9), letters, letters)]
    easting, northing = rng.integers(300_000, 400_000, (2, count)).astype(float)
    chosen = sorted(rng.choice(names, count, replace=False).tolist())
    return dict(zip(chosen, zip(easting, northing, strict=True), strict=True))


@given(COUNTS)
def test_each_count_is_rounded_up_as_often_as_its_remainder_says(counts):
    # Over all secret numbers that the families may have, which are equally likely.
    drawn = list(product(range(BASE), repeat=families(len(counts))))
    published = np.array([rounded(np.array([counts]), np.array(each))[0] for each in drawn])
    low = np.array(counts) // BASE * BASE
    assert ((published == low) | (published == low + BASE)).all()
    up = (published > low).mean(axis=0)
    np.testing.assert_allclose(up, (np.array(counts) - low) / BASE)
    np.testing.assert_allclose(published.mean(axis=0), counts)


@given(COUNTS, st.integers(0, BASE - 1))
def test_a_run_of_blocks_from_the_first_of_a_family_is_never_off_by_5(counts, number):
    numbers = np.full(families(len(counts)), number)
    published = rounded(np.array([counts]), numbers)[0]
    for first in range(0, len(counts), FAMILY):
        family = slice(first, first + FAMILY)
        off = np.cumsum(published[family]) - np.cumsum(counts[family])
        assert (np.abs(off) < BASE).all()


@given(COUNTS, st.binary(min_size=32, max_size=32))
def test_the_same_counts_are_published_the_same_for_every_filter_and_release(counts, secret):
    numbers = secret_numbers(secret, len(counts))
    both = rounded(np.array([counts, counts]), numbers)
    assert (both[0] == both[1]).all()
    assert (both[0] == rounded(np.array([counts]), secret_numbers(secret, len(counts)))[0]).all()


@given(st.integers(MIN_UNITS, 400), st.integers(0, 5))
def test_blocks_are_large_enough_and_depend_on_nothing_but_public_data(count, seed):
    directory = directory_of(_units(count, seed))
    blocks = blocks_of(directory, None, None)
    sizes = np.bincount(blocks.block)
    assert sizes.min() >= MIN_UNITS
    assert sizes.max() < 2 * MIN_UNITS
    np.testing.assert_allclose(np.bincount(blocks.block, blocks.share), 1)


@given(st.integers(60, 200), st.integers(1, 20))
def test_units_keep_their_block_when_the_directory_is_renewed(count, new):
    units = _units(count + new)
    old = dict(list(units.items())[:count])
    before = blocks_of(directory_of(old), None, None)
    after = blocks_of(directory_of(units), None, before.known())
    again = np.isin(after.keys, before.keys)
    assert (after.block[again] == before.block).all()
    directory = directory_of(units)
    where = directory.easting, directory.northing
    near = nearest_of(*(each[again] for each in where), *(each[~again] for each in where))
    assert (after.block[~again] == before.block[near]).all()


@given(st.integers(9, 40), st.data())
def test_everybody_is_counted_once_where_both_halves_of_their_region_are_whole(count, data):
    regions = Regions(count)
    homes = data.draw(
        st.lists(st.sets(st.integers(0, count - 1), min_size=1, max_size=4), min_size=1)
    )
    person = np.repeat(np.arange(len(homes)), [len(each) for each in homes])
    block = np.array([one for each in homes for one in sorted(each)])
    _, place = regions.counted_twice(person, block)
    counts = np.bincount(np.append(block, place), minlength=regions.width)
    once = counts[:count].sum() - regions.twice(np.ones(count), counts).sum()
    # Places within fewer than 8 blocks of one another stay as they are.
    lost = sum(
        int(a ^ b).bit_length() < LEAST_LEVEL
        for each in homes
        for a, b in zip(sorted(each)[:-1], sorted(each)[1:], strict=True)
    )
    assert once == len(homes) + lost
