"""geo-alerts import crimes, geo-alerts crimes months."""

import json

import pytest

from tests.cli.conftest import CommandLine
from tests.crime_files import street, text, zipped
from tests.crime_world import burglary, file_of, own_files, usual


@pytest.fixture
def line(tmp_path) -> CommandLine:
    """A command line with no store yet."""
    return CommandLine(f"sqlite:///{tmp_path / 'crimes.db'}", tmp_path)


@pytest.fixture
def archive(tmp_path):
    """Two months in the layout of the archive."""
    months = ("2021-03", "2021-05")
    members = {f"{month}/{month}-west-mercia-street.csv": text(*usual(month)) for month in months}
    return zipped(tmp_path / "archive.zip", members)


def test_an_archive_is_imported_and_what_is_missing_told(line, archive):
    done = line.run("import", "crimes", archive)
    assert done.returncode == 0, done.stderr
    assert "8 rows in 2 files (2 imported)" in done.stderr
    assert "burglary               4     2        50.0%" in done.stderr
    assert "missing of west-mercia: 2021-04" in done.stderr
    assert done.stdout == ""


def test_the_report_is_json_for_programs(line, archive):
    report = line.ask_json("import", "crimes", archive)
    assert report["rows"] == 8
    assert report["categories"]["burglary"] == {
        "rows": 4,
        "located": 2,
        "outside": None,
        "located_share": 0.5,
    }
    assert report["missing"] == {"west-mercia": ["2021-04"]}
    again = line.ask_json("import", "crimes", archive)
    assert again["is_unchanged"]
    assert {one["done"] for one in again["months"]} == {"unchanged"}


def test_months_fit_a_terminal_of_80_columns_and_have_categories_when_asked(line, archive):
    line.run("import", "crimes", archive)
    rows = line.ask("crimes", "months").splitlines()
    assert rows[0].split() == ["month", "force", "kind", "rows", "located"]
    assert rows[1].split() == ["2021-03", "west-mercia", "street", "4", "3"]
    assert max(map(len, rows)) <= 80
    named, first, *_ = line.ask("crimes", "months", "--by-category").splitlines()
    assert named.split()[5:] == ["anti-social-behaviour", "burglary"]
    assert first.split()[5:] == ["2", "2"]


def test_all_categories_of_a_month_are_named_whole(line, tmp_path):
    names = ("Violence and sexual offences", "Criminal damage and arson", "Bicycle theft")
    more = ("Theft from the person", "Possession of weapons", "Public order", "Other theft")
    rows = [street(kind=kind) for kind in (*names, *more)]
    line.run("import", "crimes", file_of(tmp_path, *rows))
    named, first, *_ = line.ask("crimes", "months", "--by-category").splitlines()
    assert len(named.split()) == len(first.split()) == 5 + len(rows)
    assert "violence-and-sexual-offences" in named.split()


def test_months_are_listed_as_json(line, archive):
    line.run("import", "crimes", archive)
    assert "2021-05  west-mercia  street" in line.ask("crimes", "months", "--from", "2021-04")
    listed = json.loads(line.ask("crimes", "months", "--to", "2021-03", "--json"))
    (month,) = listed["months"]
    assert month["categories"]["anti-social-behaviour"] == {
        "rows": 2,
        "located": 2,
        "outside": None,
    }


def test_months_that_are_missing_in_between_are_listed_whatever_is_asked(line, archive):
    line.run("import", "crimes", archive)
    assert "missing of west-mercia: 2021-04" in line.ask("crimes", "months")


def test_merging_adds_to_a_month(line, tmp_path):
    line.run("import", "crimes", file_of(tmp_path, *usual()))
    report = line.ask_json(
        "import", "crimes", file_of(tmp_path, burglary(1), burglary(9), at="more"), "--merge"
    )
    (month,) = report["months"]
    assert (month["done"], month["rows"], month["known"]) == ("merged", 5, 1)


def test_own_data_comes_in_by_a_mapping_file(line, tmp_path):
    data, mapping = own_files(tmp_path, "A,2021-03-02,,384837,257189,Dwelling")
    report = line.ask_json("import", "crimes", data, "--mapping", mapping)
    assert [(one["kind"], one["located"]) for one in report["months"]] == [("own", 1)]


def test_own_rows_that_stand_in_for_many_more_are_warned_of_and_taken_out_again(line, tmp_path):
    more = [burglary(number) for number in range(3, 8)]
    line.run("import", "crimes", file_of(tmp_path, *usual(), *more))
    data, mapping = own_files(tmp_path, "A,2021-03-02,,384837,257189,Dwelling")
    done = line.run("import", "crimes", data, "--mapping", mapping)
    assert done.returncode == 0, done.stderr
    assert (
        "warning west-mercia: burglary of 2021-03: 1 row of your own now stands in for 7 published"
    ) in done.stderr
    assert "crimes remove --force west-mercia --month 2021-03 --kind own" in done.stderr
    words = ("crimes", "remove", "--force", "west-mercia", "--month", "2021-03", "--kind", "own")
    gone = line.run(*words)
    assert gone.returncode == 0, gone.stderr
    assert "removed own of west-mercia, 2021-03: 1 rows of own.csv" in gone.stderr
    assert [one["kind"] for one in line.ask_json("crimes", "months")["months"]] == ["street"]
    again = line.run(*words)
    assert again.returncode == 4
    assert "no own rows of west-mercia in 2021-03" in " ".join(again.stderr.split())


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["import", "crimes", "nothing.csv"], 2, "does not exist"),
        (["crimes", "months", "--from", "March"], 2, "wanted for example 2025-03"),
        (["crimes", "months", "--from", "2021-05", "--to", "2021-03"], 3, "comes after the last"),
        (["crimes", "months", "--force", "kent"], 3, "no crimes of kent are imported"),
    ],
)
def test_what_cannot_be_done_is_told(line, archive, words, code, told):
    line.run("import", "crimes", archive)
    done = line.run(*words)
    assert done.returncode == code
    assert told in " ".join(done.stderr.split())


def test_a_page_that_is_no_csv_is_refused_by_name(line, tmp_path):
    page = tmp_path / "2021-03-west-mercia-street.csv"
    page.write_text("<!DOCTYPE html><html><body>Sign in</body></html>")
    done = line.run("import", "crimes", page)
    assert done.returncode == 3
    assert "2021-03-west-mercia-street.csv" in done.stderr
