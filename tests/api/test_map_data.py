"""What the pages' maps are drawn from."""

import json
import struct

import pytest
import shapely

from geo_alerts.audiences.disclosure import Role

GEOJSON = {"Accept": "application/geo+json"}


def outlines(answer):
    return [shapely.from_geojson(json.dumps(one["geometry"])) for one in answer["features"]]


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


def test_sectors_tile_the_ground_of_the_postcodes_in_teams(analyst):
    found = analyst.get("/map/sectors").json()
    assert [one["properties"]["code"] for one in found["features"]] == [
        f"SY{team} 1" for team in (1, 2, 3, 4)
    ]
    assert shapely.coverage_is_valid(outlines(found))
    coarse = analyst.get("/map/sectors", params={"simplify_m": 64}).json()
    count = [shapely.get_num_coordinates(outlines(one)).sum() for one in (found, coarse)]
    assert count[1] < count[0]


def test_coverage_is_told_by_team_and_by_sector_alike_where_both_are_the_same_ground(client_of):
    admin = client_of(Role.ADMIN)
    by_team = admin.get("/v1/coverage").json()
    by_sector = admin.get("/v1/coverage", params={"by": "sector"}).json()
    figures = ("people", "households", "per_1000", "low", "high", "error", "class_index")
    assert [one["people"] for one in by_sector["areas"]] == [60, 30, 5, 0]
    for team, sector in zip(by_team["areas"], by_sector["areas"], strict=True):
        assert {name: team[name] for name in figures} == {name: sector[name] for name in figures}
    assert by_team["classes"] == by_sector["classes"]
    assert by_sector["inputs"]["subscribers_as_of"]


@pytest.mark.parametrize("by", ["team", "sector"])
def test_limited_roles_get_estimates_of_coverage_from_the_published_table(by, client_of):
    askers = map(client_of, (Role.ANALYST, Role.COMMANDER))
    told = [who.get("/v1/coverage", params={"by": by}).json() for who in askers]
    assert told[0] == told[1]
    assert all(area["error"] is not None for area in told[0]["areas"])
    # SY5 1AA lies in no team, so that its sector is of no team's ground.
    assert "SY5 1" not in {area["code"] for area in told[0]["areas"]}


def test_coverage_is_by_team_or_by_sector(analyst):
    assert analyst.get("/v1/coverage", params={"by": "ward"}).status_code == 422
