"""What changed against the submission made before."""

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Block, Section, Words, estimated, table
from shortlist.report.material import Material

BEFORE, NOW = Bilingual("before", "전"), Bilingual("now", "지금")


def section(material: Material) -> Section | None:
    """Scores, settings and files of the two submissions, as far as they differ."""
    if material.submission is None or material.previous is None:
        return None
    before, now = material.previous, material.submission.manifest
    scores = []
    for scheme in dict.fromkeys([*before.offline, *now.offline]):
        offline = (manifest.score(scheme) for manifest in (before, now))
        scores.append((scheme, *(estimated(score.mean, score.error) if score else "" for score in offline)))
    old, new = before.settings, now.settings
    keys = [key for key in dict.fromkeys([*old, *new]) if old.get(key, "") != new.get(key, "")]
    differing = [(key, str(old.get(key, "")), str(new.get(key, ""))) for key in keys]
    names = f"{before.method}-{before.sha256[:8]} → {now.method}-{now.sha256[:8]}"
    blocks: list[Block] = [
        Words(Bilingual(f"{names}. Offline scores of the submitted method:", f"{names}. 제출한 방법의 오프라인 점수:")),
        table((Bilingual("scheme", "방식"), BEFORE, NOW), scores),
        Words(Bilingual("Settings, files and versions that differ:", "다른 설정, 파일, 버전:") if differing else
              Bilingual("No setting, file or version differs.", "설정, 파일, 버전은 모두 같습니다.")),
    ]  # fmt: skip
    if differing:
        blocks.append(table((Bilingual("setting", "설정"), BEFORE, NOW), differing))
    return Section("changes", Bilingual("Changes since the last submission", "지난 제출과의 차이"), tuple(blocks))
