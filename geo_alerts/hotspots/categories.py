"""The categories that crimes are counted in: those of data.police.uk, of today and of before 2013.

Stores keep a category's number, so a number is never given twice: new ones go to the end.
"""

from dataclasses import dataclass
from typing import Final

from geo_alerts.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Category:
    """A category of crime.

    Attributes:
        number: Its place in `CATEGORIES`.
        slug: What questions call it.
        name: What data.police.uk calls it.
        is_historic: Whether it was dropped; crimes of that time cannot be told apart further.
    """

    number: int
    slug: str
    name: str
    is_historic: bool = False


_NAMES: Final = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
    # Until 2013 this was both public order and possession of weapons.
    "Public disorder and weapons",
)
_HISTORIC: Final = frozenset({"Public disorder and weapons"})

CATEGORIES: Final = tuple(
    Category(number, name.lower().replace(" ", "-"), name, name in _HISTORIC)
    for number, name in enumerate(_NAMES)
)

# What the same category was called in other years.
_RENAMED: Final = {"violent crime": "violence and sexual offences"}

_BY_NAME: Final = {one.name.lower(): one for one in CATEGORIES}
_BY_SLUG: Final = {one.slug: one for one in CATEGORIES}


def category_named(name: str) -> Category | None:
    """The category that a file means by a name, whatever the year and the case; None for none."""
    plain = " ".join(name.lower().split())
    return _BY_NAME.get(_RENAMED.get(plain, plain)) or _BY_SLUG.get(plain)


def category(slug: str) -> Category:
    """The category of a slug such as `burglary`.

    Raises:
        InvalidInputError: There is none; all are named.
    """
    found = _BY_SLUG.get(slug)
    if found is None:
        known = ", ".join(sorted(_BY_SLUG))
        raise InvalidInputError(f"{slug!r} is no category of crime; there are {known}")
    return found
