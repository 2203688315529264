"""A competition's own parts: found, made, rerun, refused and tested like the package's, which is left as it is."""

import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.builder import competition, configuration
from tests.projects import Project

import shortlist
from shortlist.common import own
from shortlist.common.own_faults import OwnPartError, own_fault, own_faults_named
from shortlist.common.provenance import source_digests, source_files
from shortlist.common.registry import Registry
from shortlist.data.dataset import Dataset
from shortlist.data.forms.columns import Known
from shortlist.data.forms.detect import detect_form
from shortlist.data.forms.registry import FORMS
from shortlist.data.forms.sheet import Sheet
from shortlist.data.sample import SampleSize
from shortlist.data.sources.registry import SOURCES, files_of
from shortlist.engine import local
from shortlist.engine.base import in_order
from shortlist.errors import ConfigError
from shortlist.rerank.evidence import Evidence
from shortlist.rerank.features import FEATURES, own_features
from shortlist.rerank.registry import RERANKERS
from shortlist.retrievers.registry import RETRIEVERS, make_retriever
from shortlist.submission.own_lists import last_word
from shortlist.validation.registry import SPLITTERS

ROOT = Path(__file__).parents[1]
PAGES = ("docs/own_parts.md", "docs/own_parts.ko.md")
BLOCKS = re.compile(r"`data/sample/(\w+\.py)`.*?```python\n(.*?)```", re.DOTALL)

TEXTS = dict(BLOCKS.findall((ROOT / PAGES[0]).read_text(encoding="utf-8")))
"""The parts that the page for users shows, by the names of their files."""

TABLES = """
[validation.schemes.holdout]
[retrievers.popular]
[retrievers.together]
[blend]
candidates = 10
[rerankers.lightgbm]
trees = 5
min_rows = 5
"""

LAZY = """
import numpy as np
from shortlist.retrievers.base import Retriever, parameters


@parameters
class Lazy(Retriever):
    weight: float = 1.0

    def fit(self, dataset):
        self.items_ = len(dataset.items)
        return self

    def score(self, users):
        return np.ones((len(users), self.items_), np.float32)


RETRIEVER = Lazy
"""


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test uses, the next test and other files know nothing of it."""
    monkeypatch.setenv(own.VARIABLE, "")
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == own.OWN]:
        del sys.modules[name]


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes own files, each under its name, into a folder that is then in use."""

    def into(place: str = "one", **texts: str) -> Path:
        folder = tmp_path / "data" / place
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        own.use(folder)
        return folder

    return into


def test_both_pages_show_the_same_parts() -> None:
    """The code is what the tests below run."""
    assert list(TEXTS) == ["together.py", "my_features.py", "final_lists.py"]
    for page in PAGES:
        assert dict(BLOCKS.findall((ROOT / page).read_text(encoding="utf-8"))) == TEXTS


def test_an_own_file_is_a_kind(write: Write) -> None:
    """Listed beside the package's, made from its parameters, whose errors name the nearest; of no other competition."""
    before = RETRIEVERS.kinds()
    write(lazy=LAZY)
    assert RETRIEVERS.kinds() == sorted([*before, "lazy"])
    assert RETRIEVERS.module("lazy") == "shortlist_own.lazy"
    assert make_retriever("lazy", {"weight": 2}).weight == 2.0  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match=r"^retriever lazy: unknown key 'weigth'; did you mean 'weight'\?$"):
        make_retriever("lazy", {"weigth": 2})
    assert make_retriever("popular") is not None
    write("other")
    assert RETRIEVERS.kinds() == before
    with pytest.raises(ConfigError, match="no retriever of the kind 'lazy'"):
        make_retriever("lazy")


