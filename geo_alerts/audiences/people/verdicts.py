"""What becomes of people under the conditions of a selection, judged once for each profile.

A verdict is one small number: why the person is left out, or, from `RECIPIENT` on, that they are a
recipient and by which of the channels asked.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from geo_alerts.audiences.counts import LeftOut
from geo_alerts.audiences.people.labels import LabelSets
from geo_alerts.audiences.people.members import Profile
from geo_alerts.audiences.selection import Channel, Selection

Verdicts = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

NOT_MEANT: Final = 0
LEFT_OUT: Final[Mapping[LeftOut, int]] = {why: at for at, why in enumerate(LeftOut, 1)}
# A recipient's verdict is this and the bits of the channels.
RECIPIENT: Final = 8
VERDICTS: Final = RECIPIENT + 8
VERDICTS_WITH: Final[Mapping[Channel, tuple[int, ...]]] = {
    channel: tuple(RECIPIENT + bits for bits in range(8) if bits & channel.bit)
    for channel in Channel
}

CHANNEL_PREFIX: Final = "channel:"
TOPIC_PREFIX: Final = "topic:"


class Profiles:
    """The p profiles of an index, and what filters say of each; several threads may ask at once.

    Attributes:
        all: The profiles.
        channels: p sums of channel bits.
    """

    def __init__(self, profiles: Sequence[Profile]) -> None:
        """Pack the labels."""
        self.all = tuple(profiles)
        self.channels = np.array([one.channels for one in profiles], dtype=np.uint8)
        self._left_channels = np.array(
            [
                sum(c.bit for c in Channel if CHANNEL_PREFIX + c in one.opted_out)
                for one in profiles
            ],
            dtype=np.uint8,
        )
        self._groups = LabelSets([one.groups for one in profiles])
        self._topics = LabelSets([one.topics for one in profiles])
        # With those that the person withdrew from.
        self._topics_ever = LabelSets([(*one.topics, *_left_topics(one)) for one in profiles])
        self._latest: tuple[object, Verdicts] = (None, np.zeros(0, dtype=np.uint8))

    def __len__(self) -> int:
        """Count the profiles."""
        return len(self.all)

    def verdicts(self, selection: Selection) -> Verdicts:
        """The verdict on each profile; what is asked of the person alone comes later.

        Args:
            selection: The filters.

        Returns:
            p verdicts.
        """
        # A page asks the same filters of another area with every movement of the mouse.
        asked = (selection.groups, selection.topics, selection.channels)
        known, verdicts = self._latest
        if known != asked:
            verdicts = self._judge(selection)
            self._latest = asked, verdicts
        return verdicts

    def _judge(self, selection: Selection) -> Verdicts:
        bits = np.uint8(selection.channel_bits())
        by = self.channels & bits
        has_topics = self._topics.passes(selection.topics)
        verdicts = np.where(by > 0, by + np.uint8(RECIPIENT), LEFT_OUT[LeftOut.OTHER_CHANNELS])
        verdicts[self.channels == 0] = LEFT_OUT[LeftOut.NO_CHANNEL]
        withdrew = (by == 0) & (self._left_channels & bits > 0)
        verdicts[withdrew | ~has_topics] = LEFT_OUT[LeftOut.WITHDRAWN]
        topics_ever = selection.topics.model_copy(update={"none_of": ()})
        none_of = selection.topics.model_copy(update={"any_of": (), "all_of": ()})
        is_meant = (
            self._groups.passes(selection.groups)
            & self._topics_ever.passes(topics_ever)
            & self._topics.passes(none_of)
        )
        verdicts[~is_meant] = NOT_MEANT
        return verdicts.astype(np.uint8)


def _left_topics(profile: Profile) -> list[str]:
    return [
        name.removeprefix(TOPIC_PREFIX)
        for name in profile.opted_out
        if name.startswith(TOPIC_PREFIX)
    ]
