"""Layers of hotspots on a terminal: what is said of them, and in how few columns."""

import re

import pytest

from geo_alerts.store.database import Store
from tests.hotspot_world import HOT_CRIMES, LAST, MONTHS, import_months

CRIMES = ("--force", "west-mercia", "--category", "burglary")
SPAN = ("--from", "2024-01", "--to", LAST)
BEFORE = ("--from", "2024-12", "--compare-from", "2024-01", "--compare-to", "2024-11")
RUN = ("hotspots", "run", *CRIMES, *SPAN)
METHODS = {
    "auto": ("--foretelling", "counts"),
    "change": BEFORE,
    "counts": (),
    "density": (),
    "emerging": (),
    "gi_star": (),
    "repeats": (),
    "risk": ("--floor", "0"),
}
ID = re.compile(r"[0-9a-f]{24}")


@pytest.fixture(scope="module")
def town(made_world, tmp_path_factory):
    """The made world with its crimes; layers are added to it."""
    copied = made_world.copied(tmp_path_factory.mktemp("town"))
    with Store.open(copied.store) as store:
        import_months(store, copied.folder / "crimes")
    return copied


def words_of(method):
    return (*RUN, "--method", method, *METHODS[method])


@pytest.mark.parametrize("columns", [80, 100, 160])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_fits_its_terminal(town, method, columns):
    done = town.run(*words_of(method), columns=columns)

    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stderr.splitlines())) <= columns
    assert "…" not in done.stderr
    assert re.search(r"(High Street|Mill Lane)", done.stderr)
    assert re.search(r"Team [14]", done.stderr)


def test_standard_output_is_the_id_alone(town):
    done = town.run(*words_of("counts"))

    assert ID.fullmatch(done.stdout.strip())
    shown = town.ask("hotspots", "show", done.stdout.strip())
    assert shown.splitlines()[-1] == done.stdout.strip()


def test_what_was_asked_is_told_a_line_each_and_whose_data_last(town):
    told = town.run(*words_of("gi_star")).stderr.splitlines()
    lines = {line[:12].strip(): line[12:].strip() for line in told}

    assert lines["layer"] == "Hotspots (Gi*): Burglary"
    assert lines["months"] == "January 2024 to February 2025 (14 months)"
    assert lines["crimes"].startswith(f"{HOT_CRIMES * len(MONTHS) + 24} used of ")
    assert lines["study area"] == "the ground of all teams, 16 km²: 256 cells of 250 m"
    assert "at most 5% of those found may be false discoveries" in lines["tested"]
    notes = "\n".join(line for line in told if line.startswith("note"))
    assert "No cell could be called cold" in notes
    assert "Hot cells without a crime of their own" in notes
    assert told[-1].startswith("source")


def test_small_numbers_are_words(town):
    told = town.run(*words_of("change")).stderr

    assert "under 0.0001" in told
    assert not re.search(r"\de-\d", told)


def test_the_change_of_the_whole_is_told_in_crimes_and_per_cent(town):
    told = " ".join(town.run(*words_of("change"), columns=160).stderr.split())
    found = re.search(
        r"in all ([\d,]+) crimes before and ([\d,]+) after, ([\d.]+)% (\w+) a m", told
    )

    before, after = (int(found[part].replace(",", "")) for part in (1, 2))
    # Eleven months are compared with three.
    shift = (after / 3) / (before / 11) - 1
    assert float(found[3]) == pytest.approx(100 * abs(shift), abs=0.05)
    assert found[4] == ("more" if shift > 0 else "fewer")


def test_repeat_locations_show_their_months(town):
    wide = town.run(*words_of("repeats"), columns=160).stderr
    (row,) = [line for line in wide.splitlines() if "Mill Lane" in line and "Team 4" in line]

    assert row.split()[-1] == "·" * 11 + "█" * 3
    assert re.search(r"24 +3 of 14 +8\.0, 0\.0 +new +100\.0%", row)
    narrow = town.run(*words_of("repeats"), columns=80).stderr
    (row,) = [line for line in narrow.splitlines() if "Mill Lane" in line]
    assert row.split()[-1].endswith("███")


def test_months_that_were_not_observed_are_marked_and_told(town):
    early = (*RUN[:-4], "--from", "2023-11", "--to", LAST, "--mask-missing")
    told = town.run(*early, "--method", "repeats", columns=160).stderr

    assert "without 2023-11, 2023-12: not imported, which is not zero" in told
    assert "? not observed" in told


def test_nothing_is_folded_in_a_pipe(town, monkeypatch):
    # `run` sets COLUMNS; here nobody watches and nothing is set.
    monkeypatch.setenv("TERM", "dumb")
    done = town.run(*words_of("repeats"), columns="")

    (row,) = [line for line in done.stderr.splitlines() if re.match(r" *1 +High Street", line)]
    assert "Team 1" in row
    assert row.rstrip().endswith("█" * 14)


def test_areas_that_are_not_shown_are_told_with_the_command_that_shows_them(town):
    run_id = town.ask(*words_of("counts")).strip()
    told = town.ask("hotspots", "show", run_id, "--most", "1")

    assert f"1 area: geo-alerts hotspots show {run_id} --most 2" in told
    assert "Mill Lane" not in told


def test_harm_is_told_with_its_limits(town):
    told = town.run(*words_of("counts"), "--weight", "ons").stderr

    assert "days of harm by ons-" in told
    assert "most harm in a cell" in told
    assert "not to value single crimes" in told


@pytest.mark.parametrize("columns", [80, 100, 160])
def test_lists_never_cut_an_id(town, columns):
    run_id = town.ask(*words_of("counts")).strip()
    listed = town.ask("hotspots", "list", columns=columns)

    assert run_id in listed
    assert max(map(len, listed.splitlines())) <= columns
