"""Same input, same bytes out, however the interpreter and the machine are set up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "inter-institution" / "problem.toml"


def bytes_of_plan(**environment: str) -> bytes:
    """What `plan --json` prints in a process of its own."""
    command = [sys.executable, "-m", "services", "plan", str(EXAMPLE), "--json"]
    env = {**os.environ, **environment}
    done = subprocess.run(
        command, env=env, capture_output=True, check=False, cwd=EXAMPLE.parents[2]
    )
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plain() -> bytes:
    return bytes_of_plan(PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242"},
        {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
        {"TZ": "Asia/Tokyo"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONOPTIMIZE": "1"},
    ],
    ids=str,
)
def test_the_same_problem_gives_the_same_bytes(environment: dict[str, str], plain: bytes) -> None:
    assert bytes_of_plan(**environment) == plain


def test_several_plans_at_once_give_the_same_bytes(plain: bytes) -> None:
    command = [sys.executable, "-m", "services", "plan", str(EXAMPLE), "--json"]
    at_once = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=EXAMPLE.parents[2]) for _ in range(3)
    ]

    assert [each.communicate()[0] for each in at_once] == [plain] * 3
