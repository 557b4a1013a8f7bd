"""Phrases of remarks (which comment on an answer instead of giving one), of refusals, and of small talk.

Each line is a regular expression in which `<name>` stands for a part below. A line must match at the very
start of a text (after `LEAD_IN`), so that an answer which says "wrong" somewhere is left alone.
"""

import re
from collections.abc import Iterable
from typing import Final

PARTS: Final = {
    "it": r"(?:this|that|it|these|those|your|the)(?:'s| is| was| are)?(?: (?:answer|response|reply|summary|translation|code|query|explanation|correction)s?)?",
    "very": r"(?:(?:really|complete(?:ly)?|total(?:ly)?|utter(?:ly)?|absolute(?:ly)?|pure|plain|sheer|such|just|simply|very|quite|so|too|factually|partly|still|again|also|all|even|clearly|actually|only|fully) )*",
    "wrong": r"(?:wrong|incorrect|inaccurate|useless|unhelpful|irrelevant|nonsense|rubbish|garbage|bullshit|misleading|off[- ]?(?:topic|task)|not (?:right|correct|true|accurate|helpful|useful|relevant|related|answering|good(?: enough)?|an? (?:good )?answer|the answer|what i (?:asked|meant|wanted|need)))",
    "bad": r"(?:bad|poor|terrible|awful|horrible|lousy|useless|stupid|weak|vague|incomplete|wrong|incorrect|outdated|confusing)",
    "praised": r"(?:(?:very|really|quite|so|some|an?|the|no) )?(?:good|great|nice|decent|ok(?:ay)?|fine|excellent|perfect|solid|clear|direct|relevant|related|helpful|useful|informative|sufficient|acceptable|accurate|specific|general)",
    "reply": r"(?:answer|response|reply|info|information|text|bot)",
    "said": r"(?:answers?|address\w*|talk(?:s|ed|ing)? |discuss\w*|refer(?:s|red)? |relates? |focus\w*|gives|gave|states|seems|provides|does|describes|explains|mentions|contains|speaks|covers|assumes)",
    "please": r"(?:please,? )?",
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
    r"(?:this|that|it|these|those) (?:does|do|did|is|are)(?: not|n't) (?:\w+ )?(?:shed|expand|elaborate|go into|touch|address|about)\b|(?:this|it|these) (?:only |just |mostly )?(?:gives?|directs?|provides?|discuss(?:es|ed)|talked|instructs?|suggests?|references?) (?:me|a|an|the|some|about|to|on|basic|general|information)\b|this is (?:more |just |only |all |for |mostly )*(?:about|for \w+ not|talking|alking|describing|on task)\b",
    r"<it> <very><wrong>\b(?! (?:for|to|of|that|in that)\b)",
    r"(?:this |the |your |its )?(?:answer|response|reply|explanation|information)s?(?: (?:above|here|given|provided))? <very>(?:<said>|lacks?|misses|missing|needs|could|should)\b",
    r"(?:this|the above|the given|the provided) (?:answer|response|reply|explanation)\b|(?:this|it) is an? (?:\w+,? ){0,3}(?:answer|response)\b",
    r"(?:the|your|my|our|der|die|das|mein|ihr|le|la|el|il|lo|o|a|de|het|un|une)? ?\w+ (?:says?|said|told|claims?|sagte?|meinte?|disait|dijo|dice|dijeron|disse|zegt|zei|mówi|powiedział\w*|сказал\w*) ",
    r"(?:needs?|lacks?|misses|could (?:use|do with)|should (?:have|include|mention|say)) (?:to |(?:more|an?|the|some|better|other|two|three|\d+)\b)|off[- ]?(?:topic|task|top)\b|(?:this |that |it )?(?:can|could|should|might) (?:still |also |definitely )?be (?:improved|better|clearer|more|worked on|acceptable|shortened|expanded)\b|(?:not a single|no specifics?|no real|zero) \w+|(?:it'?s|this is) a (?:bit|little) \w+|(?:this|that) still \w+|(?:talks about|talked about|doesn't talk about|does not talk about) ",
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
    # What agents are told instead of answers: that it failed, that somebody tried, that a person is wanted
    r"(?:this|that|the|your) (?:passage|page|article|text|link|source|bot|information|info|paragraph|context|document|menu|main topic)s? <very>(?:<said>|has|have|had|is|was|<not>|looks|tells?|talks?|goes)\b(?= )",
    r"(?:it|this|that) <very>(?:tells|talks?|talked|says|said|mentions|discusses|speaks|addresses|focuses|refers|relates|pertains|deals|seems|sounds|gives? (?:out )?(?:<praised> )*(?:\w+ )?(?:answers?|info(?:rmation)?|advice|details?|explanations?|guidelines?|guidance|overview|context))\b",
    r"(?:it|this|that)(?:'s| is| was) <very>(?:an? )?(?:<bad>|<praised>|outdated|old|obsolete|broken|missing|talking|response|answer)(?: (?:but|answer|response|because|since|and|as|information|info|in that|enough)\b|<stop>)",
    r"(?:it|this) <very><not> <very>(?:talk|describe|state|tell|give|discuss|indicate|specify|cover|list|provide) |this <very>(?:is|was) <very>(?:more |mostly |only )*about\b|this (?:only|just) \w+",
    r"(?:partially|partly|somewhat|doesn'?t|didn'?t|does not|did not) (?:answers?|answered|address\w*|say|tell|mention|cover|give|do|explain|help|work|state|talk|provide|specif\w*|include|apply)\b",
    r"(?:not|hardly|barely) (?:very |really |so |at all |the |an? )*(?:helpful|useful|clear|true|right|correct|any ?more|relevant|related|answer|what|even close|good|enough)\b",
    r"(?:<praised> )+(?:answer|information|info|response|advice|explanation|but)\b(?! (?:is|are|can|will|must) )",
    r"i (?:(?:already|just|have|had|still|also|really|only) )*(?:tried|called|phoned|looked|searched|checked|can'?t|cannot|could(?:n'?t| not)|don'?t (?:see|find|have|get|understand|care)|did(?:n'?t| not)|never|need (?:an? )?(?:human|person|agent|to (?:talk|speak))|want|was told|lost|see no|think you|am still|waited|counted|hate)\b",
    r"(?:nobody|no one|everybody|everyone|somebody|someone) (?:knows?|says?|told|tried|can (?:help|tell|answer)|could|else<stop>|answers)\b|somebody else<stop>|we (?:moved<stop>|(?:already )?tried |don'?t see |can'?t find )",
    r"(?:can|could|may) (?:an? (?:human|person|agent)|i (?:talk|speak)|someone|somebody) |(?:just )?let me (?:speak|talk|pay|cancel|out)\b|(?:talk|speak|connect me|transfer me|put me through) (?:to|with) (?:an? )?(?:human|person|agent|operator|someone|somebody|support|representative|real|live)\b",
    r"tried (?:it|that|this|already)\b|no (?:idea|clue|way)<stop>|(?:no|zero|little) (?:information|mention|details?|info|advice)(?: (?:about|on|regarding|of|here|in (?:it|this|the answer))\b|<stop>)",
    r"there(?:'s| (?:really )?is| are| was| were| isn't| wasn't) (?:no |nothing |not any |any |much |(?=a lot))(?:a lot of |specific |real |clear )?(?:mention|information|answer|such|reference|info|details?)\b",
    r"you (?:can'?t|cannot|shouldn'?t) (?:say|be serious|tell|answer|recommend)\b|because your\b",
    r"(?:as (?:i|we) (?:said|wrote|mentioned)|see (?:above|below)|same (?:as before|error|problem|issue|answer)|ask (?:support|someone|somebody|google)|google it|look it up|as above|ditto)\b",
    r"(?:i (?:think|guess|believe|suppose)|maybe|perhaps|probably|possibly|not sure|as far as i know|afaik|imho|vielleicht|wahrscheinlich|ich glaube|peut-être|je (?:crois|pense)|quizás?|tal vez|creo que|forse|credo|penso che|talvez|acho que|misschien|ik denk|chyba|być może|kanske|jag tror|belki|sanırım|возможно|наверное|кажется|может быть|可能|也许|大概|たぶん|多分|아마)\b",
    # A dozen languages: it is not so, it is old, nobody knows, it does not work, a person please
    r"(?:das |es )?(?:stimmt|hilft|funktioniert) (?:so |leider |mir |gar |doch |nicht )*(?:nicht|nichts|mehr)<stop>|(?:ich )?wei(?:ß|ss)(?: ich| es)? nicht|keine ahnung|gibt es (?:gar |so )?nicht|(?:ich )?finde? (?:ich |das |es )*nicht|frag(?:en sie|t|e)? (?:den|die|doch|mal|lieber)\b|(?:ich )?(?:will|möchte) (?:mit )?(?:einem|einen|jemand)|veraltet<stop>|die \w+ (?:ist|sind) (?:falsch|veraltet|alt)\b|kommt drauf an<stop>",
    r"(?:je|j'|on) ?(?:ne )?sais pas|aucune idée|(?:c'est|ce n'est) pas (?:ça|cela|vrai|correct|bon|juste|exact|la bonne|le bon)\b|ça (?:ne )?(?:marche|fonctionne|va|existe) pas<stop>|(?:réponse )?(?:obsolète|périmée?|introuvable)<stop>|n'importe quoi|je (?:veux|voudrais) (?:parler|un)|je (?:ne )?(?:trouve|vois|comprends) (?:rien|pas)|trop (?:long|court|cher|vague)\w*<stop>",
    r"(?:yo )?no (?:lo )?sé|ni idea|(?:eso |esto )?no (?:es (?:así|cierto|verdad)|funciona|sirve|ayuda|me dejaron|lo encuentro|existe)<stop>|(?:precio|dato|respuesta|información) (?:antigu|viej|desactualizad|obsolet)[oa]|depende<stop>|(?:quiero|necesito|quisiera) (?:hablar|un|una)\b|demasiado (?:largo|caro|corto)|desactualizad[oa]|obsoleto",
    r"(?:io )?non (?:lo )?so\b|non (?:funziona|va|esiste|è (?:così|vero)|lo trovo|serve|aiuta)<stop>|boh\b|ero lì e\b|(?:voglio|vorrei) (?:parlare|un)\b|(?:troppo|risposta) (?:lung|cort|car|vecchi)[oa]|non ne ho idea|obsolet[oa]|dipende<stop>",
    r"(?:eu )?não (?:sei|funciona|existe|é (?:assim|verdade|isso)|encontro|ajuda)<stop>|(?:isso|isto) mudou<stop>|desatualizad[oa]|quero (?:falar|um)\b|preciso falar|sem ideia|nem ideia|depende<stop>|muito (?:longo|caro)",
    r"geen idee|(?:dat |dit |het )?(?:klopt|werkt|helpt|bestaat) (?:echt |helaas )?niet<stop>|(?:ik )?weet (?:ik )?(?:het )?niet|verouderd|te (?:duur|lang|kort)<stop>|ik (?:wil|kan) (?:een|met|het niet)|niet (?:waar|juist|goed)<stop>",
    r"nie wiem|(?:to )?nie(?:prawda| działa| istnieje| pomaga|aktualne)<stop>|(?:to )?(?:bzdura|błąd|źle)<stop>|przestarzałe|chcę (?:rozmawiać|porozmawiać)|nevím|to není (?:pravda|správně)|nefunguje|nu știu|nu (?:este|e) (?:corect|adevărat)",
    r"(?:jag )?vet inte|(?:det )?stämmer inte|fel(?:aktigt)?<stop>|(?:det )?(?:fungerar|funkar|hjälper) (?:inte|ej)<stop>|(?:jeg )?(?:ved|vet) ikke|(?:det )?(?:virker|stemmer|passer) ikke<stop>|(?:feil|forkert|galt)<stop>|en tiedä|väärin|nem tudom|nem (?:igaz|jó|működik)",
    r"bilmiyorum|yanlış|doğru değil|çalışmıyor<stop>|saçma|eski bilgi|tidak tahu|salah<stop>|không biết|sai<stop>",
    r"(?:я )?не (?:знаю|работает|так|правда|помогло|помогает|верно|актуально)<stop>|(?:это )?(?:не так|устарело|неактуально|бред)|(?:позовите|соедините|дайте|нужен) (?:\w+ )?(?:оператор|человек|с )|не знаю|не працює|не знам",
    r"不知道|不清楚|过时|過時|胡说|胡說|瞎说|转人工|轉人工|人工客服|没用|沒用|没有用|不是这样|乱说|错误(?=[。！!，,]|$)|错了",
    r"(?:わかりません|分かりません|知りません|知らない|わからない|古い(?:情報|です)|意味(?:不明|がわから)|役に立た|嘘|オペレーター|ちがいます)",
    r"(?:모르겠|몰라|틀렸|틀려|잘못|아니에요|아닙니다|도움이 안|상담원)|(?:لا أعرف|لا اعرف|خطأ|غير صحيح|لا يعمل)|(?:गलत|पता नहीं|नहीं पता)|(?:δεν ξέρω|λάθος)|(?:לא יודע|לא נכון)",
    # What was said, by its name: it is spoken of
    r"(?:diese|deine|ihre|eure) (?:antwort|auskunft|info(?:rmation)?|angaben?|aussage)\b|cette (?:réponse|info(?:rmation)?)\b|(?:esta|tu|su) (?:respuesta|información)\b|questa (?:risposta|informazione)\b|(?:esta|essa|sua) (?:resposta|informação)\b|(?:dit|jouw|uw) antwoord\b|deze informatie\b|(?:ta|twoja|pana|pani) (?:odpowiedź|informacja)\b|(?:этот|ваш|твой) ответ\b|эта информация\b|bu (?:cevap|yanıt|bilgi)\b|(?:det här |detta )svaret\b|[この这這][のな个個]?(?:回答|答え|答案)",
    # Nobody knows
    r"(?:honestly|frankly|to be honest|ehrlich gesagt|franchement|la verdad|sinceramente|onestamente|eerlijk gezegd|szczerze|честно),? (?:(?:es )?que )?(?:i |ich |je |no |non |não |ik |nie |я )",
    r"i (?:could ?n'?t|could not|can'?t|cannot|wouldn'?t|would not|have no|haven'?t (?:a|the)|really don'?t) (?:tell|say|know|idea|clue|foggiest)\b|(?:that|it) depends (?:on who|who) you ask\b|your guess is\b|(?:beats me|no one knows|who knows|god knows)\b",
    r"(?:da |dazu |hier )?(?:bin ich|kann ich) (?:leider |dir |ihnen )*(?:überfragt|nichts? (?:zu )?sagen)|(?:das |es )?(?:weiß|wüsste) (?:ich|niemand|keiner)\b|(?:je )?n'en (?:sais|ai) (?:rien|aucune)|je ne saurais|(?:no )?(?:sabría|tengo (?:ni )?(?:la (?:menor |más mínima )?)?idea)|non (?:saprei|ne so)|não (?:faço|tenho) (?:a (?:menor |mínima )?)?ideia|(?:dat )?(?:zou ik|ik zou) (?:het )?(?:echt |ook )?niet weten|(?:trudno|ciężko) (?:mi )?powiedzieć|(?:nie mam )?(?:zielonego )?pojęcia|(?:я )?(?:понятия|без) (?:не имею|понятия)|(?:hiç(?:bir)? )?fikrim yok|ちょっと(?:わか|分か)りません|(?:我)?(?:也)?不(?:太)?(?:清楚|知道|确定)",
    r"(?:(?:you|one|i)(?:'d| would) (?:\w+ ){0,2}ask |(?:man|da|das|sie|du) (?:müsste|müssten|müsstest|sollte|sollten|könnte) (?:\w+ )*?(?:fragen|nachfragen|erfragen)\b|il faudrait (?:le )?(?:demander|voir|se renseigner)|(?:eso )?habría que (?:\w+ )?(?:preguntar|mirar|consultar)\w*|bisognerebbe (?:chiedere|vedere|sentire)|(?:seria preciso|teria que|tinha que) (?:perguntar|ver)|(?:dat )?(?:zou|moet) je (?:\w+ )*?(?:vragen|navragen)\b|trzeba by (?:\w+ )*?(?:zapytać|spytać)|(?:надо|нужно|стоило) бы (?:\w+ )*?спросить)",
    # How often it went wrong
    r"(?:this is |that's |that is |it's |c'est |das ist |es |è |é |to )?(?:already |now |schon |jetzt |déjà |ya |già |já |al |już )?(?:the |la |das |a |de )?(?:second|third|fourth|fifth|[2-9](?:nd|rd|th)|zweite|dritte|vierte|deuxième|troisième|segunda|tercera|cuarta|seconda|terza|terceira|tweede|derde|drugi|trzeci|второй|третий)s? (?:time|mal|fois|vez|volta|keer|raz|раз)\b|(?:cela|ça) fait \w+ (?:fois|jours|heures|semaines|mois) que\b|(?:ya )?(?:van|llevo) \w+ (?:veces|días|horas|semanas)\b|(?:ya )?son \w+ (?:veces|días|horas|semanas) (?:que|sin|esperando)\b|(?:sono|già) \w+ (?:volte|giorni|ore) che\b",
    r"もう[^。]{0,20}(?:待|連絡|[0-9０-９一二三四五六七八九十]+ ?(?:日|週間|か月|ヶ月|回|度))|(?:已经|已經|都)[^。]{0,12}(?:天|周|月|次|年)了",
    # Hollow praise
    r"(?:oh|ah|wow|bravo|congrat(?:s|ulations)|brilliant|fantastic|lovely|amazing|hilarious|genius|as if|yeah right|(?:na )?(?:toll|super|prima|klasse)|(?:ja|na|klar) (?:klar|doch|sicher)|glückwunsch|(?:mais )?bien sûr|génial|magnifique|félicitations|genial|fenomenal|qué (?:bien|gracia)|sí,? claro|enhorabuena|fantastico|ottimo|complimenti|(?:certo,? )?come no|parabéns|que (?:ótimo|maravilha|legal)|(?:ah )?sim,? claro|claro|ja hoor|geweldig|fijn hoor|świetnie|brawo|(?:no )?jasne|отлично|ага|ну да|да уж|прекрасно|harika|aferin|tabii canım)(?=[,.!…])(?!.{200})",
    # Agreement that goes on with "and": it mocks
    r"(?:(?:oh )?(?:sure|right|yeah|yep|totally|absolutely|of course)|klar|logisch|jaja|ja,? (?:ja|klar|sicher|genau|tuurlijk|hoor|visst|da)|(?:ah )?(?:oui,? (?:oui|bien sûr)|ouais|bien sûr|mais oui|évidemment)|(?:sí,? )?(?:hombre|claro|seguro|ya)|sí,? (?:hombre|mujer|tío|seguro|ya)|(?:sì,? )?(?:certo|come no|vabbè)|sì,? sì|pois(?: é| sim| claro)?|(?:sim,? )?claro|tuurlijk|jasne|akurat|pewnie|no tak|jo visst|visst|javisst|jasně|jo jasně|конечно|ага|ну да|да конечно|tabii|tabi|he he|joo joo|persze)[,!.… ]+(?:and|und|et|y|e|en|a|i|och|og|ja|és|и|а|ve|bir de)\b(?! (?:it|they)? ?(?:is|are)\b)(?!.{200})",
    # What happened to the writer, told without "I"
    r"(?:went|been|called|phoned|rang|asked|waited|looked|searched|checked|emailed|stood|drove) (?:there|them|twice|again|for|in|on|at|and|it|up|around|everywhere|yesterday|today)\b|(?:we|i) (?:(?:went|came|called|asked|waited|stood|drove|tried|paid|arrived|got|had to)\b|(?:were|was) (?:there|told|charged|sent|given|at|in|on|asked|waiting|not)\b)",
    r"(?:wir|ich) (?:war(?:en)?|hab(?:e|en)|hatten?|wurden?|musste[n]?|stand(?:en)?|bin|sind) (?:\w+ )+?(?:ge\w+|an\w+|be\w+|nichts|niemand|dort|da)\b|(?:mir|uns) wurde[n]?\b|on (?:m'a|nous a|m'avait)\b|(?:je|nous|j') ?(?:suis|sommes|ai|avons|avais) (?:\w+ )?\w+(?:é|i|u|és|us)\b",
    r"(?:fui|fuimos|llamé|llamamos|pregunté|esperé|probé|intenté|busqué|llegué|me (?:dijeron|cobraron|han dicho|mandaron))\b|(?:(?:ci )?sono andat[oa]|ho (?:chiamato|chiesto|provato|aspettato|cercato|pagato|telefonato)|(?:io )?l'ho \w+|mi hanno|m'hanno)\b|(?:eu )?(?:fui|cheguei|liguei|perguntei|esperei|tentei|procurei|paguei|fomos|me (?:disseram|cobraram|falaram))\b",
    r"(?:ik|we|wij) (?:ben|was|waren|heb|hebben|belde|stond|kreeg|moest) (?:\w+ )*?(?:ge\w+|daar|er|niets|dicht)\b|(?:byłem|byłam|byliśmy|dzwoniłem|dzwoniłam|pytałem|pytałam|czekałem|czekałam|próbowałem|próbowałam|zapłaciłem|zapłaciłam|powiedzieli mi)\b|(?:я )?(?:звонил|звонила|ждал|ждала|пробовал|пробовала|приехал|приехала|спросил|спросила|заплатил|заплатила|был там|была там|мне сказали)\b|(?:aradım|gittim|denedim|bekledim|sordum)\b",
    # A person, please
    r"<please>(?:(?:i|we)(?: would|'d)? (?:want|like|need|wish|prefer|demand|rather)|(?:can|could|may) (?:i|you)|please|put me|get me|give me|connect me|let me|transfer me|pass me)\b(?: [\w']+){0,8} (?:human|person|agent|operator|representative|advis[eo]r|someone|somebody|supervisor|manager|staff|colleague|employee)\b",
    r"(?:ich (?:will|möchte|würde|hätte|brauche|bitte)|(?:kann|könnte|darf) ich|(?:können|könnten) sie|kannst du|verbinden sie|gib mir|geben sie mir|bitte)(?: [\w']+,?){0,8} (?:mitarbeiter(?:in)?|mensch(?:en)?|berater(?:in)?|sachbearbeiter(?:in)?|kolleg(?:e|en|in)|person|jemand(?:em|en)?|verbinden|chef)\b",
    r"(?:je (?:veux|voudrais|souhaite|souhaiterais|préfère|demande)|(?:puis-je|pouvez-vous|pourriez-vous|peux-tu)|passez-moi|mettez-moi|donnez-moi)(?: [\w'-]+){0,8} (?:conseill(?:er|ère)|humain|agent|personne|quelqu'un|opérat(?:eur|rice)|responsable|interlocuteur)\b",
    r"(?:quiero|necesito|quisiera|me gustaría|prefiero|puedo|pueden|podría|páseme|páseme|póngame|comuníqueme|pásame)(?: [\w']+){0,8} (?:persona|agente|humano|operador[a]?|asesor[a]?|alguien|empleado|responsable|encargado)\b",
    r"(?:voglio|vorrei|preferisco|posso|può|potrei|mi passi|passatemi|mi faccia)(?: [\w']+){0,8} (?:operator[ei]|operatrice|persona|umano|consulente|qualcuno|addett[oa]|responsabile)\b|(?:quero|preciso|gostaria|posso|prefiro|me passe|transfira)(?: [\w']+){0,8} (?:pessoa|atendente|humano|operador[a]?|alguém|gerente|responsável)\b",
    r"(?:ik (?:wil|zou|moet|spreek)|(?:kan|mag) ik|kunt u|verbind|geef)(?: [\w']+){0,8} (?:medewerker|mens|persoon|iemand|collega|manager)\b|(?:chcę|chciał(?:bym|abym)|proszę|mogę|czy mogę|połącz)(?: [\w']+){0,6} (?:konsultant\w*|człowiek\w*|pracownik\w*|osobą|kimś|połączyć|kontakt)\b",
    r"(?:я )?(?:хочу|хотел бы|можно|соедините|позовите|дайте|переключите|переведите)(?:,? \w+,?){0,6} (?:оператор\w*|человек\w*|сотрудник\w*|менеджер\w*|специалист\w*|кем-нибудь)\b|(?:bir )?(?:temsilci|yetkili|insan)\w* (?:ile |le )?(?:görüşmek|bağla|konuşmak)\w*",
)

