"""The organiser's files as they lie in raw/: any ending, any name."""

from pathlib import Path

from shortlist.errors import DataError, shown


def raw_files(folder: Path) -> list[Path]:
    """Every file of the folder but hidden ones, by name.

    Raises:
        DataError: a name that no text can hold.
    """
    files = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    for file in files:
        try:
            file.name.encode()
        except UnicodeEncodeError:
            raise DataError(f"{folder}: the name of the file {shown(file.name)} is not UTF-8; rename it") from None
    return files
