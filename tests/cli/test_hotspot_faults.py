"""What `geo-alerts hotspots` cannot do is told in one sentence that says what to do instead."""

import json
import re

import pytest

from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.cli.hotspot_faults import OPTIONS_OF_BACKTESTS, in_options
from geo_alerts.store.database import Store
from tests.api.world import SOUTH, WEST
from tests.hotspot_world import LAST, import_months

FORCE = ("--force", "west-mercia")
CRIMES = (*FORCE, "--category", "burglary")
SPAN = ("--from", "2024-01", "--to", LAST)
RUN = (*CRIMES, *SPAN)
# In Wales, in degrees; and by the made world, in metres.
WALES = [[-4.2, 52.4], [-4.0, 52.4], [-4.0, 52.5], [-4.2, 52.4]]
METRES = [[WEST, SOUTH], [WEST + 900, SOUTH], [WEST, SOUTH + 900], [WEST, SOUTH]]
EXIT_USAGE, EXIT_INPUT, EXIT_UNKNOWN, EXIT_STORE = 2, 3, 4, 5


@pytest.fixture(scope="module")
def town(made_world, tmp_path_factory):
    """The made world with its crimes, files that are wrong, and a layer of counts."""
    copied = made_world.copied(tmp_path_factory.mktemp("town"))
    with Store.open(copied.store) as store:
        import_months(store, copied.folder / "crimes")
    for name, ring in (("wales", WALES), ("metres", METRES)):
        area = {"type": "Polygon", "coordinates": [ring]}
        (copied.folder / f"{name}.geojson").write_text(json.dumps(area), encoding="utf-8")
    (copied.folder / "cut.json").write_text('{"method": "counts"', encoding="utf-8")
    (copied.folder / "folder.csv").mkdir()
    return copied


@pytest.fixture(scope="module")
def run_id(town):
    return town.ask("hotspots", "run", *RUN, "--method", "counts").strip()


def refused(town, *words):
    """How a command ends and what it says, in one line."""
    done = town.run("hotspots", *words)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    if done.returncode != EXIT_USAGE:
        last = done.stderr.rstrip().splitlines()[-1]
        assert re.match(r"[a-z_]+: \S", last)
    return done.returncode, " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stderr).split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "heat", *RUN), "--method must be 'auto', 'change'"),
        (RUN, "give --method"),
        (("--method", "counts", *SPAN), "give --force"),
        (("--method", "counts", *FORCE), "give --from and --to"),
        (("--method", "counts", "--force", "West Mercia", *SPAN), "--force must be the name of"),
        (("--method", "counts", "--force", "kent", *SPAN), "there are west-mercia"),
        (("--method", "counts", *FORCE, *SPAN, "--category", "theft"), "--category: 'theft' is no"),
        (("--method", "counts", *RUN, "--weight", "-1"), "--weight: '-1' is no version of weights"),
        (("--method", "counts", *RUN, "--cell", "5"), "--cell must be at least 10"),
        (("--method", "counts", *RUN, "--share", "0"), "--share must be more than 0"),
        (("--method", "counts", *RUN, "--share", "0.1"), "is not one cell"),
        (("--method", "counts", *RUN, "--area", "wales.geojson"), "or another area"),
        (("--method", "counts", *RUN, "--area", "metres.geojson"), "degrees are wanted"),
        (("--method", "counts", *RUN, "--area", "none.json"), "there is no file none.json"),
        (("--method", "counts", *RUN, "--name", "ring 07700 900123"), "leave it out"),
        (("--method", "counts", *FORCE, "--from", "2024-1"), "--from must be a month such as"),
        (
            ("--method", "counts", *FORCE, "--from", "2025-02", "--to", "2024-01"),
            "--from and --to: the last month comes before the first: exchange them",
        ),
        (
            ("--method", "counts", *FORCE, "--from", "2090-01"),
            "still to come (it is",
        ),
        (
            ("--method", "counts", *FORCE, "--from", "2023-01", "--to", LAST),
            "choose months that are all there (such as 2024-01 to 2025-02), or give --mask-missing",
        ),
        (
            ("--method", "emerging", *FORCE, "--from", LAST),
            "at least 10 months; begin --from earlier",
        ),
        (
            ("--method", "density", *RUN, "--bandwidth", "100"),
            "give a larger --bandwidth or a smaller --cell",
        ),
        (("--method", "density", *RUN, "--bandwidth", "nan"), "--bandwidth must be a finite"),
        (("--method", "density", *RUN, "--kernel", "flat"), "--kernel must be 'quartic' or"),
        (
            ("--method", "density", *RUN, "--bandwidth", "500", "--bandwidth-by", "pai"),
            "give either --bandwidth or --bandwidth-by, not both",
        ),
        (
            ("--method", "gi_star", *RUN, "--bandwidth", "500"),
            "gi_star does not use --bandwidth: leave it out",
        ),
        (
            ("--method", "gi_star", *RUN, "--permutations", "-1"),
            "--permutations must be at least 0",
        ),
        (("--method", "gi_star", *RUN, "--level", "1.5"), "--level must be at most 0.2"),
        (
            ("--method", "gi_star", *RUN, "--h3", "9", "--cell", "250"),
            "give either --cell or --h3, not both",
        ),
        (("--method", "density", *RUN, "--h3", "9"), "density needs square cells: give --cell"),
        (("--method", "change", *RUN), "change needs --compare-from and --compare-to"),
        (
            ("--method", "change", *RUN, "--compare-from", "2024-01"),
            "share a month: choose months that do not overlap",
        ),
        (("--method", "repeats", *FORCE, "--from", LAST), "or lower --recent-months"),
        (("--method", "auto", *RUN, "--foretelling", "magic"), "such as density_300"),
        (("--question", "cut.json"), "the question is no JSON"),
    ],
)
def test_what_cannot_be_worked_out(town, words, said):
    code, told = refused(town, "run", *words)

    assert code == EXIT_INPUT
    assert said in told
    # Pointers are of files: what options say is told by options.
    assert not told.startswith("invalid_input: /")


