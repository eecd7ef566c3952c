"""A force's own crimes stand in for published ones: that is told, and can be taken back."""

import pytest

from geo_alerts.acts.crimes.report import InPlaceReport
from geo_alerts.errors import NotFoundError
from geo_alerts.hotspots.months import month_number
from geo_alerts.store.audit import chain
from geo_alerts.store.crime_months import (
    OF_CRIMES,
    InPlace,
    Kind,
    crime_months,
    located_and_not,
    own_in_place,
)
from geo_alerts.store.crime_removal import remove_month
from geo_alerts.store.crime_tables import OF_A_MONTH, ROWS_OF_A_MONTH, crime_month
from geo_alerts.store.database import Store
from tests.crime_world import (
    ALL_TIME,
    ASB,
    BURGLARY,
    bring,
    bring_own,
    burglary,
    crimes_in,
    file_of,
    rows_in,
    usual,
)

OWN = "A,2021-03-02,,384837,257189,Dwelling"
OTHER = "B,2021-03-09,,384837,257189,Dwelling"
MARCH = month_number("2021-03")


def five() -> list[str]:
    """Five published burglaries, and the two other crimes of the usual month."""
    return [*usual(), burglary(3), burglary(4), burglary(5)]


def in_place(store: Store, categories=None) -> list[InPlace]:
    with store.reading() as connection:
        return own_in_place(crime_months(connection, kinds=OF_CRIMES), categories)


def burglaries(store: Store) -> int:
    with store.reading() as connection:
        found = located_and_not(connection, forces=None, months=ALL_TIME, categories=[BURGLARY])
    return found[BURGLARY][0]


@pytest.mark.parametrize("own_first", [False, True])
def test_an_import_tells_what_own_rows_stand_in_for_whichever_came_first(
    store: Store, tmp_path, *, own_first
):
    published = file_of(tmp_path, *five())
    if own_first:
        bring_own(store, tmp_path, OWN, OTHER)
        report = bring(store, published)
    else:
        bring(store, published)
        report = bring_own(store, tmp_path, OWN, OTHER)
    (told,) = report.in_place
    assert told == InPlaceReport("west-mercia", "2021-03", "burglary", 2, 5)
    assert told.is_few
    assert str(told) == ("burglary of 2021-03: 2 rows of your own now stand in for 5 published")
    assert list(report.as_dict()["in_place"]) == [
        {
            "force": "west-mercia",
            "month": "2021-03",
            "category": "burglary",
            "own": 2,
            "published": 5,
            "is_few": True,
        }
    ]


def test_nothing_is_told_of_months_that_an_import_does_not_touch(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *five()))
    bring_own(store, tmp_path, OWN)
    later = bring(store, file_of(tmp_path, *usual("2021-04"), month="2021-04"))
    assert later.in_place == ()


@pytest.mark.parametrize(
    ("own", "published", "is_few"), [(2, 5, True), (5, 10, False), (9, 3, False)]
)
def test_fewer_than_half_as_many_are_few(own, published, is_few):
    assert InPlaceReport("kent", "2021-03", "burglary", own, published).is_few == is_few


def test_one_row_stands_in_and_thousands_are_told_apart():
    told = str(InPlaceReport("kent", "2021-03", "drugs", 1, 1_313))
    assert told == "drugs of 2021-03: 1 row of your own now stands in for 1,313 published"


def test_own_data_stands_in_only_for_published_rows_of_its_categories(store: Store, tmp_path):
    bring_own(store, tmp_path, OWN)
    assert in_place(store) == []
    bring(store, file_of(tmp_path, *five()))
    assert in_place(store) == [InPlace("west-mercia", MARCH, BURGLARY, 1, 5)]
    assert in_place(store, [ASB]) == []
    bring(store, file_of(tmp_path, *five()[2:4], at="no burglary"))
    assert in_place(store) == []


def test_without_own_rows_published_ones_count_again(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *five()))
    before = crimes_in(store)
    bring_own(store, tmp_path, OWN)
    assert burglaries(store) == 1
    (gone,) = remove_month(store, "west-mercia", MARCH, Kind.OWN, by="cli:ann")
    assert (gone.kind, gone.row_count) == (Kind.OWN, 1)
    assert burglaries(store) == 5
    assert crimes_in(store).point.tolist() == before.point.tolist()
    with store.reading() as connection:
        last = list(chain(connection))[-1]
    assert last.act == "crimes.remove"
    assert '"kinds":{"own":1}' in last.document
    assert '"who":"cli:ann"' in last.document


def test_a_month_that_is_taken_out_leaves_its_record_alone_and_can_come_again(
    store: Store, tmp_path
):
    path = file_of(tmp_path, *five())
    bring(store, path)
    bring_own(store, tmp_path, OWN)
    gone = remove_month(store, "west-mercia", MARCH, None, by="cli:ann")
    assert {one.kind for one in gone} == {Kind.STREET, Kind.OWN}
    assert [rows_in(store, table) for table in (*ROWS_OF_A_MONTH, *OF_A_MONTH)] == [0] * (
        len(ROWS_OF_A_MONTH) + len(OF_A_MONTH)
    )
    assert rows_in(store, crime_month) == 2
    assert len(crimes_in(store)) == 0
    assert [one.done for one in bring(store, path).months] == ["imported"]
    assert burglaries(store) == 5


@pytest.mark.parametrize(
    ("force", "month", "kind", "told"),
    [
        ("kent", MARCH, None, "no crimes of kent in 2021-03"),
        ("west-mercia", MARCH + 1, None, "no crimes of west-mercia in 2021-04"),
        ("west-mercia", MARCH, Kind.OWN, "no own rows of west-mercia in 2021-03"),
    ],
)
def test_what_is_not_there_is_not_removed_and_that_is_told(
    store: Store, tmp_path, force, month, kind, told
):
    bring(store, file_of(tmp_path, *five()))
    with pytest.raises(NotFoundError, match=told):
        remove_month(store, force, month, kind, by="cli:ann")
    assert burglaries(store) == 5
