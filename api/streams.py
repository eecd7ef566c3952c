"""Recipients as a stream: the next batch is read when the last one was taken.

A thread works on a stream only while a batch is read, and few do at a time, so that however many
lists are taken other calls are answered. While a slow client takes a batch, what is held is that
batch and the position in the list.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor
from typing import Final

from starlette.responses import StreamingResponse

from api.negotiation import ARROW, CSV, NDJSON
from geo_alerts.acts.recipient_files import Batches, Form, streamed

MEDIA_TYPES: Final = {NDJSON: Form.NDJSON, CSV: Form.CSV, ARROW: Form.ARROW_STREAM}

# Batches that are read at the same time; more would not come sooner on few processors.
STREAMS_AT_ONCE: Final = 4


def recipients_stream(batches: Batches, media_type: str, threads: Executor) -> StreamingResponse:
    """Recipients in one of `MEDIA_TYPES`.

    Args:
        batches: The recipients.
        media_type: What they are written as.
        threads: That read for streams.
    """
    pieces = streamed(batches, MEDIA_TYPES[media_type])
    return StreamingResponse(_taken(pieces, threads), media_type=media_type)


async def _taken(pieces: Iterator[bytes], threads: Executor) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while piece := await loop.run_in_executor(threads, next, pieces, b""):
        yield piece
