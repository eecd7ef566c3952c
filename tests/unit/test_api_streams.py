"""Long answers are made as they are taken."""

import asyncio
import json

import pytest

from api.streams import LINES_A_CHUNK, recipient_lines
from geo_alerts.errors import UnknownAudienceError


def test_no_more_is_made_than_was_taken():
    made = []

    def references():
        for number in range(10 * LINES_A_CHUNK):
            made.append(number)
            yield f"R-{number}"

    answer = recipient_lines(references())
    assert len(made) == 1
    first = asyncio.run(anext(aiter(answer.body_iterator)))
    assert len(made) == LINES_A_CHUNK == first.count("\n")


def test_every_reference_is_a_line_of_json_whatever_it_holds():
    given = ['a"b', "c\\d", "é", "e\nf"]

    async def read():
        return "".join([chunk async for chunk in recipient_lines(iter(given)).body_iterator])

    lines = asyncio.run(read()).splitlines()
    assert [json.loads(line) for line in lines] == [{"reference": one} for one in given]


def test_what_is_wrong_is_raised_before_the_answer_begins():
    def references():
        raise UnknownAudienceError("no audience has this id")
        yield

    with pytest.raises(UnknownAudienceError):
        recipient_lines(references())
