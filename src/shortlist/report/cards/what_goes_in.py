"""What goes in: the file, whose list it is, whether it would be accepted, and what is new in it."""

from pathlib import Path

from shortlist.common.bilingual import Bilingual, same
from shortlist.errors import SubmissionError
from shortlist.report.cards.card import Card, Fact
from shortlist.report.material import Material
from shortlist.studies.compare.lists import list_change
from shortlist.submission.check import check_submission, read_entries, requirements
from shortlist.submission.ledger import Entry

TITLE = Bilingual("What goes in?", "무엇을 제출하나요?")


def card(material: Material) -> Card:
    """The newest CSV; before there is one, how to make it."""
    if material.submission is None:
        return Card("what-goes-in", TITLE, Bilingual("Nothing yet", "아직 없음"),
                    Bilingual("make submission writes the CSV", "make submission으로 CSV를 만듭니다"),
                    (Fact(Bilingual("best method", "가장 좋은 방법"), same(material.chosen)),),
                    sections=("headline",))  # fmt: skip
    facts = [_checked(material), _state(material), *_news(material)]
    method, file = same(material.submission.manifest.method), same(material.submission.csv.name)
    return Card("what-goes-in", TITLE, method, file, tuple(facts), sections=("changes", "shown", "explanations"))


def _checked(material: Material) -> Fact:
    """Checked now, not when it was written: a file may have been touched since."""
    name = Bilingual("checked", "검사")
    assert material.submission is not None
    csv = material.submission.csv
    try:
        check_submission(csv, requirements(material.run, material.answer, material.dataset))
    except SubmissionError as error:
        broken = same(str(error).partition("\n")[0].removeprefix(f"{csv}: "))
        return Fact(name, Bilingual("would be refused", "거절될 파일"), broken, "bad")
    question = material.run.competition.question
    users = len(material.answer.users)
    note = Bilingual(
        f"{users:,} users, {question.k} items each, in the form of {material.run.competition.submission.sample}",
        f"사용자 {users:,}명, {question.k}개씩, {material.run.competition.submission.sample}의 형식",
    )
    return Fact(name, Bilingual("keeps every rule", "모든 규칙을 지킴"), note, "good")


def _state(material: Material) -> Fact:
    entry, name = material.entry, Bilingual("handed in", "제출 여부")
    if entry is None or not entry.may_have_arrived:
        return Fact(name, Bilingual("not yet", "아직"))
    return Fact(name, same((entry.sent or entry.made)[:10]))


def _news(material: Material) -> list[Fact]:
    """How the lists differ from those of the last submission."""
    earlier = material.earlier
    if earlier is None:
        return [Fact(Bilingual("since the last one", "지난 제출과 비교"), Bilingual("the first CSV", "첫 CSV"))]
    assert material.submission is not None
    old = _path(material, earlier)
    which = (
        Bilingual("handed in last", "마지막으로 제출한 것")
        if earlier.may_have_arrived
        else Bilingual("made before; none is handed in", "바로 전에 만든 것(제출한 것은 없음)")
    )
    named = Bilingual(f"against {earlier.file}, {which.en}", f"{earlier.file} 기준, {which.ko}")
    changed_name = Bilingual("lists that changed", "바뀐 목록")
    if old is None:
        return [Fact(changed_name, Bilingual("its file is gone", "이전 파일이 없음"), named)]
    try:
        change = list_change(read_entries(material.submission.csv, material.answer), read_entries(old, material.answer))
    except SubmissionError:
        return [Fact(changed_name, Bilingual("of another form", "형식이 다름"), named)]
    of = f"{change.changed:,} / {change.requests:,}"
    return [Fact(changed_name, same(f"{of} ({change.changed / max(change.requests, 1):.0%})"), named),
            Fact(Bilingual("items kept", "그대로인 아이템"), same(f"{change.kept:.0%}"))]  # fmt: skip


def _path(material: Material, entry: Entry) -> Path | None:
    path = material.run.paths.submissions / entry.file
    return path if path.is_file() else None