INSTRUCTIONS: Final = (
    # English
    r"(?:fix|redo|rewrite|rephrase|reword|improve|shorten|expand|simplify|elaborate|translate|proofread|reformat|regenerate|summari[sz]e)(?: (?:it|this|that|your|the (?:answer|response|reply|text|grammar|spelling|format|formatting|tone|link)|in|into|to|on|more|everything|again)\b|<stop>)|correct (?:it|this|that|your|the (?:answer|response|reply|text|grammar|spelling))\b",
    r"(?:answer|respond|reply|explain|write|say|give|repeat|tell)(?: (?:it|this|that|me|us|again))* in <language>\b",
    r"(?:answer|respond|reply) (?:(?:in|with|as) (?:a |an |the |one |more |less |full |short |fewer )+\w+|again|properly|correctly|the (?:actual )?question|my question|only|directly)\b",
    r"(?:use|write|fix|correct|send|update|check|show|give|cancel|do|be)\b[^.!?\n]{0,60}[ ,]please\W*$",
    r"[^.!?\n]{1,30}[ ,](?:please|pls|plz|bitte|s'il (?:te|vous) plaît|svp|por favor|per favore|alsjeblieft|alstublieft|proszę|пожалуйста)\W*$",
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
    # What to put in its place
    r"(?:give|put|show|list|name|link)(?: \w+){0,3} (?:instead|directly)\W*$|(?:donne|mets?|montre|indique|fournis|cite|propose)(?:[rz]|-\w+)? (?:plutôt|aussi|juste|simplement|directement)\b|(?:gib|nenn|zeig|setz|pack|schreib)(?:e|en sie)? (?:lieber|doch|einfach|direkt|gleich|bitte)\b|(?:da|dame|pon|ponga|muestra|indica|incluye) (?:mejor|también|directamente|solo)\b|(?:dai|metti|mostra|indica|inserisci) (?:piuttosto|meglio|anche|direttamente)\b|(?:dê|dá|ponha|põe|coloque|mostre|indique|inclua) (?:antes|também|melhor|diretamente|logo)\b|(?:geef|zet|toon|vermeld|noem) (?:liever|gewoon|direct|beter|even)\b|(?:daj|podaj|pokaż|wstaw) (?:raczej|lepiej|też|od razu|po prostu)\b|(?:дай|укажи|покажи|вставь)(?:те)? (?:лучше|сразу|просто|также|ещё|еще)\b|(?:ge|visa|lägg|nämn) (?:hellre|också|bara|även)\b|(?:giv|vis|nævn) (?:hellere|også|bare)\b",
    # What to say, in how many words, and what to remember
    r"(?:say|mention|tell (?:them|people|users?|him|her|customers?|everyone)|state|add|note|point out|explain|specify|clarify|emphasi[sz]e|inform|remind|warn|ask)(?: \w+){0,2} (?:that|how|why|whether)\b",
    r"(?:answer|reply|respond|write|keep|limit|restrict|stick|summari[sz]e)\b[^.\n]{0,40}\b(?:words|sentences?|lines?|paragraphs?|bullets?|points|language|tone|short|simple|polite|brief|concise)\b",
    r"(?:start|begin|end|open|close|finish|lead|use|put|offer|avoid|skip|lose|drop)\b[^.\n]{0,40}\b(?:sentences?|paragraphs?|phrases?|wording|tone|greeting|apology|disclaimers?|summary|intro(?:duction)?|jargon)\b|(?:beginn|fang|end)(?:e|en sie)?\b[^.\n]{0,40}\bsatz\b|commence[rz]? [^.\n]{0,40}\bphrase\b|(?:empieza|empiece|termina|termine|comece|inizia|inizi) [^.\n]{0,40}\bfrase\b",
    r"(?:don'?t|do not|stop|quit) (?:be(?:ing)?|act(?:ing)?|sound(?:ing)?|giv(?:e|ing)|guess(?:ing)?|tell(?:ing)?|send(?:ing)?|forget(?:ting)?) |(?:next time|in (?:the )?future|from now on|remember to|make sure (?:to|you|that you) (?:say|mention|answer|explain|include))\b|show (?:me|us) |give (?:me|us) |tell (?:me|us) ",
    r"(?:sag|schreib|erwähn|ergänz|füg|weis|nenn|erklär|formulier|fass|antwort|gib)(?:e|en sie)?\b[^.\n]{0,80}?\b(?:dass|dazu|hinzu|hin|zusammen|sätzen?|satz|wörtern?|worten|kürzer|länger|einfacher|höflicher|freundlicher|an,)\b|(?:du|sie|man) (?:solltest|sollten|sollte|musst|müssen|könntest|könnten) (?:\w+ )*?(?:sagen|erwähnen|schreiben|erklären|nennen|ergänzen|dazusagen|hinweisen)\b|(?:nächstes mal|künftig|in zukunft)\b|sei(?:en sie)? (?:bitte )?(?:\w+ )?\w+er\b",
    r"(?:dis|dites|écri[st]|écrivez|ajoute[rz]?|mentionne[rz]?|précise[rz]?|explique[rz]?|rappelle[rz]?|réponds|répondez|répondre|sois|soyez)(?:-\w+)?,? (?:plutôt|que|qu'|aussi|bien|en|plus|moins|pourquoi|comment|avec|à)|(?:il faudrait|(?:tu|vous) (?:devrais|devriez|dois|devez|pourri?ez)) (?:\w+ )?(?:dire|ajouter|préciser|mentionner|expliquer|indiquer|répondre)\b|(?:la )?prochaine fois\b",
    r"(?:di|diga|dile|dígale|añade|añada|agrega|agregue|menciona|mencione|explica|explique|aclara|aclare|especifica|especifique|pon|ponga|escribe|escriba),? (?:que|también|más|por qué|cómo)\b|(?:responde|responda|contesta|conteste|sé|sea) (?:con|en|más|menos|como)\b|(?:deberías?|tendrías?|debes?) (?:que )?(?:decir|mencionar|añadir|explicar|aclarar|responder|contestar|poner|indicar)\b|(?:la )?próxima vez\b",
    r"(?:di'|dica|dì|aggiungi|aggiunga|scrivi|scriva|spiega|spieghi|specifica|specifichi|menziona|precisa|ricorda|rispondi|risponda|sii),? (?:che|anche|come|perché|in|con|più|meno|meglio|pure)\b|(?:dovresti|dovrebbe|devi|potresti) (?:dire|aggiungere|spiegare|menzionare|specificare|scrivere|rispondere)\b|(?:la )?prossima volta\b",
    r"(?:diga|fale|acrescente|adicione|mencione|explique|esclareça|especifique|escreva|responda|seja|diz|fala),? (?:que|também|como|por que|em|com|mais|menos|sobre|dos|das|do|da)\b|(?:você |tu )?(?:deveria|devia|deve|poderia) (?:dizer|mencionar|acrescentar|explicar|falar|responder|informar)\b|(?:da )?próxima vez\b",
    r"(?:zeg|schrijf|vermeld|voeg|noem|leg|geef|antwoord|wees)\b[^.\n]{0,60}?\b(?:erbij|toe|ook|dat|uit|aan|korter|duidelijker|beleefder|vriendelijker|zinnen|zin|woorden)\b|(?:je|u) (?:moet|zou|had) (?:\w+ )*?(?:zeggen|vermelden|noemen|uitleggen|moeten)\b|volgende keer\b",
    r"(?:powiedz|napisz|dodaj|wspomnij|wyjaśnij|zaznacz|odpowiadaj|odpowiedz|pisz),? (?:że|też|także|o|jak|w|krócej|więcej|jaśniej|dlaczego)\b|powin(?:ieneś|naś|no się) \w*(?:powiedzieć|napisać|dodać|wspomnieć)|następnym razem\b|(?:скажи|напиши|добавь|упомяни|объясни|укажи|отвечай|ответь|пиши)(?:те)?,? (?:что|как|также|ещё|еще|короче|в|про|подробнее|почему|о)\b|(?:надо|нужно|следует|стоит) (?:было )?(?:сказать|указать|добавить|упомянуть|написать)\b|в следующий раз\b",
    r"[^.!?\n]{1,80} (?:belirt|ekle|söyle|yaz|açıkla)(?:in|iniz|meli\w*)?[.!]*$|[^。\n]{1,60}(?:書いて|答えて|追加して|説明して|言って|付け加えて)(?:ください|下さい|ほしい|欲しい)|[请請](?:说|說|补充|補充|写|寫|加|告诉|告訴|说明|說明|提到|注明)",
)

