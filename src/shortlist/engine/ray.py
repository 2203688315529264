"""ENGINE=ray: the tasks on the machines of a Ray cluster, or on this one's own. The extra `cluster` installs Ray."""

import logging
import os
import socket
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from typing import Any

from shortlist.common import own
from shortlist.common.own_faults import own_faults_named
from shortlist.common.provenance import PACKAGE
from shortlist.engine.base import Work
from shortlist.engine.threads import variables
from shortlist.errors import ConfigError, ShortlistError, shown

LOCAL = "local"
"""The address of a cluster that this process starts, for itself alone."""

# Before Ray is imported: nothing is reported to anybody, and no warning of what the next version will do about GPUs.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

if (os.environ.get("RAY_ADDRESS") or LOCAL) == LOCAL:
    # Ray would listen at the machine's own address, where others can reach it; with its cluster code off, as it is by
    # default on macOS and Windows, it takes 127.0.0.1.
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

try:
    import ray
    from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy
except ImportError:
    raise ConfigError("ENGINE=ray: Ray is not installed; `make setup-cluster` installs it") from None

IN_GROUPS = {"TF_NUM_INTEROP_THREADS": "2"}
"""Of a process in a group: one thread more, for what it hears from the others while it works."""

AHEAD = 1
"""Tasks that wait for a place, so that a place does not wait for this process."""

RETRIES = 20
"""How often a task is started again whose process or machine has died."""


def run(work: Work[Any, Any, Any], tasks: Iterable[Any]) -> Generator[tuple[Any, Any]]:
    """See `base.running`."""
    connect()
    shared = ray.put(work)
    remote = ray.remote(num_cpus=work.threads, max_retries=RETRIES)(_perform)
    waiting = iter(tasks)
    under_way: dict[Any, Any] = {}
    try:
        while True:
            for task in islice(waiting, places(work.threads) - len(under_way)):
                # In a list: Ray would else unpack the shared data again for each task.
                under_way[remote.remote([shared], task)] = task
            if not under_way:
                return
            for done in ray.wait(list(under_way), num_returns=1)[0]:
                yield under_way.pop(done), ray.get(done)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        raise ShortlistError(
            f"Ray: {str(error).splitlines()[0]}; what was finished is kept: run the same command to go on"
        ) from None
    finally:
        for task in under_way:
            ray.cancel(task, force=True)


def together(do: Callable[[Any, int, list[str]], Any], shared: Any, size: int) -> Any:
    """See `base.together`."""
    connect()
    if size > _processors():
        raise ConfigError(f"{size} processes for one model: the cluster has {_processors()} processors; set workers")
    data = ray.put(shared)
    for _ in range(RETRIES):
        # All at once or none: half a group would wait for the other half, and keep its places from another group.
        group = ray.util.placement_group([{"CPU": 1}] * size, strategy="SPREAD")
        try:
            ray.get(group.ready())
            return _met(do, data, size, group)
        except (ray.exceptions.ActorDiedError, ray.exceptions.ActorUnavailableError):
            continue
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        finally:
            ray.util.remove_placement_group(group)  # and with it the processes
    raise ShortlistError("Ray: a process of a group kept ending; run the same command to go on")


def _met(do: Callable[[Any, int, list[str]], Any], data: Any, size: int, group: Any) -> Any:
    member = ray.remote(num_cpus=1)(_Member).options(
        scheduling_strategy=PlacementGroupSchedulingStrategy(group), runtime_env={"env_vars": IN_GROUPS}
    )
    members: list[Any] = [member.remote() for _ in range(size)]
    addresses = ray.get([member.address.remote() for member in members])
    results = [member.do.remote(do, data, place, addresses) for place, member in enumerate(members)]
    waiting = results
    while waiting:  # one by one: the others may wait forever for one that has ended
        done, waiting = ray.wait(waiting)
        ray.get(done)
    return ray.get(results[0])


class _Member:
    """A process of a group."""

    def address(self) -> str:
        """Where it can be reached."""
        with socket.socket() as free:
            free.bind(("", 0))
            host: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
            return f"{host}:{free.getsockname()[1]}"

    def do(self, do: Callable[[Any, int, list[str]], Any], shared: Any, place: int, addresses: list[str]) -> Any:
        """Its part."""
        return do(shared, place, addresses)


def connect() -> None:
    """Join the cluster at RAY_ADDRESS, or start one of this machine alone; once in a process."""
    if ray.is_initialized():
        return
    address = os.environ.get("RAY_ADDRESS") or LOCAL
    _reach(address)
    try:
        with own.copied() as (parts, named):
            # This package and the competition's own parts as they are here: the machines may have others, or none.
            code = {
                "py_modules": [str(PACKAGE), *parts],
                "excludes": ["__pycache__"],
                "env_vars": {**variables(1), "ENGINE": "ray", **named},
            }
            ray.init(
                address, include_dashboard=False if address == LOCAL else None, logging_level=logging.ERROR,
                log_to_driver=False, runtime_env=code,
            )  # fmt: skip
    except Exception as error:  # of any sort: a start that takes too long is a bare one
        why = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(f"RAY_ADDRESS: no cluster at {shown(address)}: {why}") from None


def _reach(address: str) -> None:
    """Ray itself would try for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not port.isdecimal():  # "local" and "auto"
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
    except (OSError, OverflowError, ValueError) as error:
        raise ConfigError(
            f"RAY_ADDRESS: nobody answers at {shown(address)} ({error}); start it with `ray start`"
        ) from None


def places(threads: int) -> int:
    """Tasks of so many threads to hand in at once: the cluster may grow or shrink meanwhile."""
    return max(1, _processors() // threads) + AHEAD


def _processors() -> int:
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return int(resources.get("CPU", 1))


_works: dict[str, Work[Any, Any, Any]] = {}
"""Of a worker: the work that it does, by where it is kept."""


def _perform(where: list[Any], task: Any) -> Any:
    (shared,) = where
    if shared.hex() not in _works:
        _works.clear()
        _works[shared.hex()] = ray.get(shared)
    with own_faults_named():  # an error comes without its traceback from here
        return _works[shared.hex()](task)
