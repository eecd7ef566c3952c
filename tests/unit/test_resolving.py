"""Saved areas in place of their ids: what is too large or goes in a circle is refused."""

import json

import pytest

from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.targets.areas import MAX_COUNTED, MAX_LEAVES, AnyArea, leaves_of
from geo_alerts.audiences.targets.resolving import expanded, resolve_leaves
from geo_alerts.errors import InvalidAreaError

TEAM = {"type": "team", "codes": ["T1"]}
HOLDING = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "holding": 30}


def area_of(value: object) -> AnyArea:
    return read_area(json.dumps(value))


def named(saved: str) -> dict[str, object]:
    return {"type": "saved", "id": saved}


def union(*areas: object) -> dict[str, object]:
    return {"type": "union", "areas": list(areas)}


class Shelf:
    """Saved areas by id; counts how often each is asked for."""

    def __init__(self, **areas: object) -> None:
        self.areas = {saved: area_of(value) for saved, value in areas.items()}
        self.asked: list[str] = []

    def __call__(self, saved: str, version: int | None) -> AnyArea:
        assert version is None
        self.asked.append(saved)
        return self.areas[saved]


def test_what_is_saved_stands_in_its_place_and_is_looked_up_once():
    shelf = Shelf(a=union(named("b"), TEAM), b=TEAM)
    asked = {"type": "intersection", "areas": [named("a"), named("b"), named("a")]}
    inner = union(TEAM, TEAM)
    assert expanded(area_of(asked), shelf) == area_of(asked | {"areas": [inner, TEAM, inner]})
    assert shelf.asked == ["a", "b"]


@pytest.mark.parametrize(
    "areas",
    [
        {"a": named("a")},
        {"a": union(TEAM, named("b")), "b": union(named("c")), "c": named("a")},
    ],
)
def test_an_area_that_names_itself_in_the_end_is_refused(areas):
    with pytest.raises(InvalidAreaError, match="the saved area a names itself in the end"):
        expanded(area_of(named("a")), Shelf(**areas))


def test_what_is_too_deep_with_saved_areas_in_place_is_refused():
    seven = TEAM
    for _ in range(7):
        seven = union(seven)
    shelf = Shelf(a=seven)
    assert expanded(area_of(union(named("a"))), shelf)
    with pytest.raises(InvalidAreaError, match="in their place: areas are nested at most 8 deep"):
        expanded(area_of(union(union(named("a")))), shelf)


def test_areas_that_double_and_double_again_are_refused_before_they_take_all_memory():
    areas = {f"s{level}": union(*[named(f"s{level + 1}")] * 50) for level in range(7)}
    shelf = Shelf(**areas, s7=TEAM)
    fifty = expanded(area_of(named("s6")), shelf)
    assert len(list(leaves_of(fifty))) == 50
    with pytest.raises(InvalidAreaError, match=f"2500 areas in one; at most {MAX_LEAVES} are"):
        expanded(area_of(named("s0")), shelf)


def test_only_so_many_circles_are_counted_for_one_answer():
    shelf = Shelf(a=HOLDING)
    metres = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "metres": 900.0}
    most = area_of(union(*[named("a")] * MAX_COUNTED))
    whole = resolve_leaves(most, shelf, lambda circle: (circle.holding or 0) * 30)
    assert whole == area_of(union(*[metres] * MAX_COUNTED))
    with pytest.raises(InvalidAreaError, match=f"{MAX_COUNTED + 1} circles holding people in one"):
        expanded(area_of(union(*[named("a")] * (MAX_COUNTED + 1))), shelf)
