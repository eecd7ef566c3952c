"""Freezing an audience, who may see what of it, and reading its recipients in every form."""

import csv
import io
import json
from datetime import datetime

import pyarrow as pa
import pytest

from geo_alerts.acts.audiences import is_as_frozen
from geo_alerts.acts.boundaries import DraftOptions, import_boundaries
from geo_alerts.acts.keys import sign_in_link_token
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from geo_alerts.sources.subscriber_rules import SubscriberRow
from geo_alerts.store.subscriber_changes import record_change
from tests.api.asking import OURS, assert_problem
from tests.api.world import EVERYBODY, NEXT, squares

T1 = {"area": {"type": "team", "codes": ["T1"]}}
T1_AND_T2 = {"area": {"type": "team", "codes": ["T1", "T2"]}}
NOBODY = {"area": {"type": "team", "codes": ["T4"]}}
WHY = {"purpose": "Warn of shed break-ins", "lawful_basis": "public_task"}
PEOPLE_OF_T1 = EVERYBODY[:60]
NDJSON, CSV = "application/x-ndjson", "text/csv"
ARROW = "application/vnd.apache.arrow.stream"


def frozen(client, selection=T1):
    answer = client.post("/v1/audiences", json={"selection": selection, **WHY})
    assert answer.status_code == 201, answer.text
    return answer.json()


def pages_of(client, audience_id, page_size=1_000, part="recipients"):
    token, found = None, []
    while True:
        query = {"page_size": page_size} | ({"page_token": token} if token else {})
        page = client.get(f"/v1/audiences/{audience_id}/{part}", params=query).json()
        found += page["recipients"]
        token = page["next_page_token"]
        if token is None:
            return found


def stream_of(client, audience_id, accept, part="recipients", **query):
    path = f"/v1/audiences/{audience_id}/{part}"
    answer = client.get(path, headers={"Accept": accept}, params=query)
    assert answer.headers["content-type"].partition(";")[0] == accept
    if accept == NDJSON:
        return [json.loads(line) for line in answer.text.splitlines()]
    if accept == ARROW:
        return pa.ipc.open_stream(answer.content).read_all().to_pylist()
    rows = csv.DictReader(io.StringIO(answer.text))
    return [
        {
            "position": int(row["position"]),
            "reference": row["reference"],
            "channels": [name for name in row["channels"].split(";") if name],
        }
        for row in rows
    ]


def references(found):
    return sorted(one["reference"] for one in found)


def test_an_audience_is_frozen_with_its_purpose_and_basis_and_found_again(alert_system):
    answer = alert_system.post("/v1/audiences", json={"selection": T1, **WHY})
    audience = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/audiences/{audience['id']}"
    assert {name: audience[name] for name in WHY} == WHY
    assert audience["figures"]["people"] == 60
    assert audience["selection"]["area"] == {"type": "team", "codes": ["T1"], "edition": None}
    assert audience["asked"] == audience["selection"]
    assert (audience["approval"], audience["decision"]) == ("not_needed", None)
    assert alert_system.get(answer.headers["location"]).json() == audience


@pytest.mark.parametrize("basis", ["", "because", None, 7])
def test_an_audience_needs_a_lawful_basis(basis, alert_system):
    asked = {"selection": T1, **WHY, "lawful_basis": basis}
    problem = assert_problem(
        alert_system.post("/v1/audiences", json=asked), 422, "validation_failed"
    )
    assert [fault["pointer"] for fault in problem["errors"]] == ["/lawful_basis"]


def test_an_audience_tells_whose_key_froze_it(alert_system, world):
    key_id = world.tokens[Role.ALERT_SYSTEM].split("_")[1]
    assert frozen(alert_system)["created_by"] == f"key:{key_id}"


def test_an_audience_tells_who_froze_it_after_signing_in_by_a_link(client, store):
    token = sign_in_link_token(store, name="Sgt A. Jones", role=Role.ALERT_SYSTEM)
    client.headers.update(OURS)
    assert client.post("/sign-in", data={"token": token}).status_code == 200
    assert frozen(client)["created_by"] == "session:Sgt A. Jones"


