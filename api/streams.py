"""Long answers, sent as they are made: the next batch is made when the last was taken."""

import json
from collections.abc import Iterator
from itertools import chain, islice

from starlette.responses import StreamingResponse

from api.negotiation import NDJSON

LINES_A_CHUNK = 1_000


def recipient_lines(references: Iterator[str]) -> StreamingResponse:
    """References as NDJSON.

    The first is taken at once, so that what is wrong with the request is raised before the answer
    begins.
    """
    first = list(islice(references, 1))
    return StreamingResponse(_lines(chain(first, references)), media_type=NDJSON)


def _lines(references: Iterator[str]) -> Iterator[str]:
    while chunk := list(islice(references, LINES_A_CHUNK)):
        yield "".join(f'{{"reference":{json.dumps(reference)}}}\n' for reference in chunk)
