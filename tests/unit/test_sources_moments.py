"""Times that people type: British where they name no zone, never yet to come."""

from datetime import UTC, datetime

import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.sources.moments import read_as_of, read_moment


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        # British Summer Time in 2025: 30 March to 26 October, each at 01:00 UTC.
        ("2025-06-10T10:00", "2025-06-10T09:00"),
        ("2025-12-10T10:00", "2025-12-10T10:00"),
        ("2025-06-10T10:00Z", "2025-06-10T10:00"),
        ("2025-06-10T10:00+02:00", "2025-06-10T08:00"),
        ("2025-06-10", "2025-06-09T23:00"),
        # 01:30 occurs twice: the first, which is the earlier knowledge.
        ("2025-10-26T01:30", "2025-10-26T00:30"),
    ],
)
def test_an_as_of_time_without_a_zone_is_british(text: str, utc: str):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert read_as_of(text, now) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "10/06/2025", "2025-06-31"])
def test_an_as_of_that_is_no_time_is_refused(text: str):
    with pytest.raises(InvalidInputError, match="no time"):
        read_as_of(text, datetime(2026, 1, 1, tzinfo=UTC))


def test_an_as_of_that_is_yet_to_come_is_refused():
    now = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
    assert read_as_of(now, now) == now
    told = r"as-of 2025-06-10T10:01 is yet to come \(it is 2025-06-10T10:00 British time\)"
    with pytest.raises(InvalidInputError, match=told):
        read_as_of("2025-06-10T10:01", now)


@pytest.mark.parametrize(
    "text",
    ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1899-12-31T23:59Z", "9999-01-01"],
)
def test_a_time_of_no_year_in_use_is_refused_in_words(text: str):
    with pytest.raises(InvalidInputError, match="a time of the years 1900 to 9998"):
        read_as_of(text, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_has_no_equal_in_another_zone_is_none(text: str):
    assert read_moment(text) is None


@pytest.mark.parametrize("text", ["", "x", "32/01/2025", "2025", "12:00", "0000-00-00", "9" * 30])
def test_what_is_no_date_is_none(text: str):
    assert read_moment(text) is None
