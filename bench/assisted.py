"""Does a guess from words narrow the audit? On feedbackqa: the raters are hidden, and an audit is drawn at random.

    REAL_DATA=folder python -m bench.assisted [--runs 100] [--judged 500]

Prints how often either interval holds the share of all raters, and the effective n: by the estimate's own reckoning, and by
how far the estimates scatter over the runs.
"""

import argparse
import json
import os
import random
import zlib
from pathlib import Path
from statistics import fmean, pvariance

from curation.quality.assisted import Text, estimate


def texts(path: Path) -> list[Text]:
    """Every rated answer."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Text(
            row["question"],
            row["question"],
            row["answer"],
            " ".join(source.get("title") or "" for source in row["sources"]),
            row["feedback"]["thumb"] == "up",
        )
        for row in rows
    ]


def main() -> None:
    """Print the row that docs/reference/statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--judged", type=int, default=500)
    parser.add_argument("--half", type=int, choices=(0, 1), help="Only one half of the questions.")
    options = parser.parse_args()
    every = texts(Path(os.environ["REAL_DATA"], "feedbackqa.jsonl"))
    if options.half is not None:
        every = [text for text in every if zlib.crc32(text.key.encode()) % 2 == options.half]
    truth, rng = fmean(bool(text.good) for text in every), random.Random(5)
    found = [estimate(rng.sample(every, options.judged), every) for _ in range(options.runs)]
    known = [one for one in found if one is not None]
    held = fmean(one.estimate.low <= truth <= one.estimate.high for one in known)
    plain = fmean(one.plain.low <= truth <= one.plain.high for one in known)
    scatter = pvariance([one.plain.rate or 0.0 for one in known]) / pvariance(
        [one.estimate.rate or 0.0 for one in known]
    )
    print(f"{len(known)} audits of {options.judged} among {len(every):,} answers, {truth:.1%} good")
    print(
        f"plain: holds {plain:.1%}; assisted: holds {held:.1%}, mean {fmean(one.estimate.rate or 0.0 for one in known):.1%}"
    )
    print(
        f"effective n, of its own reckoning {fmean(one.worth for one in known) / options.judged:.3f} times, by scatter {scatter:.3f} times"
    )


if __name__ == "__main__":
    main()
