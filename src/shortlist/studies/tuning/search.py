"""`make tune`: better parameters for one method, and what they are worth on folds that the search has not seen."""

import time

import optuna

from shortlist.common.files import atomic
from shortlist.common.progress import note
from shortlist.common.provenance import fingerprint
from shortlist.config.competition import Competition
from shortlist.config.load import load_competition
from shortlist.config.paths import Paths
from shortlist.data.dataset import Dataset
from shortlist.errors import ConfigError, ShortlistError
from shortlist.pipeline.run import Run
from shortlist.pipeline.schemes import stacking_parts
from shortlist.studies.tuning.database import best, finished, opened
from shortlist.studies.tuning.edit import with_values
from shortlist.studies.tuning.space import ParameterValues, Target, applied, check_space, target, values
from shortlist.studies.tuning.study import Search
from shortlist.studies.tuning.trials import Scorer, make_scorer
from shortlist.validation.metrics import paired_bootstrap


def tune(run: Run, minutes: float | None = None) -> str:
    """Search until the time is over, going on with what an earlier run or another process has tried.

    If there are better values than the current ones, they are written to `paths.tuned`, in a copy of competition.toml.

    Args:
        run: of the competition.
        minutes: instead of those of the configuration.

    Returns:
        What was found, for people.

    Raises:
        ConfigError: there is nothing to search.
        ShortlistError: no trial was finished in the time.
    """
    paths, competition = run.paths, run.competition
    deadline = time.monotonic() + 60 * (competition.tune.minutes if minutes is None else minutes)
    method = target(competition)
    check_space(competition)
    for _, name in competition.tune.tables:
        if name != method.name:
            note(f'tune: the keys of {name} are for a run with tune.method = "{name}"')
    scorer = make_scorer(run, method)
    tuning, report = _folds(competition)
    current = method.current()
    with opened(paths.trials, _study_name(paths, competition, method, scorer)) as study:
        search = Search(
            method.name, competition.headline, scorer, method.space, len(tuning), competition.seed, deadline, study
        )
        search.run(current)
        best_trial, tried = best(study), finished(study)
    if best_trial is None:
        raise ShortlistError(f"tune: no trial of {method.name} finished in time; allow more with MINUTES=")
    chosen = values(best_trial.params, method.space)
    lines = [_summary(competition, method, tried, best_trial, chosen)]
    if chosen == current:
        paths.tuned.unlink(missing_ok=True)  # of an earlier run
        return "\n".join([*lines, "these are the current values: nothing to take over"])
    lines.append(_comparison(competition, scorer, chosen, report))
    _write(paths, method, chosen)
    return "\n".join([*lines, f"take it over: cp {paths.tuned.as_posix()} {paths.config.as_posix()}"])


def _folds(competition: Competition) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of the folds that are tuned on, and of those that are reported on."""
    return competition.tune.division(len(stacking_parts(competition)))


def _study_name(paths: Paths, competition: Competition, method: Target, scorer: Scorer) -> str:
    """The same for what may share trials: an edited space, other data or other code is another study."""
    fixed = {key: value for key, value in method.settings.items() if key not in method.space}
    space = {name: dimension.model_dump() for name, dimension in method.space.items()}
    scheme = competition.scheme(competition.first_scheme)
    made_of = fingerprint(
        Dataset.load(paths.dataset).digest, method.kind, fixed, space, scheme, _folds(competition)[0],
        competition.seed, competition.headline, scorer.made_of(),
    )  # fmt: skip
    return f"{method.name}-{made_of[:16]}"


def _summary(
    competition: Competition, method: Target, tried: list[optuna.trial.FrozenTrial], best: optuna.trial.FrozenTrial,
    chosen: ParameterValues,
) -> str:  # fmt: skip
    pruned = sum(trial.state == optuna.trial.TrialState.PRUNED for trial in tried)
    shown = ", ".join(f"{name} = {value}" for name, value in chosen.items())
    return (
        f"{method.name}: {len(tried)} trials on {_named(_folds(competition)[0])} of {competition.first_scheme}, "
        f"{pruned} of them pruned\nbest: {competition.headline} {best.value:.4f} with {shown}"
    )


def _comparison(competition: Competition, scorer: Scorer, chosen: ParameterValues, report: tuple[int, ...]) -> str:
    """The best values beside the current ones where neither was chosen by the score."""
    note(f"tune: comparing on {_named(report)}")
    now, then = scorer.report({}), scorer.report(chosen)
    difference = paired_bootstrap(then.values[0], now.values[0], now.users)
    verdict = "" if difference.significant else "; these folds cannot tell the two apart"
    return (
        f"on {_named(report)}, which no trial has seen: {competition.headline} {then.means[0]:.4f}, as configured "
        f"{now.means[0]:.4f}\ndifference {difference.mean:+.4f}, 95 % interval [{difference.low:+.4f}, "
        f"{difference.high:+.4f}]{verdict}"
    )


def _named(folds: tuple[int, ...]) -> str:
    return f"fold{'s' * (len(folds) > 1)} {', '.join(map(str, folds))}"


def _write(paths: Paths, method: Target, chosen: ParameterValues) -> None:
    """The competition.toml as it is now with the values found, checked before it gets its name."""
    text = paths.config.read_bytes().decode("utf-8")
    edited = with_values(text, method.section, method.name, chosen)
    with atomic(paths.tuned) as temporary:
        temporary.write_text(edited, encoding="utf-8", newline="")
        if load_competition(temporary) != applied(load_competition(paths.config), method, chosen):
            raise ConfigError(f"{paths.config}: was edited, and the best values no longer fit it")
