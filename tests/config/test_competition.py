"""A competition.toml that cannot be used is answered in one line that says where, what and what to do."""

import re
from pathlib import Path

import pytest
from tests.builder import configuration

from shortlist.config.competition import Competition
from shortlist.config.load import load_competition
from shortlist.errors import ConfigError

DATA = Path(__file__).parents[2] / "data"

GOOD = configuration(
    """denominator = "n"
[validation.schemes.holdout]
hidden = 0.2
[retrievers.popular]
[retrievers.wide]
kind = "user_knn"
neighbours = 500
""",
    title="Some competition",
    seed=1,
    candidates=50,
    folds=3,
    ks=(5, 10),
)


def _load(folder: Path, text: str | bytes) -> Competition:
    path = folder / "some" / "competition.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_competition(path)


def test_every_value_is_read(tmp_path: Path) -> None:
    """All the values of a full file, as it has them."""
    competition = _load(tmp_path, GOOD)
    assert (competition.title, competition.url, competition.source) == ("Some competition", "none", "dacon_jobs")
    assert (competition.seed, competition.candidates) == (1, 50)
    assert competition.submission.model_dump() == {
        "sample": "sample_submission.csv", "user_column": "resume_seq", "item_column": "recruitment_seq",
        "method": "best",
    }  # fmt: skip
    validation = competition.validation
    assert (validation.folds, validation.ks) == (3, (5, 10))
    assert (competition.question.k, competition.question.metrics) == (5, {"recall_n": 1.0})
    assert validation.schemes == {"holdout": {"hidden": 0.2}}


def test_a_retriever_has_its_name_or_its_kind(tmp_path: Path) -> None:
    """A table's name is its kind unless it says `kind`; asking twice gives the same."""
    competition = _load(tmp_path, GOOD)
    assert competition.retriever("popular") == ("popular", {})
    assert competition.retriever("wide") == competition.retriever("wide") == ("user_knn", {"neighbours": 500})
    with pytest.raises(ConfigError, match=r"no table \[retrievers.narrow\] .* there are popular, wide"):
        competition.retriever("narrow")


def test_a_scheme_has_its_name_or_its_kind(tmp_path: Path) -> None:
    """So two tables can have the same kind; folds and seed are those of the competition unless the table says more."""
    more = '[validation.schemes.half]\nkind = "holdout"\nhidden = 0.5\nfolds = 2\n\n[retrievers.popular]'
    competition = _load(tmp_path, GOOD.replace("[retrievers.popular]", more))
    assert competition.scheme("holdout") == ("holdout", {"folds": 3, "seed": 1, "hidden": 0.2})
    assert competition.scheme("half") == ("holdout", {"folds": 2, "seed": 1, "hidden": 0.5})


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    """Seed, length of lists, folds, cut-offs, metric and the choice of the submission can be left out."""
    text = re.sub(r"^(seed|candidates|folds|ks|denominator|method) = .*$", "", GOOD, flags=re.MULTILINE)
    text = text.replace("[validation]", "")
    competition = _load(tmp_path, text)
    assert (competition.seed, competition.candidates, competition.submission.method) == (0, 100, "best")
    assert (competition.validation.folds, competition.validation.ks) == (5, (5, 10, 20, 50, 100))
    question = competition.question
    assert (question.metrics, question.headline) == ({"recall": 1.0}, "recall@5")
    assert (question.kind_weights, question.seen, question.answers) == ({}, "drop", ())
    assert (question.asked, question.items, question.active_days) == ("sample", "all", None)


RERANKED = (
    GOOD
    + """
[blend]
retrievers = ["wide"]
candidates = 30

[rerankers.lightgbm]

[rerankers.ranked]
kind = "lightgbm"
objective = "lambdarank"
"""
)


def test_methods_are_retrievers_then_the_blend_then_rerankers(tmp_path: Path) -> None:
    """All of them can be submitted; the blend takes every retriever unless it names some."""
    plain, reranked = _load(tmp_path, GOOD), _load(tmp_path, RERANKED)
    assert plain.methods == ("popular", "wide", "blend")
    assert (plain.blend.retrievers, plain.blend.candidates) == ((), 100)
    assert reranked.methods == ("popular", "wide", "blend", "lightgbm", "ranked")
    assert (reranked.blend.retrievers, reranked.blend.candidates) == (("wide",), 30)
    assert reranked.reranker("ranked") == reranked.reranker("ranked") == ("lightgbm", {"objective": "lambdarank"})
    with pytest.raises(ConfigError, match=r"no table \[rerankers.rank\] .* there are lightgbm, ranked"):
        reranked.reranker("rank")
    for name in (*reranked.methods, "reranker"):
        assert _load(tmp_path, RERANKED.replace('"best"', f'"{name}"')).submission.method == name


