"""What an own part does wrong, in one line: its file, the line there, what happened."""

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from shortlist.common import own
from shortlist.errors import ShortlistError, brief

LONGEST = 300
"""Signs of an error's own words that are shown: a line is a line."""


class OwnPartError(ShortlistError):
    """An own part that failed: `file: line: what; fix it`."""


def own_fault(error: BaseException) -> str | None:
    """One line about an error that an own part has made: its file, the line, what happened; None of any other error.

    Errors that are meant for the user already are left as they are.
    """
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, StopIteration):  # what a generator makes of it
        error = error.__cause__
    if isinstance(error, ShortlistError) or not isinstance(error, Exception | SystemExit):
        return None
    if isinstance(error, SyntaxError) and error.filename and _lies_here(error.filename):
        return _line(Path(error.filename), error.lineno or 1, f"{type(error).__name__}: {error.msg}")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _lies_here(frame.filename)]
    if not frames:
        return None
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return _line(Path(frames[-1].filename), frames[-1].lineno or 1, what + _hint(error))


@contextmanager
def own_faults_named() -> Iterator[None]:
    """Raise an error that an own part has made within the block as an `OwnPartError`, one line."""
    try:
        yield
    except (Exception, SystemExit) as error:
        if (fault := own_fault(error)) is None:
            raise
        raise OwnPartError(fault) from error


def demand(owner: object, met: bool, what: str) -> None:
    """Refuse what an own class or function does.

    Raises:
        OwnPartError: it is not `met`; the line names where the owner begins.
    """
    if not met:
        raise OwnPartError(complaint(owner, what))


def complaint(owner: object, what: str) -> str:
    """One line about an own class or function, which begins where the line says."""
    code = getattr(inspect.unwrap(owner) if callable(owner) else owner, "__code__", None)
    if code is not None:
        return _line(Path(code.co_filename), code.co_firstlineno, what)
    try:
        file, line = inspect.getsourcefile(owner) or "", inspect.getsourcelines(owner)[1]  # type: ignore[arg-type]
    except (TypeError, OSError):
        return f"{what}; fix it"
    return _line(Path(file), line, what)


def called(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What an own function or class gives for these arguments.

    Raises:
        OwnPartError: it does not take them, or raises what would end a loop here without a word.
    """
    try:
        return function(*arguments, **named)
    except StopIteration as error:
        raise OwnPartError(own_fault(error) or complaint(function, "raises StopIteration")) from error
    except TypeError as error:
        if own_fault(error) is None:  # nothing of it has run
            raise OwnPartError(complaint(function, str(error))) from error
        raise


Check = Callable[[Any, tuple[Any, ...], Any], str | None]
"""Of the object, the arguments and the result: what is wrong with it, or None."""


def watch(owner: type, method: str, check: Check) -> None:
    """Have what an own class's method gives checked; methods that it has from the package are left as they are."""

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: Any, *arguments: Any) -> Any:
            result = called(function, self, *arguments)
            _refuse(owner, function, check(self, arguments, result))
            return result

        return checked

    _replace(owner, method, watched)


def watch_each(owner: type, method: str, check: Check, due: Callable[[Any], int]) -> None:
    """The same for each of what a generator yields, `due(self)` in all."""

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def checked(self: Any, *arguments: Any) -> Iterator[Any]:
            results, number, wanted = called(function, self, *arguments), 0, due(self)
            many = isinstance(results, Iterable)
            _refuse(owner, function, None if many else f"gives {brief(results)}, expected to yield {wanted} results")
            for number, result in enumerate(results, 1):
                _refuse(owner, function, check(self, arguments, result))
                _refuse(owner, function, f"yields more than {wanted} results" if number > wanted else None)
                yield result
            _refuse(owner, function, f"yields {number} results, expected {wanted}" if number < wanted else None)

        return checked

    _replace(owner, method, watched)


def _replace(owner: type, method: str, watched: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    function = getattr(owner, method)
    if own.is_own(function.__module__ or "") and not hasattr(function, "watched"):
        checked = wraps(function)(watched(function))
        checked.watched = True  # type: ignore[attr-defined]  # not twice
        setattr(owner, method, checked)


def _refuse(owner: type, function: Callable[..., Any], wrong: str | None) -> None:
    if wrong:
        raise OwnPartError(complaint(function, f"{owner.__name__}.{function.__name__} {wrong}"))


def _lies_here(filename: str) -> bool:
    place = own.folder()
    return place is not None and Path(filename).parent == place


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and (name := error.name or "") in own.files():
        return f" (own files import each other as `from {own.OWN}.{name} import ...`)"
    return ""


def _line(file: Path, line: int, what: str) -> str:
    words = " ".join(what.split())
    cut = words if len(words) <= LONGEST else f"{words[:LONGEST]}..."
    return f"{own.shown(file)}: line {line}: {cut}; fix it"
