"""`geo-alerts import subscribers`: what people meet at the command line."""

import pytest

HEADER = "reference,postcodes,channels,groups,topics,joined,left\n"


@pytest.fixture
def people(empty):
    """Writes a subscriber file; its path."""

    def write(name: str, *rows: str, header: str = HEADER) -> str:
        (empty.folder / name).write_text(header + "".join(f"{row}\n" for row in rows))
        return name

    return write


def known(empty) -> tuple[int, int]:
    """How many are active and how many withdrawn."""
    facts = empty.ask_json("info")["subscribers"]
    return facts["active"], facts["withdrawn"]


def test_as_of_is_required(empty, people):
    done = empty.run("import", "subscribers", people("a.csv", "R-1,SY1 1AA,email,,,,"))

    assert done.returncode == 2
    assert "--as-of" in done.stderr


def test_as_of_yet_to_come_is_refused(empty, people):
    done = empty.run(
        "import", "subscribers", people("a.csv", "R-1,SY1 1AA,email,,,,"), "--as-of", "2999-01-01"
    )

    assert done.returncode == 3
    assert "as-of 2999-01-01T00:00 is yet to come" in done.stderr


def test_an_older_file_does_not_resurrect(empty, people):
    joined = people("monday.csv", "R-1,SY1 1AA,email,,,,", "R-2,SY1 1AB,email,,,,")
    left = people("wednesday.csv", "R-1,,,,,,2025-03-04")
    empty.ask("import", "subscribers", joined, "--as-of", "2025-03-03T09:00")
    empty.ask("import", "subscribers", left, "--as-of", "2025-03-05T09:00")
    again = people("monday_again.csv", "R-1,SY1 1AA,email;text,,,,", "R-2,SY1 1AB,email,,,,")

    empty.ask("import", "subscribers", again, "--as-of", "2025-03-03T10:00")

    assert known(empty) == (1, 1)


def test_replace_without_a_yes_drops_nobody(empty, people):
    rows = [f"R-{number},SY1 1AA,email,,,," for number in range(10)]
    empty.ask("import", "subscribers", people("all.csv", *rows), "--as-of", "2025-03-03")
    fewer = people("fewer.csv", *rows[:5])

    done = empty.run("import", "subscribers", fewer, "--as-of", "2025-03-04", "--replace")

    assert done.returncode == 6
    assert "confirmation_needed" in done.stderr
    assert "say yes with --yes" in done.stderr
    assert known(empty) == (10, 0)
    empty.ask("import", "subscribers", fewer, "--as-of", "2025-03-04", "--replace", "--yes")
    assert known(empty) == (5, 5)


def test_faults_are_listed_with_row_column_reason_and_what_became_of_them(empty, people):
    same = "R-2,SY1 1AB,email,,,,"
    file = people(
        "a.csv", "R-1,SY1 1AA;nonsense,email,,,,", ",SY1 1AB,email,,,,", same, same, "R-3,,,,,,?"
    )

    empty.ask("import", "subscribers", file, "--as-of", "2025-03-03")

    assert (empty.folder / "a.csv.rejects.csv").read_text().splitlines() == [
        "row,column,reason,effect",
        "2,postcodes,a value is no postcode,value left out",
        "3,reference,is blank,row rejected",
        "5,reference,repeats all of another row,row merged with row 4",
        "6,left,is no date,withdrawn all the same",
    ]


def test_the_counts_of_what_became_of_rows_make_all_rows(empty, people):
    first = people("a.csv", *(f"R-{number},SY1 1AA,email,,,," for number in range(5)))
    empty.ask("import", "subscribers", first, "--as-of", "2025-03-03")
    same = "R-1,SY1 1AB,email,,,,"
    second = people(
        "b.csv", "R-0,SY1 1AA,email,,,,", same, same, "R-2,,,,,,x", ",,,,,,", "R-9,,", "R-5,,,,,,"
    )

    report = empty.ask_json("import", "subscribers", second, "--as-of", "2025-03-04")

    # A row of commas is blank.
    assert report["counts"] == {
        "rows": 6,
        "unchanged": 1,
        "changed": 1,
        "withdrawn": 1,
        "added": 1,
        "rejected_rows": 1,
        "merged_rows": 1,
    }


def test_a_file_that_lacks_columns_tells_which_and_leaves_what_is_known(empty, people):
    whole = people("a.csv", "R-1,SY1 1AA,email,Farm Watch,,,")
    empty.ask("import", "subscribers", whole, "--as-of", "2025-03-03")
    fewer = people("b.csv", "R-1,SY1 1AA,email", header="reference,postcodes,channels\n")

    report = empty.ask_json("import", "subscribers", fewer, "--as-of", "2025-03-04")

    assert report["counts"]["unchanged"] == 1
    assert "says nothing of groups, topics, joined" in " ".join(report["notes"])


def test_the_same_file_again_says_only_that_it_is_unchanged(empty, people):
    words = ["import", "subscribers", people("a.csv", "R-1,x,email,,,,"), "--as-of", "2025-03-03"]
    empty.ask(*words)

    done = empty.run(*words)

    assert done.returncode == 0
    assert "a.csv: unchanged in" in done.stderr
    assert not {"rows:", "added:"} & set(done.stderr.split())


def test_a_list_of_rejected_rows_that_cannot_be_written_names_the_option(empty, people):
    file = people("a.csv", ",SY1 1AB,email,,,,")

    done = empty.run(
        "import", "subscribers", file, "--as-of", "2025-03-03", "--rejects", "nowhere/r.csv"
    )

    assert done.returncode == 3
    assert "nowhere/r.csv cannot be written" in done.stderr
    assert "--rejects" in done.stderr
    assert empty.ask_json("info")["subscribers"] is None


def test_strict_refuses_the_file_whole(empty, people):
    file = people("a.csv", "R-1,SY1 1AA,email,,,,", ",SY1 1AB,email,,,,")

    done = empty.run("import", "subscribers", file, "--as-of", "2025-03-03", "--strict")

    assert done.returncode == 3
    assert "row 3, column reference: is blank" in done.stderr
    assert empty.ask_json("info")["subscribers"] is None


def test_contact_details_are_refused_and_not_repeated(empty, people):
    file = people("a.csv", "someone@example.org,SY1 1AA,email,,,,")

    done = empty.run("import", "subscribers", file, "--as-of", "2025-03-03")

    assert done.returncode == 3
    assert "e-mail address" in done.stderr
    assert "someone@example.org" not in done.stderr
