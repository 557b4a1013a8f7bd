"""Whether an answer generalises what another limits: it drops an "only", a condition or an exception."""

from typing import Final

from curation.claims.counting import MANY
from curation.claims.duties import Duty
from curation.claims.forms import SIDES, canonical, forms_of
from curation.claims.reading import Claim, Reading
from curation.claims.scope import ALL, LIMITED, NOBODY, Scope
from curation.claims.vocabulary import AND

NEAR: Final = 3


def widens(one: Reading, other: Reading, question: frozenset[str] = frozenset()) -> bool:
    """Whether `other` widens what `one` limits. `question` are the words that both may have from it."""
    for some, none in ((one, other), (other, one)):
        partly = [claim for claim in some.claims if Scope.SOME in claim.scope]
        if any(_some_or_none(mine, claim) for mine in partly for claim in none.claims):
            return True
    if len(other.claims) <= MANY and any(
        _allowed_after_all(mine, claim, one) for mine in one.claims for claim in other.claims
    ):
        return True
    known = one.content - question
    if any(Scope.ANYWAY in claim.scope and claim.content & known for claim in other.claims) and not any(
        Scope.ANYWAY in claim.scope for claim in one.claims
    ):
        return True
    affirmed = frozenset().union(*(claim.content for claim in one.claims if not claim.negated))
    if any(
        claim.focus
        and mine.negated
        and not claim.negated
        and claim.focus[0] in mine.content - affirmed
        and not _other_side(claim, mine, one.language)
        for mine in one.claims
        for claim in other.claims
    ):
        return True  # "but not in the hall", "only in the hall"; but "not outside" is "only inside"
    limits = [claim for claim in one.claims if claim.scope & LIMITED]
    if not limits:
        return False
    if any(_lost(limit, claim, other) for limit in limits for claim in other.claims):
        return True
    if any(Scope.EVEN in claim.scope and claim.content & limit.content for limit in limits for claim in other.claims):
        return not any(Scope.EVEN in claim.scope for claim in one.claims)
    if any(_turned(limit, claim, question) for limit in limits for claim in other.claims):
        return True
    few = len(other.claims) <= MANY
    if few and _EXAMPLE & other.content and not _EXAMPLE & one.content:
        return any(limit.content & other.content for limit in limits)
    return any(
        _of_all(limit, claim, one, question)
        for limit in limits
        if not _kept(limit, one, other)
        for claim in other.claims
        if not any(claim.content == mine.content for mine in one.claims)  # what both say widens nothing
    )


def _other_side(one: Claim, other: Claim, language: str) -> bool:
    """Whether one has a word, and the other its opposite."""
    here, there = (
        {axis: side for word in claim.content for axis, side in SIDES[language].get(word, ())} for claim in (one, other)
    )
    return any(here[axis] != side for axis, side in there.items() if axis in here)


def _kept(limit: Claim, one: Reading, other: Reading) -> bool:
    """Whether an answer limits or denies something beyond what the other clauses of the expected one say."""
    rest = [claim for claim in one.claims if claim is not limit]
    said = {claim.raw for claim in one.claims if claim.negated}
    return any(
        (claim.scope & LIMITED or (claim.negated and claim.raw not in said))
        and not any(claim.content <= mine.content for mine in rest)
        for claim in other.claims
    )


def _allowed_after_all(ban: Claim, claim: Claim, one: Reading) -> bool:
    """Whether a clause allows what `one` bans without exception: "no alcohol, but you may drink it after a day"."""
    if not ban.negated or ban.duty is Duty.OPTIONAL or claim.duty is not Duty.ALLOWED or claim.scope & LIMITED:
        return False
    if any(
        mine.scope & LIMITED or (mine is not ban and not mine.content.isdisjoint(ban.content)) for mine in one.claims
    ):
        return False
    same = ban.content <= claim.content or not _PRONOUNS.isdisjoint(claim.raw)
    return not claim.negated and same and not ban.content.isdisjoint(claim.content)


