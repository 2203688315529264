"""What a person types or has set: arguments, variables of the environment, `.env`, terminals and folders."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.fuzz.mutations import ODD, damaged, replaced
from tests.fuzz.trial import CANARY, Input, Must, put

KIND, WEIGHT, WORLD = "typed", 12, "packed"

COMMANDS = (
    "sample", "init", "rules", "preprocess", "cross-validate", "train", "cross-validate-blend", "train-blend",
    "features", "cross-validate-reranker", "train-reranker", "validate", "submit", "report", "infer-split", "check",
    "upload", "settle", "score", "ledger", "explain", "compare", "tune", "ablate", "learning-curve", "export",
    "no-such", "",
)  # fmt: skip
OPTIONS = ("--method", "--part", "--retriever", "--file", "--memo", "--as", "--public", "--private", "--user",
           "--minutes", "--users", "--items", "--pairs", "--seed", "--rerank", "--no-such", "--help",
           "--yes")  # fmt: skip
OWN = {
    "cross-validate": ("--method",), "train": ("--method",), "features": ("--part",), "train-reranker": ("--method",),
    "cross-validate-reranker": ("--method",), "check": ("--file",), "upload": ("--file", "--memo", "--yes"),
    "settle": ("--file", "--as"), "score": ("--file", "--public", "--private"), "explain": ("--user", "--method"),
    "tune": ("--minutes",), "export": ("--retriever",), "validate": ("--rerank",), "submit": ("--rerank",),
}  # fmt: skip
"""The options that a command has."""

LONE = ("--help", "--yes")
FEW = (
    "",
    "1",
    "-1",
    "0.1",
    "1e999",
    "nan",
    "auto",
    "0",
    "popular",
    "final",
    "99",
    "accepted",
    "@csv",
    "@user",
    "blend",
)

VARIABLES: dict[str, tuple[str, ...]] = {
    "SHORTLIST_MEMORY_GB": ("0", "-1", "nan", "inf", "1e300", "1e-9", "x", "1_0", "4", "9" * 5000),
    "WORKERS": ("0", "-1", "1.5", "x", "9" * 30, "1", "1000000"),
    "ENGINE": ("x", "../x", "", "LOCAL", "a\nb"),
    "RERANK": ("0", "1", "2", "x", "", "-1", "a\x1bb"),
    "DACON_API_URL": ("", "x", "http://example.org", "https://xn--", "https://", "https://a b", "file:///etc/passwd",
                      "https://user:pw@example.org", "http://localhost:99999", "http://localhost:0", "https://[::1",
                      "https://" + "a" * 300, "https://\ud55c\uae00..kr", "http://127.0.0.1%2f", "https://a?b=c"),
    "DACON_TIMEOUT": ("0", "-1", "nan", "inf", "x", "1e999", "3601", "9" * 5000),
    "DACON_TEAM": ("", " ", "a\nb", "x" * 5000, "\x1b[31m", "팀"),
    "DACON_TOKEN": ("a b", "a\nb", "\ud55c", "x" * 100_000, "'", f"{CANARY} {CANARY}", f"{CANARY}\n{CANARY}"),
    "SHORTLIST_FILE": ODD, "SHORTLIST_USER": ODD, "SHORTLIST_PUBLIC": ODD, "SHORTLIST_MINUTES": ("x", "-1", "nan"),
    "HTTPS_PROXY": ("x", "http://", "socks5://x", "a\nb"), "ALL_PROXY": ("x:y:z", "socks4://x"),
    "MLFLOW_TRACKING_URI": ("x://y", "/nowhere/x"), "COLUMNS": ("0", "-1", "x", "1"), "TZ": ("x", "Asia/Seoul"),
}  # fmt: skip

AROUND = {
    "LANG=C": 'LC_ALL=C PYTHONUTF8=0 "$@"',
    "EUC-KR": 'PYTHONIOENCODING=euc-kr "$@"',
    "ASCII": 'PYTHONIOENCODING=ascii "$@"',
    "umask 077": 'umask 077; "$@"',
    "no reader": '"$@" | true',
    "full output": '"$@" >/dev/full',
    "no output": '"$@" >&-',
    "no errors": '"$@" 2>&-',
    "no input": '"$@" <&-',
    "few files": 'ulimit -n 40; "$@"',
    "small files": 'ulimit -f 8; "$@"',
    "a folder with a blank": 'mkdir "a 한글" && cp -r data submissions .env "a 한글" && cd "a 한글" && "$@"',
    "no home": 'env -u HOME -u PATH -u USER "$@"',
}
"""A shell around the process; `"$@"` is the command."""

HARMLESS = (
    "EUC-KR",
    "ASCII",
    "umask 077",
    "no reader",
    "no errors",
    "no input",
    "a folder with a blank",
    "no home",
)
"""Around which the exit code is what it always is."""


def make(rng: random.Random) -> Input:
    """One input."""
    way = rng.choices(list(WAYS), [weight for weight, _ in WAYS.values()])[0]
    return WAYS[way][1](rng)


def _nothing(root: Path) -> None:
    """No file is changed."""


def _arguments(rng: random.Random) -> Input:
    """A command with options that it may not have, and values that no option has."""
    command: list[str] = [rng.choice(list(OWN) if rng.random() < 0.7 else COMMANDS)]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        own = OWN.get(command[0], OPTIONS)
        option = rng.choice(own if rng.random() < 0.8 else OPTIONS)
        command += [option] if option in LONE else [option, _value(rng)]
    if command[0] == "tune":  # as long as it says otherwise
        command += ["--minutes", rng.choice(("-1", "0", "nan", "x", "1e999"))]
    if command[0] in ("sample", "ablate", "learning-curve", "export"):  # minutes, or as much as the numbers say
        command += ["--users", rng.choice(("-1", "0", "x", "1e9", "9" * 5000))]
    if rng.random() < 0.15:
        command += ["--competition", _value(rng)]
    if rng.random() < 0.1:
        command.append(_value(rng))
    return Input(WORLD, " ".join(command)[:80], _nothing, (tuple(command),), codes=(0, 2, 3, 4), sends=1)


def _value(rng: random.Random) -> str:
    odd = rng.choice(ODD if rng.random() < 0.5 else FEW)
    return odd.replace("\x00", "\x01")  # no system hands a NUL on


def _variables(rng: random.Random) -> Input:
    name = rng.choice(list(VARIABLES))
    value = rng.choice(VARIABLES[name]).replace("\x00", "\x01")
    if name.startswith(("DACON", "HTTPS", "ALL")):
        command: tuple[str, ...] = ("upload", "--memo", "memo", "--file", "@csv")
    elif name.startswith("SHORTLIST_") and name != "SHORTLIST_MEMORY_GB":
        by = {"FILE": ("check",), "USER": ("explain",), "PUBLIC": ("score", "--file", "@csv"), "MINUTES": ("tune",)}
        command = by[name.removeprefix("SHORTLIST_")]
    else:
        command = rng.choice((("cross-validate", "--method", "popular"), ("rules",), ("validate",), ("check",)))
    return Input(WORLD, f"{name}={value[:40]!r}", _nothing, (command,), environment={name: value}, codes=(0, 2, 3, 4))


def _env_file(rng: random.Random) -> Input:
    """`.env` with other lines, bytes and rights."""
    token = f"DACON_TOKEN={CANARY}"
    content = f"{token}\nDACON_TEAM=team\n".encode()
    texts = (
        f"export DACON_TOKEN='{CANARY}'\nDACON_TEAM=\"a b\"\n", f"DACON_TOKEN = {CANARY}\nDACON_TEAM = x\n",
        f"DACON_TOKEN='{CANARY}\nDACON_TEAM=x\n", f"DACON_TOKEN {CANARY}\n", f"DACON_TOKEN=\n{CANARY}\nDACON_TEAM=x",
        f"{token} {CANARY}\nDACON_TEAM=x", f"{token}\nDACON_TEAM={CANARY}x\x07", f"{token}\x00\nDACON_TEAM=x",
        f"{token}\r\nDACON_TEAM=x\r\n", f"{token}\rDACON_TEAM=x\r", "", "=\n", "DACON_TOKEN=\nDACON_TEAM=\n",
        f"\ufeff{token}\nDACON_TEAM=x", f"{token}\n" * 2000, "A=" + "x" * 100_000, f"{token}\u2028\nDACON_TEAM=x",
        f"DACON_TOKEN=\"{CANARY}\\\n{CANARY}\"\nDACON_TEAM=x", f"{token}#x\nDACON_TEAM=x # y", f"dacon_token={CANARY}",
    )  # fmt: skip
    way, mode, seed = (
        rng.choice(("text", "text", "bytes", "place")),
        rng.choice((0o600, 0o600, 0o644, 0o400)),
        rng.random(),
    )
    text = rng.choice(texts)

    def change(root: Path) -> None:
        own = random.Random(seed)
        path = root / ".env"
        if way == "place":
            replaced(own, path)
            return
        put(path, text.encode() if way == "text" else damaged(own, content)[1])
        path.chmod(mode)

    send = ("upload", "--yes", "--memo", "memo", "--file", "@csv")
    return Input(WORLD, f".env: {way} {text[:30]!r} {mode:o}", change, (send,), codes=(0, 2, 3, 4), sends=1)


def _around(rng: random.Random) -> Input:
    """A process of its own, in surroundings that few have tried."""
    what = rng.choice(list(AROUND))
    command = rng.choice((
        ("check",), ("ledger",), ("preprocess",), ("validate",), ("submit",),
        ("upload", "--memo", "x", "--file", "@csv"),
        ("explain", "--user", "@user"),
        ("upload", "--yes", "--memo", "메모", "--file", "@csv"), ("check", "--file", "없음.csv"),
        ("rules",), ("--help",),
    ))  # fmt: skip
    must: Must = "" if what not in HARMLESS else "refused" if "없음.csv" in command else "fine"
    return Input(WORLD, f"{what}: {' '.join(command)}", _nothing, (command,), codes=(0, 2, 3, 4), process=True,
                 wrapped=AROUND[what], sends=1, must=must)  # fmt: skip


WAYS: Mapping[str, tuple[int, Callable[[random.Random], Input]]] = {
    "arguments": (45, _arguments),
    "variables": (30, _variables),
    ".env": (22, _env_file),
    "around": (3, _around),
}
