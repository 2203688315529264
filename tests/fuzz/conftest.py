"""What the parts of the fuzzing share: the worlds, which whoever comes first builds."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all files and all processes of one run of the tests share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "fuzz"
    folder.mkdir(exist_ok=True)
    return folder