def test_risk_without_households_says_what_to_import(tmp_path, town):
    bare = town.copied(tmp_path / "bare")
    with Store.open(f"sqlite:///{tmp_path / 'bare' / 'none.db'}", create=True) as store:
        import_months(store, tmp_path / "files")
    words = ("run", *RUN, "--method", "risk")
    code, told = refused(type(bare)(f"sqlite:///{bare.folder / 'none.db'}", bare.folder), *words)

    assert code == EXIT_STORE
    assert "geo-alerts import boundaries" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--months", "0"), "--months must be at least 1"),
        (("--method", "magic"), "--method: 'magic' is no method of foretelling"),
        (("--to", "2090-01"), "choose months of the past"),
        (("--cell", "1"), "--cell must be at least 10"),
    ],
)
def test_what_cannot_be_tested_back(town, words, said):
    code, told = refused(town, "backtest", *CRIMES, *words)

    assert code == EXIT_INPUT
    assert said in told


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x.shp", "wanted .geojson, .gpkg, .parquet, .csv"),
        ("x", "wanted .geojson, .gpkg, .parquet, .csv"),
        ("no/such/x.csv", "no/such/x.csv cannot be written"),
        ("folder.csv", "folder.csv is a folder; wanted the name of a file"),
    ],
)
def test_where_nothing_can_be_written(town, run_id, name, said):
    code, told = refused(town, "export", run_id, name)

    assert code == EXIT_INPUT
    assert said in told


def test_a_file_that_is_there_is_replaced_whole(town, run_id):
    (town.folder / "there.csv").write_text("something else", encoding="utf-8")
    town.ask("hotspots", "export", run_id, "there.csv")
    assert (town.folder / "there.csv").read_text(encoding="utf-8").startswith("rank,")


def test_a_map_that_cannot_be_written(town, run_id):
    assert refused(town, "map", run_id, "-o", "x.pdf")[0] == EXIT_INPUT
    code, told = refused(town, "map", run_id, "-o", "no/such/x.html")
    assert code == EXIT_INPUT
    assert "cannot be written" in told


@pytest.mark.parametrize(
    "words",
    [
        ("show", "none"),
        ("remove", "none"),
        ("export", "none", "x.csv"),
        ("map", "none", "-o", "x.html"),
    ],
)
def test_a_layer_that_is_not_there(town, words):
    code, told = refused(town, *words)

    assert code == EXIT_UNKNOWN
    assert "there is no layer of hotspots 'none'" in told


def test_methods_and_options_that_are_none(town):
    code, told = refused(town, "list", "--method", "heat")
    assert code == EXIT_INPUT
    assert "'heat' is no method; there are auto, change" in told
    assert refused(town, "list", "--most", "0")[0] == EXIT_USAGE
    code, told = refused(town, "run", *RUN, "--question", "cut.json")
    assert code == EXIT_USAGE
    assert "give --question alone, or options alone" in told


def test_settings_are_said_as_options_and_other_words_are_left():
    said = "change needs compare_with; /months/last: must be x; gi_star takes no seven_words"
    wanted = "change needs --compare-from and --compare-to; --to must be x"
    assert in_options(said, Question) == f"{wanted}; gi_star takes no seven_words"
    assert in_options("/months: must be y", BacktestQuestion, OPTIONS_OF_BACKTESTS) == (
        "--months must be y"
    )
