"""The attack in its literal form: 200 tries of 10,000 questions each, on a world small enough.

`tests/api/test_singling_out.py` asks as callers do. Here the published table is asked itself, which
is all that an estimate depends on, so that as many questions can be asked as an attacker may ask:
each try draws a secret of its own, asks every question, and takes the world in which the answers
are more likely, by the likelihood ratio over all of them. The usual run asks fewer.
"""

import numpy as np
import pytest

from geo_alerts.audiences.protection.blocks import Blocks, blocks_of
from geo_alerts.audiences.protection.protected import ProtectedTable
from geo_alerts.audiences.protection.rounding import rounded, secret_numbers
from geo_alerts.audiences.protection.tally import EVERYBODY, Batch, Tally
from geo_alerts.audiences.units.on_grid import on_grid
from tests.audience_world import circle_area, directory_of, ground_of, layer_of, selection_of

TRIES = 200
PAIRS = 4
SECRETS = 6
QUESTIONS = 10_000
# Of 200 fair coins all but one series in 20 falls in here.
CHANCE = (0.43, 0.57)
LEAST_SPREAD = 0.25
SIDE = 10
STEP_M = 200.0
PEOPLE = 150
TOPIC = "topic:burglary"
LETTERS = "ABDEFGHJLN"
CHANNELS = (["email"], ["text"], ["voice"], ["email", "text"], ["email", "text", "voice"])


@pytest.fixture(scope="module")
def directory():
    """A lattice of 100 units."""
    return directory_of(
        {
            f"SY1 {row % 10}{LETTERS[row]}{LETTERS[column]}": (
                340_000 + column * STEP_M,
                305_000 + row * STEP_M,
            )
            for row in range(SIDE)
            for column in range(SIDE)
        }
    )


@pytest.fixture
def rng():
    return np.random.default_rng(29)


class Attack:
    """Two units of one block, somebody who lives in one of them, and what is asked."""

    def __init__(self, directory, blocks, rng, questions):
        self.directory, self.blocks = directory, blocks
        self.ground = ground_of(directory, layer_of({}))
        self.rows = directory.find(self.ground.units.postcode)
        block = rng.integers(blocks.count)
        near = np.flatnonzero(blocks.block // 4 == block // 4)
        in_block = np.flatnonzero(blocks.block == block)
        self.pair = rng.choice(in_block if len(in_block) > 1 else near, 2, replace=False)
        # Everybody else, whom the attacker knows; the subject is the last.
        self.channels = rng.integers(1, 8, PEOPLE + 1).astype(np.uint8)
        self.has_topic = rng.integers(0, 2, PEOPLE + 1)
        self.homes = rng.integers(len(directory), size=PEOPLE)
        self.asked = [self._question(rng) for _ in range(questions)]

    def counts(self, world):
        """What there is to publish where the subject lives in one of the two units."""
        postcode = self.directory.postcode[np.append(self.homes, self.pair[world])]
        batch = Batch(self.channels, self.has_topic, np.arange(len(postcode)), postcode)
        tally = Tally(self.directory, self.blocks, [TOPIC])
        tally.add(batch, {TOPIC: np.array([False, True])})
        return tally.counts()

    def told(self, published):
        """Every answer of a published table, a row of figures for each question."""
        table = ProtectedTable(self.ground, self.blocks, self.rows, published)
        return np.array([_figures(table, *asked) for asked in self.asked])

    def _question(self, rng):
        more = {}
        if rng.random() < 0.4:
            more["channels"] = CHANNELS[rng.integers(len(CHANNELS))]
        if rng.random() < 0.2:
            more["topics"] = {"any_of": ["burglary"]}
        selection = selection_of(self._area(rng, depth=int(rng.integers(2))), **more)
        return on_grid(selection.area, self.directory, self.ground.layer, {}), selection

    def _area(self, rng, depth):
        if depth:
            first, second = (self._area(rng, 0) for _ in range(2))
            kind = str(rng.choice(["union", "intersection", "difference"]))
            if kind == "difference":
                return {"type": kind, "from": first, "without": [second]}
            return {"type": kind, "areas": [first, second]}
        # What sets the one unit apart from the other.
        target = self.pair[int(rng.random() < 0.3)]
        if rng.random() < 0.3:
            easting, northing = self.directory.easting[target], self.directory.northing[target]
            return circle_area(easting, northing, float(rng.choice([1, 250, 500, 900])))
        others = rng.choice(len(self.directory), rng.integers(1, 40), replace=False)
        rows = np.setdiff1d(np.append(others, target), self.pair[self.pair != target])
        return {"type": "postcodes", "postcodes": self.directory.postcode[rows].tolist()}


def _figures(table, area, selection):
    figures = table.figures(area, selection)
    told = [figures.deliveries.get(channel, 0) for channel in ("email", "text", "voice")]
    return figures.people, figures.places, figures.error, *told


def _log_likelihood(told, simulated):
    spread = np.maximum(np.std(simulated, axis=0), LEAST_SPREAD)
    return (-(((told - np.mean(simulated, axis=0)) / spread) ** 2) / 2 - np.log(spread)).sum()


def _published(counts, secret):
    width = counts[EVERYBODY].shape[1]
    return {label: rounded(each, secret_numbers(secret, width)) for label, each in counts.items()}


def _share_right(directory, blocks, rng, questions, publish=_published):
    right = 0.0
    for _ in range(PAIRS):
        attack = Attack(directory, blocks, rng, questions)
        worlds = [attack.counts(world) for world in range(2)]
        secrets = [rng.bytes(32) for _ in range(SECRETS)]
        simulated = [[attack.told(publish(each, one)) for one in secrets] for each in worlds]
        for _ in range(TRIES // PAIRS):
            truth = int(rng.integers(2))
            told = attack.told(publish(worlds[truth], rng.bytes(32)))
            first, second = (_log_likelihood(told, each) for each in simulated)
            right += 0.5 if first == second else float((second > first) == bool(truth))
    return right / TRIES


def test_two_hundred_tries_tell_it_no_better_than_a_coin(directory, rng, prove):
    blocks = blocks_of(directory, None, None)
    assert blocks.count > 1
    lowest, highest = CHANCE
    asked = QUESTIONS if prove else QUESTIONS // 40
    assert lowest <= _share_right(directory, blocks, rng, asked) <= highest


def test_the_same_attack_succeeds_where_a_block_is_one_unit(directory, rng):
    units = len(directory)
    keys = blocks_of(directory, None, None).keys
    single = Blocks(keys, np.arange(units, dtype=np.int32), np.ones(units), units)
    rounded_all_the_same = _share_right(directory, single, rng, 20)
    assert rounded_all_the_same > CHANCE[1]
    as_they_are = _share_right(directory, single, rng, 20, lambda counts, _secret: counts)
    assert as_they_are > 0.95
