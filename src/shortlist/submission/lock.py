"""One upload at a time: a lock of the operating system, which ends when the process that holds it does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from shortlist.common import system
from shortlist.common.bilingual import Bilingual
from shortlist.config.paths import Paths
from shortlist.errors import UploadError
from shortlist.submission.ledger import Ledger

RUNNING = Bilingual(
    "another upload is running; wait for its end", "다른 업로드가 진행 중입니다. 끝날 때까지 기다리세요"
)


class BusyError(UploadError):
    """Another process is uploading."""


@contextmanager
def only_upload(paths: Paths) -> Iterator[None]:
    """Hold the lock of this competition's uploads.

    What a dead process left at `sending` is unknown from then on: nobody alive is sending it.

    Raises:
        BusyError: another process holds it.
    """
    paths.submissions.mkdir(parents=True, exist_ok=True)
    handle = os.open(paths.submissions / ".upload.lock", os.O_RDWR | os.O_CREAT, 0o666)  # a pipe would not wait
    try:
        try:
            system.lock(handle)
        except BlockingIOError:
            raise BusyError(str(RUNNING)) from None
        if _is_sending(paths):
            Ledger(paths.ledger).give_up()
        yield
    finally:
        os.close(handle)


def notice_cut_off(paths: Paths) -> None:
    """The same for whoever only looks: nothing happens while an upload is running, or where all rows have an end."""
    if _is_sending(paths):
        with suppress(BusyError), only_upload(paths):
            pass


def _is_sending(paths: Paths) -> bool:
    return any(entry.state == "sending" for entry in Ledger(paths.ledger).entries())
