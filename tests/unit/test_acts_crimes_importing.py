"""Files of crimes become months in the store: replaced, merged, left as they are, all at once."""

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import select, update

from geo_alerts.acts.crimes.ground import Grounds
from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.acts.crimes.parts import street_rows
from geo_alerts.errors import ConflictError, SourceError
from geo_alerts.sources.crimes.archive import crime_files
from geo_alerts.sources.crimes.police import read_street
from geo_alerts.store.audit import chain
from geo_alerts.store.crime_ids import marks_of
from geo_alerts.store.crime_imports import CrimeImport
from geo_alerts.store.crime_months import crime_months, crimes_sha256
from geo_alerts.store.crime_points import NO_POINT, pack_points
from geo_alerts.store.crime_removal import discard, tidy
from geo_alerts.store.crime_tables import (
    OF_A_MONTH,
    crime,
    crime_month,
    crime_outcome,
    snap_point,
)
from geo_alerts.store.database import Store
from tests.crime_files import HIGH_STREET, NOWHERE, OUTCOMES, PARK, outcome, street, written
from tests.crime_world import (
    ALL_TIME,
    BURGLARY,
    bring,
    bring_own,
    burglary,
    crimes_in,
    file_of,
    key,
    rows_in,
    usual,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
RENAMED = (*HIGH_STREET[:2], "On or near New Name", *HIGH_STREET[3:])


def hash_of(store: Store) -> str:
    with store.reading() as connection:
        return crimes_sha256(connection, forces=None, months=ALL_TIME)


def acts_of(store: Store) -> list[str]:
    with store.reading() as connection:
        return [link.act for link in chain(connection)]


def test_an_import_tells_located_shares_and_missing_months(store: Store, tmp_path):
    report = bring(
        store, file_of(tmp_path, *usual()), file_of(tmp_path, *usual("2021-06"), month="2021-06")
    )
    assert [(one.month, one.done, one.rows, one.located) for one in report.months] == [
        ("2021-03", "imported", 4, 3),
        ("2021-06", "imported", 4, 3),
    ]
    told = {slug: (one.rows, one.located, one.outside) for slug, one in report.categories.items()}
    assert told == {"anti-social-behaviour": (4, 4, None), "burglary": (4, 2, None)}
    assert report.categories["burglary"].located_share == 0.5
    assert report.missing == {"west-mercia": ("2021-04", "2021-05")}
    assert acts_of(store) == ["import.crimes"]


def test_rows_that_look_the_same_and_ids_that_repeat_are_all_kept(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual(), *usual(), *usual()))
    assert rows_in(store, crime) == 12
    assert rows_in(store, snap_point) == 2


def test_the_same_file_changes_nothing(store: Store, tmp_path):
    path = file_of(tmp_path, *usual())
    bring(store, path)
    before = hash_of(store)
    again = bring(store, path)
    assert again.is_unchanged
    assert again.categories["burglary"].rows == 2
    assert hash_of(store) == before
    assert acts_of(store) == ["import.crimes"]


def test_a_month_that_was_issued_again_replaces_the_old_one_whole(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual(), burglary(3)))
    before = hash_of(store)
    report = bring(store, file_of(tmp_path, burglary(4)))
    assert [one.done for one in report.months] == ["replaced"]
    assert len(crimes_in(store)) == rows_in(store, crime) == 1
    assert hash_of(store) != before
    with store.reading() as connection:
        states = connection.execute(select(crime_month.c.status).order_by(crime_month.c.id))
        assert states.scalars().all() == ["removed", "active"]


