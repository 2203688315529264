"""Kaggle's own client for its API, `kagglesdk`, over our transport: each request once, its answer within bounds.

The SDK that the `kaggle` command is built on knows the requests and what answers hold. Its transport has no limits of
time or size, and `import kaggle` already calls the server, so requests go the way that all of ours go.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from shortlist.common.bilingual import same
from shortlist.errors import ConfigError
from shortlist.submission.credentials import Credentials
from shortlist.submission.services.answer import parsed
from shortlist.submission.services.exchange import BrokenError, Reply, exchange

if TYPE_CHECKING:
    from kagglesdk.competitions.services.competition_api_service import CompetitionApiClient

API_TOKEN, USERNAME, KEY = "KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY"
"""A token alone, or the older pair of a name and a key."""


class KaggleError(Exception):
    """An answer that is no success.

    Args:
        reply: the answer.
        said: what it says of the reason, "" for nothing; None: it is no answer of Kaggle's.
    """

    def __init__(self, reply: Reply, said: Any) -> None:
        super().__init__(reply.status)
        self.reply = reply
        self.said = said


def demand_sdk() -> None:
    """Ask for the SDK before anything is begun; it is imported, which takes a second or two, where it is used.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        there = find_spec("kagglesdk") is not None
    except ValueError:  # a module that is blocked has no spec
        there = False
    if not there:
        raise ConfigError("upload.kind: Kaggle's client is not installed; run `make setup-kaggle`")


def competitions(
    url: str, credentials: Credentials, seconds: float, answered: Callable[[], None] = lambda: None
) -> "CompetitionApiClient":
    """The SDK's client for competitions; its methods raise NotSentError, BrokenError and KaggleError.

    Args:
        url: of the API.
        credentials: whose requests they are.
        seconds, answered: see `exchange`.
    """
    from kagglesdk.competitions.services.competition_api_service import CompetitionApiClient

    return CompetitionApiClient(_Transport(url, credentials, seconds, answered))


def secret_of(credentials: Credentials) -> str:
    """The token or key, to be taken out of what a server says."""
    return next(iter(credentials.secrets.values())).get_secret_value()


class _Transport:
    """What the SDK sends its requests with."""

    def __init__(self, url: str, credentials: Credentials, seconds: float, answered: Callable[[], None]) -> None:
        self._url = url
        self._headers = _authorization(credentials)
        self._seconds = seconds
        self._answered = answered

    def call(self, service: str, name: str, request: Any, response_type: Any) -> Any:
        """Send one request of the SDK's and give what its answer holds."""
        url = f"{self._url}/v1/{service}/{name}"
        fields = type(request).to_dict(request)
        reply = exchange("POST", url, self._seconds, answered=self._answered, headers=self._headers, json=fields)
        answer = parsed(reply.body)
        if not isinstance(answer, dict):
            raise KaggleError(reply, None)
        said = answer.get("message") or answer.get("error") or ""
        if reply.status // 100 != 2 or answer.get("code") not in (None, 0, 200):
            raise KaggleError(reply, said)
        try:
            return response_type.from_dict(answer)
        except Exception:  # whatever the SDK makes of odd values
            raise KaggleError(reply, said) from None


def _authorization(credentials: Credentials) -> Mapping[str, str]:
    secrets = {name: secret.get_secret_value() for name, secret in credentials.secrets.items()}
    if API_TOKEN in secrets:
        return {"Authorization": f"Bearer {secrets[API_TOKEN]}"}
    pair = f"{credentials.names[USERNAME]}:{secrets[KEY]}".encode()
    return {"Authorization": f"Basic {b64encode(pair).decode()}"}


def put(url: str, content: bytes, seconds: float) -> None:
    """Bring a file to the place that Kaggle named for it; nothing is handed in by it, and no token goes there.

    Raises:
        NotSentError: there is no connection.
        BrokenError: the place did not take it.
    """
    reply = exchange("PUT", url, seconds, len(content), content=content)
    if reply.status not in (200, 201):
        raise BrokenError(same(f"HTTP {reply.status}"))