@pytest.mark.parametrize(
    ("registry", "line"),
    [
        (RETRIEVERS, "from shortlist.retrievers.popular import Popular\n\nRETRIEVER = Popular"),
        (RERANKERS, "from shortlist.rerank.lightgbm import LightGBM\nRERANKER: type = LightGBM"),
        (SOURCES, "from shortlist.data.sources.interactions import Interactions\nSOURCE=Interactions"),
        (SPLITTERS, "from shortlist.validation.splitters.kfold import KFold\nSPLITTER  =  KFold"),
        (FORMS, "from shortlist.data.forms.long import Long\nFORM = Long"),
    ],
    ids=lambda value: value.marker if isinstance(value, Registry) else "",
)
def test_every_sort_of_part_can_be_own(write: Write, registry: Registry[object], line: str) -> None:
    """However the line is spaced, in a file of any name, blanks and Korean letters included."""
    folder = write()
    (folder / "내 것.py").write_text(line, encoding="utf-8")
    (folder / "none.py").write_text(f"# {registry.marker} = 1\n{registry.marker} == 1\n", encoding="utf-8")
    assert "내 것" in registry.kinds()
    assert "none" not in registry.kinds()
    assert registry.module("내 것") == "shortlist_own.내 것"


def test_a_name_of_the_package_is_refused(write: Write) -> None:
    """Two kinds of one name would be one too many: which of them ran?"""
    write(popular=LAZY)
    with pytest.raises(ConfigError, match=r"popular\.py: there is a retriever of the kind 'popular' already; rename"):
        RETRIEVERS.kinds()
    write("two", **{"a.b": LAZY})
    with pytest.raises(ConfigError, match=r"a\.b\.py: an own part's name has no dot but that of \.py"):
        RETRIEVERS.kinds()


def test_an_own_file_without_its_line_is_named(write: Write) -> None:
    """The usual slip, said where it is looked for."""
    write(lazy=LAZY.replace("RETRIEVER =", "RETREIVER ="))
    with pytest.raises(ConfigError, match=r"no retriever of the kind 'lazy'; .*lazy\.py has no line `RETRIEVER = <cl"):
        make_retriever("lazy")


def test_an_edit_counts_at_once(write: Write) -> None:
    """Within one process, within one second, with the same size; an object of another folder is none of this one."""
    write(lazy=LAZY)
    assert make_retriever("lazy").weight == 1.0  # type: ignore[attr-defined]
    folder = write(lazy=LAZY.replace("= 1.0", "= 2.0"))
    assert make_retriever("lazy").weight == 2.0  # type: ignore[attr-defined]
    first = type(make_retriever("lazy"))
    own.use(folder)
    assert type(make_retriever("lazy")) is first  # not read again without need
    assert not list(folder.glob("__pycache__"))
    write("two", lazy=LAZY.replace("= 1.0", "= 3.0"))
    assert make_retriever("lazy").weight == 3.0  # type: ignore[attr-defined]


IMPORTING = """
from shortlist_own.helper import number
from . import deeper
from .deepest import end

RETRIEVER = 1
"""


def test_provenance_follows_own_imports(write: Write) -> None:
    """Between own files, with a dot or without, into the package; a file of that name beside it goes with it."""
    folder = write(
        main=IMPORTING,
        helper="from shortlist.retrievers.popular import Popular\nnumber = 1\n",
        deeper="",
        deepest="end = 1\n",
        alone="",
    )
    (folder / "helper.json").write_text("{}")
    names = {file.name for file in source_files("shortlist_own.main")}
    assert {"main.py", "helper.py", "helper.json", "deeper.py", "deepest.py", "popular.py", "topk.py"} <= names
    assert "alone.py" not in names
    before = source_digests(["shortlist_own.main"])
    assert {"shortlist_own/main.py", "retrievers/popular.py"} <= set(before)
    write(deepest='"""Words only."""\nend = 1\n', alone="x = 1\n")
    assert source_digests(["shortlist_own.main"]) != before  # a docstring that was not there is a line more
    write(deepest="end = 2\n")
    changed = source_digests(["shortlist_own.main"])
    assert {name for name in before if before[name] != changed[name]} == {"shortlist_own/deepest.py"}
    write(deepest="end = 2\nfrom shortlist_own import alone\n")
    assert "shortlist_own/alone.py" in source_digests(["shortlist_own.main"])


