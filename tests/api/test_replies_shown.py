"""How many replied, as each role is shown it: on pages, in tables, and never so that it betrays."""

import re
from datetime import timedelta

import pytest

from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.protection.replies import LEAST_PEOPLE
from tests.api.asking import assert_problem, main_of
from tests.api.test_dashboard import rows_of
from tests.api.test_frozen import T1, T1_AND_T2, frozen
from tests.api.world import units_of

MANY = {"email": 3, "text": 41, "voice": 0}
SHOWN = {"text"}
SOME_PEOPLE = 150
PAGE = {"Accept": "text/html"}


@pytest.fixture
def crowd(alert_system):
    """So many people in Team 1 that limited roles are told how many replied."""
    units = units_of(1)
    for number in range(SOME_PEOPLE):
        person = {
            "reference": f"C-{number}",
            "postcodes": [units[number % len(units)]],
            "channels": ["text"],
        }
        assert alert_system.post("/v1/subscribers:upsert", json=person).is_success


@pytest.fixture
def commander(client_of):
    return client_of(Role.COMMANDER)


def alerted(asker, alert_system, selection=T1, **by_channel):
    """The address of an audience of which an alert was sent and, where given, replies were told."""
    path = f"/v1/audiences/{frozen(asker, selection)['id']}"
    alert = alert_system.post(f"{path}/alerts", json={"key": "one"}).json()
    if by_channel:
        told = {"as_of": alert["sent_at"], "by_channel": by_channel}
        assert alert_system.put(f"{path}/replies", json=told).is_success
    return path


def page_of(client, path):
    return main_of(client.get(path.removeprefix("/v1"), headers=PAGE))


@pytest.mark.usefixtures("crowd")
def test_who_asked_for_a_large_audience_is_shown_rounded_numbers(commander, alert_system, analyst):
    path = alerted(commander, alert_system, **MANY)
    assert commander.get(path).json()["figures"]["people"] >= LEAST_PEOPLE
    shown = commander.get(f"{path}/replies").json()
    assert (shown["is_rounded"], shown["per_100"]) == (True, None)
    assert set(shown["by_channel"]) == set(shown["as_of"]) == SHOWN
    assert (shown["total"] % 5, abs(shown["total"] - MANY["text"]) < 5) == (0, True)
    assert shown["total"] == shown["by_channel"]["text"]
    # Asked again, or told again, it is no second draw.
    assert commander.get(f"{path}/replies").json() == shown
    text = page_of(commander, path)
    assert f"≈ {shown['total']} replies to all alerts" in text.replace("\u202f", " ")
    assert "rounded at random up or down to a multiple of 5" in text
    assert "for every 100 recipients" not in text
    assert "Replies" in page_of(commander, "/audiences")
    (row,) = rows_of(commander, "alerts")
    assert (row["replies"], row["replies_are"]) == (str(shown["total"]), "rounded")
    assert row["replies_per_100_recipients"] == ""
    # Nothing of it is anybody else's to see.
    assert_problem(analyst.get(f"{path}/replies"), 404, "unknown_audience")
    (row,) = rows_of(analyst, "alerts")
    assert (row["replies"], row["replies_are"], row["replies_as_of"]) == ("", "", "")


@pytest.mark.usefixtures("crowd")
def test_a_channel_by_which_few_are_told_stays_hidden_however_many_others_are_told(
    commander, alert_system, store
):
    by_text_or_voice = {**T1, "channels": ["text", "voice"]}
    path = alerted(commander, alert_system, by_text_or_voice, text=41, voice=0)
    deliveries = commander.get(path).json()["figures"]["deliveries"]
    assert deliveries["text"] >= LEAST_PEOPLE > deliveries["voice"]
    places = (path.removeprefix("/v1"), "/audiences", "/dashboard")

    def seen():
        return (
            commander.get(f"{path}/replies").json(),
            [page_of(commander, place) for place in places],
            rows_of(commander, "alerts"),
        )

    before = seen()
    assert set(before[0]["by_channel"]) == SHOWN
    later = store.clock() + timedelta(minutes=5)
    store.clock = lambda: later
    for voice in (1, 50):
        told = {"as_of": later.isoformat(), "by_channel": {"voice": voice}}
        assert alert_system.put(f"{path}/replies", json=told).is_success
        assert seen() == before


@pytest.mark.usefixtures("crowd")
def test_no_reply_is_shown_as_one_reply_and_as_nothing_told(commander, alert_system):
    path = alerted(commander, alert_system)

    def seen():
        return (
            commander.get(f"{path}/replies").json(),
            page_of(commander, path),
            rows_of(commander, "alerts"),
        )

    before = seen()
    assert (before[0]["by_channel"], before[0]["total"], before[0]["as_of"]) == ({}, None, {})
    assert "Few or none: no number to show." in before[1]
    assert "few or none" in page_of(commander, "/dashboard")
    at = alert_system.get(f"{path}/alerts").json()["alerts"][0]["sent_at"]
    for text in (0, 1):
        told = {"as_of": at, "by_channel": {"text": text}}
        assert alert_system.put(f"{path}/replies", json=told).is_success
        assert seen() == before


