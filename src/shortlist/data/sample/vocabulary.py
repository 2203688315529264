"""The job groups that taste is made of, and the words and codes that tell of them."""

import numpy as np

# Per domain: two words, job field, career field, major, certificate, type of major, kind of company.
DOMAINS = (
    ("패션", "의류", "재료·화학·섬유·의복", "섬유;봉제;의류", "의류학과", "의류기사", 9, 402),
    ("식품", "음료", "식품·농업·수산", "식품가공;음료", "식품공학과", "식품기사", 4, 100),
    ("뷰티", "화장품", "미용·화장품", "화장품;미용", "뷰티디자인학과", "미용사", 3, 514),
    ("전자", "반도체", "건설·기계·전기·전자", "전기;전자;제어", "전자공학과", "전기기사", 19, 201),
    ("게임", "모바일", "IT·게임", "게임;애니메이션", "게임공학과", "정보처리기사", 5, 508),
    ("유통", "무역", "영업·판매·TM", "도소매;유통;무역", "무역학과", "유통관리사", 8, 501),
)
FIELDS, CAREERS, MAJORS, CERTIFICATES, MAJOR_TYPES, SUPPLY_KINDS = map(np.array, list(zip(*DOMAINS, strict=True))[2:])
ROLES, ENDINGS = ("기획", "디자인", "영업", "생산", "품질", "마케팅"), ("", "관리", "지원")
# A job group is a domain with a role, numbered domain * 6 + role.
GROUPS = len(DOMAINS) * len(ROLES)
# (GROUPS, 8): three words of its own, three shared with its role, two shared with its domain.
GROUP_WORDS = np.array([[s + r + e for s in (d[0], "") for e in ENDINGS] + [*d[:2]] for d in DOMAINS for r in ROLES])
# (GROUPS, 4): codes of the check boxes on a posting, two of the domain (21xx-26xx), two of the role (27xx-32xx).
GROUP_BOXES = np.array([[100 * c + n for c in (21 + d, 27 + r) for n in (1, 4)] for d in range(6) for r in range(6)])
COMMON_CERTIFICATES = np.array(["자동차운전면허 1종 보통", "자동차운전면허 2종 보통", "워드프로세서 2급"])
