"""Audiences that are frozen, and their lists."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.live import Inputs, Live
from geo_alerts.acts.preview import team_names
from geo_alerts.audiences.counts import Edge, LeftOut
from geo_alerts.audiences.disclosure import (
    Figures,
    Role,
    TeamFigures,
    exact_figures,
    may_list,
)
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import ForbiddenError, InvalidPageTokenError
from geo_alerts.store import audiences as stored
from geo_alerts.store.audiences import Frozen

# References of a stream that are read in one look at the store.
STREAMED_AT_ONCE: Final = 5_000

_POSITION: Final = re.compile(r"(?:0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class AudienceAnswer:
    """An audience as it was frozen."""

    id: str
    created_at: datetime
    created_by: str
    purpose: str
    selection: Selection
    inputs: Inputs
    figures: Figures
    recipients_sha256: str


@dataclass(frozen=True, slots=True)
class RecipientsPage:
    """Part of an audience's list.

    Attributes:
        references: Recipients in order, each once.
        next_page_token: Asks for what follows; None at the end.
        withdrawn_since: How many were left out of this page, for they may not be reached any more.
    """

    references: list[str]
    next_page_token: str | None
    withdrawn_since: int


def freeze(
    live: Live, selection: Selection, *, purpose: str, role: Role, created_by: str
) -> AudienceAnswer:
    """Keep whom a selection reaches now, with the figures and the inputs.

    Raises:
        ForbiddenError: The role may not list people.
        InvalidInputError: The area cannot be resolved.
        NotFoundError: It names a team or a postcode that is not known.
        NotReadyError: No directory is imported.
    """
    if not may_list(role):
        raise ForbiddenError(f"the role {role} may not ask for recipients")
    snapshot = live.snapshot()
    chosen = snapshot.choose(selection)
    numbers = chosen.numbers
    frozen = Frozen(
        id=stored.new_id(),
        created_at=live.store.clock(),
        created_by=created_by,
        purpose=purpose,
        selection=selection.model_dump(mode="json"),
        inputs=asdict(snapshot.inputs),
        counts=asdict(exact_figures(chosen.counts, team_names(snapshot))),
        recipients_sha256=_sha256(numbers),
        recipient_count=len(numbers),
        subscribers_seq=snapshot.seq,
    )
    stored.save(live.store, frozen, numbers)
    return _answer(frozen)


def audience(live: Live, audience_id: str) -> AudienceAnswer:
    """An audience as it was frozen.

    Raises:
        UnknownAudienceError: There is none of this id.
    """
    with live.store.reading() as connection:
        return _answer(stored.load(connection, audience_id))


def recipients_page(
    live: Live, audience_id: str, *, page_size: int, page_token: str | None
) -> RecipientsPage:
    """The next recipients of an audience, less those who withdrew before this call.

    Raises:
        UnknownAudienceError: There is no audience of this id.
        InvalidPageTokenError: The token was not given by a page of this audience.
    """
    after = -1 if page_token is None else _position(audience_id, page_token)
    with live.store.reading() as connection:
        page = stored.read_page(connection, audience_id, after, page_size)
    following = None if page.is_last else _token(audience_id, page.last_position)
    return RecipientsPage(page.references, following, page.left_out)


def recipients(live: Live, audience_id: str) -> Iterator[str]:
    """Every recipient of an audience, in order; each batch is a new look at who withdrew.

    Raises:
        UnknownAudienceError: There is no audience of this id.
    """
    after, is_last = -1, False
    while not is_last:
        with live.store.reading() as connection:
            page = stored.read_page(connection, audience_id, after, STREAMED_AT_ONCE)
        yield from page.references
        after, is_last = page.last_position, page.is_last


def _answer(frozen: Frozen) -> AudienceAnswer:
    counts: dict[str, Any] = dict(frozen.counts)
    counts["by_team"] = tuple(TeamFigures(**team) for team in counts["by_team"])
    if counts.get("edge"):
        counts["edge"] = Edge(**counts["edge"])
    if "withheld" in counts:  # frozen by an earlier version
        del counts["withheld"]
        without_channel = counts.pop("without_channel")
        counts |= {"left_out": {LeftOut.NO_CHANNEL.value: without_channel}, "edge": None}
    return AudienceAnswer(
        id=frozen.id,
        created_at=frozen.created_at,
        created_by=frozen.created_by,
        purpose=frozen.purpose,
        selection=Selection.model_validate_json(json.dumps(frozen.selection)),
        inputs=Inputs(**frozen.inputs),
        figures=Figures(**counts),
        recipients_sha256=frozen.recipients_sha256,
    )


def _sha256(numbers: npt.NDArray[np.int64]) -> str:
    return hashlib.sha256(
        "".join(f"{number}\n" for number in numbers.tolist()).encode()
    ).hexdigest()


def _token(audience_id: str, position: int) -> str:
    return base64.urlsafe_b64encode(f"{audience_id}:{position}".encode()).decode()


def _position(audience_id: str, token: str) -> int:
    try:
        given_id, _, position = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise InvalidPageTokenError("the page token was not given by a page") from error
    if given_id != audience_id or not _POSITION.fullmatch(position):
        raise InvalidPageTokenError("the page token was not given by a page of this audience")
    return int(position)
