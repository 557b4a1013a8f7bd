"""Phrases with which people remark on an answer instead of giving one, agents decline, and talk is small.

Each line is a regular expression in which `<name>` stands for a part below. A line must match at the very
start of a text (after `LEAD_IN`), so that an answer which says "wrong" somewhere is left alone.
"""

import re
from collections.abc import Iterable
from typing import Final

PARTS: Final = {
    "it": r"(?:this|that|it|these|those|your|the)(?:'s| is| was| are)?(?: (?:answer|response|reply|summary|translation|code|query|explanation|correction)s?)?",
    "very": r"(?:(?:really|completely|totally|just|simply|very|quite|so|too|factually|partly|still|again|also|all|even|clearly|actually|only|fully) )*",
    "wrong": r"(?:wrong|incorrect|inaccurate|useless|unhelpful|irrelevant|nonsense|rubbish|garbage|bullshit|misleading|off[- ]?(?:topic|task)|not (?:right|correct|true|accurate|helpful|useful|relevant|related|answering|good(?: enough)?|an? (?:good )?answer|the answer|what i (?:asked|meant|wanted|need)))",
    "bad": r"(?:bad|poor|terrible|awful|horrible|lousy|useless|stupid|weak|vague|incomplete|wrong|incorrect|outdated|confusing)",
    "reply": r"(?:answer|response|reply|info|information|text|bot)",
    "said": r"(?:answers?|address\w*|talk(?:s|ed|ing)? |discuss\w*|refer(?:s|red)? |relates? |focus\w*|gives|gave|states|seems|provides|does|describes|explains|mentions|contains|speaks|covers|assumes)",
    "not": r"(?:doesn'?t|does not|didn'?t|did not|don'?t|do not|never|fails? to|failed to|isn'?t)",
    "stop": r"(?= *(?:[.,;:!\u2013\u2014-]|$))",
    "language": r"(?:simple |plain |proper )?(?:english|german|french|spanish|italian|dutch|portuguese|russian|chinese|japanese|polish|turkish|arabic|hindi|deutsch|englisch|fran[çc]ais|anglais|allemand|espa[ñn]ol|ingl[ée]s|alem[áa]n|italiano|portugu[êe]s|nederlands|engels)",
    "more": r"(?:(?:a bit|a little|much|way|less|more) )*(?:more|less|short(?:er)?|brief(?:er)?|concise|specific|detailed|long(?:er)?|simpler?|clear(?:er)?|friendl(?:y|ier)|polite(?:r)?|formal|nicer|precise|accurate|better)\b",
    "cannot": r"(?:can'?t|cannot|can not|won'?t|will not|am unable|'m unable|am not able|'m not able)",
    "part": r"(?:first|second|third|last|extra|redundant|duplicate|step|sentence|paragraph|line|word|part|link|bit|intro(?:duction)?|conclusion|disclaimer|apology|rest)\b",
    "matter": r"(?:words?|sentences?|details?|explanations?|examples?|sources?|citations?|references?|bullets?|headings?|emojis?|formatting|markdown|context|tone|language|summary|background)\b",
}

LEAD_IN: Final = (
    r"(?:(?:no|nope|ok(?:ay)?|so|well|hmm+|hey|ugh|lol|wtf|sorry|i(?:'m| am) sorry|unfortunately|but|and|honestly|"
    r"actually|now)[,.!: ]+)*"
)
PLEASE: Final = (
    r"(?:(?:please|pls|plz|kindly|just|can you|could you|would you|i (?:want|need|would like) you to|bitte|merci de|"
    r"s'il (?:te|vous) pla[îi]t|por favor|per favore|alsjeblieft)[ ,]+)*"
)