def test_features_are_own_too(write: Write, made: Dataset) -> None:
    """Behind the package's, with their reasons; gone with the folder; a name that is taken is refused."""
    before = list(FEATURES)
    write(my_features=TEXTS["my_features.py"])
    assert list(FEATURES) == [*before, "rareness"]
    assert "드문" in FEATURES["rareness"][0].ko
    users, items = np.arange(4, dtype=np.int32), np.array([5, 6, 7, 8], dtype=np.int32)
    columns = dict(FEATURES["rareness"][1](Evidence(made, users, items)))
    assert columns["takers"].tolist() == np.bincount(made.pairs[:, 1], minlength=90)[items].tolist()
    write("two")
    assert list(FEATURES) == before
    write("three", more=TEXTS["my_features.py"].replace("rareness", "counts"))
    with pytest.raises(OwnPartError, match=r"more\.py: line 6: there is a feature 'counts' already; rename"):
        own_features()


def _double(shared: object) -> Callable[[int], object]:
    return lambda task: make_retriever("lazy") if task % 2 else (shared, os.getpid())


def test_other_processes_know_own_parts(write: Write, monkeypatch: pytest.MonkeyPatch, made: Dataset) -> None:
    """They make the kind by its name, and an object of its class goes there and comes back."""
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)
    write(lazy=LAZY)
    fitted = make_retriever("lazy").fit(made)
    assert pickle.loads(pickle.dumps(fitted)) == fitted
    found = in_order(_double, fitted, range(6))
    assert [found[place] for place in (1, 3, 5)] == [make_retriever("lazy")] * 3
    assert [found[place][0] for place in (2, 4)] == [fitted] * 2  # type: ignore[index]
    assert found[4][1] != os.getpid()  # type: ignore[index]


ON_RAY = """
from pathlib import Path
from shortlist.common import own
from shortlist.engine.base import in_order
from shortlist.retrievers.registry import make_retriever
from tests.test_own_parts import _double, _fails

own.use(Path("data/one"))
print(in_order(_double, make_retriever("lazy"), range(4)))
in_order(_fails, None, range(4))
"""


