"""Votes in a log: what a value means (thumbs, 1 and -1, 1 and 0, scores, emoji, words in many languages), and storing
them.

A number's meaning depends on its column: 0 is a down-vote next to 1 but no vote next to -1, fractions are ratings, and
stars need a threshold. `Scale.observe` looks at the first lines, `Scale.read` reads each. When stored, a repeated vote
is recognised, and a different one counts as a change.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, takewhile
from typing import Any

import msgspec

from feedback import capture
from feedback.capture import Conflict, Gone
from feedback.capture.json_bodies import without_nulls
from feedback.capture.payloads import FeedbackIn, PayloadError, check_feedback, convert
from feedback.capture.preparing import signal_digest
from feedback.models import Project, Signal, WriteResult
from privacy.files.csv_rows import plain_name
from privacy.redaction import RedactionError
from privacy.subjects.digests import same_body

THUMBS = {"up": "thumbs_up", "down": "thumbs_down"}
FIELDS = ("thumb", "signal", "correction", "comment", "score", "user", "ts", "id")
NO_FIELD = f"A vote has no such field. It takes: {', '.join(FIELDS)}."
EXPECTED = 'Expected "up", "down", or an object with a thumb or a signal.'
IN_USE = "The conversation was stored, but not a vote on it: its id is in use for another vote."
NAMES = {"subject": "user", "occurred_at": "ts"}
LONGEST = 120  # characters of an id, leaving room for a version


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as the write path takes it, and whether it has its own time."""

    signal: FeedbackIn
    timed: bool


def parse(item: Any, conversation: str, moment: datetime | None, place: int) -> Vote:
    """One entry of a line's `feedback`; `moment` is the conversation's time. Raises `PayloadError`."""
    entry = {"thumb": item} if isinstance(item, str) else item
    if not isinstance(entry, dict):
        raise PayloadError("/feedback", "invalid", EXPECTED)
    if unknown := [name for name in entry if name not in FIELDS]:
        name = plain_name(unknown[0], "a field without a plain name")
        raise PayloadError(f"/feedback/{name}", "unknown_field", NO_FIELD)
    thumb, signal = entry.get("thumb"), entry.get("signal")
    if signal is None:
        signal = THUMBS.get(thumb) if isinstance(thumb, str) else None
    if signal is None:
        raise PayloadError("/feedback", "invalid", EXPECTED)
    body = {
        "id": entry.get("id") or base(conversation, place),
        "interaction": conversation,
        "signal": signal,
        "subject": entry.get("user"),
        "occurred_at": entry.get("ts"),
        **{name: entry.get(name) for name in ("correction", "comment", "score")},
    }
    try:
        given = check_feedback(convert(without_nulls(body), FeedbackIn))
    except PayloadError as error:
        first, *rest = error.pointer.removeprefix("/").split("/")
        raise PayloadError("/".join(["/feedback", NAMES.get(first, first), *rest]), error.code, error.detail) from None
    moment = given.occurred_at or moment
    settled = msgspec.structs.replace(given, occurred_at=moment.astimezone(UTC) if moment else None)
    return Vote(settled, timed=given.occurred_at is not None)


def base(conversation: str, place: int) -> str:
    """The id for a vote without one, from its place in the conversation."""
    name = f"{conversation}:{place}"
    digest = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    return name if len(name) <= LONGEST else f"{conversation[:80]}.{digest}"


def record(project: Project, conversation: str, votes: Sequence[Vote]) -> tuple[Counter[str], str]:
    """Store the votes on a stored conversation; return their results, and the problem of a refused one."""
    ended: Counter[str] = Counter()
    problem = ""
    known = digests(project, conversation) if votes else {}
    for vote in votes:
        signal = named(vote, known)
        try:
            ended[capture.record_signal(project, signal, imported=True).result] += 1
            known[signal.id or ""] = signal_digest(signal, None)
        except Gone:
            ended[WriteResult.GONE] += 1
        except Conflict:
            problem = IN_USE
        except RedactionError as error:
            problem = str(error)
    return ended, problem


def digests(project: Project, conversation: str) -> dict[str, str]:
    """The ids of a conversation's votes, each with the digest of its body."""
    said = Signal.objects.filter(project=project, interaction__external_id=conversation)
    return dict(said.values_list("external_id", "body_digest"))


def named(vote: Vote, known: Mapping[str, str]) -> FeedbackIn:
    """The vote under the id that it is already stored with, or under the next version of its id if it has changed.

    A vote with its own time is recognised wherever it came before. One without is compared only with the newest, since
    up, down and up again are three votes. Its time is now, since nobody knows when it changed.
    """
    first = vote.signal.id or ""
    versions = list(takewhile(known.__contains__, names(first)))
    if not versions and not vote.timed:
        return vote.signal
    for name in known if vote.timed else versions[-1:]:
        for moment in {vote.signal.occurred_at, None}:
            signal = msgspec.structs.replace(vote.signal, id=name, occurred_at=moment)
            if same_body(known[name], signal_digest(signal, None)):
                return signal
    if not versions:
        return vote.signal
    moment = vote.signal.occurred_at if vote.timed else None
    return msgspec.structs.replace(vote.signal, id=f"{first}.v{len(versions) + 1}", occurred_at=moment)


