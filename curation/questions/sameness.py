"""Which questions are the same.

The key of a question is made of its canonical text, the turns before it and the declared scope. Two questions are the same
exactly if their keys are equal. The canonical text leaves out what never changes what is asked: case, spelling, courtesy, and
the words of closed lists (`words/`). Near questions are another matter (`clusters`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from curation.decisions import remarks
from curation.questions.reference import stands_alone
from curation.questions.wording import canonical
from feedback.texts.fingerprints import normalise
from privacy.redaction import PLACEHOLDER

__all__ = ["canonical", "question_key", "stands_alone"]

SIZE = 16


def question_key(
    question: str,
    context: Sequence[Mapping[str, str]] = (),
    scope: Sequence[str] = (),
    *,
    is_own: bool = False,
    salt: bytes = b"",
) -> bytes:
    """16 bytes of BLAKE2b over what makes questions the same.

    The turns before the question count, unless it stands alone and they only greet: then a question asked later in a
    dialogue has the key of the bare question. The order of the scope makes no difference. A placeholder hides a value that may differ from one
    interaction to the next: where one counts, the salt, such as the interaction's id, keeps their keys apart. So it does for a
    question that `is_own`, the answer to which hides what one person was told: it neither backs nor contradicts another's.
    """
    turns = () if stands_alone(question) and all(only_greets(turn.get("content", "")) for turn in context) else context
    made = hashlib.blake2b(digest_size=SIZE)
    for part in (canonical(question), str(len(set(scope))), *sorted(set(scope)), *texts(turns)):
        data = part.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(4) + data)
    if is_own or hides_a_value(question) or any(hides_a_value(turn.get("content", "")) for turn in turns):
        made.update(salt)
    return made.digest()


def texts(turns: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The role and the text of each turn; what people wrote counts as a question does."""
    for turn in turns:
        role, content = turn.get("role", ""), turn.get("content", "")
        yield role
        yield canonical(content) if role == "user" else normalise(content)


def only_greets(text: str) -> bool:
    """Whether a turn says nothing that could change what a later question asks."""
    return len(text) <= GREETING and GREETS.match(text) is not None


GREETING: Final = 60
GREETS: Final = remarks.phrases(remarks.SMALL_TALK, before=r"\W*")


def hides_a_value(text: str) -> bool:
    """Whether a placeholder stands in this text."""
    return "[" in text and PLACEHOLDER.search(text) is not None
