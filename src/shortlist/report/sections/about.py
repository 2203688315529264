"""How to read the numbers, and what they were made from."""

import json

from shortlist.common.bilingual import Bilingual
from shortlist.pages.content import Block, Listing, Section, Words, table
from shortlist.report.material import Material

NOTES = (
    Bilingual(
        "recall@k is the mean over users with hidden items of hits / min(n, k); recall_n divides by n, recall_k by k.",
        "recall@k는 숨긴 아이템이 있는 사용자에 대한 적중 / min(n, k)의 평균입니다. recall_n은 n으로, recall_k는 k로 "
        "나눕니다.",
    ),
    Bilingual(
        "The blend's weights and the rerankers are learnt on the first scheme's folds, and their score is nested: a "
        "fold is scored by a model that has learnt on the other folds' answers only. What the scored fold hides is "
        "visible history in the folds learnt from, as all pairs are history in the end, but never an answer to learn "
        "from. On other schemes blend and rerankers are not scored: their answers are among those learnt from.",
        "Blend의 가중치와 reranker는 첫 방식의 fold에서 배우며, 점수는 nested입니다. 각 fold는 다른 fold의 "
        "정답만으로 배운 모델이 채점합니다. 채점하는 fold가 숨긴 것은 배우는 fold에서 보이는 이력이지만(모든 쌍은 "
        "결국 이력입니다) 배울 정답이 된 적은 없습니다. 다른 방식에서는 정답이 이미 배운 것에 들어 있으므로 blend와 "
        "reranker를 채점하지 않습니다.",
    ),
    Bilingual(
        "No setting is tuned in this run. The best method is chosen by the first scheme's score, so its own score "
        "there is slightly flattered by the choice. Many default settings were found on Dacon 236170: on those files "
        "they are not untouched by the data that they are scored on.",
        "이 실행에서 튜닝한 설정은 없습니다. 가장 좋은 방법은 첫 방식의 점수로 고르므로 그 점수는 선택 때문에 조금 "
        "후합니다. 많은 기본값을 Dacon 236170에서 찾았으므로, 그 파일에서는 채점하는 데이터를 전혀 모르는 값이 "
        "아닙니다.",
    ),
    Bilingual(
        "Offline scores are lower than the leaderboard's: a fold hides a part of what the leaderboard's model may "
        "learn from.",
        "오프라인 점수는 리더보드보다 낮습니다. fold가 리더보드 모델이 배울 것의 일부를 숨기기 때문입니다.",
    ),
)


def section(material: Material) -> Section:
    """Notes, configuration, seed, versions and fingerprints of the raw files."""
    blocks: list[Block] = [Words(note) for note in NOTES]
    configuration = material.run.competition.model_dump(mode="json")
    if material.submission is not None:
        manifest = material.submission.manifest
        configuration = manifest.configuration
        made = {"seed": manifest.seed, "revision": manifest.revision, "sha256": manifest.sha256}
        rows = [
            (key, str(value)) for part in (made, manifest.versions, manifest.raw_files) for key, value in part.items()
        ]
        blocks.append(
            table(
                (Bilingual("made from", "만든 재료"), Bilingual("value", "값")),
                rows,
                Bilingual("Versions and files", "버전과 파일"),
            )
        )
    blocks.append(Listing(json.dumps(configuration, indent=1, ensure_ascii=False), Bilingual("Configuration", "설정")))
    return Section("about", Bilingual("How to read this", "읽는 법"), tuple(blocks))
