"""Replies to the alerts of an audience: how many came by each channel, as the alert system tells.

No content of a reply is known here. What is told is a total up to a time, of all alerts of the
audience; a channel that is not named keeps the total that it has. Limited roles are told of those
channels alone by which many people are told, rounded (`audiences/protection/replies.py` says why).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from geo_alerts.acts.approval import require_approved
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.audience_answers import AudienceAnswer, figures_of, require_seen
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Figures, Role, may_list
from geo_alerts.audiences.protection.replies import LEAST_PEOPLE, as_told, channels_told
from geo_alerts.audiences.selection import ALL_CHANNELS
from geo_alerts.errors import ConflictError, ForbiddenError, InvalidInputError, WithheldError
from geo_alerts.sources.moments import in_words
from geo_alerts.store import audit
from geo_alerts.store import replies as stored
from geo_alerts.store.alerts import first_sent, times_sent
from geo_alerts.store.audiences import load
from geo_alerts.store.protection import drawn_secret
from geo_alerts.store.replies import ReplyTotal

# More than anybody has subscribers.
MOST_REPLIES: Final = 1_000_000_000
# So far the alert system's clock may be ahead of ours.
CLOCKS_APART: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Replies:
    """Replies to the alerts of an audience, as somebody may see them.

    Attributes:
        by_channel: Channel -> replies, of the channels that were told; None where the reader is
            told of none, whether there are any or not. Rounded, those of 10 or more alone, of
            channels by which many are told.
        as_of: Channel -> up to when, of the same channels: of another it would tell that a reply
            came by it.
        is_rounded: Whether they are rounded at random to multiples of 5.
        recipients: Of the audience; None for who may not see exact counts.
        more_than_sent: Channels with more replies than the alerts that are known went out by it:
            one person may reply twice, but who counts twice finds out here. None are named to who
            may not see exact counts.
    """

    by_channel: Mapping[str, int] | None
    as_of: Mapping[str, datetime]
    is_rounded: bool
    recipients: int | None
    more_than_sent: tuple[str, ...] = ()

    @property
    def total(self) -> int | None:
        """All that are shown; None where none were told, or the reader is told of none."""
        return sum(self.by_channel.values()) if self.by_channel else None

    @property
    def latest(self) -> datetime | None:
        """The time of the latest total."""
        return max(self.as_of.values(), default=None)

    @property
    def per_100(self) -> float | None:
        """Replies for every 100 recipients; None where either is not known or nobody was one."""
        if self.total is None or not self.recipients:
            return None
        return 100 * self.total / self.recipients


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of totals that were told.

    Attributes:
        replies: What stands now.
        late: Channels of which a later total was known already, and stands.
    """

    replies: Replies
    late: tuple[str, ...]


def tell(
    live: Live,
    audience_id: str,
    asker: Asker,
    *,
    by_channel: Mapping[str, int],
    as_of: datetime | None = None,
) -> Telling:
    """Keep how many replies came so far; saying the same of the same time again changes nothing.

    Of each channel the total of the latest time stands, of equal times the one told last. A total
    that falls is a correction.

    Args:
        live: Where to.
        audience_id: Of the audience.
        asker: The alert system.
        by_channel: Channel -> replies to all alerts of the audience.
        as_of: Up to when they were counted; now when None, or by a clock that is a little ahead.

    Raises:
        ForbiddenError: The role may not tell of replies.
        UnknownAudienceError: There is no audience of this id.
        ApprovalNeededError: A second person must approve the audience first.
        ConflictError: No alert to the audience is known yet.
        InvalidInputError: No channel is named, one is not known, a total is below 0 or more than
            can be, or the time lies before the first alert or more than a minute ahead.
    """
    if not may_list(asker.role):
        raise ForbiddenError(f"the role {asker.role} may not tell of replies")
    _require_totals(by_channel)
    now = live.store.clock()
    moment = _counted_at(as_of or now, now)
    totals = [
        ReplyTotal(channel.value, by_channel[channel], moment, now, asker.who)
        for channel in ALL_CHANNELS
        if channel in by_channel
    ]
    with live.store.writing() as connection:
        require_approved(load(connection, audience_id))
        _require_sent(connection, audience_id, moment)
        before = stored.standing(connection, [audience_id]).get(audience_id, {})
        if stored.keep(connection, audience_id, totals):
            _note(connection, audience_id, totals, asker)
    late = [
        one.channel
        for one in totals
        if one.channel in before and before[one.channel].as_of > moment
    ]
    return Telling(replies(live, audience_id, asker), tuple(late))


def replies(live: Live, audience_id: str, asker: Asker) -> Replies:
    """Replies to the alerts of an audience that the asker may see.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
    """
    with live.store.reading() as connection:
        frozen = load(connection, audience_id).frozen
        require_seen(frozen, asker)
        figures = figures_of(frozen, sees_exact=live.policy.sees_exact(asker.role))
        return replies_of(live, connection, {audience_id: figures}, asker.role)[audience_id]