def _line(text: str) -> int:
    """Where it stands in the good file."""
    return GOOD[: GOOD.index(text)].count("\n") + 1


WRONG = {
    "key": ("seed = 1", "sed = 1", r"unknown key 'sed'; did you mean 'seed'\?"),
    "nested key": ("folds = 3", "fold = 3", r"unknown key 'validation.fold'; did you mean 'folds'\?"),
    "strange key": ("folds = 3", "zzz = 3", "unknown key 'validation.zzz'; known are folds, ks, users, schemes"),
    "misspelt needed key": ("k = 5", "kk = 5", "unknown key 'submission.kk'; known are sample,"),
    "missing key": ("k = 5\n", "", "key 'question.k' is missing; add it"),
    "missing table": (GOOD[GOOD.index("[submission]") : GOOD.index("[validation]")], "", "key 'question.k' is missing"),
    "no scheme": (
        "[validation.schemes.holdout]\nhidden = 0.2",
        "[validation.schemes]",
        r"validation.schemes: .*at least 1",
    ),
    "no retriever": (GOOD[GOOD.index("[retrievers.popular]") :], "[retrievers]", "retrievers: .*at least 1"),
    "no cut-off": ("ks = [5, 10]", "ks = []", r"validation\.ks: "),
    "zero folds": ("folds = 3", "folds = 0", "validation.folds: .*greater than or equal to 1, got 0"),
    "text for a number": ("folds = 3", 'folds = "x"', "validation.folds: .*integer.*got 'x'"),
    "a bad cut-off": ("[5, 10]", "[5, 0]", r"validation.ks.1: .*got 0"),
    "a seed NumPy cannot take": ("seed = 1", "seed = -1", "seed: .*greater than or equal to 0, got -1"),
    "denominator": ('"n"', '"m"', r"validation.denominator: must be one of min\(n,k\), n, k"),
    "retriever no table": (
        "[retrievers.popular]",
        "[retrievers]\npopular = 3",
        "retrievers.popular: .*dictionary, got 3",
    ),
    "a name no file can have": ("[retrievers.wide]", '[retrievers."a/b"]', "retrievers.a/b"),
    "k above the list": ("[5, 10]", "[5, 51]", "validation.ks: 51 is more than candidates = 50"),
    "official k not shown": ("[5, 10]", "[4, 10]", "validation.ks: must contain question.k = 5"),
    "chosen retriever": ('"best"', '"bst"', "submission.method: 'bst' is neither 'best' nor one of popular, wide"),
    "chosen reranker": (
        '"best"',
        '"reranker"',
        r"submission.method: no reranker to submit: add a table \[rerankers.lightgbm\]",
    ),
    "not TOML": ("[validation]", "[validation", f"not valid TOML: .*line {_line('[validation]')}"),
    "no value": ("folds = 3", "folds =", f"not valid TOML: .*line {_line('folds = 3')}"),
    "a key of the upload": (
        "[validation]",
        "[upload]\ncptid = 1\n[validation]",
        r"'upload.cptid'; did you mean 'cpt_id'\?",
    ),
    "no upload a day": ("[validation]", "[upload]\ndaily_limit = 0\n[validation]", "upload.daily_limit: .*got 0"),
    "an address in clear": ("[validation]", '[upload]\nurl = "http://a"\n[validation]', "upload.url: .*got 'http://a'"),
    "two lines in a value": ("folds = 3", 'folds = """n\nm"""', r"validation.folds: .*got 'n\\nm'"),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(old: str, new: str, message: str, tmp_path: Path) -> None:
    """The line begins with the file, names the key, and says what would do; never more than one line."""
    assert old in GOOD
    with pytest.raises(ConfigError, match=message) as error:
        _load(tmp_path, GOOD.replace(old, new, 1))
    assert str(error.value).startswith(f"{tmp_path / 'some' / 'competition.toml'}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """TOML is UTF-8; a file saved by an old editor is not."""
    with pytest.raises(ConfigError, match="not valid TOML") as error:
        _load(tmp_path, GOOD.replace("Some", "한글").encode("cp949"))
    assert "\n" not in str(error.value)


def test_an_unknown_competition_lists_those_there_are(tmp_path: Path) -> None:
    """COMPETITION=typo is answered with what can be written instead."""
    for name in ("beta", "alpha"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "competition.toml").write_text(GOOD)
    known = "COMPETITION can be alpha or beta"
    with pytest.raises(ConfigError, match=f"no such file; {known}; `init` writes it from .*gamma/raw$") as error:
        load_competition(tmp_path / "gamma" / "competition.toml")
    assert "\n" not in str(error.value)


def test_without_any_competition_it_says_so(tmp_path: Path) -> None:
    """An empty data folder has none to name."""
    with pytest.raises(ConfigError, match="no such file; no competition is set up; `init` writes it"):
        load_competition(tmp_path / "gamma" / "competition.toml")


def test_a_configuration_cannot_be_changed(tmp_path: Path) -> None:
    """What was checked is what is used."""
    with pytest.raises(ValueError, match="frozen"):
        _load(tmp_path, GOOD).seed = 2  # type: ignore[misc]


@pytest.mark.parametrize("name", ["sample", "dacon_236170"])
def test_our_own_competitions_load(name: str) -> None:
    """The tracked files are valid, and their official cut-off is 5."""
    assert load_competition(DATA / name / "competition.toml").question.k == 5


def test_the_sample_has_nowhere_to_go() -> None:
    """The synthetic competition names no address to hand in at; the real one names Dacon's, and its own number."""
    sample, real = (load_competition(DATA / name / "competition.toml").upload for name in ("sample", "dacon_236170"))
    assert sample.url is None
    assert (real.url, real.cpt_id) == ("https://openapi.dacon.io", 236170)


# ---------------------------------------------------------------- the question

ASKING = GOOD.replace('denominator = "n"\n', "").replace("k = 5\n", "") + "[question]\nk = 5\n"


def test_the_question_is_read(tmp_path: Path) -> None:
    """Metric, kinds of answers, seen items, who is asked and what may be answered: all as the file has them."""
    text = ASKING + (
        'metric = "precision"\nseen = "keep"\nanswers = ["click", "order"]\n'
        'kind_weights = { click = 0.1, order = 0.9 }\nasked = "users.csv"\nitems = "active 2w"\n'
    )
    question = _load(tmp_path, text).question
    assert (question.k, question.metrics, question.headline) == (5, {"recall_k": 1.0}, "score@5")
    assert (question.seen, question.answers) == ("keep", ("click", "order"))
    assert question.kind_weights == {"click": 0.1, "order": 0.9}
    assert (question.asked, question.items, question.active_days) == ("users.csv", "active 2w", 14.0)


@pytest.mark.parametrize(
    ("metric", "metrics", "headline"),
    [
        ('"recall"', {"recall": 1.0}, "recall@5"),
        ('"mrr"', {"mrr": 1.0}, "mrr@5"),
        ('"precision"', {"recall_k": 1.0}, "recall_k@5"),
        ("{ recall = 0.75, ndcg = 0.25 }", {"recall": 0.75, "ndcg": 0.25}, "score@5"),
        ("{ ndcg = 2.0 }", {"ndcg": 2.0}, "ndcg@5"),
    ],
)
def test_the_metric_is_one_or_a_sum(metric: str, metrics: dict[str, float], headline: str, tmp_path: Path) -> None:
    """One by its name, or several with weights; precision is another word for recall_k."""
    competition = _load(tmp_path, ASKING + f"metric = {metric}\n")
    assert (competition.question.metrics, competition.headline) == (metrics, headline)


@pytest.mark.parametrize(("denominator", "headline"), [("min(n,k)", "recall@5"), ("n", "recall_n@5")])
def test_an_older_file_means_what_it_meant(denominator: str, headline: str, tmp_path: Path) -> None:
    """The cut-off below [submission] and the denominator below [validation] are the question's."""
    competition = _load(tmp_path, GOOD.replace('"n"', f'"{denominator}"'))
    assert (competition.question.k, competition.headline) == (5, headline)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('metric = "auc"', r"question\.metric"),
        ("metric = {}", r"question\.metric"),
        ('seen = "yes"', r"question\.seen: .*'drop' or 'keep', got 'yes'"),
        ("k = 6", "not valid TOML"),
        ("kk = 6", r"unknown key 'question\.kk'; did you mean 'k'\?"),
        ('items = "active soon"', r"question\.items: 'active soon' is no length of time; write 'active 30d'"),
        (
            'answers = ["order"]\nkind_weights = { click = 1 }',
            r"question\.kind_weights: 'click' is not among question\.answers",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_question_is_named(line: str, message: str, tmp_path: Path) -> None:
    """In one line that names the key and what would do."""
    with pytest.raises(ConfigError, match=message) as error:
        _load(tmp_path, ASKING + line + "\n")
    assert "\n" not in str(error.value)


def test_a_key_in_both_places_is_refused(tmp_path: Path) -> None:
    """An older key beside the one that took its place: one of them must go."""
    with pytest.raises(ConfigError, match=r"submission\.k says the same as question\.k; remove it"):
        _load(tmp_path, GOOD + "[question]\nk = 5\n")