def test_who_may_see_exact_counts_is_shown_them_with_their_rate(alert_system, client_of):
    path = alerted(alert_system, alert_system, **MANY)
    alert_system.post(f"{path}/alerts", json={"key": "reminder"})
    admin = client_of(Role.ADMIN)
    text = page_of(admin, path)
    assert "44 replies to all alerts of this audience together: 73.3 for every 100" in text
    assert re.search(r"email 3 .*text 41 .*voice 0 ", text)
    assert "≈" not in text
    assert re.search(r"People Replies Approval .* 60 44 no approval", page_of(admin, "/audiences"))
    latest, first = rows_of(admin, "alerts")
    assert (latest["replies"], latest["replies_are"]) == ("44", "exact")
    assert float(latest["replies_per_100_recipients"]) == pytest.approx(4400 / 60)
    assert first["replies"] == ""
    board = page_of(admin, "/dashboard")
    assert "Replies per 100 recipients" in board
    assert "with the later alert" in board


@pytest.mark.parametrize("told", [{}, {"text": 0}, {"text": 1}, {"text": 44}])
def test_of_a_small_audience_a_limited_role_learns_not_even_whether_anybody_replied(
    told, analyst, alert_system
):
    one_postcode = {"area": {"type": "postcodes", "postcodes": ["SY1 1AA"]}}
    path = alerted(analyst, alert_system, one_postcode, **told)
    problem = assert_problem(analyst.get(f"{path}/replies"), 403, "withheld")
    assert f"{LEAST_PEOPLE} people or more" in problem["detail"]
    text = page_of(analyst, path)
    assert "How many replied is shown to your role where" in text
    assert "Replies by channel" not in text
    assert "People Approval Asked for" in page_of(analyst, "/audiences")
    (row,) = rows_of(analyst, "alerts")
    assert (row["replies"], row["replies_are"], row["replies_as_of"]) == ("", "", "")
    board = page_of(analyst, "/dashboard")
    assert re.search("Warn of shed break-ins the key “[^”]+” not shown", board)
    assert "none told yet" not in board


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    "condition",
    [
        {"sample": {"size": 1}},
        {"control": {"share": 0.5}},
        {"cap": {"alerts": 1, "days": 7}},
        {"joined": {"on_or_after": "2020-01-01"}},
    ],
)
def test_a_large_estimate_that_leaves_a_condition_out_tells_nothing(
    condition, commander, alert_system
):
    path = alerted(commander, alert_system, {**T1, **condition}, **MANY)
    assert commander.get(path).json()["figures"]["people"] >= LEAST_PEOPLE
    assert_problem(commander.get(f"{path}/replies"), 403, "withheld")


@pytest.mark.usefixtures("crowd")
def test_an_audience_less_another_tells_nothing(commander, alert_system):
    first = alerted(commander, alert_system, **MANY).rpartition("/")[2]
    path = alerted(commander, alert_system, {**T1_AND_T2, "not_in_audiences": [first]}, text=1)
    assert_problem(commander.get(f"{path}/replies"), 403, "withheld")


def test_without_replies_the_page_says_where_they_are_told(alert_system):
    path = f"/v1/audiences/{frozen(alert_system)['id']}"
    text = page_of(alert_system, path)
    assert "None told yet. The alert system records first that an alert was sent" in text
    assert re.search(rf"POST http\S+{path}/alerts PUT http\S+{path}/replies", text)
    assert "People Approval Asked for" in page_of(alert_system, "/audiences")
    alert_system.post(f"{path}/alerts", json={"key": "one"})
    after = page_of(alert_system, path)
    assert "None told yet. The alert system tells how many there are so far" in after
    assert re.search(rf"PUT http\S+{path}/replies", after)
    assert "none told yet" in page_of(alert_system, "/dashboard")


class TestApproval:
    """Audiences that wait for a second person."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(approval_above=70)

    def test_an_audience_that_waits_or_was_refused_has_no_replies_to_show(
        self, alert_system, commander
    ):
        path = f"/v1/audiences/{frozen(alert_system, T1_AND_T2)['id']}"
        assert "None told yet" not in page_of(alert_system, path)
        commander.post(f"{path}:refuse", json={})
        assert "None told yet" not in page_of(alert_system, path)


class TestExact:
    """A force that lets analysts see exact counts; commanders see estimates."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(exact_counts_for=("analyst",))

    def test_a_role_that_may_see_exact_counts_is_shown_exact_replies(self, analyst, alert_system):
        path = alerted(analyst, alert_system, **MANY)
        shown = analyst.get(f"{path}/replies").json()
        assert (shown["by_channel"], shown["is_rounded"]) == (MANY, False)
        assert shown["per_100"] == pytest.approx(4400 / 60)

    @pytest.mark.usefixtures("crowd")
    def test_more_replies_than_messages_are_doubted_before_those_alone_who_see_exact_numbers(
        self, commander, alert_system
    ):
        path = alerted(commander, alert_system)
        sent_at = alert_system.get(f"{path}/alerts").json()["alerts"][0]["sent_at"]
        people = alert_system.get(path).json()["figures"]["deliveries"]["text"]
        assert people > SOME_PEOPLE

        def tell(count):
            asked = {"as_of": sent_at, "by_channel": {"text": count}}
            return alert_system.put(f"{path}/replies", json=asked).json()["more_than_sent"]

        assert (tell(people), tell(people + 1)) == ([], ["text"])
        doubt = "By text there are more replies than recipients"
        assert doubt in page_of(alert_system, path)
        shown = commander.get(f"{path}/replies").json()
        assert (shown["is_rounded"], shown["more_than_sent"]) == (True, [])
        assert doubt not in page_of(commander, path)
        assert "counted twice" not in commander.get("/dashboard", headers=PAGE).text
        # One person may reply to each alert.
        alert_system.post(f"{path}/alerts", json={"key": "two"})
        assert alert_system.get(f"{path}/replies").json()["more_than_sent"] == []