def told_replies(live: Live, audience_id: str, asker: Asker) -> Replies:
    """The same, refused where the asker is told of none.

    Raises:
        UnknownAudienceError: There is none of this id that the asker may see.
        WithheldError: The asker's role is not told of replies, since few people are told by each
            channel, or the estimate takes no account of a condition.
    """
    found = replies(live, audience_id, asker)
    if found.by_channel is None:
        raise WithheldError(
            f"your role is told how many replied where {LEAST_PEOPLE} people or more are told by "
            "one channel, by an estimate that takes account of all conditions"
        )
    return found


def listed_replies(
    live: Live, audiences: Sequence[AudienceAnswer], role: Role
) -> Mapping[str, Replies]:
    """Audience id -> replies, of audiences as a role sees them."""
    with live.store.reading() as connection:
        return replies_of(live, connection, {one.id: one.figures for one in audiences}, role)


def replies_of(
    live: Live, connection: Connection, audiences: Mapping[str, Figures | None], role: Role
) -> dict[str, Replies]:
    """Replies of several audiences, which the reader may see.

    Args:
        live: Where to look.
        connection: A reading one.
        audiences: Audience id -> how many it was, as the role may see it; None where it may not.
        role: Who reads.
    """
    stands = stored.standing(connection, audiences)
    if live.policy.sees_exact(role):
        times = times_sent(connection, audiences)
        return {
            one: _exact(stands.get(one, {}), figures, times.get(one, 0))
            for one, figures in audiences.items()
        }
    secret = drawn_secret(connection)
    return {
        one: _rounded(stands.get(one, {}), channels, secret, one)
        if secret is not None and (channels := channels_told(figures))
        else Replies(None, {}, is_rounded=True, recipients=None)
        for one, figures in audiences.items()
    }


def _exact(stands: Mapping[str, ReplyTotal], figures: Figures | None, times: int) -> Replies:
    totals = {channel: one.replies for channel, one in stands.items()}
    as_of = {channel: one.as_of for channel, one in stands.items()}
    if figures is None:
        return Replies(totals, as_of, is_rounded=False, recipients=None)
    sent = {channel: times * people for channel, people in figures.deliveries.items()}
    more = tuple(channel for channel, count in totals.items() if count > sent.get(channel, 0))
    return Replies(totals, as_of, is_rounded=False, recipients=figures.people, more_than_sent=more)


def _rounded(
    stands: Mapping[str, ReplyTotal], channels: frozenset[str], secret: bytes, audience_id: str
) -> Replies:
    totals = {channel: one.replies for channel, one in stands.items()}
    shown = as_told(totals, channels, secret, audience_id)
    as_of = {channel: stands[channel].as_of for channel in shown}
    return Replies(shown, as_of, is_rounded=True, recipients=None)


def _require_totals(by_channel: Mapping[str, int]) -> None:
    if not by_channel:
        raise InvalidInputError(f"name a channel or more of {', '.join(ALL_CHANNELS)}")
    for channel, count in by_channel.items():
        if channel not in ALL_CHANNELS:
            raise InvalidInputError(
                f"the channel {channel!r} is not known; known are {', '.join(ALL_CHANNELS)}"
            )
        if not 0 <= count <= MOST_REPLIES:
            raise InvalidInputError(
                f"replies by {channel} are a total so far: a number from 0 to {MOST_REPLIES:,}"
            )


def _counted_at(said: datetime, now: datetime) -> datetime:
    if said > now + CLOCKS_APART:
        raise InvalidInputError(
            f"as-of {in_words(said)} is yet to come (it is {in_words(now)} British time)"
        )
    return min(said, now)


def _require_sent(connection: Connection, audience_id: str, moment: datetime) -> None:
    sent = first_sent(connection, audience_id)
    if sent is None:
        raise ConflictError(
            "no alert to this audience is known yet: say first that one was sent (POST …/alerts, "
            "or geo-alerts audience sent)"
        )
    # People and clocks tell of minutes and seconds; the alert's own time may be finer.
    if moment < sent.replace(second=0, microsecond=0):
        raise InvalidInputError(
            f"nobody can have replied by {in_words(moment)}: the first alert to this audience was "
            f"sent {in_words(sent)} British time"
        )


def _note(connection: Connection, audience_id: str, totals: list[ReplyTotal], asker: Asker) -> None:
    audit.append(
        connection,
        act="audience.replies",
        who=asker.who,
        role=asker.role.value,
        at=totals[0].recorded_at,
        details={
            "audience": audience_id,
            "as_of": totals[0].as_of.isoformat(),
            "by_channel": {one.channel: one.replies for one in totals},
        },
    )
