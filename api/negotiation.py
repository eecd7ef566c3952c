"""Which of the forms that an answer can take the asker wants most (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence

HTML = "text/html"
JSON = "application/json"
NDJSON = "application/x-ndjson"
GEOJSON = "application/geo+json"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"


def preferred(accept: str, offers: Sequence[str]) -> str:
    """The offer that the `Accept` header weighs most; among equals the first.

    Args:
        accept: The header; empty text accepts anything.
        offers: Media types in lower case, the usual one first.
    """
    ranges = [_weighed(part) for part in accept.lower().split(",") if part.strip()]
    return max(offers, key=lambda offer: _weight(offer, ranges))


def _weighed(part: str) -> tuple[str, float]:
    media_range, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return media_range, _quality(value.strip())
    return media_range, 1.0


def _quality(text: str) -> float:
    # qvalue: 0 to 1 with up to three decimals; anything else weighs nothing.
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else 0.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    # The most specific range that covers the offer decides.
    for wanted in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        for media_range, quality in ranges:
            if media_range == wanted:
                return quality
    return 0.0
