"""Replies to alerts as limited roles are told of them.

Replies come from people, so their number tells of people: one reply to an alert that was sent to a
single postcode says that somebody there has signed up. So

* each channel is looked at by itself: replies by it are told where many are told by it, by the
  estimate that their reader sees. A hundred people elsewhere who chose texts do not hide the one
  who chose voice. The estimate is made from published blocks, so that telling or not telling gives
  nothing away;
* none are told where the estimate leaves a condition out, since with a sample, a cap or other
  audiences left out a "large" audience may be one person;
* numbers are rounded as counts of blocks are, by a secret number that is the audience's and the
  channel's for ever: asking again, or a later total that is the same, gives no second draw. Each
  channel has its own, so that no channel's number moves when replies come by another;
* numbers below 10 are told of no channel. Rounding alone would not help, since 0 is always told as
  0 and so any 5 says that somebody replied. Told as nothing, 0 is the same as 1, as 9 at times, and
  as a channel of which the alert system told nothing yet.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from geo_alerts.audiences.disclosure import Figures
from geo_alerts.audiences.protection.rounding import BASE
from geo_alerts.audiences.selection import ALL_CHANNELS

# Some 14 blocks of the sample; twice as many as a label must have to be told of at all.
LEAST_PEOPLE: Final = 100
# By a channel, after rounding: 1 reply and none must look the same.
LEAST_REPLIES: Final = 2 * BASE


def channels_told(figures: Figures | None) -> frozenset[str]:
    """The channels by which limited roles are told of replies of an audience.

    Args:
        figures: The audience's estimate; None where there is none.
    """
    if figures is None or figures.not_counted:
        return frozenset()
    return frozenset(
        channel for channel, people in figures.deliveries.items() if people >= LEAST_PEOPLE
    )


def as_told(
    totals: Mapping[str, int], channels: frozenset[str], secret: bytes, audience_id: str
) -> dict[str, int]:
    """Replies by channel, rounded without bias to multiples of 5, of those that have 10 or more.

    Args:
        totals: Channel -> replies, of channels that are known.
        channels: Those by which replies may be told of.
        secret: At least 32 random bytes.
        audience_id: Whose replies they are.
    """
    told = {
        channel.value: _rounded(totals[channel], secret, f"replies {audience_id} {channel}")
        for channel in ALL_CHANNELS
        if channel in totals and channel in channels
    }
    return {channel: count for channel, count in told.items() if count >= LEAST_REPLIES}


def _rounded(count: int, secret: bytes, name: str) -> int:
    drawn = int.from_bytes(hmac.digest(secret, name.encode(), hashlib.sha256)) % BASE
    return (count + drawn) // BASE * BASE