def test_a_box_beside_a_shape_is_accepted_and_not_kept(alert_system):
    # The square of team T1 lies inside this one, whose box is nonsense.
    ring = [[-3.0, 52.6], [-2.8, 52.6], [-2.8, 52.8], [-3.0, 52.8], [-3.0, 52.6]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    boxed = {"area": {"type": "polygon", "geometry": geometry | {"bbox": [0, 0, 0, 0]}}}
    audience = frozen(alert_system, boxed)
    assert audience["selection"]["area"] == {"type": "polygon", "geometry": geometry}
    assert audience["figures"]["people"] >= 60


@pytest.mark.parametrize("page_size", [1, 7, 59, 60, 61])
def test_pages_hold_every_recipient_once_with_their_channels(page_size, alert_system):
    found = pages_of(alert_system, frozen(alert_system)["id"], page_size)
    assert references(found) == PEOPLE_OF_T1
    assert [one["position"] for one in found] == list(range(60))
    # Every second one takes texts.
    by_text = references([one for one in found if one["channels"] == ["email", "text"]])
    assert by_text == PEOPLE_OF_T1[::2]
    assert references([one for one in found if one["channels"] == ["email"]]) == PEOPLE_OF_T1[1::2]


def test_only_channels_that_were_asked_for_are_told(alert_system):
    found = pages_of(alert_system, frozen(alert_system, {**T1, "channels": ["text"]})["id"])
    assert {tuple(one["channels"]) for one in found} == {("text",)}
    assert references(found) == PEOPLE_OF_T1[::2]


@pytest.mark.parametrize("accept", [NDJSON, CSV, ARROW])
def test_a_stream_holds_what_pages_hold(accept, alert_system):
    audience_id = frozen(alert_system)["id"]
    assert stream_of(alert_system, audience_id, accept) == pages_of(alert_system, audience_id)


@pytest.mark.parametrize("accept", [NDJSON, CSV, ARROW])
@pytest.mark.parametrize("after", [-1, 0, 7, 58, 59, 60, 2**31 - 1])
def test_a_stream_is_taken_up_where_it_was_cut_off(accept, after, alert_system):
    audience_id = frozen(alert_system)["id"]
    whole = pages_of(alert_system, audience_id)
    rest = stream_of(alert_system, audience_id, accept, after_position=after)
    assert rest == [one for one in whole if one["position"] > after]


@pytest.mark.parametrize("accept", [NDJSON, CSV, ARROW])
def test_an_audience_of_nobody_is_an_empty_list(accept, alert_system):
    audience = frozen(alert_system, NOBODY)
    assert pages_of(alert_system, audience["id"]) == []
    assert stream_of(alert_system, audience["id"], accept) == []


@pytest.mark.parametrize("token", ["nonsense", "!", "MTAwMA", "é", "0" * 200, " "])
def test_a_page_token_that_was_not_issued_is_refused(token, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/recipients"
    answer = alert_system.get(path, params={"page_token": token})
    assert_problem(answer, 422, "invalid_page_token")


def test_a_page_token_of_one_audience_does_not_open_another(alert_system):
    first, second = frozen(alert_system), frozen(alert_system, T1_AND_T2)
    page = alert_system.get(f"/v1/audiences/{first['id']}/recipients?page_size=5").json()
    query = {"page_token": page["next_page_token"]}
    answer = alert_system.get(f"/v1/audiences/{second['id']}/recipients", params=query)
    assert_problem(answer, 422, "invalid_page_token")


@pytest.mark.parametrize("page_size", ["0", "-1", "10001", "ten", "1e3", ""])
def test_a_page_size_out_of_bounds_is_refused(page_size, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/recipients"
    answer = alert_system.get(path, params={"page_size": page_size})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "page_size"


@pytest.mark.parametrize("accept", ["application/json", NDJSON, CSV, ARROW])
def test_an_audience_that_is_not_there_is_a_404_before_any_line_is_sent(accept, alert_system):
    headers = {"Accept": accept}
    answer = alert_system.get("/v1/audiences/none/recipients", headers=headers)
    assert_problem(answer, 404, "unknown_audience")


def test_a_control_group_is_counted_and_never_listed(alert_system):
    selection = {**T1, "control": {"share": 0.5, "seed": 7}}
    audience = frozen(alert_system, selection)
    held_out = audience["figures"]["left_out"]["control"]
    told = pages_of(alert_system, audience["id"])
    assert 0 < held_out < 60
    assert len(told) == audience["figures"]["people"] == 60 - held_out
    assert frozen(alert_system, selection)["recipients_sha256"] == audience["recipients_sha256"]


@pytest.mark.parametrize("page_size", [1, 7, 1_000])
def test_the_control_group_is_listed_by_itself_with_no_channel_to_tell_it_by(
    page_size, alert_system
):
    audience_id = frozen(alert_system, {**T1, "control": {"share": 0.5, "seed": 7}})["id"]
    told = pages_of(alert_system, audience_id)
    held_out = pages_of(alert_system, audience_id, page_size, part="control")
    assert references(told + held_out) == PEOPLE_OF_T1
    assert [one["position"] for one in told + held_out] == list(range(60))
    assert {tuple(one["channels"]) for one in held_out} == {()}


@pytest.mark.parametrize("accept", [NDJSON, CSV, ARROW])
def test_a_stream_of_the_control_group_holds_what_its_pages_hold(accept, alert_system):
    audience_id = frozen(alert_system, {**T1, "control": {"share": 0.5}})["id"]
    whole = pages_of(alert_system, audience_id, part="control")
    assert stream_of(alert_system, audience_id, accept, part="control") == whole
    after = whole[3]["position"]
    rest = stream_of(alert_system, audience_id, accept, part="control", after_position=after)
    assert rest == whole[4:]


def test_an_audience_without_a_control_group_lists_none(alert_system):
    audience_id = frozen(alert_system)["id"]
    assert pages_of(alert_system, audience_id, part="control") == []
    assert stream_of(alert_system, audience_id, NDJSON, part="control") == []


def test_a_page_token_of_recipients_does_not_open_the_control_group(alert_system):
    audience_id = frozen(alert_system, {**T1, "control": {"share": 0.5}})["id"]
    path = f"/v1/audiences/{audience_id}"
    page = alert_system.get(f"{path}/recipients?page_size=5").json()
    query = {"page_token": page["next_page_token"]}
    answer = alert_system.get(f"{path}/control", params=query)
    assert_problem(answer, 422, "invalid_page_token")


def test_who_withdrew_is_off_the_control_group_as_off_the_recipients(alert_system, store):
    selection = {**T1, "topics": {"any_of": ["burglary"]}, "control": {"share": 0.5}}
    audience_id = frozen(alert_system, selection)["id"]
    whole = pages_of(alert_system, audience_id, part="control")
    wholly, by_topic, by_channels, by_one = (one["reference"] for one in whole[:4])
    withdraw_from(store, by_topic, "topic:burglary")
    withdraw_from(store, by_channels, "channel:email", "channel:text")
    by_text = next(one for one in references(whole[4:]) if int(one[2:]) % 2)
    withdraw_from(store, by_text, "channel:text")
    sent = {"reference": wholly}
    assert alert_system.post("/v1/subscribers:withdraw", json=sent).status_code == 200
    page = alert_system.get(f"/v1/audiences/{audience_id}/control").json()
    left = {wholly, by_topic, by_channels}
    assert page["recipients"] == [one for one in whole if one["reference"] not in left]
    assert page["withdrawn_since"] == 3
    assert by_one in references(page["recipients"])


def test_who_read_a_control_group_is_in_the_audit_trail(alert_system, client_of):
    audience_id = frozen(alert_system, {**T1, "control": {"share": 0.5}})["id"]
    size = len(pages_of(alert_system, audience_id, part="control"))
    stream_of(alert_system, audience_id, NDJSON, part="control")
    entries = client_of(Role.ADMIN).get("/v1/audit").json()["entries"]
    read = [one["details"] for one in entries if one["act"] == "audience.read"]
    assert [(one["part"], one.get("control")) for one in read] == [
        ("control", size),
        ("control", None),
        ("control", size),
    ]


def test_whom_an_audience_reached_is_left_out_of_the_next_but_not_its_control_group(alert_system):
    first = frozen(alert_system, {**T1, "control": {"share": 0.5}})
    told = references(pages_of(alert_system, first["id"]))
    second = frozen(alert_system, {**T1_AND_T2, "not_in_audiences": [first["id"]]})
    assert second["figures"]["left_out"] == {"already_reached": len(told)}
    expected = [one for one in EVERYBODY[:90] if one not in told]
    assert references(pages_of(alert_system, second["id"])) == expected


def test_an_audience_that_is_not_there_cannot_be_left_out(alert_system):
    asked = {"selection": {**T1, "not_in_audiences": ["nothing"]}, **WHY}
    assert_problem(alert_system.post("/v1/audiences", json=asked), 404, "unknown_audience")


def test_who_was_told_enough_lately_is_left_out_unless_it_is_urgent(alert_system):
    first = frozen(alert_system, {**T1, "channels": ["text"]})
    path = f"/v1/audiences/{first['id']}/alerts"
    capped = {**T1, "cap": {"alerts": 2, "days": 7}}
    assert alert_system.post(path, json={"key": "one"}).status_code == 200
    assert frozen(alert_system, capped)["figures"]["people"] == 60
    assert alert_system.post(path, json={"key": "two"}).status_code == 200
    left = frozen(alert_system, capped)["figures"]
    assert (left["people"], left["left_out"]) == (30, {"cap": 30})
    assert frozen(alert_system, {**capped, "urgent": True})["figures"]["people"] == 60
    more = {**T1, "cap": {"alerts": 3, "days": 7}}
    assert frozen(alert_system, more)["figures"]["people"] == 60


def test_an_alert_is_recorded_once_whatever_is_said_again(alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/alerts"
    first = alert_system.post(path, json={"key": "sheds/1"}).json()
    for sent_at in ("2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        again = {"key": "sheds/1", "sent_at": sent_at}
        problem = assert_problem(alert_system.post(path, json=again), 409, "conflict")
        assert "sheds/1 is known to be sent at" in problem["detail"]
    in_london = datetime.fromisoformat(first["sent_at"]).astimezone(LONDON).isoformat()
    for said in ({}, {"sent_at": None}, {"sent_at": first["sent_at"]}, {"sent_at": in_london}):
        assert alert_system.post(path, json={"key": "sheds/1", **said}).json() == first
    alert_system.post(path, json={"key": "sheds/2"})
    listed = alert_system.get(path, params={"page_size": 1}).json()
    assert listed["alerts"] == [first]
    rest = alert_system.get(path, params={"page_token": listed["next_page_token"]}).json()
    assert [one["key"] for one in rest["alerts"]] == ["sheds/2"]
    assert rest["next_page_token"] is None


@pytest.mark.parametrize("sent_at", ["2999-01-01T00:00:00Z", "2020-01-01T00:00:00+01:00"])
def test_an_alert_of_before_its_audience_or_to_come_is_refused(sent_at, alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}/alerts"
    answer = alert_system.post(path, json={"key": "one", "sent_at": sent_at})
    assert_problem(answer, 422, "invalid_input")


def withdraw_from(store, reference, *what):
    unsaid = frozenset({"postcodes", "channels", "groups", "topics", "joined_on"})
    row = SubscriberRow(reference, store.clock(), unsaid=unsaid, withdraws_from=frozenset(what))
    record_change(store, row, source="a test")


def test_a_channel_that_was_withdrawn_from_is_gone_from_the_list(alert_system, store):
    audience = frozen(alert_system)
    withdraw_from(store, "R-0001", "channel:email")
    withdraw_from(store, "R-0002", "channel:email")
    found = {one["reference"]: one for one in pages_of(alert_system, audience["id"])}
    # The first takes texts as well, the second does not.
    assert found["R-0001"]["channels"] == ["text"]
    assert "R-0002" not in found
    shown = alert_system.get(f"/v1/audiences/{audience['id']}").json()
    assert shown["withdrawn_since"] == 1


def test_who_withdrew_from_a_topic_is_off_the_lists_that_were_chosen_by_it(alert_system, store):
    by_topic = frozen(alert_system, {**T1, "topics": {"any_of": ["burglary"]}})
    of_everybody = frozen(alert_system)
    withdraw_from(store, "R-0001", "topic:burglary")
    assert "R-0001" not in references(pages_of(alert_system, by_topic["id"]))
    assert "R-0001" in references(pages_of(alert_system, of_everybody["id"]))


def test_years_later_an_audience_gives_the_same_answer_less_those_who_left(
    alert_system, store, tmp_path
):
    audience = frozen(alert_system)
    before = pages_of(alert_system, audience["id"])
    later = squares(tmp_path / "later.geojson", NEXT, valid_from="2025-07-01")
    import_boundaries(store, later, lambda *_: None, DraftOptions())
    withdraw_from(store, "R-0001", "channel:email", "channel:text")
    for call, reference in (("withdraw", "R-0002"), ("erase", "R-0003")):
        sent = {"reference": reference}
        assert alert_system.post(f"/v1/subscribers:{call}", json=sent).status_code == 200
    left = {"R-0001", "R-0002", "R-0003"}
    expected = [one for one in before if one["reference"] not in left]
    assert pages_of(alert_system, audience["id"]) == expected
    shown = alert_system.get(f"/v1/audiences/{audience['id']}").json()
    assert shown == {**audience, "withdrawn_since": 3}
    assert is_as_frozen(Live(store), audience["id"])
    # Named again, somebody who was erased is a new person, and on no list of before.
    again = {"reference": "R-0003", "postcodes": ["SY1 1AC"], "channels": ["email"]}
    assert alert_system.post("/v1/subscribers:upsert", json=again).status_code == 200
    assert pages_of(alert_system, audience["id"]) == expected