ASIDES: Final = (
    r"(?:[,.;!] ?|\band |\bplease )(?:fix|redo|rewrite) (?:it|this|that)\b|\btry again[.!]*$|\bplease (?:fix|correct|redo|rewrite)\b",
    r"\b(?:in|by|from|of) (?:this|your) (?:answer|response|reply)\b|\bin (?:the )?step \d+\W*$",
    r"\bthe question (?:is|was|asks?|asked|being|itself)\b|\b(?:answers?|answering) the question\b|\b(?:relevant|related?|relates) to the question\b",
    r"\b(?:doesn'?t|does not|didn'?t|did not) (?:really |even |actually |directly )?(?:answer|address|respond to) (?:the|my|this|what)",
    r"\b(?:because of you|thanks to you|(?:all )?your (?:own )?fault|wegen (?:euch|dir|ihnen)|(?:deine|eure|ihre) schuld|à cause de (?:vous|toi)|(?:votre|ta) faute|por (?:tu|su|vuestra) culpa|per colpa (?:vostra|tua|sua)|por (?:sua|vossa|tua) (?:causa|culpa)|(?:door|vanwege) (?:jullie|jou|u)\W*$|przez (?:was|ciebie)|из-за (?:вас|тебя)|sizin yüzünüzden|senin yüzünden)\b|あなたのせい|因为你|因為你|너 때문|당신 때문",
    r"\b(?:cada vez que|siempre que|cuando) (?:lo |la |me |le )?(?:intento|pruebo|abro|entro|pulso)\b|\bogni volta che (?:lo |la |ci |mi )?(?:provo|apro|entro|clicco)\b|\b(?:toda vez|sempre) que (?:eu )?(?:tento|abro|entro|clico)\b",
    r"\b(?:not what i (?:asked|meant|wanted)|makes no sense)\b",
    r"\b(?:this|the|your) (?:answer|response|reply) (?:does|did|should|could|needs|lacks|gives|doesn'?t)\b",
    r"\b(?:bad|wrong|terrible|useless) (?:answer|response|reply)\b",
    r"\bthe (?:original |actual )?question (?:wants|does|did|here|at hand)\b|\b(?:original|actual) question\b|\b(?:in|of|to) the (?:original )?question\W*$|\b(?:being|is|was) asked (?:about|for|in)\b|\bthe (?:answer|response) (?:(?:is|was) (?:about|not|only|for|more|too|if|irrelevant|related|mostly|just)|here|itself)\b|\bthe (?:information|text|context) here\b|\bperson asking\b",
    r"\b(?:(?:is|be|was|are) (?:very )?(?:little|more|no|some|not enough|not much)|no concrete|small amount of|not enough|no real|lack of|lacks|missing) (?:information|details?) (?:about|on|here|regarding|in (?:this|it))\b",
)

