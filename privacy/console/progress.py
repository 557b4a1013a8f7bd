"""A progress bar for commands: on stderr, and only if that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def bar(what: str, unit: str = "interaction") -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, total) whenever there is progress."""
    with tqdm(desc=what, unit=unit, leave=False, disable=None) as shown:

        def news(done: int, total: int) -> None:
            shown.total = total
            shown.update(done - shown.n)

        yield news
