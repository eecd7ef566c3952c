"""Replies to alerts as limited roles are told of them.

Replies come from people, so their number tells of people: one reply to an alert that was sent to a
single postcode says that somebody there has signed up. Random rounding alone would not help, since
0 is always told as 0, and so any 5 says that somebody is there. So

* replies are told of audiences alone that are large by the estimate that their reader sees: it is
  made from published blocks, so that telling or not telling gives nothing away;
* and of none whose estimate leaves a condition out, since with a sample, a cap or other audiences
  left out a "large" audience may be one person;
* they are rounded as counts of blocks are, by a secret number that is the audience's for ever:
  asking again, or a later total that is the same, gives no second draw. The channels are a family,
  so that their sum is never off by 5.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

import numpy as np

from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.protection.rounding import BASE, rounded
from geo_alerts.audiences.selection import ALL_CHANNELS

# Some 14 blocks of the sample; twice as many as a label must have to be told of at all.
LEAST_PEOPLE: Final = 100


def may_be_told(figures: Figures | None) -> bool:
    """Tell whether limited roles are told of replies of an audience.

    Args:
        figures: The audience's estimate; None where there is none.
    """
    return figures is not None and figures.people >= LEAST_PEOPLE and not figures.not_counted


def as_told(totals: Mapping[str, int], secret: bytes, audience_id: str) -> dict[str, int]:
    """Replies by channel, rounded up or down to multiples of 5; without bias, and 0 stays 0.

    Args:
        totals: Channel -> replies, of channels that are known.
        secret: At least 32 random bytes.
        audience_id: Whose replies they are.
    """
    drawn = hmac.digest(secret, f"replies {audience_id}".encode(), hashlib.sha256)
    number = np.array([int.from_bytes(drawn) % BASE], dtype=np.int64)
    counts = np.array([[totals.get(channel, 0) for channel in ALL_CHANNELS]], dtype=np.int64)
    told = rounded(counts, number)[0].tolist()
    return {
        channel.value: count
        for channel, count in zip(ALL_CHANNELS, told, strict=True)
        if channel in totals
    }
