"""What holds for every reranker; a new one is covered by having its file in `shortlist/rerank`."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from shortlist.common.parameters import NotFittedError
from shortlist.errors import ConfigError, DataError
from shortlist.rerank.base import Reranker, sampled
from shortlist.rerank.registry import RERANKERS
from shortlist.rerank.table import FeatureTable

LIGHTGBM = {"trees": 40, "min_rows": 5, "features_per_tree": 1.0, "negatives": 1.0, "learning_rate": 0.2, "seeds": 2}
FAST: dict[str, tuple[str, dict[str, Any]]] = {
    "lightgbm": ("lightgbm", LIGHTGBM),
    "lightgbm, lambdarank": ("lightgbm", {**LIGHTGBM, "objective": "lambdarank"}),
    "tfrs_ranking": (
        "tfrs_ranking",
        {"epochs": 12, "batch_size": 100, "seeds": 1, "hidden": (16,), "rank": 4, "negatives": 1.0, "dropout": 0.0,
         "learning_rate": 0.02},
    ),
}  # fmt: skip
"""Settings with which so small a table can be learnt; a kind that is not here has its defaults."""

CASES = [*FAST, *(kind for kind in RERANKERS.kinds() if kind not in FAST)]


def _make(case: str, **settings: Any) -> Reranker:
    kind, quick = FAST.get(case, (case, {}))
    return RERANKERS.make(kind, {**quick, **settings}, seed=3)


def _first_is_right(table: FeatureTable, scores: np.ndarray) -> float:
    """Share of the users whose first candidate by the scores is the answer."""
    answer = np.full(table.there.shape, False)
    answer[table.there] = table.labels
    dense = np.full(table.there.shape, -np.inf)
    dense[table.there] = scores
    return float(np.take_along_axis(answer, dense.argmax(axis=1)[:, None], axis=1).mean())


def _empty(table: FeatureTable) -> FeatureTable:
    return replace(table, labels=np.zeros_like(table.labels))


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> str:
    """Every kind there is, and each objective of LightGBM."""
    return str(request.param)


@pytest.fixture(scope="module")
def fitted(case: str, tables: list[FeatureTable]) -> Reranker:
    """Fitted on both tables."""
    return _make(case).fit(tables)


def test_every_kind_is_a_case() -> None:
    """No reranker is left out of this file."""
    assert {FAST.get(case, (case, {}))[0] for case in CASES} == set(RERANKERS.kinds())


def test_scores_have_their_shape(fitted: Reranker, other: FeatureTable) -> None:
    """One finite float32 for each row, also of a part of the table and where every feature is missing."""
    scores = fitted.score(other)
    assert scores.shape == (len(other.features),)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    nothing = replace(other, features=np.full_like(other.features, np.nan))
    assert np.isfinite(fitted.score(nothing)).all()
    assert len(set(fitted.score(nothing).tolist())) == 1


def test_it_learns_what_was_planted(fitted: Reranker, other: FeatureTable) -> None:
    """The answer is the candidate with the largest second feature: first for most users, where chance is one in 12."""
    assert _first_is_right(other, fitted.score(other)) > 0.7
    noise = np.random.default_rng(0).random(len(other.features))
    assert _first_is_right(other, noise) < 0.25


def test_the_same_seed_gives_the_same_bytes(
    case: str, fitted: Reranker, tables: list[FeatureTable], other: FeatureTable
) -> None:
    """A second fit scores bit by bit alike, even one of an object that has learnt something else before."""
    again = _make(case).fit(tables[:1])
    assert again.score(other).tobytes() != fitted.score(other).tobytes()
    again.fit(tables)
    assert again.score(other).tobytes() == fitted.score(other).tobytes()


def test_fit_returns_self_and_leaves_the_tables(case: str, tables: list[FeatureTable]) -> None:
    """`make(...).fit(tables)` can be written in one go, and the next reranker learns from the same tables."""
    before = [(table.features.tobytes(), table.labels.tobytes(), list(table.names)) for table in tables]
    model = _make(case)
    assert model.fit(tables[:1]) is model
    assert [(table.features.tobytes(), table.labels.tobytes(), table.names) for table in tables] == before


def test_a_table_without_answers_teaches_nothing(case: str, tables: list[FeatureTable], other: FeatureTable) -> None:
    """Beside one that has some, it is neither a failure nor a difference that can be seen in the order."""
    model = _make(case).fit([_empty(tables[0]), tables[1]])
    assert _first_is_right(other, model.score(other)) > 0.6


def test_no_answers_at_all_are_said(case: str, tables: list[FeatureTable]) -> None:
    """There is nothing to learn: one line that says what can be changed."""
    with pytest.raises(DataError, match=r"no hidden pair is among the candidates.*RERANK=0$") as error:
        _make(case).fit([_empty(table) for table in tables])
    assert "\n" not in str(error.value)


def test_importances_are_shares_of_known_features(case: str, fitted: Reranker, tables: list[FeatureTable]) -> None:
    """Where a reranker can tell, the planted feature has most, what is always missing nothing, and all make one."""
    shares = fitted.importances()
    if shares:
        assert list(shares) == tables[0].names
        assert sum(shares.values()) == pytest.approx(1)
        assert max(shares, key=lambda name: shares[name]) == "made.signal"
        assert shares["other.nothing"] == 0
    assert shares or not case.startswith("lightgbm")


def test_contributions_make_the_score(case: str, fitted: Reranker, other: FeatureTable) -> None:
    """Told from the kept state alone; the planted feature moves most, what is always missing nothing.

    Where all models can tell, what is left of the score is the same for every row.
    """
    state = fitted.state()
    found = _make(case).contributions(state, other.features) if state else None
    if case in FAST:
        assert (found is None) == (case == "tfrs_ranking")
    if found is None:
        return
    assert found.shape == other.features.shape
    assert found.dtype == np.float32
    assert other.names[np.abs(found).mean(axis=0).argmax()] == "made.signal"
    assert not found[:, other.names.index("other.nothing")].any()
    left = fitted.score(other) - found.sum(axis=1)
    if case.startswith("lightgbm"):
        np.testing.assert_allclose(left, left[0], atol=1e-5)


def test_an_ensemble_s_contributions_are_those_of_the_members_that_can_tell(
    tables: list[FeatureTable], other: FeatureTable
) -> None:
    """As they enter its score: what is left is what the others say, but for where the trees begin."""
    members = {"lightgbm": LIGHTGBM, "tfrs_ranking": FAST["tfrs_ranking"][1]}
    model = RERANKERS.make("ensemble", {"members": members}).fit(tables)
    found = RERANKERS.make("ensemble", {"members": members}).contributions(model.state(), other.features)
    network = RERANKERS.make("tfrs_ranking", members["tfrs_ranking"], seed=0).fit(tables)
    said = network.score(other) / network.score(tables[0]).std() / 2
    assert found is not None
    left = model.score(other) - found.sum(axis=1) - said
    np.testing.assert_allclose(left, left[0], atol=1e-5)
    alone = RERANKERS.make("ensemble", {"members": {"tfrs_ranking": members["tfrs_ranking"]}})
    assert alone.contributions({}, other.features) is None


def test_a_row_s_score_does_not_depend_on_the_rows_beside_it(fitted: Reranker, other: FeatureTable) -> None:
    """Some users alone are scored as they are among all."""
    few = np.array([3, 6, 140], dtype=np.int32)
    whole = fitted.score(other)[np.isin(other.candidates.users[other.row], few)]
    np.testing.assert_allclose(fitted.score(other.of_users(few)), whole, atol=1e-5)


def test_not_fitted_is_said(case: str, other: FeatureTable) -> None:
    """Asked before `fit`, it says so, with an error that scikit-learn's callers catch too."""
    with pytest.raises(NotFittedError, match=r"is not fitted yet; call fit\(...\) first") as error:
        _make(case).score(other)
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize("kind", RERANKERS.kinds())
def test_an_unknown_parameter_is_named(kind: str) -> None:
    """The message names the kind, the wrong key and the nearest right one; in one line."""
    name = [field.name for field in fields(RERANKERS.make(kind)) if field.init][0]  # type: ignore[arg-type]  # noqa: RUF015
    with pytest.raises(ConfigError, match=rf"^reranker {kind}: unknown key '{name}x'; did you mean '{name}'\?$"):
        RERANKERS.make(kind, {f"{name}x": 1})


