"""Everything that the run's figures suggest; the first screen has the first three."""

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Cell, Section, Words, table
from shortlist.report.material import Material
from shortlist.report.suggestions import suggestions

WORDS = Bilingual(
    'In the order of what each may add to the headline on these folds. "At most" is what is lost today: no change wins '
    "all of it back. What this run has not measured comes last.",
    '이 fold들에서 공식 지표에 더할 수 있는 크기순입니다. "최대"는 지금 잃고 있는 값이며, 어떤 변경도 그 전부를 '
    "되찾지는 못합니다. 이 실행이 재지 않은 것은 끝에 둡니다.",
)


def section(material: Material) -> Section:
    """A row for each."""
    known, headline = material.once(suggestions), material.scores.headline
    rows = [(each.do, Cell(each.value(headline), -1.0 if each.worth is None else each.worth), each.because)
            for each in known]  # fmt: skip
    header = (Bilingual("change", "바꿀 것"), Bilingual("may add", "더할 수 있는 값"), Bilingual("because", "이유"))
    blocks = (Words(WORDS), table(header, rows))
    return Section("suggestions", Bilingual("All suggestions", "모든 제안"), blocks)
