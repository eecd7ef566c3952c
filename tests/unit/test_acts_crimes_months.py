"""Which months of crimes are there: what is missing is told, and never taken for zero."""

import pytest

from geo_alerts.acts.crimes.months import (
    MonthsAsked,
    in_words,
    months_present,
    page_of_months,
    present_months,
    refuse_missing,
)
from geo_alerts.errors import InvalidInputError, InvalidPageTokenError, NotReadyError
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.store.database import Store
from tests.crime_world import ASB, BURGLARY, bring, bring_own, file_of, usual

ALL = MonthsAsked(None, None, None)


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def store(url):
    """An empty store: what is asked here is the same on both kinds."""
    with Store.open(url, create=True) as opened:
        yield opened


def span(first: str, last: str) -> tuple[int, int]:
    return month_number(first), month_number(last)


def months_of(store, tmp_path, *months: str, force: str = "west-mercia"):
    bring(store, *(file_of(tmp_path, *usual(month), month=month, force=force) for month in months))


def presence(store, first: str, last: str, *, forces=None, categories=None):
    with store.reading() as connection:
        return months_present(
            connection, forces=forces, months=span(first, last), categories=categories
        )


def texts(months) -> list[str]:
    return [month_text(month) for month in months]


def test_a_span_is_there_when_all_of_it_is_of_every_force(store, tmp_path):
    months_of(store, tmp_path, "2021-03", "2021-04", "2021-06")
    months_of(store, tmp_path, "2021-03", "2021-06", force="kent")
    found = presence(store, "2021-03", "2021-06")
    assert texts(found.present) == ["2021-03", "2021-06"]
    assert texts(found.missing) == ["2021-04", "2021-05"]
    assert {force: texts(gone) for force, gone in found.missing_of.items()} == {
        "kent": ["2021-04", "2021-05"],
        "west-mercia": ["2021-05"],
    }
    assert texts(presence(store, "2021-03", "2021-04", forces=["west-mercia"]).missing) == []


def test_months_before_the_first_and_after_the_last_are_missing_too(store, tmp_path):
    months_of(store, tmp_path, "2021-03")
    assert texts(presence(store, "2021-02", "2021-04").missing) == ["2021-02", "2021-04"]


def test_missing_months_are_refused_with_what_would_do(store, tmp_path):
    months_of(store, tmp_path, "2021-03", "2021-04", "2021-06")
    refuse_missing(presence(store, "2021-03", "2021-04"))
    with pytest.raises(
        InvalidInputError,
        match=r"2021-05 of west-mercia; import .*\(such as 2021-03 to 2021-04\).*masked",
    ):
        refuse_missing(presence(store, "2021-03", "2021-06"))


def test_own_data_of_some_categories_tells_nothing_of_others(store, tmp_path):
    bring_own(store, tmp_path, "A,2021-03-02,,384837,257189,Dwelling")
    assert texts(presence(store, "2021-03", "2021-03", categories=[BURGLARY]).present) == [
        "2021-03"
    ]
    assert texts(presence(store, "2021-03", "2021-03", categories=[ASB]).missing) == ["2021-03"]


def test_a_force_that_was_never_imported_is_named(store, tmp_path):
    months_of(store, tmp_path, "2021-03")
    with pytest.raises(InvalidInputError, match=r"no crimes of kent are imported.*west-mercia"):
        presence(store, "2021-03", "2021-03", forces=["kent"])


def test_an_empty_store_says_what_to_import(store):
    with pytest.raises(NotReadyError, match="geo-alerts import crimes"):
        presence(store, "2021-03", "2021-03")
    with store.reading() as connection:
        assert present_months(connection) == []


def test_a_span_that_ends_before_it_begins_is_refused(store):
    with pytest.raises(InvalidInputError, match="2021-04, comes after the last, 2021-03"):
        presence(store, "2021-04", "2021-03")


def test_months_are_told_page_by_page(store, tmp_path):
    months_of(store, tmp_path, "2021-03", "2021-05", "2021-06")
    found, token = [], None
    with store.reading() as connection:
        for _ in range(2):
            page = page_of_months(connection, ALL, page_size=2, page_token=token)
            found += texts(month.month for month in page.months)
            token = page.next_page_token
            assert page.missing == {"west-mercia": (month_number("2021-04"),)}
        assert found == ["2021-03", "2021-05", "2021-06"]
        assert token is None
        page = page_of_months(connection, ALL, page_size=1, page_token=None)
        other = MonthsAsked(("west-mercia",), None, None)
        with pytest.raises(InvalidPageTokenError):
            page_of_months(connection, other, page_size=1, page_token=page.next_page_token)


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ([], ""),
        (["2021-12"], "2021-12"),
        (["2021-11", "2021-12", "2022-01", "2022-03"], "2021-11 to 2022-01, 2022-03"),
        (
            [f"20{year}-01" for year in range(10, 20)],
            "2010-01, 2011-01, 2012-01, 2013-01, 2014-01, 2015-01, …",
        ),
    ],
)
def test_neighbouring_months_are_told_together(months, words):
    assert in_words([month_number(month) for month in months]) == words
