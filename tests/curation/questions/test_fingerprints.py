"""Which questions are the same, exactly and nearly."""

import random

import pytest

from curation.questions.fingerprints import (
    BUCKET,
    THRESHOLD,
    Index,
    are_near,
    bands,
    cluster,
    fingerprint,
    jaccard,
    may_be_near,
    near,
    normalise,
    shingles,
    signature,
    sketch,
    words,
)

WORDS = (
    "how do i can my the a to for in what where account password invoice refund order parcel address change cancel "
    "subscription card payment late shipping return login device update error code phone number email delete export "
    "report monthly yearly plan discount student company tax receipt country language support contact hours holiday"
).split()


def question(rng: random.Random, number: int) -> str:
    """A question with a word of its own."""
    return " ".join([*rng.choices(WORDS, k=rng.randint(8, 16)), f"topic{number}"])


def edited(rng: random.Random, text: str, share: float) -> str:
    """The text with up to this share of its words exchanged, left out, added or mistyped."""
    words = text.split()
    for _ in range(int(len(words) * share)):
        at = rng.randrange(len(words))
        how = rng.randrange(4)
        if how == 0:
            words[at] = rng.choice(WORDS)
        elif how == 1:
            del words[at]
        elif how == 2:
            words.insert(at, rng.choice(WORDS))
        else:
            words[at] = words[at][:-1] or "x"
    return " ".join(words)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("How do I pay?", "how do I  PAY", True),
        ("Mail [EMAIL_1]", "mail [EMAIL_7]", True),
        ("Mail [EMAIL_1]", "mail [PHONE_1]", False),
        ("Mail [EMAIL_1]", "mail email", False),
        ("What is 5+3?", "What is 5-3?", False),
        ("C++ or C#", "C or C", False),
        ("हिन्दी कि", "हिन्दी की", False),
        ("ปี", "ปู", False),
        ("Straße", "STRASSE", True),
        ("ﬁle", "file", True),
    ],
)
def test_a_fingerprint_tells_what_differs_in_meaning_from_what_differs_in_form(
    one: str, other: str, equal: bool
) -> None:
    assert (normalise(one) == normalise(other)) is equal
    assert (fingerprint(one) == fingerprint(other)) is equal


def test_the_turns_before_a_question_are_part_of_it() -> None:
    turns = [{"role": "user", "content": "About my order"}]
    assert len(fingerprint("And when?")) == 16
    assert fingerprint("And when?") != fingerprint("And when?", turns)
    assert fingerprint("And when?", turns) == fingerprint("and when", turns)


def test_keys_are_of_32_bits_and_are_the_same_every_time() -> None:
    of = sketch("How do I change the address of an order?")
    keys = bands(signature(of))
    assert keys == bands(signature(of))
    assert len(keys) == 8
    assert all(-(2**31) <= key < 2**31 for key in keys)
    assert len(set(keys)) == 8


def test_a_question_without_a_word_has_no_keys_and_a_cluster_of_its_own() -> None:
    assert bands(signature(sketch("?!"))) == ()
    assert cluster([(1, sketch("?!")), (2, sketch("..."))]) == {1: 1, 2: 2}


def test_jaccard_is_the_share_in_common() -> None:
    assert jaccard(frozenset("abcd"), frozenset("cdef")) == pytest.approx(2 / 6)
    assert jaccard(frozenset(), frozenset()) == 1.0
    assert jaccard(frozenset("a"), frozenset()) == 0.0


def test_a_fifth_of_the_words_exchanged_is_near_and_a_third_is_not() -> None:
    words = [f"word{number}" for number in range(15)]
    fifth = ["new1", "new2", "new3", *words[3:]]
    third = ["new1", "new2", "new3", "new4", "new5", *words[5:]]
    one = sketch(" ".join(words))
    assert are_near(one, sketch(" ".join(fifth))) > THRESHOLD
    assert are_near(one, sketch(" ".join(third))) == 0.0


def test_the_same_short_question_in_another_conversation_is_another_question() -> None:
    visa = (("user", "How long does a visa for working holidays take?"), ("assistant", "Four weeks, mostly."))
    parcel = (("user", "Where is the parcel that I ordered in March?"), ("assistant", "It is at customs."))
    assert are_near(sketch("And for children?", visa), sketch("and for children", visa)) == 1.0
    assert are_near(sketch("And for children?", visa), sketch("And for children?", parcel)) == 0.0
    assert are_near(sketch("And for children?", visa), sketch("And for children?")) == 0.0


