"""The engine against plain loops over people and places."""

from collections import Counter

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_alerts.audiences.counts import LeftOut
from geo_alerts.audiences.units.on_grid import on_grid
from geo_alerts.places.postcodes import parse_part
from tests.audience_strategies import (
    EVERY_POSTCODE,
    areas,
    filters,
    points,
    worlds,
)
from tests.audience_world import (
    Person,
    index_of,
    selection_of,
)


def covers_by_loop(area, postcode, point, directory, layer):
    """Whether an area has a unit, decided with nothing but shapely and strings."""

    def covers(part):
        return covers_by_loop(part, postcode, point, directory, layer)

    match area.type:
        case "union":
            return any(map(covers, area.areas))
        case "intersection":
            return all(map(covers, area.areas))
        case "difference":
            return covers(area.whole) and not any(map(covers, area.without))
        case "postcodes":
            return any(is_in_part(postcode, text) for text in area.postcodes)
    return point is not None and leaf_covers(area, point, directory, layer)


def leaf_covers(area, point, directory, layer):
    if area.type == "team":
        areas_by_code = zip(layer.code, layer.geometry, strict=True)
        return any(
            shapely.covers(shape, point) for code, shape in areas_by_code if code in area.codes
        )
    leaf = on_grid(area, directory, layer)
    if area.type == "radius":
        centre = shapely.Point(leaf.easting, leaf.northing)
        return shapely.distance(centre, point) <= area.metres
    return shapely.covers(leaf.geometries[0], point)


def is_in_part(postcode, text):
    part = parse_part(text)
    outward, inward = postcode.split(" ")
    return part.text in (postcode, f"{outward} {inward[0]}", outward)


def point_by_loop(postcode, directory):
    rows = [row for row, each in enumerate(directory.postcode) if each == postcode]
    if not rows:
        sector = postcode[:-2]
        rows = [row for row, each in enumerate(directory.postcode) if each[:-2] == sector]
    if not rows:
        return None
    mean = [
        sum(column[row] for row in rows) / len(rows)
        for column in (directory.easting, directory.northing)
    ]
    return shapely.Point(mean)


def keeps(conditions, labels):
    any_of, all_of, none_of = conditions.any_of, conditions.all_of, conditions.none_of
    return (
        (not any_of or any(name in labels for name in any_of))
        and all(name in labels for name in all_of)
        and not any(name in labels for name in none_of)
    )


def verdict_by_loop(person, selection, already, told):
    """Why a person with a place in the area is left out, or nothing; None for who is not meant."""
    topics = selection.topics
    left = [name.removeprefix("topic:") for name in person.opted_out if "topic:" in name]
    ever = topics.model_copy(update={"none_of": ()})
    if not (
        keeps(selection.groups, person.groups)
        and keeps(ever, (*person.topics, *left))
        and not set(topics.none_of) & set(person.topics)
        and is_joined(person.joined, selection.joined)
    ):
        return None
    asked = selection.channel_bits()
    left_bits = sum(c.bit for c in selection.channels if f"channel:{c}" in person.opted_out)
    reasons = {
        "already_reached": person.id() in already,
        "withdrawn": not keeps(ever, person.topics) or (left_bits and not person.channels & asked),
        "no_channel": not person.channels,
        "other_channels": not person.channels & asked,
        "cap": person.id() in told,
    }
    return next((why for why, is_so in reasons.items() if is_so), "")


def is_joined(day, joined):
    if joined.asks_nothing():
        return True
    after, before = joined.on_or_after, joined.before
    return bool(day) and (not after or day >= str(after)) and (not before or day < str(before))


@given(worlds(), areas, filters, st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_the_index_chooses_whom_a_loop_over_people_and_places_chooses(
    world, area, asked, already, told
):
    directory, layer, everybody = world
    selection = selection_of(area, **asked)
    already, told = ({Person(f"p{n}", ()).id() for n in some} for some in (already, told))
    passing, places, left_out = [], {}, Counter()
    for person in everybody:
        inside = [
            postcode
            for postcode in set(person.postcodes)
            if covers_by_loop(
                selection.area, postcode, point_by_loop(postcode, directory), directory, layer
            )
        ]
        verdict = verdict_by_loop(person, selection, already, told) if inside else None
        if verdict:
            left_out[verdict] += 1
        elif verdict == "":
            passing.append(person)
            places[person] = len(inside)
    drawn = set(drawn_by_loop([person.id() for person in passing], selection.sample))
    left_out["not_in_sample"] = len(passing) - len(drawn)
    control = {number for number in drawn if is_control_by_loop(number, selection.control)}
    left_out["control"] = len(control)
    recipients = [person for person in passing if person.id() in drawn - control]
    without = {LeftOut.ALREADY_REACHED: already, LeftOut.CAP: told}
    chosen = index_of(everybody, directory, layer).choose(
        selection, without={why: np.array(list(some), dtype=int) for why, some in without.items()}
    )
    recipients.sort(key=Person.id)
    assert chosen.numbers.tolist() == [person.id() for person in recipients]
    assert chosen.references().tolist() == sorted(person.reference for person in recipients)
    assert chosen.references_by_number().tolist() == [p.reference.encode() for p in recipients]
    asked_bits = selection.channel_bits()
    assert chosen.channels.tolist() == [person.channels & asked_bits for person in recipients]
    assert chosen.control.tolist() == sorted(control)
    assert chosen.counts.people == len(recipients)
    assert chosen.counts.places == sum(places[person] for person in recipients)
    assert chosen.counts.left_out == +left_out
    assert dict(chosen.counts.deliveries) == {
        channel: sum(bool(person.channels & channel.bit) for person in recipients)
        for channel in selection.channels
    }


def mixed(number):
    """splitmix64 of a number: its state is the number itself."""
    state = (number + 0x9E3779B97F4A7C15) % 2**64
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
    return state ^ (state >> 31)


def drawn_by_loop(numbers, sample):
    if sample is None:
        return numbers
    key = mixed(int.from_bytes(b"Sample\0\0") ^ sample.seed)
    return sorted(numbers, key=lambda number: mixed(number ^ key))[: sample.size]


def is_control_by_loop(number, control):
    if control is None:
        return False
    key = mixed(int.from_bytes(b"Control\0") ^ control.seed)
    return mixed(number ^ key) < control.share * 2**64


@given(worlds(), points, st.integers(1, 12), filters)
def test_the_circle_that_holds_so_many_is_the_smallest_that_does(world, centre, wanted, asked):
    directory, layer, everybody = world
    index = index_of(everybody, directory, layer)
    asked = {key: asked[key] for key in asked.keys() & {"groups", "topics", "channels", "joined"}}
    metres = index.metres_holding(*centre, wanted, selection_of(EVERY_POSTCODE, **asked))

    def people_within(radius):
        # The very same centre, which degrees would round.
        units = ground_units_within(index, centre, radius)
        postcodes = {"type": "postcodes", "postcodes": units}
        return index.choose(selection_of(postcodes, **asked)).counts.people if units else 0

    if metres is None:
        assert people_within(200_000) < wanted
    else:
        assert metres % 100 == 0
        assert people_within(metres) >= wanted
        assert metres == 100 or people_within(metres - 100) < wanted


def ground_units_within(index, centre, radius):
    units = index.base.ground.units
    near = np.hypot(units.easting - centre[0], units.northing - centre[1]) <= radius
    return units.postcode[near].tolist()
