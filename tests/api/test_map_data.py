"""What the pages' maps are drawn from."""

import json
import struct

import pytest
import shapely

GEOJSON = {"Accept": "application/geo+json"}


def outlines(answer):
    return [
        shapely.from_geojson(str(one["geometry"]).replace("'", '"')) for one in answer["features"]
    ]


@pytest.mark.parametrize("address", ["/v1/teams", "/v1/boundaries/3/areas"])
def test_coarser_outlines_tile_the_same_ground(address, analyst):
    exact = analyst.get(address, headers=GEOJSON).json()
    coarse = analyst.get(address, params={"simplify_m": 100}, headers=GEOJSON).json()
    assert [one["id"] for one in coarse["features"]] == [one["id"] for one in exact["features"]]
    assert [one["properties"] for one in coarse["features"]] == [
        one["properties"] for one in exact["features"]
    ]
    assert shapely.coverage_is_valid(outlines(coarse), gap_width=0)
    # Made teams are squares: there is nothing to leave out.
    before, after = (shapely.union_all(outlines(one)) for one in (exact, coarse))
    assert after.symmetric_difference(before).area == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("asked", ["-1", "1001", "coarse"])
def test_how_coarse_is_a_number_up_to_a_thousand(asked, analyst):
    answer = analyst.get("/v1/teams", params={"simplify_m": asked, "format": "geojson"})
    assert answer.status_code == 422
    assert "simplify_m" in str(answer.json()["errors"])


def test_the_postcodes_in_teams_come_as_points_once(analyst):
    first = analyst.get("/map/units")
    assert first.headers["content-type"] == "application/vnd.geo-alerts.points"
    # Of the made world 4 by 25 live units lie in teams; SY5 1AA, SY1 1ZZ and SY2 1ZZ do not.
    assert struct.unpack("<I", first.content[:4]) == (100,)
    assert len(first.content) == 40 + 4 * 100
    again = analyst.get("/map/units", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_points_are_for_who_is_signed_in(client):
    assert client.get("/map/units").status_code == 401
