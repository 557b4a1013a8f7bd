"""What a value in a log says as a vote: thumbs, 1 and -1, 1 and 0, scores, emoji, words of several languages. Pure.

Numbers mean what the rest of their column says: 0 is a down-vote next to 1 and no vote next to -1, fractions are ratings,
and stars need a threshold. `Scale.observe` looks at the first lines, `Scale.read` judges each.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from feedback.capture.payloads import PayloadError

UP = """up thumbs_up thumbsup thumb_up thumbup upvote upvoted like liked love loved good great excellent positive pos yes y true t
pass passed correct right helpful useful ok okay accept accepted approve approved satisfied happy +1 success agree
gut hilfreich ja positiv richtig super daumen_hoch zufrieden gefällt_mir
bon bien bonne oui utile positif positive correct_e pouce_en_haut satisfait j'aime
bueno buena bien sí si útil util positivo positiva correcto correcta pulgar_arriba me_gusta
buono buona utile sì positivo corretto pollice_su mi_piace
bom boa sim útil positivo correto polegar_para_cima gostei curtir
goed ja nuttig positief juist duim_omhoog
dobry dobra tak pomocne przydatne pozytywny dobrze lubię_to
bra ja hjälpsam positiv god nyttig hyvä kyllä
dobře ano užitečné iyi evet yararlı beğendim
хорошо да полезно положительно верно нравится добре так корисно
好 是 有用 有帮助 赞 点赞 正确 满意 好评 良い はい 役に立った 高評価 いいね 좋아요 예 네 유용함 도움됨
جيد نعم مفيد أعجبني अच्छा हाँ उपयोगी पसंद
👍 👍🏻 👍🏼 👍🏽 👍🏾 👍🏿 😀 😃 😄 😊 🙂 😍 🥰 ❤ 💚 ✅ ✔ ⬆ 🔼 🎉 💯 👏 🙌 🤩 😁 :) :-) thumbs-up"""
DOWN = """down thumbs_down thumbsdown thumb_down thumbdown downvote downvoted dislike disliked bad poor terrible negative neg no n
false f fail failed incorrect wrong unhelpful not_helpful useless not_useful reject rejected unsatisfied unhappy dissatisfied -1
disagree thumbs-down
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
nessuno nenhum geen brak нет_оценки 无 なし - — unknown undefined skipped 😐"""
PRESENTATION = "\N{VARIATION SELECTOR-16}"  # "as a picture", behind a sign that can be a letter too
VOTES: dict[str, str | None] = {
    word.replace(PRESENTATION, "").casefold(): thumb
    for words, thumb in ((NONE, None), (DOWN, "down"), (UP, "up"))
    for word in words.split()
}
SEPARATORS = re.compile(r"[\s_-]+")
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,9})?")
STAR_SIGNS = re.compile("[★⭐☆]+")
UNKNOWN = "This is no vote that is known. Known are up and down, 1 and -1, 1 and 0, true and false, 👍 and 👎, and such words."
STARS = "These scores go beyond 1. Say from which on a score is an up-vote: --threshold 4, or down to 2 and up from 4: --threshold 2,4"
MIXED = (
    "The values before this one were read as votes of 1 and 0; this one is none. Say how scores are read: --threshold 4"
)


def is_word(value: Any) -> bool:
    """Whether the value is a word or an emoji for a vote, or for none."""
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
        return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


@dataclass(slots=True)
class Range:
    """The numbers that a column of votes had in the first lines."""

    signed: bool = False
    fractions: bool = False
    stars: bool = False

    def add(self, number: float) -> None:
        """Note a number of the column."""
        self.signed |= number < 0
        self.fractions |= 0 < abs(number) < 1
        self.stars |= abs(number) > 1


@dataclass(slots=True)
class Scale:
    """How values are read as votes. `threshold`: at most the first is a down-vote, at least the second an up-vote."""

    threshold: tuple[float, float] | None = None
    ranges: dict[str, Range] = field(default_factory=dict)

    def observe(self, values: Iterable[tuple[str, Any]]) -> None:
        """Learn from (column, value) what the numbers of a column are."""
        for name, value in values:
            number = _as_number(value)
            if number is not None:
                self.ranges.setdefault(name, Range()).add(number)

    def read(self, value: Any, name: str = "") -> dict[str, Any] | None:
        """The vote that the value says: a thumb, or a rating with its score; None for no vote. Raises `PayloadError`."""
        number = _as_number(value)
        if number is not None:
            return self._of_number(number, self.ranges.setdefault(name, Range()))
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
    """`4` or `2,4` as (down to, up from); one number parts up-votes from all below it. Raises `ValueError`."""
    if not text:
        return None
    numbers = [float(part) for part in text.split(",")]
    low, high = numbers if len(numbers) > 1 else (math.nextafter(numbers[0], -math.inf), numbers[0])
    if not low < high:
        raise ValueError("the thresholds are not in order")
    return low, high
