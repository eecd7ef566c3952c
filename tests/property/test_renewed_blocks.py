"""The attack over renewals: two releases of two directories, subtracted from one another.

Somebody lives in one of two units of a block. The directory is renewed: units are terminated, left
out, taken up again, and new. If ever the two units came to lie in two blocks, the second release
would tell which of them it is.
"""

import numpy as np
import pytest

from geo_alerts.audiences.protection.blocks import MIN_UNITS, blocks_of
from geo_alerts.audiences.protection.protected import ProtectedTable
from geo_alerts.audiences.protection.rounding import rounded, secret_numbers
from geo_alerts.audiences.protection.tally import EVERYBODY, Batch, Tally
from tests.audience_world import directory_of, layer_of

EDITIONS = 5
UNITS = 600
NEW = 12
PEOPLE = 400
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SECRET = b"0123456789abcdef0123456789abcdef"


class Editions:
    """Directories of the same ground one after the other, and their blocks."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.names = [f"SY{n} {m}A{a}" for n in range(1, 9) for m in range(10) for a in LETTERS]
        self.where = dict(zip(self.names, self.rng.uniform(0, 50_000, (1600, 2)), strict=True))
        self.rng.shuffle(self.names)
        self.is_live = dict.fromkeys(self._new(UNITS), True)
        self.directories = [self._directory(set())]
        self.blocks = [blocks_of(self.directories[0], None, None)]
        for _ in range(EDITIONS - 1):
            self._renew()

    def _new(self, count):
        found, self.names = self.names[:count], self.names[count:]
        return [str(name) for name in found]

    def _renew(self):
        for name in self.is_live:
            self.is_live[name] &= bool(self.rng.random() > 0.04)
        self.is_live |= dict.fromkeys(self._new(NEW), True)
        left_out = {name for name in self.is_live if self.rng.random() < 0.02}
        self.directories.append(self._directory(left_out))
        self.blocks.append(blocks_of(self.directories[-1], None, self.blocks[-1].known()))

    def _directory(self, left_out):
        names = sorted(self.is_live.keys() - left_out)
        return directory_of(
            {name: tuple(self.where[name]) for name in names},
            is_live=[self.is_live[name] for name in names],
        )

    def published(self, edition, homes):
        """What is published of people with one place each, and every unit's share of it."""
        directory, blocks = self.directories[edition], self.blocks[edition]
        tally = Tally(directory, blocks, [])
        count = len(homes)
        profile, person = np.zeros(count, dtype=np.int64), np.arange(count)
        tally.add(Batch(np.full(count, 7, dtype=np.uint8), profile, person, np.array(homes)), {})
        counts = tally.counts()[EVERYBODY]
        told = rounded(counts, secret_numbers(SECRET, counts.shape[1]))
        table = ProtectedTable.over(directory, layer_of({}), blocks, {EVERYBODY: told})
        shares = [
            table.everybody(np.array([at])).people for at in range(len(table.ground.units.postcode))
        ]
        return counts, told, np.array(shares)


@pytest.fixture(params=range(3))
def editions(request):
    return Editions(request.param)


def test_units_that_shared_a_block_are_never_in_two_again(editions):
    for at in range(EDITIONS):
        first = editions.blocks[at].known()
        for later in editions.blocks[at + 1 :]:
            now = later.known().of(first.keys)
            assert (now >= 0).all()
            pairs = np.unique(np.column_stack([first.block, now]), axis=0)
            assert len(np.unique(pairs[:, 0])) == len(pairs)


def test_every_block_keeps_enough_live_units_and_numbers_are_never_given_up(editions):
    for directory, blocks in zip(editions.directories, editions.blocks, strict=True):
        sizes = np.bincount(blocks.block[directory.is_live])
        assert sizes[sizes > 0].min() >= MIN_UNITS
        assert blocks.count == editions.blocks[0].count
        # Who lays a release over its directory again finds the same blocks.
        again = blocks_of(directory, None, blocks.known())
        assert (again.block == blocks.block).all()
        assert (again.share == blocks.share).all()
    # Some were merged, else nothing was shown.
    assert len(np.unique(editions.blocks[-1].block)) < editions.blocks[0].count


def test_releases_of_all_directories_are_the_same_in_both_worlds(editions):
    rng, blocks = editions.rng, editions.blocks[0]
    known = blocks.known()
    others = rng.choice(editions.directories[0].postcode, PEOPLE).tolist()
    for _ in range(10):
        in_block = np.flatnonzero(blocks.block == rng.choice(known.block))
        pair = editions.directories[0].postcode[rng.choice(in_block, 2, replace=False)].tolist()
        for edition in range(EDITIONS):
            one, other = (editions.published(edition, [*others, home]) for home in pair)
            for ours, theirs in zip(one, other, strict=True):
                assert (ours == theirs).all()
