"""The notebooks: run from top to bottom as Jupyter does, and the same code in both languages."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient
from tests.projects import ROOT

NOTEBOOKS = ROOT / "docs" / "notebooks"


def read(name: str) -> nbformat.NotebookNode:
    """A notebook, checked against its format."""
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbformat.validate(notebook)
    return notebook


def code(notebook: nbformat.NotebookNode) -> list[str]:
    """Its cells of code."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def printed(notebook: nbformat.NotebookNode, beginning: str) -> str:
    """What the cell of this beginning has printed and shown."""
    (cell,) = [cell for cell in notebook.cells if cell.source.startswith(beginning)]
    return "".join(output.get("text", "") or output.data["text/plain"] for output in cell.outputs)


def test_both_languages_have_the_same_cells() -> None:
    """Of code; and text at the same places. None holds what a run has printed."""
    english, korean = read("first_submission.ipynb"), read("first_submission.ko.ipynb")
    assert code(english) == code(korean)
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in korean.cells]
    assert not any(cell.get("outputs") for cell in [*english.cells, *korean.cells])


def test_from_top_to_bottom(tmp_path: Path) -> None:
    """From a log to a checked CSV; a feature of one's own takes part."""
    notebook = read("first_submission.ipynb")
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    validated = printed(notebook, 'results = shortlist.run("first", until="validate")\nprint')
    table = (tmp_path / "data/first/work/validation.txt").read_text(encoding="utf-8")
    assert table.splitlines()[0] in validated
    assert "behind the best" in validated
    assert "all is well" in printed(notebook, 'results = shortlist.run("first")\n')
    assert "before" in printed(notebook, 'results = shortlist.run("first", until="validate")\npd')
    (csv,) = (tmp_path / "submissions/first").glob("*.csv")
    explained = printed(notebook, "!{sys.executable} -m shortlist explain")
    assert "u000" in explained
    assert "whoever takes popular items takes more of them" in explained
    assert csv.name in (tmp_path / "submissions/first/report.html").read_text(encoding="utf-8")
