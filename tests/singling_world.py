"""Two worlds that differ in one subscriber's postcode, and what an attacker may ask of them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import delete, insert

from geo_alerts.acts import preview as acts
from geo_alerts.acts import subscribers
from geo_alerts.acts.live import Live
from geo_alerts.acts.policy import Policy
from geo_alerts.acts.protection import refresh
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.protection.blocks import blocks_of
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import GeoAlertsError
from geo_alerts.store.audience_tables import protection_secret
from geo_alerts.store.database import Store
from tests.audience_world import circle_area, polygon_area, ring_of, square

SUBJECT = "R-0001"
# Teams of the made world are in force from the day on which it is made.
NOW = datetime.now(UTC)
FIGURES = 15
# What each question is answered with: figures as numbers.
Answers = np.ndarray
CHANNELS = (["email"], ["text"], ["email", "text"], ["voice"], ["email", "text", "voice"])


@dataclass(frozen=True)
class Pair:
    """Two units of one block, and where they are (EPSG:27700)."""

    postcodes: tuple[str, str]
    points: tuple[tuple[float, float], tuple[float, float]]


def world_of(file: Path, folder: Path, postcode: str, policy: Policy | None = None) -> Live:
    """A copy of a store in which the subject has one place, in a unit; its clock stands still."""
    copy = shutil.copy(file, folder / f"{postcode.replace(' ', '')}.db")
    store = Store.open(f"sqlite:///{copy}", clock=lambda: NOW)
    said = {"reference": SUBJECT, "at": NOW.isoformat(), "postcodes": [postcode]}
    subscribers.upsert(store, said, by="test")
    return Live(store, policy or Policy())


def pairs_of(live: Live, count: int, rng: np.random.Generator) -> list[Pair]:
    """Pairs of units of one block, drawn at random."""
    directory = live.view().geography.directory
    blocks = blocks_of(directory, None, None)
    pairs = []
    for _ in range(count):
        block = rng.integers(blocks.count)
        rows = rng.choice(
            np.flatnonzero((blocks.block == block) & (blocks.share > 0)), 2, replace=False
        )
        points = [(float(directory.easting[row]), float(directory.northing[row])) for row in rows]
        pairs.append(Pair(tuple(directory.postcode[rows].tolist()), tuple(points)))
    return pairs


def publish(live: Live, secret: bytes) -> None:
    """Take another secret, and publish what there is."""
    with live.store.writing() as connection:
        connection.execute(delete(protection_secret))
        connection.execute(insert(protection_secret).values(id=1, secret=secret))
    refresh(live, who="test", role="admin")


def questions(pair: Pair, rng: np.random.Generator) -> Iterator[Selection]:
    """Ever other questions that set the first unit apart from the second, and from the rest."""
    while True:
        area = _area(pair, rng, depth=int(rng.integers(0, 3)))
        asked: dict = {"area": area, "reach": str(rng.choice(["centre", "any", "whole"]))}
        if rng.random() < 0.4:
            asked["channels"] = CHANNELS[rng.integers(len(CHANNELS))]
        if rng.random() < 0.2:
            asked["topics"] = {"any_of": ["burglary"]}
        if rng.random() < 0.1:
            asked["sample"] = {"size": int(rng.integers(1, 50))}
        yield Selection.model_validate(asked)


def answers(live: Live, asked: list[Selection], role: Role) -> Answers:
    """Every number that a role is told, a row for each question."""
    return np.array([_answer(live, selection, role) for selection in asked])


def _answer(live: Live, selection: Selection, role: Role) -> list[float]:
    # That a question cannot be answered tells something, too.
    try:
        return _numbers(acts.preview(live, selection, role))
    except GeoAlertsError:
        return [-1.0] * FIGURES


def _numbers(answer: acts.PreviewAnswer) -> list[float]:
    figures = answer.figures
    teams = {team.code: team.people for team in figures.by_team}
    edge = figures.edge
    return [
        figures.people,
        figures.places,
        *(figures.deliveries.get(channel, 0) for channel in ("email", "text", "voice")),
        *(teams.get(f"T{number}", 0) for number in range(1, 5)),
        *((edge.low, edge.high, edge.people) if edge else (0, 0, 0)),
        figures.error or 0,
        sum(distance.metres for distance in answer.resolved.distances),
        len(figures.left_out),
    ]


def _area(pair: Pair, rng: np.random.Generator, depth: int) -> dict:
    if depth:
        parts = [_area(pair, rng, depth - 1) for _ in range(2)]
        kind = rng.choice(["union", "intersection", "difference"])
        if kind == "difference":
            return {"type": kind, "from": parts[0], "without": parts[1:]}
        return {"type": str(kind), "areas": parts}
    first, second = pair.points
    easting, northing = first if rng.random() < 0.7 else second
    metres = float(rng.choice([1, 50, 150, 250, 500, 900, 2_000]))
    corner = square(easting - metres, northing - metres, 2 * metres)
    ring = np.array(ring_of(corner))
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    line = ring_of([first, second])[:2]
    centre = circle_area(easting, northing, metres)["centre"]
    leaves = [
        circle_area(easting, northing, metres),
        {"type": "radius", "centre": centre, "holding": int(rng.integers(1, 40))},
        polygon_area(corner),
        {"type": "rectangle", "west": west, "south": south, "east": east, "north": north},
        {
            "type": "corridor",
            "line": {"type": "LineString", "coordinates": line},
            "metres": min(metres, 500.0),
        },
        {"type": "postcodes", "postcodes": [pair.postcodes[int(rng.random() < 0.3)]]},
        {"type": "postcodes", "postcodes": [pair.postcodes[0][:-2]]},
        {"type": "team", "codes": [f"T{rng.integers(1, 5)}"]},
    ]
    return leaves[rng.integers(len(leaves))]