COMPLAINTS: Final = (
    # English
    r"<it> <very><wrong>\b(?! (?:for|to|of|that|in that)\b)",
    r"(?:this |the |your |its )?(?:answer|response|reply|explanation|information)s?(?: (?:above|here|given|provided))? <very>(?:<said>|lacks?|misses|missing|needs|could|should)\b",
    r"(?:this|the above|the given|the provided) (?:answer|response|reply|explanation)\b|(?:this|it) is an? (?:\w+,? ){0,3}(?:answer|response)\b",
    r"off[- ]?topic\b|(?:talks about|talked about|doesn't talk about|does not talk about) ",
    r"(?:this|that|it) <very>(?:answers|addresses|partially answers|partly answers|talks about|refers to|relates to|is related to|has nothing to do)\b",
    r"(?:is |was )?<very><wrong>(?: <reply>)?<stop>",
    r"(?:<it> |what )?<very>(?:a )?<bad> <reply>\b",
    r"(?:this|that|it)(?:'s| is| was) <very>(?:a )?(?:bad|poor|terrible|awful|horrible|stupid|mistake|lie|joke)(?: <reply>|<stop>)",
    r"(?:this|that|it|(?:the|your) (?:answer|response|reply))(?: is| was)? <very>(?:about|to do with) (?:a |the )?(?:wrong|different|other)\b",
    r"(?:(?:the|your) (?:answer|response|reply|information)) <very><not> ",
    r"(?:this|that|it) <very><not> <very>(?:answer|address|make (?:any )?sense|respond|explain|mention|(?:help|work)<stop>)",
    r"(?:<not>) <very>(?:answer|address|make (?:any )?sense|respond|(?:help|work)<stop>)",
    r"you <very>(?:didn'?t|did not|missed|forgot|ignored|misunderst\w+|got (?:it|this|that)|are (?:wrong|mistaken|lying)|keep \w+ing)\b",
    r"i <very>(?:disagree|hate this|didn'?t (?:ask|mean|want)|did not (?:ask|mean|want)|asked (?:for|about|you|how|what|why|when|where|who|which|if)|don'?t (?:like|agree|think (?:this|that|it)))\b",
    r"(?:(?:(?:many )?thanks?|thank you|(?:very )?(?:great|good|nice|perfect|excellent|awesome|cool)|love it|well done|never mind|i (?:don'?t|do not) know)(?: (?:very much|a lot|so much|<reply>|job|work|one))?\W*)+$",
    r"(?:hallucinat(?:ion|ed|ing|es)|made up|not even close|error|n/?a|idk|nothing|wrong|fake)\W*$",
    # German
    r"(?:das|dies(?:e|es)?|(?:die|deine|ihre) antwort)(?: antwort)? (?:ist|war|stimmt) (?:(?:so|leider|einfach|komplett|ganz|doch|völlig|überhaupt) )*(?:falsch|nicht|unsinn|quatsch|schlecht|blödsinn)",
    r"(?:leider |völlig )?(?:falsch|stimmt (?:so )?nicht|unsinn|quatsch|(?:schlechte|falsche) antwort|nicht (?:richtig|korrekt|hilfreich))<stop>",
    # French
    r"(?:c'est|cette réponse est|la réponse est|votre réponse est) (?:(?:complètement|totalement|tout à fait) )?(?:faux|fausse|incorrecte?|nul(?:le)?|mauvaise?|inutile)\b",
    r"(?:faux|mauvaise réponse|ce n'est pas (?:correct|vrai|juste|la (?:bonne )?réponse))<stop>",
    # Spanish
    r"(?:esto |eso |la respuesta )?(?:no )?(?:es|está) (?:mal|incorrect[oa]|equivocad[oa]|fals[oa]|(?<=no es )(?:correct[oa]|cierto|verdad)|(?<=no está )bien)\b",
    r"(?:incorrecto|respuesta (?:incorrecta|equivocada|mala))<stop>",
    # Italian, Portuguese, Dutch
    r"(?:questo |la risposta )?(?:non )?è (?:sbagliat[oa]|errat[oa]|fals[oa]|(?<=non è )(?:corrett[oa]|vero|giust[oa]))\b",
    r"(?:sbagliat[oa]|errat[oa]|errado|incorreto|resposta errada|risposta sbagliata|fout|onjuist)<stop>",
    r"(?:isso |isto |a resposta )?(?:não )?(?:está|é) (?:errad[oa]|incorret[oa]|fals[oa]|(?<=não está )(?:corret[oa]|cert[oa]))\b",
    r"(?:dit|dat|het antwoord) (?:is|klopt) (?:(?:helemaal|gewoon) )?(?:fout|onjuist|verkeerd|onzin|niet)\b",
    # Russian, Chinese, Japanese
    r"(?:это )?(?:неправильно|неверно|неправда|ответ неверный|неверный ответ|чушь|ерунда)<stop>",
    r"(?:这|這)?(?:个|個)?(?:回答|答案)?(?:是)?(?:错误|錯誤|错|錯|不对|不對|不正确|不正確)(?:的|了)?(?=[。！!，,]|$)",
    r"(?:違います|間違(?:い|って)|正しくない|違う)",
)

