"""Requests per second and waiting times of the real server, with 32 clients that ask without pause.

The people about the places asked are as dense as 30 million in Great Britain, for what an answer
costs follows the postcodes in the area: 17 places a live postcode about Redditch, so that a circle
of 20 km has some 430,000 places. The server is one process, started as `geo-alerts serve`; all
clients are one other process (tests/bench/http_clients.py); together they have this machine's
processors.
"""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import numpy as np
import pytest

from geo_alerts.crs import points_to_epsg_4326
from tests.serving import served

ROOT: Final = Path(__file__).resolve().parents[2]
CLIENTS: Final = 32
SECONDS: Final = 6.0
EASTING, NORTHING = 404_500, 267_700
PEOPLED_M: Final = 22_000
PLACES_A_UNIT: Final = 17
PLACES_A_PERSON: Final = 1.3
CENTRES: Final = 200
RADII_M: Final = (500, 2_000, 20_000)
# A list shares the processors with the previews; were it to wait for all of them, as a preview
# does, it would take as many times as long as there are clients.
MOST_TIMES_AS_LONG: Final = CLIENTS / 3

Result = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Served:
    """A running server, with a key for each role and an audience to list."""

    host: str
    port: int
    keys: dict[str, str]
    audience: str
    bodies: dict[int, list[str]]

    def previews(self, role: str, metres: int, clients: int = CLIENTS) -> dict[str, Any]:
        """Clients that preview circles about many centres."""
        request = {"method": "POST", "path": "/v1/audiences:preview", "key": self.keys[role]}
        asked = [{**request, "body": body} for body in self.bodies[metres]]
        return {"name": "previews", "clients": clients, "asked": asked}

    def lists(self, clients: int = 1) -> dict[str, Any]:
        """Clients that read a page of 1,000 recipients."""
        path = f"/v1/audiences/{self.audience}/recipients?page_size=1000"
        asked = [{"method": "GET", "path": path, "key": self.keys["alert_system"]}]
        return {"name": "lists", "clients": clients, "asked": asked}

    def ask(self, *kinds: dict[str, Any]) -> Result:
        """Let clients ask for some seconds, in a process of their own."""
        plan = {"host": self.host, "port": self.port, "seconds": SECONDS, "kinds": kinds}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.http_clients"],
            input=json.dumps(plan),
            capture_output=True,
            check=True,
            text=True,
            cwd=ROOT,
        )
        result: Result = json.loads(done.stdout)
        for name, answered in result.items():
            assert set(answered["statuses"]) == {"200"}, (name, answered["statuses"])
        return result


def run(store: str, *words: str | Path) -> str:
    command = [sys.executable, "-m", "geo_alerts.cli", *words, "--store", store]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def units() -> tuple[list[str], np.ndarray, np.ndarray]:
    """The live units about the centre: postcodes, eastings, northings."""
    with gzip.open(ROOT / "data" / "postcodes.csv.gz", "rt", encoding="utf-8") as file:
        found = [
            (row["postcode"], float(row["easting"]), float(row["northing"]))
            for row in csv.DictReader(file)
            if row["status"] == "live" and row["easting"]
        ]
    postcode, easting, northing = (np.array(column) for column in zip(*found, strict=True))
    near = np.hypot(easting - EASTING, northing - NORTHING) <= PEOPLED_M
    return postcode[near].tolist(), easting[near], northing[near]


def write_people(path: Path, postcodes: list[str]) -> int:
    """As many people as make the density; one in three and a bit has a second place."""
    chance = np.random.default_rng(2)
    count = int(len(postcodes) * PLACES_A_UNIT / PLACES_A_PERSON)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["reference", "postcodes", "channels"])
        homes, others = chance.choice(postcodes, (2, count)).tolist()
        has_two = chance.random(count) < PLACES_A_PERSON - 1
        channels = chance.choice(["email", "text", "email;text", "email;text;voice"], count)
        for number, home in enumerate(homes):
            lived = f"{home};{others[number]}" if has_two[number] else home
            writer.writerow([f"{number:036d}", lived, channels[number]])
    return count


