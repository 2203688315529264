"""competition.toml as a file: read, checked key by key and as a whole."""

from pathlib import Path

from pydantic import ValidationError

from shortlist.common.faults import first_fault
from shortlist.config.competition import Competition
from shortlist.config.consistency import first_disagreement
from shortlist.config.toml_file import read_toml
from shortlist.errors import ConfigError


def load_competition(path: Path) -> Competition:
    """Read and check a competition.toml.

    Raises:
        ConfigError: no such file, not TOML, an unknown key, or a value that cannot be used; one line.
    """
    try:
        competition = Competition.model_validate(read_toml(path))
    except FileNotFoundError:
        known = sorted(folder.parent.name for folder in path.parent.parent.glob("*/competition.toml"))
        others = f"COMPETITION can be {' or '.join(known)}" if known else "no competition is set up"
        hint = f"`init` writes it from {path.parent / 'raw'}"
        raise ConfigError(f"{path}: no such file; {others}; {hint}") from None
    except ValidationError as error:
        raise ConfigError(f"{path}: {first_fault(error, Competition)}") from None
    if (fault := first_disagreement(competition)) is not None:
        raise ConfigError(f"{path}: {fault}")
    return competition