INSTRUCTIONS: Final = (
    # English
    r"(?:fix|redo|rewrite|rephrase|reword|improve|shorten|expand|simplify|elaborate|translate|proofread|reformat|regenerate|summari[sz]e)(?: (?:it|this|that|your|the (?:answer|response|reply|text|grammar|spelling|format|formatting|tone|link)|in|into|to|on|more|everything|again)\b|<stop>)|correct (?:it|this|that|your|the (?:answer|response|reply|text|grammar|spelling))\b",
    r"(?:answer|respond|reply|explain|write|say|give|repeat|tell)(?: (?:it|this|that|me|us|again))* in <language>\b",
    r"(?:answer|respond|reply) (?:(?:in|with|as) (?:a |an |the |one |more |less |full |short |fewer )+\w+|again|properly|correctly|the (?:actual )?question|my question|only|directly)\b",
    r"(?:try|do it|think|start) (?:again|harder|over)\b",
    r"(?:be|sound) <more>",
    r"make (?:it|this|that|(?:the|your) (?:answer|response|reply|text))(?: sound)? <more>",
    r"(?:use|add|give|provide|include|mention|cite) (?:(?:me|us|some|an?|the|your|more|less|fewer|simpler|shorter|longer|better|plain|only|proper|real|actual|concrete|relevant|bullet|numbered) )*<matter>",
    r"(?:don'?t|do not|stop|avoid|never) (?:mention(?:ing)?|say(?:ing)?|repeat(?:ing)?|talk(?:ing)? (?:about|like)|answer(?:ing)?|apologi[sz](?:e|ing)|hallucinat(?:e|ing)|mak(?:e|ing) (?:things|stuff|it) up|invent(?:ing)?|us(?:e|ing) (?:so|such|the word|emojis?|jargon|bullets?))\b",
    r"(?:also |and )?in (?:the )?(?:(?:first|second|third|last) step|step \d+)\b",
    r"(?:use|put|show|take|write|say|find) [^.!?\n]{1,100}? (?:instead of|in place of|rather than)\b",
    r"(?:swap|switch|interchange|supersede|replace|substitute|exchange|change) [^.!?\n]{1,100}? (?:with|to|for|by|into)\b",
    r"(?:remove|delete|drop|omit|cut|skip|leave out) (?:the )?<part>",
    r"(?:this|that|it|(?:the )?(?:answer|response|reply|text)) (?:should|must|needs to|has to|could) (?:be (?:<more>|in <language>|rewritten|translated|corrected|fixed|removed|changed)|have (?:said|mentioned|included|told|explained|given)|mention|include|say|explain|address|answer|state|cite)",
    r"you (?:should|must|need to|could|might) (?:also |at least |instead |rather |have )*(?:mention(?:ed)?|said|say that|told|tell (?:the|people|users?|them|me)|explain(?:ed)?|answer(?:ed)?|include[d]?|cited?|translated?)\b",
    r"(?:shorter|longer|more (?:details?|examples?|specific|concise|info(?:rmation)?)|less (?:text|verbose|words)|too (?:long|short|vague|verbose|wordy|generic|complicated|technical|formal))(?:,? (?:please|pls))?\W*$",
    r"in <language>(?:[ ,]+(?:please|bitte|por favor))?\W*$",
    # German
    r"(?:antworte|antworten sie|schreib(?:e|en sie)?|erkläre?) (?:(?:bitte|mir|das|es) )*(?:auf \w+|kürzer|ausführlicher|genauer|höflicher|nochmal|einfacher)\b",
    r"(?:übersetze?|korrigiere?|verbessere?|kürze)(?:n)? (?:sie|es|das|die antwort|den text|bitte)\b",
    r"(?:auf (?:deutsch|englisch)|kürzer|ausführlicher|genauer|nochmal|korrigieren|übersetzen)(?:,? bitte)?\W*$",
    # French, Spanish, Italian, Portuguese
    r"(?:réponds|répondez|répondre) (?:en \w+|plus|mieux|à (?:la|ma) question)\b",
    r"(?:traduis|traduisez|corrigez?|reformulez?|réécri(?:s|vez)) (?:ça|cela|la|le|en|votre|ta)\b",
    r"(?:responde|responda|contesta|conteste) (?:en \w+|em \w+|a (?:la|mi|minha)|más|melhor|mais)\b",
    r"(?:traduce|traduzca|traduza|corrige|corrija|reescribe|reescreva)(?:lo|la)?(?: (?:esto|eso|isso|isto|la|a|al|para|en)\b|<stop>)",
    r"(?:rispondi|risponda) (?:in \w+|alla|meglio|più)\b|(?:traduci|correggi|riscrivi)(?:lo|la)?(?: (?:questo|la|il|in)\b|<stop>)",
    # Russian, Chinese
    r"(?:ответь|ответьте|переведи|переведите|исправь|исправьте)\b",
    r"(?:请|請)(?:用|改|重|翻译|翻譯|回答|修改)",
)