def circles(easting: np.ndarray, northing: np.ndarray) -> dict[int, list[str]]:
    """Bodies of questions: circles about live units near the centre, by radius."""
    near = np.flatnonzero(np.hypot(easting - EASTING, northing - NORTHING) <= 2_000)
    centres = np.random.default_rng(1).choice(near, CENTRES)
    longitude, latitude = points_to_epsg_4326(easting[centres], northing[centres])
    asked: dict[int, list[str]] = {}
    for metres in RADII_M:
        asked[metres] = [
            json.dumps({"area": area_of(east, north, metres)})
            for east, north in zip(longitude.tolist(), latitude.tolist(), strict=True)
        ]
    return asked


def area_of(longitude: float, latitude: float, metres: int) -> dict[str, Any]:
    centre = {"longitude": longitude, "latitude": latitude}
    return {"type": "radius", "centre": centre, "metres": metres}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("http")
    store = f"sqlite:///{folder}/store.db"
    for what, file in (
        ("postcodes", "postcodes.csv.gz"),
        ("boundaries", "teams.geojson.gz"),
        ("households", "households.csv.gz"),
    ):
        run(store, "import", what, ROOT / "data" / file)
    postcodes, easting, northing = units()
    write_people(folder / "people.csv", postcodes)
    run(store, "import", "subscribers", folder / "people.csv", "--as-of", "2025-06-01T00:00")
    keys = {
        role: json.loads(run(store, "keys", "create", "bench", "--role", role, "--json"))["key"]
        for role in ("analyst", "alert_system")
    }
    with served(store) as link:
        parts = urlsplit(link)
        bodies = circles(easting, northing)
        address, bearer = (
            f"{parts.scheme}://{parts.netloc}",
            {"Authorization": f"Bearer {keys['alert_system']}"},
        )
        with httpx2.Client(base_url=address, headers=bearer, timeout=300) as client:
            longitude, latitude = points_to_epsg_4326(np.array([EASTING]), np.array([NORTHING]))
            area = area_of(float(longitude[0]), float(latitude[0]), 800)
            frozen = client.post(
                "/v1/audiences",
                json={
                    "selection": {"area": area},
                    "purpose": "bench",
                    "lawful_basis": "public_task",
                },
            ).raise_for_status()
            whole = client.post(
                "/v1/audiences:preview",
                content=bodies[20_000][0],
                headers={"Content-Type": "application/json"},
            ).raise_for_status()
            assert 350_000 < whole.json()["places"] < 500_000
        yield Served(parts.hostname or "", parts.port or 0, keys, frozen.json()["id"], bodies)


def in_words(what: str, answered: dict[str, Any]) -> str:
    """Requests per second, and how long one waits for an answer."""
    waited = np.array(answered["milliseconds"])
    p50, p99 = np.percentile(waited, [50, 99])
    rate = len(waited) / answered["seconds"]
    return f"{what:<58}{rate:>8,.0f}/s   p50 {p50:>7.1f} ms   p99 {p99:>7.1f} ms"


@pytest.mark.parametrize("role", ["alert_system", "analyst"])
@pytest.mark.parametrize("metres", RADII_M)
def test_previews_by_32_clients(server, figures, role, metres):
    server.ask(server.previews(role, metres))
    answered = server.ask(server.previews(role, metres))["previews"]
    figures.append(in_words(f"HTTP preview {metres:,} m, {role}, {CLIENTS} clients", answered))


def test_lists_alone_and_while_32_clients_preview(server, figures):
    alone = server.ask(server.lists())["lists"]
    figures.append(in_words("HTTP page of 1,000 recipients, 1 client, alone", alone))
    every = server.ask(server.lists(CLIENTS))["lists"]
    figures.append(in_words(f"HTTP page of 1,000 recipients, {CLIENTS} clients", every))
    for metres in RADII_M:
        beside = server.ask(server.lists(), server.previews("alert_system", metres))["lists"]
        what = f"the same, 1 client, beside {CLIENTS} that preview {metres:,} m"
        figures.append(in_words(what, beside))
        usual, then = (np.median(one["milliseconds"]) for one in (alone, beside))
        assert then < MOST_TIMES_AS_LONG * usual
