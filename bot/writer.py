"""The one thread that touches the database: what waits together is kept with one commit."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bot.database import Database
from bot.errors import StoreError

# Long enough to share a commit between many, short enough for whoever waits to be told.
GROUP_SECONDS = 0.02
T = TypeVar("T")

Waiting = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Writer:
    """Runs functions one after another; each is told once what it did is on the disk."""

    def __init__(self, database: Database) -> None:
        """Take the database; no thread starts yet."""
        self._database = database
        self._waiting: deque[Waiting] = deque()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._at_work = False

    async def run(self, function: Callable[[], T]) -> T:
        """Run a function in the thread and return what it returns, or raise what it raises.

        It may run twice where its first run was not kept: it has no effect but on the database.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((function, future))
        if not self._at_work:
            self._at_work = True
            self._pool.submit(self._work, loop)
        return await future

    def close(self) -> None:
        """Wait until what runs is done."""
        self._pool.shutdown(wait=True)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work until nothing waits; whoever comes while this ends is seen here, or begins anew."""
        try:
            while self._waiting:
                self._keep_a_group(loop)
        finally:
            self._at_work = False
        if self._waiting:
            self._work(loop)

    def _keep_a_group(self, loop: asyncio.AbstractEventLoop) -> None:
        taken: list[Waiting] = []
        tried: list[tuple[Any, BaseException | None]] = []
        try:
            with self._database.group():
                end = time.monotonic() + GROUP_SECONDS
                while self._waiting and (self._database.refuses or time.monotonic() < end):
                    taken.append(self._waiting.popleft())
                    tried.append(_tried(taken[-1][0]))
        except StoreError:
            tried = [_tried(function) for function, _ in taken]
        if taken:
            loop.call_soon_threadsafe(_settle, taken, tried)


def _tried(function: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return function(), None
    except Exception as error:  # noqa: BLE001 - raised again where the function was asked for
        return None, error


def _settle(taken: Sequence[Waiting], tried: Sequence[tuple[Any, BaseException | None]]) -> None:
    for (_, future), (value, error) in zip(taken, tried, strict=True):
        if future.done():  # whoever asked has gone
            continue
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)
