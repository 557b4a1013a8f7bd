"""Curation of extreme data: how the cost grows if everything is about one question, person or conversation.

    python -m bench.shapes [--sizes 1000,2000,4000]

Prints the processor seconds of each shape at each size, the exponent of the whole (1: linear), and that of the last step.
"""

import argparse
import math
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import django

from bench import curation as rows
from bench.curation import Talk

QUESTION = "How do I renew the licence of the printer?"


def corrections(size: int) -> Iterator[Talk]:
    """Everybody corrects the answer to one question, each in other words."""
    rng = random.Random(size)
    for key in range(size):
        right = f"You should {' '.join(rows.words(rng, 30))}."
        yield key, QUESTION, "You can renew it in the shop on Monday.", "edit", right, "devices"


def templates(size: int) -> Iterator[Talk]:
    """Questions that differ in one word."""
    rng = random.Random(size)
    for key in range(size):
        question = f"How do I change the delivery address of my order of {rng.choice(rows.VOCABULARY)}?"
        yield key, question, f"You can {' '.join(rows.words(rng, 30))}.", "thumbs_up", "", "shipping"


def curated(source: Callable[[int], Iterator[Talk]], size: int) -> float:
    """Processor seconds to curate these conversations."""
    rows.fill(0, size, source=source(size))
    return float(rows.curate()["cpu"])


def corrected_question(size: int) -> float:
    return curated(corrections, size)


def one_template(size: int) -> float:
    return curated(templates, size)


def voted_conversation(size: int) -> float:
    """One more vote on a conversation that has this many."""
    from feedback.models import Interaction, Signal
    from privacy.models import Subject

    rows.fill(0, size, source=corrections(size))
    first = Interaction.objects.order_by("pk").first()
    assert first is not None
    project, at = first.project, rows.START + timedelta(days=100)
    people = [Subject(namespace=project.namespace, digest=f"{number:064}v", created_at=at) for number in range(size)]
    made = Subject.objects.bulk_create([Subject(namespace=one.namespace, digest=one.digest[-64:]) for one in people])
    votes = [
        Signal(
            project=project,
            interaction=first,
            subject=one,
            external_id=f"vote-{place}",
            kind="thumbs_up",
            occurred_at=at,
            effective_at=at,
            received_at=at,
            body_digest="b",
        )
        for place, one in enumerate(made)
    ]
    Signal.objects.bulk_create(votes[:-1])
    rows.curate()
    votes[-1].save()
    Interaction.objects.filter(pk=first.pk).update(pending=True, revision=2)
    return float(rows.curate()["cpu"])


def agreeing_person(size: int) -> float:
    """One person with this many conversations agrees to training."""
    from feedback.models import Interaction
    from privacy.erasure import erasure

    rows.fill(0, size, source=templates(size))
    subject = Interaction.objects.order_by("pk").first().subject  # type: ignore[union-attr]
    Interaction.objects.update(subject=subject)
    erasure.change_consent(subject, {"training": False}, method="bench")
    rows.curate()
    began = time.process_time()
    erasure.change_consent(subject, {"training": True}, method="bench")
    spent = time.process_time() - began
    return spent + (float(rows.curate()["cpu"]))


SHAPES = {
    "corrections of one question": corrected_question,
    "questions of one template": one_template,
    "a vote on a conversation with as many": voted_conversation,
    "a person with as many agrees to training": agreeing_person,
}


def main() -> None:
    """Measure every shape at every size, each in a fresh database."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,2000,4000")
    parser.add_argument("--only", default="", help="the shapes whose name contains this")
    options = parser.parse_args()
    sizes = list(map(int, options.sizes.split(",")))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLYWHEEL_VAR"] = str(Path(folder))
        django.setup()
        print(f"{'':42}{''.join(f'{size:>9,}' for size in sizes)}   exponent   last step")
        for name, shape in SHAPES.items():
            if options.only in name:
                print(f"{name:42}", end="", flush=True)
                print(line(sizes, shape), flush=True)


def line(sizes: list[int], shape: Callable[[int], float]) -> str:
    """The figures of one shape."""
    spent = []
    for size in sizes:
        rows.fresh()
        spent.append(shape(size))
    return f"{''.join(f'{one:>9.3f}' for one in spent)}{exponent(sizes, spent):>11.2f}{exponent(sizes[-2:], spent[-2:]):>12.2f}"


def exponent(sizes: list[int], spent: list[float]) -> float:
    """The exponent with which a total grows, from the first size to the last."""
    return math.log(spent[-1] / spent[0]) / math.log(sizes[-1] / sizes[0])


if __name__ == "__main__":
    main()
