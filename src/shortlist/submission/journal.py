"""What was handed in, once more beside the ledger: a line for each change, so that a ledger's loss is noticed.

`sent.jsonl` is only ever added to. It decides nothing: what it knows and the ledger does not, a person settles.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from shortlist.common.files import read_file
from shortlist.errors import LedgerError
from shortlist.submission.entry import ARRIVED, Digest, Entry, State, Time


@dataclass(frozen=True)
class Line:
    """What became of a content at some time, and what its file was called; see `Entry`."""

    time: Time
    sha256: Digest
    state: State
    file: str


_LINE = TypeAdapter(Line)


class Journal:
    """The journal at `path`; the file is made by the first line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, lines: Iterable[Line]) -> None:
        """Write lines; they are on the disk when this returns."""
        text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
        with self.path.open("ab") as file:
            half = file.tell() > 0 and not self._read().endswith(b"\n")  # a full disk: that upload was never begun
            file.write(b"\n" * half + text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())

    def last(self) -> Mapping[str, Line]:
        """The last line of each content, by its digest.

        Raises:
            LedgerError: a line is not one of a journal.
        """
        *whole, _ = self._read().split(b"\n")  # without an end: see `add`
        last = {}
        for number, text in enumerate(whole, 1):
            try:
                line = _LINE.validate_python(json.loads(text.decode("utf-8", "surrogateescape")))
            except (ValueError, RecursionError):
                raise LedgerError(
                    f"{self.path}: line {number}: damaged; nothing is sent until it is put right: look at the "
                    f"competition's page for what was handed in, then correct or delete the line"
                ) from None
            last[line.sha256] = line
        return last

    def lost(self, entries: Iterable[Entry]) -> list[Line]:
        """What may have arrived by this journal, and was never sent by these entries of the ledger."""
        known = {entry.sha256 for entry in entries if entry.state != "made"}
        return [line for line in self.last().values() if line.state in ARRIVED and line.sha256 not in known]

    def _read(self) -> bytes:
        try:
            return read_file(self.path)
        except FileNotFoundError:
            return b""
