"""Page tokens: where a list goes on, opaque to whoever holds one, good for that list alone."""

import base64
import binascii
import re
from typing import Final

from geo_alerts.errors import InvalidPageTokenError

_PLACE: Final = re.compile(r"(?:0|[1-9][0-9]{0,17})")


def token_of(of: str, place: int) -> str:
    """The token by which a list goes on after a place.

    Args:
        of: Names the list.
        place: 0 or more.
    """
    return base64.urlsafe_b64encode(f"{of}:{place}".encode()).decode()


def place_of(of: str, token: str) -> int:
    """The place after which a list goes on.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    try:
        given, _, place = base64.urlsafe_b64decode(token.encode()).decode().rpartition(":")
    except (binascii.Error, ValueError) as error:
        raise InvalidPageTokenError("the page token was not given by a page") from error
    if given != of or not _PLACE.fullmatch(place):
        raise InvalidPageTokenError("the page token was not given by a page of this list")
    return int(place)