@pytest.mark.slow
def test_machines_of_a_cluster_know_own_parts(write: Write) -> None:
    """They get a copy; a failure names the file as it is called here."""
    pytest.importorskip("ray", reason="Ray, the extra `cluster`, is not installed")
    folder = write(lazy=LAZY)
    done = subprocess.run(
        [sys.executable, "-c", ON_RAY], cwd=folder.parents[1], capture_output=True, text=True, check=False,
        env={**os.environ, "ENGINE": "ray", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
    )  # fmt: skip
    assert done.stdout.count("Lazy(weight=1.0)") == 4
    assert "OwnPartError: data/one/lazy.py: line 15: AttributeError: " in done.stderr


def _fails(shared: object) -> Callable[[int], object]:
    retriever = make_retriever("lazy")
    return lambda task: retriever.score(np.zeros(1, np.int32)) if task else task


def test_a_failure_in_another_process_names_the_line(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback stays there; the line comes."""
    monkeypatch.setattr(local, "WORTH", -100.0)
    monkeypatch.setattr(local, "room", lambda threads: 2)
    write(lazy=LAZY)
    with pytest.raises(OwnPartError, match=r"lazy\.py: line 15: AttributeError: .*items_.*; fix it$"):
        in_order(_fails, None, range(4))


SCORE = "np.ones((len(users), self.items_), np.float32)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import numpy as np", "import numpy as np\ndef fit(:", "line 3: SyntaxError: "),
        ("import numpy as np", "import numpy as np\n  x = 1", "line 3: IndentationError: unexpected indent; fix it"),
        ("import numpy as np", "", "line 15: NameError: name 'np' is not defined; fix it"),
        ("import numpy as np", "import nunpy as np", "line 2: ModuleNotFoundError: No module named 'nunpy'; fix it"),
        ("import numpy as np", "import helper", "line 2: ModuleNotFoundError: .*`from shortlist_own.helper import"),
        ("weight: float = 1.0", "weight: float = 1 / 0", "line 8: ZeroDivisionError: division by zero; fix it"),
        ("len(dataset.items)", "dataset.item", "line 11: AttributeError: "),
        ("        return self\n", "", "line 10: Lazy.fit gives NoneType; expected: it returns self; fix it"),
        (SCORE, "np.ones((len(users), 3), np.float32)", r"line 14: Lazy.score gives ndarray \(2, 3\), expected .*90\)"),
        (SCORE, "np.ones(self.items_, np.float32)", r"line 14: Lazy.score gives ndarray \(90,\), expected"),
        (SCORE, "None", "line 14: Lazy.score gives NoneType, expected"),
        (SCORE, "np.ones((len(users), self.items_))", "line 14: Lazy.score gives float64, expected float32; fix it"),
        (SCORE, "np.full((len(users), self.items_), np.nan, np.float32)", "line 14: Lazy.score gives NaN"),
        (SCORE, "np.ones((2, 2)) @ np.ones((3, 2))", "line 15: ValueError: matmul"),
        (SCORE, "1 / 0  # 나누기", "line 15: ZeroDivisionError"),
        ("def fit(self, dataset)", "def fit(self)", r"line 10: Lazy.fit\(\) takes 1 positional argument"),
        ("def score(self, users)", "def score(self)", r"line 14: Lazy.score\(\) takes 1 positional argument"),
        ("def score", "def scores", "line 6: Lazy lacks score; fix it"),
        ("(Retriever)", "", "RETRIEVER must be a class derived from shortlist.retrievers.base.Retriever; fix it"),
        ("RETRIEVER = Lazy", "RETRIEVER = 'Lazy'", "RETRIEVER must be a class derived from"),
        (SCORE, "open('not/there')", "line 15: FileNotFoundError"),
        (SCORE, "{}['a\\nb' * 1000]", "line 15: KeyError: "),
        (SCORE, "next(iter(()))", "line 15: StopIteration; fix it"),
        (SCORE, "exit(3)", "line 15: SystemExit: 3; fix it"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line(write: Write, made: Dataset, old: str, new: str, message: str) -> None:
    """Read, made, fitted or asked: the file, the line, what happened, and no more than fits on a line."""
    assert old in LAZY
    write(lazy=LAZY.replace(old, new), helper="")
    with pytest.raises(OwnPartError, match=rf"^\S+/lazy\.py: {message}") as error, own_faults_named():
        make_retriever("lazy").fit(made).score(np.array([0, 3], dtype=np.int32))
    assert str(error.value).endswith("; fix it")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600
    assert error.value.exit_code == 2


def test_an_end_within_a_generator_is_named(write: Write) -> None:
    """Python itself makes another error of a StopIteration there."""
    folder = write(lazy="def ends():\n    raise StopIteration\n")

    def steps() -> Iterator[None]:
        from shortlist_own.lazy import ends  # type: ignore[import-not-found]

        yield ends()

    with pytest.raises(OwnPartError, match=r"lazy\.py: line 2: StopIteration; fix it$"), own_faults_named():
        list(steps())
    assert folder.is_dir()


def test_a_file_in_another_encoding_is_named(write: Write) -> None:
    """As an editor of Korean Windows may leave it."""
    folder = write()
    (folder / "lazy.py").write_bytes('"""한글"""'.encode("cp949") + LAZY.encode())
    with pytest.raises(OwnPartError, match=r"lazy\.py: line 1: SyntaxError: \(unicode error\)"), own_faults_named():
        make_retriever("lazy")


def test_errors_of_others_are_left_as_they_are(write: Write) -> None:
    """What the package or its caller does wrong is not the own part's doing; nor is what a user is told already."""
    write(lazy=LAZY)
    with pytest.raises(ZeroDivisionError), own_faults_named():
        print(1 / 0)
    assert own_fault(ConfigError("as it is")) is None
    assert own_fault(KeyboardInterrupt()) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("takers[rows.items]\n", "takers\n", r"rareness yields takers \(90,\), expected a value a row: \(4,\)"),
        ('yield "takers", takers[rows.items]', "yield 1", "rareness yields int, expected name, values"),
        (
            "takers[rows.items]\n",
            "takers[rows.items].astype(str)\n",
            "rareness yields takers of <U32, expected numbers",
        ),
        ("takers[rows.items]\n", "3\n", "rareness yields takers int, expected a value a row"),
        ("np.maximum", "np.maxinum", "AttributeError: module 'numpy' has no attribute 'maxinum'"),
    ],
)
def test_a_feature_s_failure_is_one_line(write: Write, made: Dataset, old: str, new: str, message: str) -> None:
    """Told while it yields."""
    write(my_features=TEXTS["my_features.py"].replace(old, new))
    users = np.arange(4, dtype=np.int32)
    with pytest.raises(OwnPartError, match=rf"my_features\.py: line \d+: {message}"), own_faults_named():
        list(FEATURES["rareness"][1](Evidence(made, users, users)))


