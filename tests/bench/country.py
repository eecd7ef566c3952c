"""A made-up country of subscribers on the real units of Great Britain, at any scale.

Nobody is real: people are spread over the live units at random, three in ten of them with a second
place, half of those near the first and half anywhere.
"""

import os
import tempfile
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from geo_alerts.audiences.people.hilbert import along_curve
from geo_alerts.audiences.people.members import Members, Profile
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcode_keys import keys_of
from geo_alerts.sources.postcodes import read_postcodes

SEED: Final = 20_251
PACKED: Final = Path("geocode", "code_point_open", "codepo_gb.zip")
ROOT: Final = Path(__file__).resolve().parents[2]
WITH_SECOND_PLACE: Final = 0.3
# Units along the curve between a person's places that are near one another.
NEAR: Final = 400
AT_ONCE: Final = 1_000_000

GROUPS: Final = ("Farm Watch", "Neighbourhood Watch", "Shop Watch", "School")
TOPICS: Final = ("burglary", "fraud", "rural crime", "vehicle crime")

BRIDGNORTH: Final = {"longitude": -2.4187, "latitude": 52.5347}
LEICESTER: Final = {"longitude": -1.1398, "latitude": 52.6369}
TELFORD: Final = {"longitude": -2.4449, "latitude": 52.6784}
WOLVERHAMPTON: Final = {"longitude": -2.1288, "latitude": 52.5862}


def britain(packages: Path) -> Directory:
    """All units of Code-Point Open; read once for each version of the file, which takes a while."""
    path = packages / PACKED
    version = f"{zlib.crc32(path.read_bytes()):08x}"
    kept = Path(tempfile.gettempdir(), f"geo-alerts-bench-{os.getuid()}", f"units-{version}.npz")
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        frame = read_postcodes(path).frame
        columns = {
            "postcode": frame["postcode"].to_numpy(dtype="<U8"),
            "easting": frame["easting"].to_numpy(dtype=float),
            "northing": frame["northing"].to_numpy(dtype=float),
            "pqi": frame["pqi"].to_numpy(dtype=np.uint8),
        }
        unfinished = kept.with_name(f"{os.getpid()}.npz")
        np.savez(unfinished, **columns)
        unfinished.replace(kept)
    with np.load(kept) as found:
        columns = {name: found[name] for name in found.files}
    is_live = np.ones(len(columns["postcode"]), dtype=bool)
    return Directory.from_columns("Code-Point Open", columns | {"is_live": is_live})


def teams() -> Layer:
    """The teams of the sample: real polygons of four counties."""
    from boundaries.files.read import read_boundaries  # noqa: PLC0415 - heavy

    frame = read_boundaries(ROOT / "data" / "teams.geojson.gz").frame
    return Layer.from_columns(
        "teams", frame["code"].to_numpy(), frame["name"].to_numpy(), frame.geometry.to_numpy()
    )


def profiles(chance: np.random.Generator) -> tuple[Profile, ...]:
    """Some thousand distinct ways of being subscribed."""
    return tuple(
        dict.fromkeys(
            Profile(
                int(chance.choice([1, 2, 3, 3, 7, 0], p=[0.2, 0.3, 0.3, 0.1, 0.08, 0.02])),
                tuple(sorted(chance.choice(GROUPS, chance.integers(0, 3), replace=False).tolist())),
                tuple(sorted(chance.choice(TOPICS, chance.integers(0, 4), replace=False).tolist())),
            )
            for _ in range(3_000)
        )
    )


def people(directory: Directory, count: int) -> Members:
    """So many people, the same ones each time."""
    chance = np.random.default_rng(SEED)
    live = np.flatnonzero(np.isfinite(directory.easting))
    live = live[np.argsort(along_curve(directory.easting[live], directory.northing[live]))]
    home = chance.integers(0, len(live), count, dtype=np.int32)
    has_second = chance.random(count, dtype=np.float32) < WITH_SECOND_PLACE
    second = chance.integers(0, len(live), int(has_second.sum()), dtype=np.int32)
    near = chance.random(len(second), dtype=np.float32) < 0.5
    step = chance.integers(-NEAR, NEAR, len(second), dtype=np.int32)
    second = np.where(near, np.clip(home[has_second] + step, 0, len(live) - 1), second)
    offset = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(1 + has_second, out=offset[1:])
    place = np.empty(int(offset[-1]), dtype=np.int32)
    place[offset[:-1]] = home
    place[offset[1:][has_second] - 1] = second
    kinds = profiles(chance)
    number = chance.integers(0, 1 << 63, count)
    return Members(
        number=number,
        reference_bytes=references(number),
        joined=chance.integers(36_000, 45_000, count, dtype=np.uint16),
        profile=chance.integers(0, len(kinds), count, dtype=np.uint32),
        profiles=kinds,
        postcode_offset=offset,
        postcode_key=keys_of(directory.postcode)[live][place],
    )


def references(number: np.ndarray) -> np.ndarray:
    """A reference of 36 bytes, like a UUID, for each number."""
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    found = np.empty(len(number), dtype="S36")
    columns = [at for at in range(36) if at not in (8, 13, 18, 23)]
    for start in range(0, len(number), AT_ONCE):
        some = number[start : start + AT_ONCE].astype(np.uint64)
        text = np.full((len(some), 36), ord("-"), dtype=np.uint8)
        words = some * np.uint64(0x9E3779B97F4A7C15), some
        for place, column in enumerate(columns):
            shift = np.uint64(60 - 4 * (place % 16))
            text[:, column] = digits[(words[place // 16] >> shift) & np.uint64(15)]
        found[start : start + AT_ONCE] = text.view("S36")[:, 0]
    return found


def circle(metres: float, centre: dict[str, float] = WOLVERHAMPTON) -> dict:
    """The value of a circle."""
    return {"type": "radius", "centre": centre, "metres": metres}


def questions(layer: Layer) -> dict[str, dict]:
    """What is asked at every scale: areas by name."""
    codes = layer.code.tolist()
    ring = [[-2.3, 52.5], [-1.9, 52.5], [-1.9, 52.7], [-2.3, 52.7], [-2.3, 52.5]]
    drawn = {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    team = {"type": "team", "codes": codes[len(codes) // 2 : len(codes) // 2 + 1]}
    nested = {
        "type": "difference",
        "from": {
            "type": "union",
            "areas": [
                {"type": "intersection", "areas": [circle(20_000), drawn]},
                {"type": "team", "codes": codes[:5]},
                {"type": "postcodes", "postcodes": ["TF1", "TF2", "WV1 1"]},
            ],
        },
        "without": [circle(2_000), circle(5_000, TELFORD)],
    }
    return {
        "circle of 500 m": circle(500),
        "circle of 2 km": circle(2_000, BRIDGNORTH),
        "circle of 20 km": circle(20_000, LEICESTER),
        "circle of 60 km": circle(60_000),
        "a team": team,
        "nested expression": nested,
    }
