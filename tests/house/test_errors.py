import re
from collections import Counter
from collections.abc import Iterator

import api.errors  # noqa: F401 - its own errors belong to the tree
from geo_alerts.errors import GeoAlertsError


def tree(root: type[GeoAlertsError]) -> Iterator[type[GeoAlertsError]]:
    yield root
    for leaf in root.__subclasses__():
        yield from tree(leaf)


CLASSES = set(tree(GeoAlertsError))


def test_every_error_class_has_a_code_of_its_own():
    counted = Counter(error.__dict__.get("code") for error in CLASSES)
    assert None not in counted
    assert not [code for code, count in counted.items() if count > 1]


def test_codes_are_words_that_programs_can_rely_on():
    assert not [e.code for e in CLASSES if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", e.code)]


def test_every_error_class_says_what_it_means():
    assert not [error.__name__ for error in CLASSES if not error.__doc__]