RERANKER = """
import numpy as np
from shortlist.rerank.base import Reranker, parameters


@parameters
class Flat(Reranker):
    def fit(self, tables):
        return self

    def score(self, table):
        return np.zeros(7, np.float32)


RERANKER = Flat
"""

SPLITTER = """
import numpy as np
from shortlist.common.bilingual import Bilingual
from shortlist.validation.splitters.base import Splitter


class Half(Splitter):
    def _masks(self, dataset, repeats):
        for _ in range(self.folds):
            yield np.ones(3, bool), np.zeros(3, bool)

    def describe(self):
        return Bilingual("half", "절반")


SPLITTER = Half
"""

SOURCE = """
from shortlist.data.sources.base import Source, parameters


@parameters
class Mine(Source):
    @property
    def files(self):
        return {}

    def read(self, raw):
        return raw


SOURCE = Mine
"""


def test_what_other_parts_give_is_checked(write: Write, made: Dataset, tmp_path: Path) -> None:
    """A reranker's scores, a splitter's masks, a source's dataset."""
    from tests.rerank.conftest import planted

    write(flat=RERANKER, half=SPLITTER, mine=SOURCE)
    with pytest.raises(OwnPartError, match=r"flat\.py: line 11: Flat.score gives float32 \(7,\), expected float32 \("):
        RERANKERS.make("flat").score(planted(1))
    with pytest.raises(
        OwnPartError, match=r"half\.py: line 8: Half._masks yields \(3,\), expected visible, hidden: tw"
    ):
        list(SPLITTERS.make("half").split(made))
    with pytest.raises(OwnPartError, match=r"mine\.py: line 11: Mine.read gives PosixPath, expected a Dataset; fix it"):
        SOURCES.make("mine").read(tmp_path)
    write(mine=SOURCE.replace("return {}", "return [3]"))
    with pytest.raises(
        OwnPartError, match=r"mine\.py: line 5: Mine.files gives \[3\], expected a dict: name -> whether"
    ):
        files_of(SOURCES.make("mine"))


MASK = "yield np.ones(3, bool), np.zeros(3, bool)"


@pytest.mark.parametrize(
    ("loop", "mask", "said"),
    [
        ("range(self.folds - 1)", MASK, "yields 4 results, expected 5"),
        ("range(self.folds + 1)", MASK, "yields more than 5 results"),
        ("range(self.folds)", "return 3", "gives 3, expected to yield 5 results"),
    ],
)
def test_an_own_splitter_yields_all_folds(write: Write, made: Dataset, loop: str, mask: str, said: str) -> None:
    """No fewer and no more than there are."""
    text = SPLITTER.replace("range(self.folds)", loop).replace(MASK, mask).replace("(3, bool)", "(len(dataset), bool)")
    half = "np.arange(len(dataset)) % 2 == 0, np.arange(len(dataset)) % 2 == 1"
    write(half=text.replace("np.ones(len(dataset), bool), np.zeros(len(dataset), bool)", half))
    with pytest.raises(OwnPartError, match=rf"half\.py: line 8: Half._masks {said}; fix it$"):
        list(SPLITTERS.make("half").split(made))


FORM = """
from shortlist.data.forms.long import FORM as Long


class First(Long):
    @classmethod
    def detect(cls, look):
        return 3


FORM = First
"""


