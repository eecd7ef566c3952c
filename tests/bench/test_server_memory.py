"""How much memory the server takes with the sample loaded, when every call has been asked."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("geo-alerts")
MOST_MEGABYTES = 400

SHREWSBURY = {"longitude": -2.7527, "latitude": 52.7073}
CIRCLE = {"type": "radius", "centre": SHREWSBURY, "metres": 20_000}
RING = [[-2.9, 52.6], [-2.6, 52.6], [-2.6, 52.8], [-2.9, 52.8], [-2.9, 52.6]]
DRAWN = {"type": "polygon", "geometry": {"type": "Polygon", "coordinates": [RING]}}
SECTORS = {"type": "postcodes", "postcodes": ["SY1 1", "SY2", "TF9"]}
EVERYWHERE = {"type": "union", "areas": [CIRCLE, DRAWN, SECTORS]}


@contextmanager
def served(store: str) -> Iterator[tuple[int, str]]:
    """The server as `make run` starts it: its process and its address."""
    command = [COMMAND, "serve", "--sample", ROOT / "data", "--port", "0", "--store", store]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        lines = iter(process.stdout.readline, "")
        found = next(filter(None, (re.search(r"http://[\d.]+:\d+", line) for line in lines)), None)
        assert found, f"the server ended with {process.wait()} before it served"
        yield process.pid, found.group()
    finally:
        process.terminate()
        process.communicate()


def key_of(store: str) -> str:
    command = [COMMAND, "keys", "create", "bench", "--role", "admin", "--json", "--store", store]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["key"]


def ask_all(client: httpx2.Client) -> set[str]:
    """Ask every call, some of them for much; the paths asked, as the description writes them."""
    teams = client.get("/v1/teams").json()["teams"]
    code = teams[0]["code"]
    asked = {"area": EVERYWHERE}
    frozen = client.post(
        "/v1/audiences",
        json={"selection": asked, "purpose": "bench", "lawful_basis": "public_task"},
    ).json()
    recipients = f"/v1/audiences/{frozen['id']}/recipients"
    whole = {"type": "team", "codes": [team["code"] for team in teams]}
    calls = {
        "/v1/health": ["/v1/health"],
        "/v1/openapi.json": ["/v1/openapi.json"],
        "/v1/areas/schema": ["/v1/areas/schema"],
        "/v1/postcodes/{postcode}": ["/v1/postcodes/SY1%201AD", "/v1/postcodes/SY1%201AA"],
        "/v1/teams": ["/v1/teams"],
        "/v1/teams/at": ["/v1/teams/at?longitude=-2.7527&latitude=52.7073"],
        "/v1/teams/{code}": [f"/v1/teams/{code}"],
        "/v1/audiences/{audience_id}": [f"/v1/audiences/{frozen['id']}"],
        "/v1/audiences/{audience_id}/recipients": [recipients, f"{recipients}?page_size=1000"],
        "/v1/maps/coverage": ["/v1/maps/coverage"],
    }
    for address in (address for addresses in calls.values() for address in addresses):
        client.get(address).raise_for_status()
    client.get(recipients, headers={"Accept": "application/x-ndjson"}).raise_for_status()
    client.get("/v1/teams", headers={"Accept": "application/geo+json"}).raise_for_status()
    for area in (CIRCLE, DRAWN, SECTORS, EVERYWHERE, whole):
        client.post("/v1/audiences:preview", json={"area": area}).raise_for_status()
    many = {"postcodes": ["SY1 1AD"] * 1_000}
    client.post("/v1/postcodes:lookup", json=many).raise_for_status()
    return {*calls, "/v1/audiences", "/v1/audiences:preview", "/v1/postcodes:lookup"}


def megabytes(process: int, figure: str) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(rf"{figure}:\s+(\d+) kB", status).group(1)) * 1024 / 1e6


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system has no /proc")
def test_the_server_with_the_sample_stays_under_its_limit(tmp_path, figures):
    store = f"sqlite:///{tmp_path}/store.db"
    with served(store) as (process, address):
        bearer = {"Authorization": f"Bearer {key_of(store)}"}
        with httpx2.Client(base_url=address, headers=bearer, timeout=60) as client:
            asked = ask_all(client)
            assert set(client.get("/v1/openapi.json").json()["paths"]) == asked
        now, peak = megabytes(process, "VmRSS"), megabytes(process, "VmHWM")
    figures.append(
        f"server with the sample, every call asked: {now:.0f} MB now, {peak:.0f} MB peak"
    )
    assert peak <= MOST_MEGABYTES
