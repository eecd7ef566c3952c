"""Which areas can be shaded by their coverage."""

import numpy as np

from geo_alerts.audiences.coverage import coverage_by_team
from geo_alerts.maps.coverage_classes import shaded
from geo_alerts.places.layer import Layer
from tests.wiggly import wiggly_layer


def rows(people, households, errors=None):
    whole = wiggly_layer(len(people), 1, 4)
    layer = Layer.from_columns("some", whole.code, whole.name, whole.geometry)
    return coverage_by_team(np.array(people), np.array(households, float), layer, errors)


def test_areas_of_many_people_are_all_shaded_from_lowest_to_highest():
    found = shaded(rows([100, 200, 300, 400, 500], [10_000] * 5))
    assert found.place == (0, 1, 2, 3, 4)


def test_an_area_whose_rate_chance_could_put_anywhere_is_not():
    found = shaded(rows([100, 200, 300, 400, 500, 1], [10_000] * 5 + [30]))
    assert None not in found.place[:5]
    assert found.place[5] is None


def test_how_far_an_estimate_may_be_off_counts_as_chance_does():
    people, homes = [100, 200, 300, 400, 500, 300], [10_000] * 6
    assert shaded(rows(people, homes, [5] * 6)).place[5] is not None
    assert shaded(rows(people, homes, [5] * 5 + [280])).place[5] is None


def test_an_area_without_households_has_no_class():
    assert shaded(rows([1, 2, 3], [100, 0, 100])).place[1] is None


def test_one_class_shades_every_area():
    assert shaded(rows([7, 7, 7], [100, 100, 100])).place == (0, 0, 0)
