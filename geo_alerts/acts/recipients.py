"""The recipients of a frozen audience: in pages, or whole as a stream that may be taken up again.

The control group of an audience is read in the same ways.

Every page and every batch of a stream is a new look at who withdrew. Who read which part of which
list is in the audit trail before any of it is handed out: of a stream its beginning, and when it
came to its end how many it told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.approval import require_approved
from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.audiences.disclosure import may_list
from geo_alerts.errors import ForbiddenError
from geo_alerts.store import audit
from geo_alerts.store.audiences import load
from geo_alerts.store.recipients import Part, Recipient, read_page

# Recipients of a stream that are read in one look at the store, and held for one client.
STREAMED_AT_ONCE: Final = 1_000

FROM_THE_START: Final = -1


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page: at most so many recipients after a page token, or else after a position."""

    size: int
    token: str | None = None
    after: int = FROM_THE_START
    part: Part = Part.RECIPIENTS


@dataclass(frozen=True, slots=True)
class RecipientsPage:
    """Part of an audience's list.

    Attributes:
        recipients: In order, each once.
        next_page_token: Asks for what follows; None at the end.
        withdrawn_since: How many were left out of this page, for they may not be reached any more.
    """

    recipients: list[Recipient]
    next_page_token: str | None
    withdrawn_since: int


def recipients_page(live: Live, audience_id: str, asker: Asker, asked: PageAsked) -> RecipientsPage:
    """The next recipients of an audience, or of its control group, less who withdrew before now.

    Raises:
        ForbiddenError: The role may not read recipients.
        UnknownAudienceError: There is no audience of this id.
        ApprovalNeededError: A second person must approve the audience first.
        InvalidPageTokenError: The token was not given by a page of this part of this audience.
    """
    name = audience_id if asked.part == Part.RECIPIENTS else f"{asked.part} {audience_id}"
    after = place_of(name, asked.token) if asked.token else asked.after
    _require_readable(live, audience_id, asker)
    with live.store.reading() as connection:
        page = read_page(connection, audience_id, after, asked.size, asked.part)
    read = {"after": after, "until": page.last_position, asked.part.value: len(page.recipients)}
    _note(live, audience_id, asker, {"form": "page", "part": asked.part.value, **read})
    following = None if page.is_last else token_of(name, page.last_position)
    return RecipientsPage(page.recipients, following, page.left_out)


def recipients(
    live: Live,
    audience_id: str,
    asker: Asker,
    *,
    form: str,
    after: int = FROM_THE_START,
    part: Part = Part.RECIPIENTS,
) -> Iterator[list[Recipient]]:
    """Every recipient of an audience, or of its control group, after a position, in batches.

    Nothing is held between two batches but the position, however long the caller waits.

    Args:
        live: Where to look.
        audience_id: Of the audience.
        asker: Who reads.
        form: What they are written as, for the record.
        after: The last position that was read before; -1 to begin.
        part: Who is read.

    Returns:
        Batches, none of them empty.

    Raises:
        ForbiddenError: The role may not read recipients.
        UnknownAudienceError: There is no audience of this id.
        ApprovalNeededError: A second person must approve the audience first.
    """
    _require_readable(live, audience_id, asker)
    read = {"form": form, "part": part.value, "after": after}
    _note(live, audience_id, asker, read)

    def at_its_end(last: int, count: int) -> None:
        _note(live, audience_id, asker, {**read, "until": last, part.value: count})

    return _batches(live, audience_id, part, after, at_its_end)


def _batches(
    live: Live, audience_id: str, part: Part, after: int, at_its_end: Callable[[int, int], None]
) -> Iterator[list[Recipient]]:
    last, count, is_last = after, 0, False
    while not is_last:
        with live.store.reading() as connection:
            page = read_page(connection, audience_id, last, STREAMED_AT_ONCE, part)
        last, is_last = page.last_position, page.is_last
        count += len(page.recipients)
        if page.recipients:
            yield page.recipients
    at_its_end(last, count)


def _require_readable(live: Live, audience_id: str, asker: Asker) -> None:
    if not may_list(asker.role):
        raise ForbiddenError(f"the role {asker.role} may not read recipients")
    with live.store.reading() as connection:
        require_approved(load(connection, audience_id))


def _note(live: Live, audience_id: str, asker: Asker, details: Mapping[str, Any]) -> None:
    with live.store.writing() as connection:
        audit.append(
            connection,
            act="audience.read",
            who=asker.who,
            role=asker.role.value,
            at=live.store.clock(),
            details={"audience": audience_id, **details},
        )
