import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_CODE = """
import sys, json, pathlib, dataclasses
sys.path[:0] = sys.argv[2:4]
from bigram import BigramEncoder
from evals.killing import Killing
kills = []
for what in ("builds", "additions"):
    killing = Killing(BigramEncoder(), pathlib.Path(sys.argv[1]) / what, seed=3, sentences=12)
    kills.append(dataclasses.asdict(getattr(killing, what)(6)))
print(json.dumps(kills))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    tests = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(tmp_path), str(tests.parent), str(tests)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    builds, additions = json.loads(done.stdout)
    for found in (builds, additions):
        assert found["kills"] >= 6, done.stderr
        assert (found["broken"], found["twice"]) == (0, 0), done.stderr
        assert found["encoded"] == found["distinct"] + found["redone"]
        assert found["answers"] > 0
    assert builds["old"] + builds["new"] + builds["none"] == builds["kills"]
