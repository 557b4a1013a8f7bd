"""What the records are worth that a release leaves out, and some that it uses: read one by one, with the verdicts.

    python -m bench.value_losses

`bench/labelled/losses.jsonl` has a line for each record that was read: the log, the id of its conversation there, why it is in no
release ("none" if it is), and whether its answer is good (true, of use, and about the question). They were drawn at random,
up to 50 of each loss and log, as things were decided on 3 December 2026, and read by one reader who saw the thumbs. 131 of them keep the verdict of an
earlier reader.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from curation.quality.estimates import wilson

LABELS: Final = Path(__file__).parent / "labelled" / "losses.jsonl"


def read(path: Path = LABELS) -> list[dict[str, Any]]:
    """The verdicts."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(labels: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A Markdown table: a line for each log and loss, with the 95 % interval of the share that is good."""
    counts = Counter((one["log"], one["loss"], one["good"]) for one in labels)
    yield "| log | loss | read | answer is good | answer is bad | share that is good |"
    yield "|---|---|---|---|---|---|"
    for log, loss in dict.fromkeys((log, loss) for log, loss, _ in counts):
        good, bad = counts[log, loss, True], counts[log, loss, False]
        share = wilson(good, good + bad)
        yield f"| {log} | {loss} | {good + bad} | {good} | {bad} | {share.rate:.0%} ({share.low * 100:.0f} to {share.high * 100:.0f}) |"


if __name__ == "__main__":
    print("\n".join(table(read())))
