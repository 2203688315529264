"""The files of raw/ as a competition.toml that runs."""

from shortlist.common.files import write_text
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.data.sources.dacon_jobs import FILES, ITEM, USER
from shortlist.data.sources.registry import SOURCES
from shortlist.errors import ConfigError
from shortlist.studies.init.columns import LogColumns, told_columns
from shortlist.studies.init.found import Found
from shortlist.studies.init.log import LogFiles, find_log
from shortlist.studies.init.methods import Sizes, told_retrievers
from shortlist.studies.init.names import event_weight
from shortlist.studies.init.profile import look_at
from shortlist.studies.init.question import told_question
from shortlist.studies.init.sample import Sample, find_sample
from shortlist.studies.init.scheme import scored_users, told_schemes
from shortlist.studies.init.tables import Tables, find_tables
from shortlist.studies.init.told import told_text
from shortlist.studies.init.write import competition_toml

DACON_JOBS = "dacon_jobs"


def init(paths: Paths) -> str:
    """Look at the files of raw/ and write competition.toml.

    Returns:
        What was found and why, in both languages.

    Raises:
        ConfigError: there is a competition.toml already.
        DataError: the files are no such competition, or lack something; one line that says what was seen.
    """
    if paths.config.exists():
        raise ConfigError(
            f"{paths.config}: already exists and is never overwritten; move it away to have a new one written"
        )
    found = look(paths)
    write_text(paths.config, competition_toml(found))
    return told_text(found, paths)


def look(paths: Paths) -> Found:
    """All that the files tell.

    Raises:
        DataError: see `init`.
    """
    looked = look_at(paths.raw)
    sample = find_sample(looked, paths.raw)
    if all(name in looked.profiles for name, needed in FILES.items() if needed):
        source: dict[str, object] = {"kind": DACON_JOBS}
        return _with_question(paths, source, sample, (USER, ITEM), (None, None, None))
    log = find_log(looked, sample, paths.raw)
    columns, tables = told_columns(log), find_tables(looked, sample, log)
    source = source_table(log, columns, tables)
    return _with_question(paths, source, sample, (log.user, log.item), (log, columns, tables))


def source_table(log: LogFiles, columns: LogColumns, tables: Tables) -> dict[str, object]:
    """The table `[source]`, without what is not there."""
    kinds = log.first.columns[columns.kind].distinct if columns.kind else log.kind_of.values()
    weights = {kind: event_weight(kind) or 1.0 for kind in sorted(kinds) if kind not in columns.ignored}
    settings = {
        "kind": "interactions",
        "log": log.names[0] if len(log.names) == 1 else log.names,
        "user": log.user,
        "item": log.item,
        "separator": log.separator,
        "time": columns.time,
        "kind_column": columns.kind,
        "kind_of": log.kind_of or None,
        "kinds": weights or None,
        "rating": columns.rating,
        "amount": columns.amount,
        "users": tables.users.profile.name if tables.users else None,
        "user_key": tables.users.key if tables.users and tables.users.key != log.user else None,
        "items": tables.items.profile.name if tables.items else None,
        "item_key": tables.items.key if tables.items and tables.items.key != log.item else None,
    }
    return {key: thing for key, thing in settings.items() if thing is not None}


def _with_question(
    paths: Paths,
    source: dict[str, object],
    sample: Sample,
    ids: tuple[str, str],
    files: tuple[LogFiles | None, LogColumns | None, Tables | None],
) -> Found:
    """Read the files as the chain will, and ask the dataset for the rest."""
    dataset = _read(paths, source)
    columns = files[1]
    told = told_question(sample.path, dataset, *ids, columns.rating if columns else None)
    folds, schemes = told_schemes(dataset, told, columns is not None and columns.dated)
    sizes = Sizes.of(dataset, told, scored_users(schemes[0], folds, dataset, told))
    name = paths.competition
    return Found(name, source, sample, *files, dataset, told, folds, schemes, sizes, told_retrievers(sizes))


def _read(paths: Paths, source: dict[str, object]) -> Dataset:
    settings = dict(source)
    return SOURCES.make(str(settings.pop("kind")), settings).read(paths.raw)
