"""What each key of competition.toml allows and all of them together do not, before anything runs."""

from shortlist.common.parameters import LONGEST_PERIOD
from shortlist.config.competition import BEST, RERANKER, Competition, Question
from shortlist.errors import brief


def first_disagreement(competition: Competition) -> str | None:
    """The first of them, in one line; None where there is none."""
    return (
        _lists_fault(competition)
        or _question_fault(competition.question)
        or _names_fault(competition)
        or method_fault(competition.submission.method, competition.methods, tuple(competition.rerankers))
        or _experiments_fault(competition)
    )


def _lists_fault(competition: Competition) -> str | None:
    ks = competition.validation.ks
    if (longest := max(ks)) > competition.candidates:
        return f"validation.ks: {longest} is more than candidates = {competition.candidates}; raise that"
    if competition.question.k not in ks:
        return f"validation.ks: must contain question.k = {competition.question.k}, the official one"
    if twice := next((k for k in ks if ks.count(k) > 1), None):
        return f"validation.ks: {twice} is there more than once; keep one"
    return None


def _question_fault(question: Question) -> str | None:
    if question.items.startswith("active "):
        days = question.active_days
        if days is None or not 0 < days <= LONGEST_PERIOD:
            return f"question.items: {brief(question.items)} is no length of time; write 'active 30d'"
    for key, weights in (("metric", question.metrics), ("kind_weights", question.kind_weights)):
        if weights and not any(weights.values()):
            return f"question.{key}: all weights are 0, so that every list would score 0; give one more than that"
    for kind in question.kind_weights:
        if question.answers and kind not in question.answers:
            return f"question.kind_weights: {brief(kind)} is not among question.answers"
    return None


def _names_fault(competition: Competition) -> str | None:
    for name in competition.blend.retrievers:
        if name not in competition.retrievers:
            return f"blend.retrievers: '{name}' is not a table under [retrievers]"
        if competition.blend.retrievers.count(name) > 1:
            return f"blend.retrievers: '{name}' is there more than once; keep one"
    # Some file systems do not tell capital letters from small ones.
    names = [name.casefold() for name in competition.methods]
    for name, small in zip(competition.methods, names, strict=True):
        if names.count(small) > 1 or small in (BEST, RERANKER):
            return f"'{name}' cannot name a retriever or reranker: it has another meaning or is duplicated"
    schemes = [name.casefold() for name in competition.validation.schemes]
    if twice := next((name for name in schemes if schemes.count(name) > 1), None):
        return f"validation.schemes: '{twice}' differs from another name in capital letters only; rename one"
    return None


def method_fault(method: str, methods: tuple[str, ...], rerankers: tuple[str, ...]) -> str | None:
    """Why a list cannot go in, where only these methods take part."""
    if method == RERANKER and not rerankers:
        return "submission.method: no reranker to submit: add a table [rerankers.lightgbm], and do not set RERANK=0"
    if method not in (BEST, RERANKER, *methods):
        return f"submission.method: {brief(method)} is neither 'best' nor one of {', '.join(methods)}"
    return None


def _experiments_fault(competition: Competition) -> str | None:
    """The same of what is for `make tune` and `make ablate`."""
    if (name := competition.ablate.reranker) is not None and name not in competition.rerankers:
        return f"ablate.reranker: '{name}' is not a table under [rerankers]"
    folds = competition.scheme(competition.first_scheme)[1]["folds"]
    tables = {"retrievers": competition.retrievers, "rerankers": competition.rerankers}
    return competition.tune.fault(tables, folds) if isinstance(folds, int) else None
