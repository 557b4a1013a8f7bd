"""Does a prediction from words narrow the audit? On feedbackqa: the ratings are hidden, and an audit is drawn at
random.

    REAL_DATA=folder python -m bench.assisted [--runs 100] [--judged 500] [--voting 0.1] [--right 0.95]

Prints how often each interval contains the share by all raters, and the effective n: as the estimate computes it, and
from the scatter of the estimates over the runs. With `--voting`, that share of the people who got a good answer and
four times that share of those who got a bad one vote, and one vote in twenty is wrong.
"""

import argparse
import json
import os
import random
import zlib
from dataclasses import replace
from pathlib import Path
from statistics import fmean, pvariance

from curation.quality.assisted import SIGNALS, Text, estimate

MISTAKEN = 0.05  # of the votes


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


def heard(texts: list[Text], voting: float, rng: random.Random) -> list[Text]:
    """The same answers, with votes from the people who got them."""

    def vote(text: Text) -> tuple[float, ...]:
        if rng.random() >= voting * (1 if text.good else 4):
            return (0.0,) * len(SIGNALS)
        liked = text.good is (rng.random() >= MISTAKEN)
        return tuple(float(kind == ("thumbs_up" if liked else "thumbs_down")) for kind in SIGNALS)

    return [replace(text, heard=vote(text)) for text in texts]


def main() -> None:
    """Print the row that docs/reference/audit-statistics.md shows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--judged", type=int, default=500)
    parser.add_argument("--half", type=int, choices=(0, 1), help="Only one half of the questions.")
    parser.add_argument("--right", type=float, help="Leave out bad answers until this share is good.")
    parser.add_argument("--voting", type=float, default=0.0)
    options = parser.parse_args()
    every = texts(Path(os.environ["REAL_DATA"], "feedbackqa.jsonl"))
    if options.half is not None:
        every = [text for text in every if zlib.crc32(text.key.encode()) % 2 == options.half]
    if options.right is not None:
        good = [text for text in every if text.good]
        bad = random.Random(3).sample(
            [text for text in every if not text.good], round(len(good) * (1 / options.right - 1))
        )
        every = good + bad
    every = heard(every, options.voting, random.Random(7))
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
