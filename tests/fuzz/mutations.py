"""Changes that fit any file: of its bytes, of its cells, and of the file as the system has it."""

import gzip
import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.trial import put

ODD = (
    "", " ", "\x00", "m01\x00", "\x1b[31mred\x1b[0m", "a\nb", "a\r\nb", "a\rb", "\u2028", "\u200b", "\u202e", "\ufeff",
    "\ud55c\uae00", "e\u0301", "\uff11\uff12", "\U0001f600", "nan", "NaN", "NULL", "None", r"\N", "-", "inf", "-inf",
    "1e400", "-1", "0", "1.0", "007", "1_000", "0x10", "1,5", "9" * 30, "9" * 5000, "1e-400", "3.4e39", "2**63",
    "9223372036854775808", "true", "[]", "{}", "['a']", "=1+1", "$(touch made)", "`id`", "../../x", "/etc/passwd",
    "x" * 3000, "x" * 130_000, "'", '"', '""', ";", ",", "\t", "|", "%s%s%n", "{0}", "{x.__class__}", "<b>", "&amp;",
    "0000-00-00", "1677-01-01", "9999-12-31", "2024-02-30", "20240230", "24:61", "1970-01-01T00:00:00Z",
    "99999-01-01", "-0001-01-01", "1e18", "\u0660\u0661", "u00", "m00", "U00", "u00 ", " u00", "u00.0",
)  # fmt: skip
"""Values that some program somewhere has stumbled over."""

UNSEEN = ("\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028")
"""No id may hold one of them."""


def damaged(rng: random.Random, content: bytes) -> tuple[str, bytes]:
    """What happens to bytes on a disk or on the way."""
    size = max(len(content), 1)
    at, length = rng.randrange(size), rng.choice((1, 2, 16, 512, size))
    ways: dict[str, Callable[[], bytes]] = {
        "cut off": lambda: content[:at],
        "empty": lambda: b"",
        "beginning lost": lambda: content[at:],
        "zeros": lambda: bytes(size),
        "zeros within": lambda: content[:at] + bytes(length) + content[at + length :],
        "random": lambda: rng.randbytes(min(size, 4096)),
        "random within": lambda: content[:at] + rng.randbytes(min(length, 4096)) + content[at + length :],
        "a bit": lambda: content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :],
        "a piece lost": lambda: content[:at] + content[at + length :],
        "a piece twice": lambda: content[: at + length] + content[at:],
        "twice": lambda: content + content,
        "more behind": lambda: content + rng.randbytes(rng.choice((1, 100))),
        "packed": lambda: gzip.compress(content, mtime=0),
        "UTF-16": lambda: content.decode("utf-8", "replace").encode("utf-16"),
    }
    if not content:
        ways = {"random": lambda: rng.randbytes(50), "a line": lambda: b"\n"}
    name = rng.choice(list(ways))
    return name, ways[name]()


def replaced(rng: random.Random, path: Path) -> str:
    """Put something else in the place of a file, which nobody can read as one. Returns what."""
    path.unlink()
    way = rng.choice(
        ("missing", "a folder", "a pipe", "a link in a circle", "a link to nothing", "a socket", "a device")
    )
    if way == "a folder":
        path.mkdir()
    elif way == "a pipe":
        os.mkfifo(path)
    elif way == "a link in a circle":
        path.symlink_to(path.name)
    elif way == "a link to nothing":
        path.symlink_to("nothing")
    elif way == "a device":
        path.symlink_to("/dev/zero")
    elif way == "a socket":
        with socket.socket(socket.AF_UNIX) as end:
            here = Path.cwd()
            os.chdir(path.parent)  # the address of a socket is short
            try:
                end.bind(path.name)
            finally:
                os.chdir(here)
    return way


def neutral(rng: random.Random, content: bytes) -> tuple[str, bytes]:
    """A CSV as another program would have saved it: the same rows."""
    text = content.decode("utf-8-sig")
    lines = text.splitlines()
    ways: dict[str, Callable[[], bytes]] = {
        "a byte order mark": lambda: b"\xef\xbb\xbf" + text.encode(),
        "CRLF": lambda: text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
        "no last line end": lambda: text.rstrip("\r\n").encode(),
        "blank lines at the end": (text + "\n" * rng.randrange(1, 4)).encode,
    }
    if '"' not in text:
        ways["quotes"] = lambda: "".join(
            '"' + line.replace(",", '","') + '"\n' if line else "\n" for line in lines
        ).encode()
        if not {";", "\t", "|"} & set(text):
            sign = rng.choice(";\t|")
            ways["another separator"] = lambda: text.replace(",", sign).encode()
    name = rng.choice(list(ways))
    return name, ways[name]()


def swap(rng: random.Random, folder: Path, path: Path) -> str:
    """Give a file the content of another with the same ending, or of any. Returns which."""
    others = sorted(each for each in folder.rglob("*") if each.is_file() and each != path)
    alike = [each for each in others if each.suffix == path.suffix]
    other = rng.choice(alike or others)
    content = other.read_bytes()
    if content == path.read_bytes():
        return "itself"
    put(path, content)
    return str(other.relative_to(folder))


def remove(path: Path) -> None:
    """Whatever it is."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
