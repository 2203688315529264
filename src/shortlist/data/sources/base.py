"""What every source is, and how one is found by the name it has in competition.toml."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from shortlist.common.parameters import parameters
from shortlist.data.dataset import Dataset


@parameters
class Source(ABC):
    """Reads the organiser's files of one form."""

    uses_seed: ClassVar[bool] = False

    @property
    @abstractmethod
    def files(self) -> Mapping[str, bool]:
        """Name of each raw file -> whether it must be there; but for the sample submission, which always must."""

    @abstractmethod
    def read(self, raw: Path) -> Dataset:
        """Read and check the files in the folder `raw`.

        Raises:
            DataError: a file does not hold what it should.
        """
