"""Counts what a reader opens to follow one call: the functions entered, and the returns to a module left before.

A reader follows the module where the call begins, and opens each function of another module that it calls. What those
call in turn is not followed, and `privacy.db`, like the database, is not counted. `all_functions` has every function
that was entered, at any depth.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType

from tests.test_layers import LAYERS

Function = tuple[str, str]


@dataclass
class Trace:
    """The functions of the product that a call enters, each once, in the order of their first entry."""

    all_functions: list[Function] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    @property
    def modules(self) -> set[str]:
        """The modules whose functions a reader opens."""
        return {module for module, _ in self.functions}

    @property
    def returns(self) -> int:
        """How often the next function to open is in a module that was left before."""
        visited: list[str] = []
        count = 0
        for module, _ in self.functions:
            if not visited or module != visited[-1]:
                count += module in visited
                visited.append(module)
        return count

    def __str__(self) -> str:
        """The figures, and the functions to open, one a line."""
        opened = "\n".join(f"{module}.{name}" for module, name in self.functions)
        return f"{len(self.functions)} functions, {self.returns} returns, {len(self.all_functions)} in all\n{opened}"


@contextmanager
def traced() -> Iterator[Trace]:
    """Trace what the block calls. Comprehensions, lambdas and generated methods belong to what calls them."""
    trace = Trace()
    entered: set[CodeType] = set()
    opened: set[CodeType] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        module = of_ours(frame)
        if event != "call" or module is None:
            return
        function = module, frame.f_code.co_qualname
        if frame.f_code not in entered:
            entered.add(frame.f_code)
            trace.all_functions.append(function)
        home = trace.all_functions[0][0]
        is_database = module.startswith("privacy.db.")
        if frame.f_code not in opened and not is_database and home in (module, caller(frame)):
            opened.add(frame.f_code)
            trace.functions.append(function)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield trace
    finally:
        sys.setprofile(before)


def of_ours(frame: FrameType) -> str | None:
    """The module of a frame that runs a named function of the product; None for any other."""
    module = str(frame.f_globals.get("__name__", ""))
    named = not frame.f_code.co_name.startswith("<") and "__create_fn__" not in frame.f_code.co_qualname
    return module if named and module.partition(".")[0] in LAYERS else None


def caller(frame: FrameType) -> str:
    """The module of the nearest function of the product that led to this frame; empty where there is none."""
    outer = frame.f_back
    while outer is not None:
        if module := of_ours(outer):
            return module
        outer = outer.f_back
    return ""
