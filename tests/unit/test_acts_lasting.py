"""Identities and what is gone, whatever the order in which editions are activated."""

import json
from datetime import timedelta

import pytest

from geo_alerts.acts import activation
from geo_alerts.acts.activation import activate
from geo_alerts.acts.boundaries import DraftOptions, check, import_draft
from geo_alerts.acts.changes import compare
from geo_alerts.acts.live import Live, When
from geo_alerts.acts.look_up import team
from geo_alerts.acts.preview import preview
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_selection
from geo_alerts.errors import ConflictError
from geo_alerts.store.database import Store
from geo_alerts.store.saved_areas import open_reviews, save
from tests.api.world import TEAMS, build, squares
from tests.teams_redrawn import REDRAWN

BY = "somebody"
T1 = {"type": "team", "codes": ["T1"]}
OTHERS = {code: area for code, area in TEAMS.items() if code != "T1"}


def silent(_done, _total=None):
    """No progress bar."""


@pytest.fixture
def live(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    build(tmp_path, url)
    with Store.open(url) as store:
        yield Live(store)


@pytest.fixture
def checked(live, tmp_path):
    """Bring in an edition and check it; its number."""

    def bring(name, areas):
        path = squares(tmp_path / f"{name}.geojson", areas)
        number = import_draft(live, path, silent, DraftOptions(label=name), by=BY).edition_id
        check(live, number)
        return number

    return bring


def identity_of(live, code, **when):
    return team(live.view(When(**when)), code).identity


def people_of(live, area, **when):
    selection = read_selection(json.dumps({"area": area}))
    return preview(live, selection, Role.ADMIN, When(**when)).figures.people


def rules_of(live, **when):
    selection = read_selection(json.dumps({"area": T1}))
    return [(one.rule, one.to) for one in live.snapshot(When(**when)).rehomed(selection)]


def reviews(live):
    with live.store.reading() as connection:
        return open_reviews(connection)


def days(live, count):
    return live.today() + timedelta(days=count)


def test_what_was_to_come_can_be_cancelled_without_a_trace_in_identities_or_reviews(live, checked):
    first = live.view().inputs.boundary_edition_id
    saved = save(live.store, "market", BY, T1, BY)
    before = identity_of(live, "T1")
    redrawn = checked("redrawn", REDRAWN)
    activate(live, redrawn, days(live, 100), by=BY)
    assert [one.saved_area_id for one in reviews(live)] == [saved.id]
    told = activation.preview(live, first, days(live, 100))
    assert (told.changed, told.compared, told.why_ask) == (True, None, ())
    assert activate(live, first, days(live, 100), by=BY).to_review == ()
    assert reviews(live) == []
    assert identity_of(live, "T1") == identity_of(live, "T1", as_of=days(live, 101)) == before
    assert rules_of(live, as_of=days(live, 101)) == []


def test_a_promise_for_a_later_day_stands_when_what_lies_between_is_cancelled(live, checked):
    first = live.view().inputs.boundary_edition_id
    recoded = checked("recoded", {"R": TEAMS["T1"], **OTHERS})
    activate(live, checked("redrawn", REDRAWN), days(live, 100), by=BY)
    activate(live, recoded, days(live, 400), by=BY)
    activate(live, first, days(live, 100), by=BY)
    as_of = days(live, 401)
    assert rules_of(live, as_of=as_of) == [("new_code", ("R",))]
    assert identity_of(live, "R", as_of=as_of) == identity_of(live, "T1")


def test_an_edition_of_the_past_has_the_identities_of_the_teams_that_it_became(live, checked):
    # T1 was X1, and the codes of T2 and T3 were exchanged.
    past = {"X1": TEAMS["T1"], "T2": TEAMS["T3"], "T3": TEAMS["T2"], "T4": TEAMS["T4"]}
    day = days(live, -400)
    activate(live, checked("past", past), day, by=BY)
    then = {code: identity_of(live, code, as_of=day) for code in past}
    now = {code: identity_of(live, code) for code in TEAMS}
    assert then == {"X1": now["T1"], "T2": now["T3"], "T3": now["T2"], "T4": now["T4"]}
    selection = read_selection(json.dumps({"area": {"type": "team", "codes": ["X1"]}}))
    assert [one.rule for one in live.snapshot().rehomed(selection)] == ["new_code"]


def test_a_code_of_the_past_that_is_another_team_now_has_another_identity(live, checked):
    past = {"T1": TEAMS["T4"], "T2": TEAMS["T2"], "T3": TEAMS["T3"], "X": ("X", (0, 0, 0.3, 1))}
    day = days(live, -400)
    activate(live, checked("past", past), day, by=BY)
    then = {code: identity_of(live, code, as_of=day) for code in past}
    now = {code: identity_of(live, code) for code in TEAMS}
    assert then["T1"] == now["T4"]
    assert then["X"] not in now.values()


def test_a_team_that_was_recoded_and_then_split_is_what_it_was_last(live, checked):
    recoded = {"R": ("Team 1", (0, 0, 1.04, 1)), "T2": ("Team 2", (1.04, 0, 2, 1))}
    rest = {"T3": TEAMS["T3"], "T4": TEAMS["T4"]}
    split = {"RW": ("West", (0, 0, 0.5, 1)), "RE": ("East", (0.5, 0, 1.04, 1))}
    activate(live, checked("recoded", {**recoded, **rest}), days(live, 0), by=BY)
    assert rules_of(live) == [("new_code", ("R",))]
    activate(live, checked("split", {**split, "T2": recoded["T2"], **rest}), days(live, 1), by=BY)
    as_of = days(live, 2)
    layer = live.view(When(as_of=as_of)).geography.layer
    assert layer.successions["T1"].geometry.equals(layer.successions["R"].geometry)
    assert layer.successions["T1"].geometry.area == pytest.approx(2_000 * 2_080, rel=1e-4)


def test_what_was_seen_of_the_future_does_not_switch_the_guard_off(live, checked, monkeypatch):
    number, other = checked("redrawn", REDRAWN), checked("recoded", {"R": TEAMS["T1"], **OTHERS})
    compared = activation.comparison_of

    def slow(*given):
        worked_out = compared(*given)
        monkeypatch.setattr(activation, "comparison_of", compared)
        activate(live, other, days(live, 5), by=BY)
        return worked_out

    monkeypatch.setattr(activation, "comparison_of", slow)
    with pytest.raises(ConflictError):
        activate(live, number, days(live, 10), by=BY, seen_seq=2**62)


def test_a_comparison_for_a_day_to_come_is_with_what_holds_on_its_eve(live, checked):
    first = live.view().inputs.boundary_edition_id
    redrawn, recoded = (
        checked("redrawn", REDRAWN),
        checked("recoded", {"R": TEAMS["T1"], **OTHERS}),
    )
    activate(live, redrawn, days(live, 10), by=BY)
    assert compare(live, None, recoded, day=days(live, 10)).old.id == first
    assert compare(live, None, recoded, day=days(live, 11)).old.id == redrawn
