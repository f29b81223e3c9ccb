"""What the tests of all chapters use."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def broken_ledger(tmp_path):
    """Run claims in a copy of the package with one line broken; each of them must fail."""

    def run(file, old, new, ids):
        shutil.copytree(ROOT / "pgbook", tmp_path / "pgbook")
        path = tmp_path / "pgbook" / file
        assert path.read_text().count(old) == 1, "the line to break is gone"
        path.write_text(path.read_text().replace(old, new))
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-m", "pgbook", "check", *ids]
        result = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert result.returncode == 1, result.stdout + result.stderr
        for claim in ids:
            failure = rf"^{claim} .*\n +FAILURE"
            assert re.search(failure, result.stdout, re.MULTILINE), result.stdout

    return run