def names(first: str) -> Iterator[str]:
    """The ids of a vote and of its later versions."""
    yield first
    yield from (f"{first}.v{number}" for number in count(2))


UP = """up thumbs_up thumbsup thumb_up thumbup upvote upvoted like liked love loved good great excellent positive pos yes y true t
pass passed correct right helpful useful ok okay accept accepted approve approved satisfied happy +1 success agree
gut hilfreich ja positiv richtig super daumen_hoch zufrieden gefällt_mir
bon bien bonne oui utile positif positive correct_e pouce_en_haut satisfait j'aime
bueno buena bien sí si útil util positivo positiva correcto correcta pulgar_arriba me_gusta
buono buona utile sì positivo corretto pollice_su mi_piace
bom boa sim útil positivo correto polegar_para_cima gostei curtir
goed ja nuttig positief juist duim_omhoog
dobry dobra tak pomocne przydatne pozytywny dobrze lubię_to
good_with_comment
bra ja hjälpsam positiv god nyttig hyvä kyllä
dobře ano užitečné iyi evet yararlı beğendim
хорошо да полезно положительно верно нравится добре так корисно
好 是 有用 有帮助 赞 点赞 正确 满意 好评 良い はい 役に立った 高評価 いいね 좋아요 예 네 유용함 도움됨
جيد نعم مفيد أعجبني अच्छा हाँ उपयोगी पसंद
👍 👍🏻 👍🏼 👍🏽 👍🏾 👍🏿 😀 😃 😄 😊 🙂 😍 🥰 ❤ 💚 ✅ ✔ ⬆ 🔼 🎉 💯 👏 🙌 🤩 😁 :) :-) thumbs-up"""
DOWN = """down thumbs_down thumbsdown thumb_down thumbdown downvote downvoted dislike disliked bad poor terrible negative neg no n
false f fail failed incorrect wrong unhelpful not_helpful useless not_useful reject rejected unsatisfied unhappy dissatisfied -1
disagree thumbs-down bad_with_comment
schlecht nicht_hilfreich nein negativ falsch daumen_runter unzufrieden gefällt_mir_nicht
mauvais mauvaise non inutile négatif négative faux incorrect_e pouce_en_bas insatisfait je_n'aime_pas
malo mala no inútil negativo negativa incorrecto incorrecta pulgar_abajo no_me_gusta
cattivo cattiva inutile negativo sbagliato pollice_giù pollice_verso non_mi_piace
ruim mau má não nao inútil negativo errado polegar_para_baixo não_gostei
slecht nee nutteloos negatief onjuist fout duim_omlaag
zły zła nie nieprzydatne negatywny źle nie_lubię
dålig nej inte_hjälpsam negativ dårlig nei huono ei
špatně ne neužitečné kötü hayır yararsız beğenmedim
плохо нет бесполезно отрицательно неверно не_нравится погано ні
差 坏 否 不是 没用 无用 没有帮助 踩 点踩 错误 不满意 差评 悪い いいえ 役に立たなかった 低評価 싫어요 아니요 아니오 유용하지_않음
سيئ لا غير_مفيد لم_يعجبني बुरा नहीं बेकार नापसंद
👎 👎🏻 👎🏼 👎🏽 👎🏾 👎🏿 😞 😠 😡 ☹ 🙁 😢 😭 💔 ❌ ✖ ⬇ 🔽 🤬 😤 😒 :( :-("""
NONE = """none null nil nan n/a na neutral neutro neutre unrated not_rated unset no_feedback no_vote no_rating keine kein aucun ninguno
nessuno nenhum geen brak нет_оценки 无 なし - — unknown undefined skipped offered unoffered 😐"""
PRESENTATION = "\N{VARIATION SELECTOR-16}"  # "as a picture", behind a sign that can be a letter too
VOTES: dict[str, str | None] = {
    word.replace(PRESENTATION, "").casefold(): thumb
    for words, thumb in ((NONE, None), (DOWN, "down"), (UP, "up"))
    for word in words.split()
}
SEPARATORS = re.compile(r"[\s_-]+")
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,9})?")
OUT_OF = re.compile(
    r"(?P<number>.+?)\s*(?:(?P<percent>%)|(?:/|(?:out )?of)\s*(?P<most>\d{1,4})|stars?|points?)", re.IGNORECASE
)
STAR_SIGNS = re.compile("[★⭐☆]+")
UNKNOWN = (
    "This is not a known vote. Known are up and down, 1 and -1, 1 and 0, true and false, 👍 and 👎, and similar words."
)
STARS = "These scores go above 1. Say which are up-votes: --threshold 4 for 4 and above, or --threshold 2,4 if 2 and below are down-votes."
TWO_SCALES = "The scores of this column are out of different numbers. Give each scale a column of its own."
MIXED = (
    "The values before this one were read as votes of 1 and 0; this one is neither. Say which scores are up-votes: "
    "--threshold 4"
)


