"""Text that tries to give orders to whoever reads it: a reviewer, a judge model, a model in training."""

import re
from typing import Final

import re2

SIGNS: Final = (
    ("it cancels instructions", ("ignore", "disregard", "forget", "override", "bypass"),
     r"\b(?:ignore|disregard|forget|override|bypass)\b(?: \w+){0,3} (?:instructions?|prompts?|rules|guidelines|directions|context|training|programming|system message)\b"),
    ("it hands over a role", ("you are now", "from now on", "pretend", "act as", "developer mode", "jailbreak", "do anything now"),
     r"\b(?:from now on,? you|you are now (?:a|an|in|the|dan|free|no longer|unrestricted)\b|developer mode (?:enabled|on)|do anything now|jailbr(?:eak|oken) mode)"),
    ("it speaks to a judge", ("grader", "judge", "evaluator", "rater", "reviewer", "grading", "annotator"),
     r"\b(?:(?:dear|attention|note to|hey|message (?:to|for)|instructions? (?:to|for)) (?:the )?(?:graders?|judges?|evaluators?|raters?|reviewers?|annotators?)\b[ :,]|(?:graders?|evaluators?|raters?|annotators?|reviewers?)[ ,:]+(?:please |you )?(?:must|should|give|rate|mark|assign|accept|approve|choose|prefer)\b)"),
    ("it asks for a score", ("score", "rate this", "rating", "mark this", "grade", "verdict", "approve this", "accept this", "10/10", "5/5"),
     r"\b(?:(?:give|assign|award|output|return|rate|score|grade|mark|label|choose|prefer)\b(?: \w+){0,6} (?:(?:the )?(?:highest|maximum|full|perfect|top) (?:score|rating|marks|grade)|(?:a )?(?:score|rating|grade) of (?:10|5|100|1\.0|a\+?)|(?:10|5)/(?:10|5)|100 ?%|as (?:correct|right|approved|passed|excellent|perfect|the best))\b|(?:approve|accept) this (?:answer|response|example|record)\b|verdict: ?(?:pass|correct|approved))"),
    ("it shows a system prompt", ("system prompt", "system:", "<|", "[inst", "<<sys", "### instruction", "### system", "begin system", "</s>", "system message", "assistant:"),
     r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\|>|\[/?inst\]|<</?sys>>|^\s*#{2,} ?(?:system|instruction)s?\b|\b(?:reveal|print|show|repeat|output|leak) (?:me )?(?:your|the) (?:system prompt|system message|hidden instructions|initial instructions)|\bbegin system (?:prompt|message)|^\s*system ?: "),
    ("it orders in another tongue", ("ignorier", "ignorez", "ignore les", "ignora", "ignore as", "negeer", "vergiss", "oublie", "игнорируй", "忽略", "無視"),
     r"\bignorier\w* (?:\w+ ){0,4}(?:anweisung|instruktion|regel)|\bvergiss (?:\w+ ){0,4}(?:anweisung|regel)|\b(?:ignorez|ignore|oublie[zr]?) (?:\w+ ){0,4}(?:instructions|consignes)|\bignora (?:\w+ ){0,4}(?:instrucciones|istruzioni)|\bignore (?:\w+ ){0,4}instruções|\bnegeer (?:\w+ ){0,4}instructies|игнорируй\w* (?:\w+ ){0,4}инструкц|忽略.{0,8}(?:指令|指示|说明|提示)|(?:指示|命令)を無視"),
)  # fmt: skip
COMPILED: Final = tuple((name, re.compile(pattern, re.MULTILINE)) for name, _, pattern in SIGNS)
WORDS: Final = tuple(word for _, gates, _ in SIGNS for word in gates)
GATE: Final = re2.compile("|".join(map(re2.escape, WORDS)))
HIDDEN: Final = re.compile("[\U000e0000-\U000e007f\u202d\u202e]|[\u200b\u2060\ufeff]{4,}")


def hides(text: str) -> bool:
    """Whether there are characters in the text that a person does not see."""
    return not text.isascii() and HIDDEN.search(text) is not None


def instructs(text: str) -> str:
    """How one can tell that the text tries to instruct its reader; empty where nothing tells.

    One of the gate's words must be there before any pattern is tried, so that harmless text costs one pass of
    an automaton.
    """
    if hides(text):
        return "it hides characters that a person does not see"
    low = text.lower()
    if GATE.search(low):
        for name, pattern in COMPILED:
            if pattern.search(low):
                return name
    return ""
