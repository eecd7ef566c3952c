"""Twenty thousand subscribers who do not exist, with the faults that real lists have."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from sample_chance import Weighted, dealt, draw_evenly, draw_whole, happens
from sample_places import Pools, written

SUBSCRIBERS = 20_000
WITHDRAWN = 1_200
WITHOUT_CHANNEL = 30
WITH_PLACES = {2: 1_250, 3: 380, 4: 120, 5: 50}
WRITTEN = {
    "lower case": 120,
    "no blank": 120,
    "two blanks": 60,
    "no-break space": 40,
    "blank at the end": 40,
    "O for 0": 60,
    "I for 1": 30,
    "malformed": 60,
    "never given out": 60,
    "terminated": 60,
    "ended between": 20,
    "belt": 300,
    "far away": 60,
    "forces": 6,
    "northern ireland": 14,
    "islands": 4,
}
LAST_JOINED = date(2025, 3, 31)
LAST_LEFT = date(2025, 4, 29)  # the list is as of 2025-04-30T09:00:00+01:00

# Letters and digits by turns, without vowels or look-alikes: neither a word, a name nor a number.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
DIGITS = "23456789"

YEARS = Weighted(range(2015, 2026), [4, 5, 6, 7, 8, 14, 12, 10, 11, 13, 4])
CHANNELS = Weighted(
    ["email", "email;text", "text", "email;voice", "email;text;voice", "voice"],
    [45, 36, 9, 3, 4, 3],
)
PREMISES_PERCENT = 6
PREMISES = Weighted(
    [
        ["Business Watch"],
        ["shop"],
        ["Business Watch", "shop"],
        ["licensed premises"],
        ["Business Watch", "licensed premises"],
        ["school"],
        ["caravan site"],
        ["Rural Watch", "caravan site"],
    ],
    [30, 16, 18, 12, 6, 10, 5, 3],
)
# Group or topic: per cent of those who live in a town, and of those in the country.
PEOPLE = {
    "Neighbourhood Watch co-ordinator": (4, 4),
    "Farm Watch": (0, 12),
    "Rural Watch": (1, 20),
}
TOPICS = {
    "burglary": (62, 58),
    "vehicle crime": (48, 40),
    "rural crime": (6, 55),
    "anti-social behaviour": (52, 28),
    "fraud and scams": (57, 57),
    "prevention advice": (38, 38),
    "local events": (33, 30),
}
WITHOUT_TOPIC_PERCENT = 12


def build_subscribers(pools: Pools, rng: np.random.Generator) -> pd.DataFrame:
    """Make the list.

    Args:
        pools: Where places are drawn from.
        rng: What everything is drawn with.

    Returns:
        `SUBSCRIBERS` rows by reference: reference, postcodes, channels, groups, topics (lists are
        separated with ";"), joined and left (dates, left "" for those still there).
    """
    kinds = dealt(WRITTEN, "plain", SUBSCRIBERS, rng)
    places = dealt(WITH_PLACES, 1, SUBSCRIBERS, rng)
    has_left = dealt({True: WITHDRAWN}, rest=False, total=SUBSCRIBERS, rng=rng)
    is_silent = dealt({True: WITHOUT_CHANNEL}, rest=False, total=SUBSCRIBERS, rng=rng)
    rows = []
    for row, reference in enumerate(_references(rng)):
        home, groups = _home_and_groups(pools, rng)
        postcodes = [written(kinds[row], home, pools, rng)]
        postcodes += _other_places(home, places[row] - 1, pools, rng)
        joined, left = _dates(rng, has_left=has_left[row])
        rows.append(
            {
                "reference": reference,
                "postcodes": ";".join(postcodes),
                "channels": "" if is_silent[row] else CHANNELS.draw(rng),
                "groups": ";".join(groups),
                "topics": ";".join(_topics(rng, in_country=home in pools.in_country)),
                "joined": joined,
                "left": left,
            }
        )
    return pd.DataFrame(rows)


def _references(rng: np.random.Generator) -> list[str]:
    """Distinct references in order, such as WM-7F3K2Q9B."""
    references: set[str] = set()
    while len(references) < SUBSCRIBERS:
        pairs = [draw_evenly(DIGITS, rng) + draw_evenly(LETTERS, rng) for _ in range(4)]
        references.add("WM-" + "".join(pairs))
    return sorted(references)


def _home_and_groups(pools: Pools, rng: np.random.Generator) -> tuple[str, list[str]]:
    if happens(PREMISES_PERCENT, rng):
        return pools.work_anywhere.draw(rng), PREMISES.draw(rng)
    home = pools.homes.draw(rng)
    column = int(home in pools.in_country)
    return home, [group for group, percent in PEOPLE.items() if happens(percent[column], rng)]


def _other_places(home: str, count: int, pools: Pools, rng: np.random.Generator) -> list[str]:
    """Work, mostly in the home's district; then homes of relatives, some beyond the force."""
    postcodes = [home]
    while len(postcodes) <= count:
        if len(postcodes) == 1 and happens(70, rng):
            near = pools.work[pools.district[home]]
            place = (near if happens(75, rng) else pools.work_anywhere).draw(rng)
        elif happens(10, rng):
            place = draw_evenly(pools.belt, rng)
        else:
            place = pools.homes.draw(rng)
        if place not in postcodes:
            postcodes.append(place)
    return postcodes[1:]


def _topics(rng: np.random.Generator, *, in_country: bool) -> list[str]:
    if happens(WITHOUT_TOPIC_PERCENT, rng):
        return []
    return [topic for topic, percent in TOPICS.items() if happens(percent[int(in_country)], rng)]


def _dates(rng: np.random.Generator, *, has_left: bool) -> tuple[str, str]:
    year = YEARS.draw(rng)
    last = min(date(year, 12, 31), LAST_JOINED)
    joined = date(year, 1, 1) + timedelta(days=draw_whole(0, (last - date(year, 1, 1)).days, rng))
    if not has_left:
        return joined.isoformat(), ""
    left = joined + timedelta(days=draw_whole(1, (LAST_LEFT - joined).days, rng))
    return joined.isoformat(), left.isoformat()
