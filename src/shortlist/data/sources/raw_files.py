"""The organiser's files as they lie in raw/: any ending, any name."""

from pathlib import Path


def raw_files(folder: Path) -> list[Path]:
    """Every file of the folder but hidden ones, by name."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