def test_what_an_own_form_detects_is_checked(write: Write, made: Dataset) -> None:
    """A form or None; and the class is one of a form."""
    known = Known(made.users.lookup, made.items.lookup)
    rows = pd.DataFrame([[user, made.items.ids[0]] for user in made.users.ids[:3]])
    sheet = Sheet("sample.csv", ("user_id", "item_id"), rows)
    for text, said in (
        (FORM, r"line 5: First.detect gives 3, expected a form or None"),
        (
            FORM.replace("    @classmethod\n", ""),
            r"line 6: First.detect\(\) missing 1 required positional argument: 'look'",
        ),
        (FORM.replace("= First", "= 3"), "FORM must be a class derived from shortlist.data.forms.base.Form"),
    ):
        write(a_first=text)
        with pytest.raises(OwnPartError, match=rf"a_first\.py: {said}; fix it$"):
            detect_form(sheet, known)


def test_the_last_word_on_the_lists(write: Write, made: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    """Told how many have changed; without the file nothing is; what is no list of known items is refused."""
    users, items = pd.Series(made.users.ids[:3]), made.items.ids[np.array([[0, 1], [0, 2], [3, 4]])]
    assert last_word(users, items, made) is items
    write(final_lists=TEXTS["final_lists.py"])
    found = last_word(users, items, made)
    assert found.tolist() == made.items.ids[np.array([[1, 0], [2, 0], [3, 4]])].tolist()
    assert "final_lists: 2 of 3 lists changed" in capsys.readouterr().err
    for text, message in (
        ("def final_lists(users, items, dataset):\n    return items[:2]\n", r"line 1: final_lists gives \(2, 2\), exp"),
        (
            "def final_lists(users, items, dataset):\n    return items + 'x'\n",
            "line 1: final_lists gives user '.*' an u",
        ),
        (
            "def final_lists(users, items, dataset):\n    items[1] = items[1, 0]\n    return items\n",
            "line 1: final_lists gives user '.*' an item twice",
        ),
        ("def last_lists(users, items, dataset):\n    return items\n", r"has no function `final_lists\(users, items"),
        (
            "def final_lists(users):\n    return users\n",
            r"line 1: final_lists\(\) takes 1 positional argument but 3 were",
        ),
    ):
        write(final_lists=text)
        with pytest.raises(OwnPartError, match=message):
            last_word(users, items, made)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's folder after a run with every part that the page shows."""
    root = tmp_path_factory.mktemp("own")
    text = configuration(TABLES, ks=(5, 10))
    folder = root / "data/small"
    folder.mkdir(parents=True)
    for name, part in TEXTS.items():
        (folder / name).write_text(part, encoding="utf-8")
    before = os.environ.get(own.VARIABLE)
    competition(root, text, SampleSize(users=90, items=60, pairs=500))
    shortlist.run("small", until="submit", root=root)
    os.environ[own.VARIABLE] = before or ""
    return root


@pytest.fixture
def root(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, time stamps and all, with a submission of its own: that of another folder counts as old."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    shortlist.run("small", until="submit", root=tmp_path)
    return tmp_path


def ran(root: Path, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The stages that run again, as they say themselves."""
    capsys.readouterr()
    shortlist.run("small", until="submit", root=root)
    lines = capsys.readouterr().err.splitlines()
    told = {re.split(r":| \d", line)[0] for line in lines}
    return {line for line in told if re.match("preprocess|validate|train|features|submission", line)}


def test_own_parts_are_in_the_run(finished: Path, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The retriever is scored, the feature in the tables, the lists as the last word has them; then all is done."""
    results = shortlist.run("small", until="submit", root=root)
    assert ran(root, capsys) == set()
    assert "together" in results.scores.first.methods
    with np.load(root / "data/small/work/features/final.npz") as arrays:
        assert {"rareness.takers", "rareness.gap"} <= set(arrays["0/names"].tolist())
    changed = results.csv
    assert changed is not None
    (root / "data/small/final_lists.py").unlink()
    plain = shortlist.run("small", until="submit", root=root).csv
    assert plain is not None
    assert plain.name != changed.name


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "together.py", "least: Count = 2", "least: Count = 3",
            {"validate together", "train together", "validate blend", "train blend", "features", "features final",
             "validate lightgbm", "train lightgbm", "submission"},
        ),
        (
            "my_features.py", "np.log1p(usual)", "np.log(usual + 2)",
            {"features", "features final", "validate lightgbm", "train lightgbm", "submission"},
        ),
        ("final_lists.py", "-1, axis=1", "1, axis=1", {"submission"}),
        ("final_lists.py", "everybody knows it", "it is known", set()),
    ],
    ids=["retriever", "feature", "final lists", "words"],
)  # fmt: skip
def test_an_edit_of_an_own_part_costs_what_rests_on_it(
    root: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, expected: set[str]
) -> None:
    """And nothing else: neither another retriever's folds nor the dataset."""
    path = root / "data/small" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert ran(root, capsys) == expected
    assert ran(root, capsys) == set()