@pytest.mark.parametrize("kind", RERANKERS.kinds())
def test_its_defaults_are_allowed(kind: str) -> None:
    """An empty table in competition.toml is enough, and the competition's seed reaches those that use one."""
    assert RERANKERS.make(kind) == RERANKERS.make(kind, {})
    if type(RERANKERS.make(kind)).uses_seed:
        assert RERANKERS.make(kind, seed=11).seed == 11  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        ("lightgbm", {"objective": "rank"}, "objective: .*'binary' or 'lambdarank', got 'rank'"),
        ("lightgbm", {"leaves": 1}, "leaves: .*greater than or equal to 2, got 1"),
        ("lightgbm", {"negatives": 0}, "negatives: .*greater than 0, got 0"),
        ("tfrs_ranking", {"dropout": 1.0}, "dropout: .*less than or equal to 0.99, got 1.0"),
        ("tfrs_ranking", {"hidden": [0]}, "hidden.0: .*greater than or equal to 1, got 0"),
    ],
)
def test_a_value_out_of_range_is_named(kind: str, settings: dict[str, Any], message: str) -> None:
    """The message says which parameter, what is allowed and what was given."""
    with pytest.raises(ConfigError, match=f"^reranker {kind}: {message}$"):
        RERANKERS.make(kind, settings)


def test_any_feature_name_will_do(tables: list[FeatureTable], other: FeatureTable) -> None:
    """Names come from the organiser's columns: brackets, quotes, commas and spaces in them are no failure."""
    names = ['a.[1]: {"x"}', "b.two words", "b.two_words", "c.한국어,", "d."]
    model = _make("lightgbm").fit([replace(table, names=names) for table in tables])
    assert list(model.importances()) == names
    assert model.score(other).tobytes() == _make("lightgbm").fit(tables).score(other).tobytes()


def test_rows_to_learn_from_are_all_answers_and_a_share_of_the_rest(tables: list[FeatureTable]) -> None:
    """Of users with an answer among their candidates only; the others' rows are never drawn."""
    labels = tables[0].labels & (tables[0].row % 3 > 0)
    table = replace(tables[0], labels=labels)
    for share in (0.2, 1.0):
        (kept,) = sampled([table], share, np.random.default_rng(0))
        useful = table.row % 3 > 0
        assert kept.tolist() == sorted(set(kept.tolist()))
        assert set(np.flatnonzero(labels).tolist()) <= set(kept.tolist())
        assert useful[kept].all()
        rest = useful & ~labels
        assert rest[kept].sum() == pytest.approx(share * rest.sum(), rel=0.15)
