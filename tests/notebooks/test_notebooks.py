"""Every notebook runs from top to bottom, offline, and is kept without what it printed.

What a notebook says of its numbers it asserts itself; a failed assertion fails its run.
"""

import ast

import nbformat
import pytest
from nbclient import NotebookClient

from tests.house.tree import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELL_SECONDS = 120

# Run by the kernel before the notebook: warnings are errors, though not yet while the kernel itself
# starts, and there is no network.
STARTUP = """
import sys, warnings

def refuse(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise RuntimeError(f"a notebook asks for the network: {event} {args[-1]!r}")

sys.addaudithook(refuse)
get_ipython().events.register("pre_run_cell", lambda _: warnings.simplefilter("error"))
"""


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    read = nbformat.read(request.param, as_version=4)
    nbformat.validate(read)
    return read


@pytest.fixture
def kernel_folder(tmp_path, monkeypatch):
    """Where kernels are started from: nothing of the user's own is read or written."""
    for name in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "offline.py").write_text(STARTUP, encoding="utf-8")
    return tmp_path


def run(notebook, *, allow_errors=False):
    """Run it in a fresh kernel of this Python, started where the notebook is."""
    where = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        allow_errors=allow_errors,
        resources=where,
    ).execute()
    return notebook


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(notebook, name):
    outputs = [output for cell in code_of(notebook) for output in cell.outputs]
    return "".join(o.text for o in outputs if o.output_type == "stream" and o.name == name)


def test_there_is_a_notebook():
    assert NOTEBOOKS


def test_a_notebook_is_kept_without_outputs_and_counts(notebook):
    assert not [cell.id for cell in code_of(notebook) if cell.outputs or cell.execution_count]
    assert not [cell.id for cell in notebook.cells if cell.metadata]


def test_a_notebook_checks_what_it_says(notebook):
    trees = [ast.parse(cell.source) for cell in code_of(notebook)]
    assert any(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))


def test_a_notebook_runs_from_top_to_bottom_offline(notebook, kernel_folder):
    before = set(kernel_folder.iterdir())
    done = run(notebook)

    assert printed(done, "stderr") == ""
    assert {cell.execution_count for cell in code_of(done)} == set(range(1, 1 + len(code_of(done))))
    left = {path.name for path in set(kernel_folder.iterdir()) - before}
    assert left <= {"config", "data", "runtime"}


@pytest.mark.usefixtures("kernel_folder")
def test_a_warning_and_a_call_to_the_network_are_errors_in_a_notebook():
    sources = {
        "import warnings; warnings.warn('old')": "UserWarning",
        "import socket; socket.create_connection(('127.0.0.1', 9))": "RuntimeError",
    }
    cells = [nbformat.v4.new_code_cell(source) for source in sources]

    done = run(nbformat.v4.new_notebook(cells=cells), allow_errors=True)

    assert [cell.outputs[-1].ename for cell in done.cells] == list(sources.values())