ASIDES: Final = (
    r"(?:[,.;!] ?|\band |\bplease )(?:fix|redo|rewrite) (?:it|this|that)\b|\btry again[.!]*$|\bplease (?:fix|correct|redo|rewrite)\b",
    r"\b(?:in|by|from|of) (?:this|your) (?:answer|response|reply)\b|\bin (?:the )?step \d+\W*$",
    r"\bthe question (?:is|was|asks?|asked|being|itself)\b|\b(?:answers?|answering) the question\b|\b(?:relevant|related?|relates) to the question\b",
    r"\b(?:doesn'?t|does not|didn'?t|did not) (?:really |even |actually |directly )?(?:answer|address|respond to) (?:the|my|this|what)",
    r"\b(?:not what i (?:asked|meant|wanted)|makes no sense)\b",
    r"\b(?:this|the|your) (?:answer|response|reply) (?:does|did|should|could|needs|lacks|gives|doesn'?t)\b",
    r"\b(?:bad|wrong|terrible|useless) (?:answer|response|reply)\b",
)

ASIDE_WORDS: Final = (
    "fix", "redo", "rewrite", "try again", "please", "answer", "respon", "reply", "step", "question", "address",
    "not what i", "makes no sense",
)  # fmt: skip
"""Of which every aside has one."""

REFUSALS: Final = (
    r"(?:i'm|i am|we're|we are) (?:very |really |so |truly )?sorry,?(?: but)? (?:i|we) ?(?:<cannot>|don'?t (?:understand|know|have (?:access|any|the)))",
    r"sorry,?(?: but)? (?:i|we) ?(?:<cannot>|don'?t (?:understand|know|have (?:access|any|the)))",
    r"(?:unfortunately,? |i apologi[sz]e,? (?:but )?|my apologies,? (?:but )?)(?:i|we) ?<cannot>",
    r"i ?<cannot> (?:to )?(?:help|assist|answer|provide|do that|do this|comply|discuss|fulfill?|support|engage|give (?:advice|you|legal|medical))",
    r"i (?:do not|don'?t) have [^.]{0,60} so (?:i|we) ?<cannot>",
    r"(?:(?:i'm|i am) )?sorry,?(?: but)? (?:i'm|i am) not (?:connected|allowed|permitted)\b",
    r"as an? (?:ai|artificial intelligence|(?:large )?language model)[^.]{0,80}(?:can'?t|cannot|can not|unable|not able|don'?t have)",
    r"(?:es tut mir leid|tut mir leid|entschuldigung|leider),? (?:aber )?(?:ich )?(?:kann|darf) (?:ich )?(?:\w+ ){0,4}nicht",
    r"(?:je suis désolée?|désolée?|je regrette),? (?:mais )?je ne (?:peux|suis)",
    r"lo siento,? (?:pero )?no (?:puedo|puede)|mi dispiace,? (?:ma )?non posso",
    r"(?:sinto muito|desculpe),? (?:mas )?(?:eu )?não posso|het spijt me,? (?:maar )?(?:ik )?kan",
)

SMALL_TALK: Final = (
    r"(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day|night)|bye|goodbye|see you|cheers|(?:many |ok |okay )?thanks?|thank (?:you|u+)|thx|ty|nice|great|perfect|awesome|cool|wonderful|lol|haha\w*|wow|ok(?:ay)?|(?:pretty |very |so )?good|that(?:'s| is) (?:nice|great|good|cool|fine|ok(?:ay)?|disappointing|a pity)|how are you|nevermind|never mind)(?: (?:so much|very much|a lot|there|again|all|everyone|anyways?|for (?:your|the) (?:help|time)|you|doing))*\W*)+$",
    r"(?:(?:hallo|guten (?:tag|morgen|abend)|danke(?: (?:schön|sehr))?|vielen dank|tschüss|bonjour|salut|merci(?: beaucoup)?|au revoir|hola|buenos días|(?:muchas )?gracias|adiós|ciao|buongiorno|grazie(?: mille)?|olá|bom dia|(?:muito )?obrigad[oa]|hallo|dank je(?: wel)?|bedankt|привет|здравствуйте|спасибо|你好|谢谢|こんにちは|ありがとう\w*)\W*)+$",
)


def phrases(lines: Iterable[str], *, before: str) -> re.Pattern[str]:
    """One expression of all the lines with their parts filled in, for use with `match` or `search`."""
    joined = "|".join(f"(?:{line})" for line in lines)
    for name, part in PARTS.items():
        joined = joined.replace(f"<{name}>", part)
    return re.compile(f"{before}(?:{joined})", re.IGNORECASE)