PLAIN = configuration("[validation.schemes.holdout]\n[retrievers.popular]\n[retrievers.together]\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project whose sample has own parts, validated through Make."""
    project = Project.new(tmp_path_factory.mktemp("project"), PLAIN)
    (project.folder / "data/sample/together.py").write_text(TEXTS["together.py"], encoding="utf-8")
    project.small_sample()
    assert "together" in project.make("validate").stdout
    return project


def test_make_sees_an_edit_and_ends_with_one_line(project: Project) -> None:
    """An edit reruns the retriever; a failure is one line and exit code 2, before and while a stage runs."""
    part = project.folder / "data/sample/together.py"
    assert "validate " not in project.make("validate").stderr
    try:
        for old, new, message in (
            ("least: Count = 2", "least: Count = Two", "line 9: NameError: name 'Two' is not defined; fix it"),
            ("dataset.matrix()", "dataset.matrics()", "line 12: AttributeError: "),
        ):
            part.write_text(TEXTS["together.py"].replace(old, new), encoding="utf-8")
            lines = [line for line in project.make("validate", code=2).stderr.splitlines() if "fix it" in line]
            assert len(lines) == 1
            assert lines[0].startswith(f"shortlist: data/sample/together.py: {message}")
    finally:
        part.write_text(TEXTS["together.py"].replace("Count = 2", "Count = 1"), encoding="utf-8")
    told = project.make("validate").stderr
    assert "validate together" in told
    assert "validate popular" not in told


@pytest.mark.slow
def test_competitions_beside_each_other_do_not_disturb(project: Project) -> None:
    """One's run leaves every file of the other as it was, and its own parts are nobody else's."""
    folder = project.folder
    other = folder / "data/other-1"
    shutil.copytree(folder / "data/sample/raw", other / "raw", ignore=shutil.ignore_patterns(".*"))
    (other / "competition.toml").write_text(PLAIN.replace("together", "user_knn"), encoding="utf-8")
    (other / "my_own.py").write_text("raise RuntimeError('nobody asked for this file')\n", encoding="utf-8")
    before = {
        path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and other not in path.parents
    }
    assert "user_knn" in project.make("validate", "COMPETITION=other-1").stdout
    after = {path: path.stat().st_mtime_ns for path in before if path.is_file()}
    assert after == before
    assert "validate " not in project.make("validate").stderr


NAMES = ["train (1).csv", "한글 파일.csv", "a b", "$(x).csv", "$(shell touch made)", ";touch made", "'q\".txt", "a#b%c",
         "-x", "a\nb", "*", "~", "x:y", "back\\slash"]  # fmt: skip


def test_raw_files_of_any_name_do_not_reach_make(project: Project) -> None:
    """Their list is the same bytes from Make and from Python; one more runs preprocessing, and nothing else happens."""
    from shortlist.common.listing import listing

    raw, listed = project.folder / "data/sample/raw", project.folder / "data/sample/work/raw.list"
    try:
        for name in NAMES:
            (raw / name).write_text("x")
        (raw / ".hidden").write_text("x")
        (raw / "folder").mkdir()
        assert "preprocess" in project.make("-n", "preprocess").stdout
        text = listed.read_text(encoding="utf-8")
        assert text == listing(raw)
        assert "train (1).csv" in text
        assert ".hidden" not in text
        assert "preprocess: " in project.make("preprocess").stderr
        assert "preprocess: " not in project.make("preprocess").stderr
        assert not list(project.folder.rglob("made"))
        (raw / "a b").write_text("y")  # of the same size
        assert "preprocess" in project.make("-n", "preprocess").stdout
    finally:
        shutil.rmtree(raw / "folder")
        for name in [*NAMES, ".hidden"]:
            (raw / name).unlink()


def test_a_name_that_is_no_text_is_listed(tmp_path: Path) -> None:
    """As a file system can hold it."""
    from shortlist.common.listing import listing

    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text("x")
    assert listing(tmp_path).endswith("caf\\xe9.csv\n")
    assert listing(tmp_path / "nowhere") == ""


BAD = ["a b", "대회", "../..", "a/b", "$(x)", "$(shell touch made)", "`touch made`", ";", "a;touch made", "'", '"', "",
       "-x", "a\nb", "*", "%", "#", "a,b", ")", "a.b", "~", "a ", "=", "a&b"]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_competition_s_name_is_looked_at_first(name: str, tmp_path: Path) -> None:
    """In Make before any rule and without a shell, on its command line and in the environment; in Python too."""
    shutil.copy2(ROOT / "Makefile", tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    for arguments, more in (([f"COMPETITION={name}"], {}), ([], {"COMPETITION": name})):
        done = subprocess.run(
            ["make", "clean", "UV=/bin/true", *arguments],
            cwd=tmp_path, env={**environment, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stdout == ""
        line = done.stderr.removesuffix("\n")
        assert "\n" not in line
        assert "COMPETITION: one name of A-Z, a-z, 0-9, _ and -, not beginning with -, got '" in line
    assert [path.name for path in tmp_path.iterdir()] == ["Makefile"]
    with pytest.raises(ConfigError, match=r"^COMPETITION: one name of A-Z, a-z, 0-9, _ and -, ") as error:
        shortlist.run(name, root=tmp_path)
    assert "\n" not in str(error.value)


SOURCE_AND_FORM = {
    "jobs.py": "from shortlist.data.sources.dacon_jobs import DaconJobs\n\nSOURCE = DaconJobs\n",
    "a_form.py": "from shortlist.data.forms.long import Long\n\n\nclass Mine(Long):\n    pass\n\n\nFORM = Mine\n",
}


def test_make_holds_own_parts_to_the_suites(tmp_path: Path) -> None:
    """Those of the page pass, a source and a form too; chance without a seed fails by name; no part is told."""
    text = configuration("[validation.schemes.holdout]\n[retrievers.popular]\n", source='"jobs"')
    folder = competition(tmp_path, text, SampleSize(users=60, items=40, pairs=300)).paths.config.parent

    def parts(texts: dict[str, str]) -> subprocess.CompletedProcess[str]:
        for old in folder.glob("*.py"):
            old.unlink()
        for name, part in texts.items():
            (folder / name).write_text(part, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.parts", "-p", "no:cacheprovider", *suites()],
            cwd=ROOT, env={**os.environ, own.VARIABLE: str(folder)}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    good = parts({**TEXTS, **SOURCE_AND_FORM})
    assert good.returncode == 0, good.stdout
    number = re.search(r"(\d+) passed, \d+ deselected", good.stdout)
    assert number
    assert int(number[1]) >= 15
    bad = parts({"lazy.py": LAZY.replace(SCORE, "np.random.rand(len(users), self.items_).astype(np.float32)")})
    assert bad.returncode == 1
    assert "test_the_same_seed_gives_the_same_bytes[lazy]" in bad.stdout
    none = parts({"helper.py": ""})
    assert none.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "holds no own part" in none.stdout


def suites() -> list[str]:
    """Those of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"^override PART_SUITES := ((?:.*\\\n)*.*)", text, re.MULTILINE)
    assert found
    return found[1].replace("\\\n", " ").split()
