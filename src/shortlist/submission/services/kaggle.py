"""Kaggle: the file goes to a place that Kaggle names, and one more request hands it in. Days are those of UTC."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timezone
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

from shortlist.common.bilingual import Bilingual, same
from shortlist.errors import ConfigError, UploadError
from shortlist.pipeline.run import Run
from shortlist.submission.credentials import Credentials, read_credentials
from shortlist.submission.services.answer import UNSAID, Answer, accepted, plain, refused, unknown
from shortlist.submission.services.base import Service, silent_seconds
from shortlist.submission.services.exchange import BrokenError, NotSentError, address
from shortlist.submission.services.kaggle_client import (
    API_TOKEN,
    KEY,
    USERNAME,
    KaggleError,
    competitions,
    demand_sdk,
    put,
    secret_of,
)

API = "https://api.kaggle.com"
URL, TIMEOUT = "KAGGLE_API_URL", "KAGGLE_TIMEOUT"

PAGES, PAGE = 20, 20
"""Pages of the list of submissions that are looked through, newest first, and submissions of each."""


@dataclass(frozen=True)
class Kaggle(Service):
    """See `Service`.

    Attributes:
        competition: its name in the address of its page.
        file_name, memo: what stands in the list of submissions.
        credentials: the person's token, or name and key.
    """

    competition: str
    file_name: str
    memo: str
    credentials: Credentials

    title: ClassVar[str] = "Kaggle"
    zone: ClassVar[timezone] = UTC
    daily_limit: ClassVar[int] = 5
    max_bytes: ClassVar[int] = 2 * 1024**3

    @classmethod
    def prepared(cls, run: Run, csv: Path, memo: str) -> Self:
        """See `Service.prepared`."""
        settings, config = run.competition.upload, run.paths.config
        typed, url = os.environ.get(URL), settings.url or API
        url = address(typed, URL) if typed else address(url, f"{config}: upload.url")
        if settings.competition is None:
            raise ConfigError(
                f"{config}: key 'upload.competition' is missing; add the competition's name as its address has it"
            )
        demand_sdk()
        credentials = read_credentials(run.paths.root, (API_TOKEN, KEY), (USERNAME,))
        return cls(url, silent_seconds(TIMEOUT), settings.competition, csv.name, memo, credentials)

    @property
    def lines(self) -> dict[str, str]:
        """See `Service.lines`."""
        kept, there = self.credentials, "set, not shown"
        known = f"{API_TOKEN} {there}" if API_TOKEN in kept.secrets else ""
        pair = f"{kept.names.get(USERNAME, 'no name')}, {KEY} {there if KEY in kept.secrets else 'not set'}"
        return {
            "to": f"{self.url}, competition {self.competition}",
            "file_name": self.file_name,
            "memo": json.dumps(self.memo, ensure_ascii=False),
            "as": known or pair,
        }

    @property
    def missing(self) -> list[str]:
        """See `Service.missing`."""
        if API_TOKEN in self.credentials.secrets:
            return []
        pair = self.credentials.missing((USERNAME, KEY))
        return [API_TOKEN] if len(pair) == 2 else pair

    def send(self, content: bytes, answered: Callable[[], None] = lambda: None) -> Answer:
        """See `Service.send`."""
        from kagglesdk.competitions.types.competition_api_service import ApiCreateSubmissionRequest

        request = ApiCreateSubmissionRequest()
        request.competition_name = self.competition
        request.blob_file_tokens = self._brought(content)
        request.submission_description = self.memo
        client = competitions(self.url, self.credentials, self.seconds, answered)
        try:
            response = client.create_submission(request)
        except BrokenError as error:
            return unknown(error.reason)
        except KaggleError as error:
            return self._not_accepted(error)
        if not isinstance(response.ref, int) or response.ref <= 0:
            return unknown(Bilingual("a success without a number", "번호가 없는 응답입니다"))
        said = plain(response.message or "", secret_of(self.credentials))
        return accepted(f"{said and f'{said}, '}ref {response.ref}")

    def scores(self) -> tuple[str, str]:
        """See `Service.scores`."""
        if self.missing:
            raise ConfigError(f"{' and '.join(self.missing)}: not set, so Kaggle is not asked; or type PUBLIC=...")
        submissions = [each for each in self._submissions() if each.file_name == self.file_name]
        submissions = [each for each in submissions if not self.memo or each.description == self.memo]
        if len(submissions) != 1:
            number = "no submission" if not submissions else f"{len(submissions)} submissions"
            raise UploadError(
                f"{self.file_name}: Kaggle lists {number} of this name and memo; type what its page shows: PUBLIC=..."
            )
        (submission,) = submissions
        if submission.status.name == "ERROR":
            said = plain(submission.error_description or "no reason given", secret_of(self.credentials))
            raise UploadError(f"{self.file_name}: Kaggle could not score it: {said}")
        if not submission.public_score:
            raise UploadError(f"{self.file_name}: Kaggle has not scored it yet; try again later")
        return str(submission.public_score), str(submission.private_score or "")

    def _brought(self, content: bytes) -> str:
        """The file's token, once the file is where Kaggle wants it: it is not handed in yet.

        Raises:
            NotSentError: it did not come to that, and nothing was handed in.
        """
        from kagglesdk.competitions.types.competition_api_service import ApiStartSubmissionUploadRequest

        request = ApiStartSubmissionUploadRequest()
        request.competition_name = self.competition
        request.file_name = self.file_name
        request.content_length = len(content)
        request.last_modified_epoch_seconds = int(time.time())
        client = competitions(self.url, self.credentials, self.seconds)
        try:
            place = client.start_submission_upload(request)
            put(address_of_file(place.create_url), content, self.seconds)
        except KeyboardInterrupt:
            self._stopped(Bilingual("interrupted", "중단되었습니다"))
        except BrokenError as error:
            self._stopped(error.reason)
        except KaggleError as error:
            self._stopped(self._in_words(error))
        return str(place.token)

    def _stopped(self, reason: Bilingual) -> NoReturn:
        english = f"{self.file_name}: nothing was handed in: {reason.en}; put right what it says, or try again later"
        raise NotSentError(str(Bilingual(english, f"제출하지 않았습니다: {reason.ko}")))

    def _in_words(self, error: KaggleError) -> Bilingual:
        said = plain(error.said or "", secret_of(self.credentials))
        return same(f"HTTP {error.reply.status}{said and f', {said}'}")

    def _not_accepted(self, error: KaggleError) -> Answer:
        """What an answer to the last request means that is no success."""
        if 400 <= error.reply.status < 500 and error.said is not None:
            said = plain(error.said, secret_of(self.credentials))
            return refused(same(said) if said else UNSAID, "any time")
        return unknown(self._in_words(error))

    def _submissions(self) -> Iterator[Any]:
        """What was handed in before, newest first.

        Raises:
            UploadError: Kaggle does not say.
        """
        from kagglesdk.competitions.types.competition_api_service import ApiListSubmissionsRequest

        client = competitions(self.url, self.credentials, self.seconds)
        request = ApiListSubmissionsRequest()
        request.competition_name, request.page_size = self.competition, PAGE
        for _ in range(PAGES):
            try:
                response = client.list_submissions(request)
            except (BrokenError, KaggleError) as error:
                reason = error.reason.en if isinstance(error, BrokenError) else f"HTTP {error.reply.status}"
                raise UploadError(f"Kaggle does not tell its submissions ({reason}); try again later") from None
            yield from response.submissions or []
            if not response.next_page_token:
                return
            request.page_token = response.next_page_token


def address_of_file(named: object) -> str:
    """The place that Kaggle named for the file.

    Raises:
        BrokenError: it is none that a file may be sent to.
    """
    url = str(named or "")
    try:
        address(url.partition("?")[0], "the file's place")
    except UploadError:
        odd = Bilingual(
            "the place that Kaggle named for the file is no https address", "Kaggle이 정한 주소가 https가 아닙니다"
        )
        raise BrokenError(odd) from None
    return url