def is_word(value: Any) -> bool:
    """Whether the value is a word or an emoji that means a vote, or no vote."""
    return isinstance(value, bool) or (isinstance(value, str) and _folded(value) in VOTES and _as_number(value) is None)


def _folded(text: str) -> str:
    raw = text.strip().replace(PRESENTATION, "").casefold()
    bare = raw.strip(":!.'\"")  # :thumbsup: and "Yes!"
    spellings = (raw, bare, SEPARATORS.sub("_", bare), SEPARATORS.sub("", bare))
    return next((spelled for spelled in spellings if spelled in VOTES), raw)


def _as_number(value: Any) -> float | None:
    if isinstance(value, str):
        text = value.strip().replace(PRESENTATION, "")
        if STAR_SIGNS.fullmatch(text):
            return float(text.count("★") + text.count("⭐"))
        if found := OUT_OF.fullmatch(text):  # 4/5, 80 %, 4 stars
            text = found["number"]
        return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _out_of(value: Any) -> str:
    """The highest number of a score that states it, such as 5 in 4/5; a score in stars has one above 1."""
    found = OUT_OF.fullmatch(value.strip()) if isinstance(value, str) else None
    return (found["most"] or ("100" if found["percent"] else "stars")) if found else ""


@dataclass(slots=True)
class Range:
    """The range of a vote column's numbers in the first lines."""

    signed: bool = False
    fractions: bool = False
    stars: bool = False
    out_of: str = ""

    def add(self, number: float, out_of: str = "") -> None:
        """Note a number of the column."""
        self.out_of = self.out_of or out_of
        self.stars |= out_of not in ("", "1")
        self.signed |= number < 0
        self.fractions |= 0 < abs(number) < 1
        self.stars |= abs(number) > 1


@dataclass(slots=True)
class Scale:
    """How values are read as votes. `threshold`: at most the first is a down-vote, at least the second an up-vote."""

    threshold: tuple[float, float] | None = None
    ranges: dict[str, Range] = field(default_factory=dict)

    def observe(self, values: Iterable[tuple[str, Any]]) -> None:
        """Learn from (column, value) what a column's numbers are."""
        for name, value in values:
            number = _as_number(value)
            if number is not None:
                self.ranges.setdefault(name, Range()).add(number, _out_of(value))

    def read(self, value: Any, name: str = "") -> dict[str, Any] | None:
        """The vote that the value means: a thumb, or a rating with its score; None for no vote. Raises `PayloadError`."""
        number = _as_number(value)
        if number is not None:
            known, out_of = self.ranges.setdefault(name, Range()), _out_of(value)
            if out_of and known.out_of and out_of != known.out_of:
                raise PayloadError("/feedback", "invalid", TWO_SCALES)
            if out_of:
                known.add(number, out_of)
            return self._of_number(number, known)
        if isinstance(value, bool):
            return {"thumb": "up" if value else "down"}
        if isinstance(value, str) and not value.strip():
            return None
        word = _folded(value) if isinstance(value, str) else ""
        if word not in VOTES:
            raise PayloadError("/feedback", "invalid", UNKNOWN)
        thumb = VOTES[word]
        return {"thumb": thumb} if thumb else None

    def _of_number(self, number: float, known: Range) -> dict[str, Any] | None:
        if self.threshold:
            low, high = self.threshold
            return {"thumb": "up"} if number >= high else {"thumb": "down"} if number <= low else None
        if known.stars:
            raise PayloadError("/feedback", "invalid", STARS)
        if abs(number) > 1 or (number < 0 and not known.signed):
            raise PayloadError("/feedback", "invalid", STARS if number > 1 and not known.signed else MIXED)
        if number < 0:
            return {"thumb": "down"}
        if known.fractions or 0 < number < 1:
            return {"signal": "rating", "score": number}
        if number == 0 and known.signed:
            return None
        return {"thumb": "up" if number else "down"}


def threshold_of(text: str) -> tuple[float, float] | None:
    """`4` or `2,4` as (down-votes up to, up-votes from); a single number separates up-votes from everything below.
    Raises `ValueError`.
    """
    if not text:
        return None
    numbers = [float(part) for part in text.split(",")]
    low, high = numbers if len(numbers) > 1 else (math.nextafter(numbers[0], -math.inf), numbers[0])
    if not low < high:
        raise ValueError("the thresholds are not in order")
    return low, high
