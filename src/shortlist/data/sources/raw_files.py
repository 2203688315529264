"""The organiser's files as they lie in raw/: any ending, any name."""

from pathlib import Path

from shortlist.common.listing import listing


def raw_files(folder: Path) -> list[Path]:
    """Every file of the folder but hidden ones, by name."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))


def raw_listing(folder: Path) -> str:
    """Size, time stamp and name of each file, a line each: differs once a file was added, removed or replaced."""
    return listing(folder)