def test_merging_adds_what_has_an_id_that_is_not_there_and_nothing_else(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    more = file_of(tmp_path, *usual(), burglary(3), burglary(4, PARK), at="more")
    report = bring(store, more, merge=True)
    (told,) = report.months
    assert (told.done, told.rows, told.located) == ("merged", 6, 5)
    assert (told.known, told.without_id) == (2, 2)
    found = crimes_in(store)
    assert found.category.tolist() == [BURGLARY, 0, 0, BURGLARY, BURGLARY]
    assert report.categories["burglary"].rows == 4
    assert bring(store, more, merge=True).is_unchanged
    assert len(crimes_in(store)) == 5


def test_merging_where_nothing_is_imports(store: Store, tmp_path):
    report = bring(store, file_of(tmp_path, *usual()), merge=True)
    assert [one.done for one in report.months] == ["imported"]
    assert len(crimes_in(store)) == 3


@pytest.mark.parametrize("at_once", [True, False])
def test_a_crime_that_two_forces_publish_is_kept_of_one(store: Store, tmp_path, *, at_once):
    ours = file_of(tmp_path, *usual())
    theirs = file_of(tmp_path, burglary(1), burglary(7), street(PARK), force="btp")
    reports = (
        [bring(store, theirs, ours)] if at_once else [bring(store, ours), bring(store, theirs)]
    )
    told = {one.force: one.of_other_forces for report in reports for one in report.months}
    assert told == {"west-mercia": 0, "btp": 1}
    assert len(crimes_in(store, forces=["btp"])) == 2
    # Both files again, in any order, change nothing.
    assert bring(store, theirs, ours).is_unchanged
    assert bring(store, theirs).is_unchanged


def test_another_months_crimes_of_the_same_id_are_kept(store: Store, tmp_path):
    bring(store, file_of(tmp_path, burglary(1)))
    later = file_of(tmp_path, burglary(1, month="2021-04"), month="2021-04", force="btp")
    report = bring(store, later)
    assert [one.of_other_forces for one in report.months] == [0]
    assert len(crimes_in(store)) == 2


def test_a_file_is_taken_again_where_another_force_took_its_crimes(store: Store, tmp_path):
    theirs = file_of(tmp_path, burglary(1), burglary(7), force="btp")
    bring(store, theirs)
    ours = file_of(tmp_path, *usual())
    report = bring(store, theirs, ours)
    told = {one.force: (one.done, one.rows) for one in report.months}
    # As if both had come at once: the territorial force has the crime.
    assert told == {"west-mercia": ("imported", 4), "btp": ("replaced", 1)}


def test_a_month_without_rows_replaces_nothing(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    report = bring(store, file_of(tmp_path, at="empty"))
    assert [one.done for one in report.months] == ["empty"]
    assert report.is_unchanged
    assert "missing" in report.remarks[0]
    assert len(crimes_in(store)) == 3


def test_outcomes_are_kept_beside_and_are_no_crimes(store: Store, tmp_path):
    told = written(
        tmp_path,
        outcome(key(1)),
        outcome(key(1)),
        outcome(key(2)),
        name="2021-03-west-mercia-outcomes.csv",
        header=OUTCOMES,
    )
    report = bring(store, told, file_of(tmp_path, *usual()))
    assert {one.kind: one.rows for one in report.months} == {"outcomes": 3, "street": 4}
    assert rows_in(store, crime_outcome) == 3
    assert report.categories["burglary"].rows == 2


def test_a_faulty_file_leaves_everything_as_it_was(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    before = hash_of(store)
    good = file_of(tmp_path, burglary(9, month="2021-05"), month="2021-05")
    bad = tmp_path / "2021-04-west-mercia-street.csv"
    bad.write_text("<html>Not found</html>\n")
    with pytest.raises(SourceError, match="2021-04"):
        bring(store, good, bad)
    assert hash_of(store) == before
    assert rows_in(store, crime) == 4
    assert rows_in(store, crime_month) == 1


def test_of_two_imports_of_one_month_the_second_to_end_is_refused(store: Store, tmp_path):
    first, second = file_of(tmp_path, *usual()), file_of(tmp_path, burglary(5), at="other")
    with pytest.raises(ConflictError, match="import again"):
        import_crimes(store, [first], lambda _done, _total: bring(store, second))
    assert len(crimes_in(store)) == 1
    assert rows_in(store, crime) == 1
    assert rows_in(store, crime_month) == 1


def staged(store: Store, tmp_path) -> CrimeImport:
    """An import that was left when one month was staged."""
    path = file_of(tmp_path, burglary(6, month="2021-07"), month="2021-07")
    with crime_files([path]) as found:
        part = read_street(found.files[0])
    begun = CrimeImport(store, "test")
    rows = street_rows(part, Grounds(None, None))
    begun.stage(rows, marks_of(rows.id_bytes), pack_points(store.dialect, part.points, part.month))
    return begun


def test_what_a_crash_left_is_removed_and_what_others_stage_is_not(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    staged(store, tmp_path)
    assert rows_in(store, crime) == 5
    assert tidy(store) == 0
    with store.writing() as connection:
        gone = update(crime_month).where(crime_month.c.status == "staged")
        connection.execute(gone.values(owner="elsewhere 1 0", heartbeat_at=LONG_AGO))
    # The month, and the number that was taken for the next one.
    assert tidy(store) == 2
    assert rows_in(store, crime) == 4
    assert rows_in(store, crime_month) == 1
    assert rows_in(store, OF_A_MONTH[1]) == 1
    assert len(crimes_in(store)) == 3


def test_an_import_that_was_taken_for_abandoned_is_refused(store: Store, tmp_path):
    begun = staged(store, tmp_path)
    discard(store, list(begun.staged))
    with pytest.raises(ConflictError, match="silent"):
        begun.switch({})


def test_a_month_that_is_read_is_never_removed(store: Store, tmp_path):
    bring(store, file_of(tmp_path, *usual()))
    with store.reading() as connection:
        (month,) = crime_months(connection)
    discard(store, [month.id])
    assert len(crimes_in(store)) == 3


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_point_is_called_as_the_latest_month_calls_it(store: Store, tmp_path, order):
    paths = [
        file_of(tmp_path, burglary(1)),
        file_of(tmp_path, burglary(2, RENAMED, month="2021-04"), month="2021-04"),
    ]
    for place in order:
        bring(store, paths[place])
    with store.reading() as connection:
        streets = connection.execute(select(snap_point.c.street)).scalars().all()
    assert streets == ["On or near New Name"]


def test_crimes_are_the_same_whatever_the_order_of_imports(store_url: str, tmp_path):
    def months():
        for number, force in enumerate(("kent", "btp", "west-mercia")):
            for month in ("2021-03", "2021-04"):
                rows = [
                    burglary(100 * number + place, where, month=month)
                    for place, where in enumerate((PARK, HIGH_STREET, NOWHERE))
                ]
                yield file_of(tmp_path, *rows, month=month, force=force)

    paths = list(months())
    rng = np.random.default_rng(3)
    with Store.open(store_url, create=True) as store:
        bring(store, *paths)
        first, before = crimes_in(store), hash_of(store)
        for place in rng.permutation(len(paths)):
            with store.writing() as connection:
                is_it = crime_month.c.source_name == paths[place].name
                connection.execute(update(crime_month).where(is_it).values(status="replaced"))
            tidy(store)
            bring(store, paths[place])
        again = crimes_in(store)
        assert hash_of(store) == before
    for name in ("easting", "northing", "month", "category", "point", "day"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert (first.point != NO_POINT).all()


def test_text_that_no_database_takes_is_kept_without_it(store: Store, tmp_path):
    where = (*HIGH_STREET[:2], "On or near\x00 High\tStreet" + "x" * 5000, "E\x00", "")
    path = file_of(tmp_path, burglary(1, where), street(PARK, kind="Burglary\x00"), at="a\udcffb")
    report = bring(store, path.parent)
    assert [(one.done, one.rows, one.faulty) for one in report.months] == [("imported", 1, 1)]
    assert report.months[0].source_name == "ab/2021-03-west-mercia-street.csv"
    with store.reading() as connection:
        (point,) = connection.execute(select(snap_point.c.street, snap_point.c.lsoa)).all()
    assert point.street.startswith("On or near High Streetxxx")
    assert point.lsoa == "E"


def test_months_to_come_are_refused(store: Store, tmp_path):
    with pytest.raises(SourceError, match=r"is of 2089-01, which is still to come"):
        bring(store, file_of(tmp_path, *usual("2089-01"), month="2089-01"))
    with pytest.raises(SourceError, match=r"own\.csv is of 2089-01, which is still to come"):
        bring_own(store, tmp_path, "A1,2089-01-11 12:30,,377000,270000,Dwelling")
    assert rows_in(store, crime_month) == 0