ASIDE_WORDS: Final = (
    "fix", "redo", "rewrite", "try again", "please", "answer", "respon", "reply", "step", "question", "address",
    "because of you", "thanks to you", "fault", "wegen ", "schuld", "culpa", "colpa", "causa", "door ", "vanwege", "przez",
    "cada vez que", "siempre que", "cuando", "ogni volta che", "toda vez", "sempre que", "not what i", "makes no sense", "information", "detail", "asked", "asking", " here",
)  # fmt: skip
"""Of which every aside has one."""

SUBJECTLESS: Final = re.compile(
    r"\W*(?:only |just |also |mostly |merely |again )*(?:gives|provides|discuss(?:es|ed)|recommends|responds|directs|references|refers|goes into|talks|"
    r"talked|mentions|mentioned|lists|defines|explains|describes|states|suggests|speaks|assumes|concentrates|focuses|instructs|claims|ignores|addresses|"
    r"answers|fails to|lacks|context (?:is|of))\b",
    re.IGNORECASE,
)
"""How only a remark opens: a verb of speech without a subject, which is the answer."""
OPENING: Final = re.compile(
    r"(?:again,? |while |although |though |also |only |just |again |it |this |that |only |very |mostly |completely )*"
    r"(?:(?:this|that|these|it)\b|(?:gives|provides|has|talks|offers|instructs|concentrates|is (?:about|more|not)|does|doesn't|didn't|mentions|states|"
    r"says|defines|describes|explains|discusses|focuses|lists|tells|refers|covers|lacks|misses|fails|contains|includes|seems)\b)",
    re.IGNORECASE,
)
"""How a remark opens: with what was said as its subject, or without a subject."""
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
    r"(?:(?:hi|hello|hey|hiya|yo|good (?:morning|afternoon|evening|day|night)|bye|goodbye|see you|cheers|(?:many |ok |okay )?thanks?|thank (?:you|u+)|thx|ty|nice|great|perfect|awesome|cool|wonderful|lol|haha\w*\b|wow|ok(?:ay)?|(?:pretty |very |so )?good|that(?:'s| is) (?:nice|great|good|cool|fine|ok(?:ay)?|disappointing|a pity)|how are you|nevermind|never mind)(?: (?:so much|very much|a lot|there|again|all|everyone|anyways?|for (?:your|the|this|all)(?: \w+){1,3}|you|doing))*\W*)+$",
    r"(?:(?:hallo|guten (?:tag|morgen|abend)|danke(?: (?:schön|sehr))?|vielen dank|tschüss|bonjour|salut|merci(?: beaucoup)?|au revoir|hola|buenos días|(?:muchas )?gracias|adiós|ciao|buongiorno|grazie(?: mille)?|olá|bom dia|(?:muito )?obrigad[oa]|hallo|dank je(?: wel)?|bedankt|привет|здравствуйте|спасибо|你好|谢谢|こんにちは|ありがとう\w*)\W*)+$",
)


def phrases(lines: Iterable[str], *, before: str) -> re.Pattern[str]:
    """One expression of all the lines with their parts filled in, for use with `match` or `search`."""
    joined = "|".join(f"(?:{line})" for line in lines)
    for name, part in PARTS.items():
        joined = joined.replace(f"<{name}>", part)
    return re.compile(f"{before}(?:{joined})", re.IGNORECASE)