def _some_or_none(some: Claim, none: Claim) -> bool:
    """Whether one says "not all", the other "none" or "all" of the same."""
    if Scope.SOME in none.scope:
        return False
    whole = Scope.ALL in none.scope if not none.negated else not _NONE.isdisjoint(none.raw)
    return whole and 2 * len(some.content & none.content) > len(some.content)


def _turned(limit: Claim, claim: Claim, question: frozenset[str]) -> bool:
    """Whether an answer has only the exception, or only something else."""
    if not claim.focus or claim.negated:
        return False
    if Scope.EXCEPT in limit.scope:
        return limit.negated and claim.focus[0] in limit.content
    mine = [word for word in limit.focus if word not in claim.content and word not in question]
    yours = [word for word in claim.focus if word not in limit.content]
    return bool(mine) and not limit.negated and not question.isdisjoint(yours[:1])


def _lost(limit: Claim, claim: Claim, other: Reading) -> bool:
    """Whether an answer has one of two exceptions: "except Norway" of "except Norway and Iceland"."""
    if Scope.EXCEPT not in limit.scope or Scope.EXCEPT not in claim.scope or AND.isdisjoint(limit.raw):
        return False
    return claim.content < limit.content and not (limit.content - claim.content) & other.content


def _of_all(limit: Claim, claim: Claim, one: Reading, question: frozenset[str]) -> bool:
    """Whether a clause says "all" or "always" in the place of the limit, or adds another to the only one."""
    if Scope.ALL in claim.scope:
        if Scope.EXCEPT in limit.scope:
            return True
        if Scope.ONLY in limit.scope and any(fact[0] == "/" and fact not in one.hard for fact in claim.hard):
            return True  # "only on Mondays", "every day"
        words = [canonical(word, one.language) for word in claim.raw]
        said = {after for word, after in zip(words, [*words[1:], ""], strict=True) if word in _FORMS[one.language]}
        if limit.focus and limit.focus[0] not in claim.content and not said.isdisjoint(limit.focus[1:]):
            return True  # "only on the local interface", "on all interfaces"
        return any(after not in one.content or after in question for after in said)
    return Scope.ONLY in limit.scope and _adds(limit, claim, one, question)


def _adds(limit: Claim, claim: Claim, one: Reading, question: frozenset[str]) -> bool:
    """Whether a clause joins something else to the only one."""
    known = one.content | question
    for place, word in enumerate(claim.raw):
        if word in AND:
            sides = claim.raw[max(0, place - NEAR) : place], claim.raw[place + 1 : place + 1 + NEAR]
            has = [limit.content.intersection(side) - question for side in sides]
            new = [claim.content.intersection(side) - known for side in sides]
            if (has[0] and new[1]) or (has[1] and new[0]):
                return True
    return False


def narrows(one: Reading, other: Reading) -> bool:
    """Whether an answer allows only one of two things that the other names: "by card or cash", "only by card"."""
    if any(claim.scope & LIMITED for claim in one.claims):
        return False
    only = [claim for claim in other.claims if Scope.ONLY in claim.scope and not claim.negated]
    return any(_one_of_two(mine, claim, other) for claim in only for mine in one.claims if not mine.negated)


def _one_of_two(pair: Claim, only: Claim, other: Reading) -> bool:
    for place, word in enumerate(pair.raw):
        if word in _JOINING:
            sides = pair.raw[max(0, place - NEAR) : place], pair.raw[place + 1 : place + 1 + NEAR]
            before, behind = (pair.content.intersection(side) for side in sides)
            for named, missing in ((before, behind), (behind, before)):
                if named.intersection(only.focus) and missing and missing.isdisjoint(other.content):
                    return True
    return False


_JOINING: Final = AND | frozenset("or oder ou o u of lub albo".split())
_PRONOUNS: Final = forms_of(frozenset("it them one es sie le la les lo los".split()))
_EXAMPLE: Final = forms_of(
    frozenset("example instance beispiel beispielsweise exemple ejemplo esempio exemplo voorbeeld przykład".split())
)
"""A limit of which an answer makes an example is none."""
_NONE: Final = forms_of(NOBODY)
_FORMS: Final = {language: frozenset(canonical(word, language) for word in words) for language, words in ALL.items()}
