import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT


def test_imports_run_one_way():
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [checker, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
