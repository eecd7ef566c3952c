"""What is sent compressed, and what is not."""

import pytest

from tests.api.test_frozen import frozen

WANTED = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "path", ["/static/leaflet.js", "/v1/teams?format=geojson", "/docs", "/coverage/map"]
)
def test_what_is_long_is_compressed_for_who_can_read_it(path, analyst):
    plain = analyst.get(path, headers={"Accept-Encoding": "identity"})
    short = analyst.get(path, headers=WANTED)
    assert short.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, short):
        assert answer.status_code == 200
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert short.num_bytes_downloaded < 0.6 * len(plain.content)


@pytest.mark.parametrize(
    "kind", ["application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream"]
)
def test_lists_of_recipients_are_sent_as_they_are_made(kind, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/recipients"
    answer = alert_system.get(path, headers={**WANTED, "Accept": kind})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