def test_near_takes_the_likest_and_of_equals_the_first() -> None:
    one = sketch("a b c d e f g h")
    others = [(9, sketch("a b c d e f g x")), (4, one), (2, one), (7, sketch("nothing in common"))]
    assert near(one, others) == (2, 1.0)
    assert near(one, others[3:]) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("如何重置我的账户密码并更改绑定的邮箱地址", "如何重置我的账户密码并修改绑定的邮箱地址"),
        ("パスワードを変更する方法を教えてください", "パスワードを変更する方法を教えて下さい"),
        ("ฉันจะเปลี่ยนรหัสผ่านของบัญชีได้อย่างไรคะ", "ฉันจะเปลี่ยนรหัสผ่านของบัญชีได้อย่างไรครับ"),
        (
            "비밀번호를 어떻게 다시 설정하고 이메일 주소를 바꾸나요",
            "비밀번호를 어떻게 다시 설정하고 이메일 주소를 변경하나요",
        ),
    ],
)
def test_a_small_edit_is_near_in_languages_of_other_scripts(one: str, other: str) -> None:
    assert cluster([(1, sketch(one)), (2, sketch(other))]) == {1: 1, 2: 1}


def test_different_questions_without_spaces_are_not_near() -> None:
    assert are_near(sketch("如何重置我的密码"), sketch("如何取消我的订单")) == 0.0
    assert len(shingles(normalise("如何重置我的密码！"))) == 8


def test_edits_of_up_to_a_fifth_of_the_words_are_found_and_others_are_not() -> None:
    rng = random.Random(5)
    originals = [question(rng, number) for number in range(1_000)]
    texts = [(number, text) for number, text in enumerate(originals)]
    texts += [(number, edited(rng, originals[number], rng.uniform(0.05, 0.2))) for number in range(0, 1_000, 2)]
    found = cluster((position, sketch(text)) for position, (_, text) in enumerate(texts))
    joined = [
        (texts[canonical][0], texts[position][0]) for position, canonical in found.items() if canonical != position
    ]
    right = sum(one == other for one, other in joined)
    assert right / 500 >= 0.9
    assert right / len(joined) >= 0.95


def told_apart(one: str, other: str) -> bool:
    """Whether two questions are told apart without their text, from either side."""
    (bits, size), (others, number) = words(sketch(one)), words(sketch(other))
    return not (may_be_near(bits, size, others) and may_be_near(others, number, bits))


def test_no_near_question_is_told_apart_by_its_bits_and_most_others_are() -> None:
    rng = random.Random(11)
    near_ones = apart = 0
    for number in range(3_000):
        asked = question(rng, number)
        other = edited(rng, asked, 0.3) if number % 2 else question(rng, number)
        if are_near(sketch(asked), sketch(other)):
            near_ones += 1
            assert not told_apart(asked, other)
        else:
            apart += told_apart(asked, other)
    assert near_ones > 1_000 and apart > 1_200


def test_thirteen_words_of_twenty_are_near_to_the_bit() -> None:
    asked, other = " ".join(f"word{n}" for n in range(13)), " ".join(f"word{n}" for n in range(20))
    assert are_near(sketch(asked), sketch(other)) == THRESHOLD
    assert not told_apart(asked, other) and 0 <= words(sketch(other))[0] < 1 << 63


def test_a_key_leads_to_few_questions_however_many_there_are() -> None:
    index = Index()
    shared = bands(signature(sketch("hello there friend")))
    for number in range(200):
        index.buckets[shared[0]] = tuple(range(BUCKET))
        index.sketches.setdefault(number, (f"x{number}", ""))
    assert index.add(999, sketch("hello there friend")) == 999
    assert len(index.buckets[shared[0]]) == BUCKET
    assert index.add(1_000, sketch("hello there friend")) == 999


def test_joining_a_cluster_adds_nothing_to_the_index() -> None:
    index = Index()
    index.add(1, sketch("how do i change the address of my order today"))
    before = (len(index.buckets), len(index.sketches))
    assert index.add(2, sketch("how do i change the address of my order now")) == 1
    assert (len(index.buckets), len(index.sketches)) == before


def test_questions_that_differ_in_a_number_are_not_near() -> None:
    question = "How much is the fee for order {} when I pay by card at the desk?"
    assert are_near(sketch(question.format(17)), sketch(question.format(18))) == 0.0
    assert are_near(sketch(question.format(17)), sketch(question.format(17).replace("desk", "counter"))) > THRESHOLD
