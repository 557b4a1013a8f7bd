"""Names by language: how many planted ones are hidden, introduced and in running text, exact and strict; as Markdown.

    python -m bench.redaction_languages [--docs] [ORDINARY.jsonl [UNLISTED.jsonl]]

Every name is put into every sentence of its language. ORDINARY holds `{"lang", "text"}` lines
(`bench.redaction_ordinary` makes them): then the share of paragraphs with a false span is printed as well. What was
labelled by hand as rightly found there, such as authors, is in `labelled/ordinary.txt`, as digests. UNLISTED holds
`{"lang", "name"}` lines with names that no list has (`bench.redaction_unlisted` makes them). `--docs` writes the table
into `docs/benchmarks/redaction-languages.md`, and what is missed into `docs/explanation/redaction.md`.
"""

import hashlib
import json
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Final

from privacy.redaction import Policy, redact

# Names, sentences that introduce one, sentences that merely use one.
PLANTED: dict[str, tuple[str, str, str]] = {
    "en": (
        "Olivia Bennett|Harry Whitfield|Priya Raghunathan|Emily Okafor|Jack Thornton|Sophie Gallagher",
        "My name is {}.|Hi, this is {} and I need help.|Dear {},\nthanks|I spoke to {} about it.|Mrs {} called.",
        "The parcel for {} came late.|Yesterday {} was at the shop.|Can {} change the order?|{} paid twice.|We wrote to {} on Monday.",
    ),
    "de": (
        "Anna Schneider|Jürgen Hoffmann|Sabine Köhler|Lukas Brandt|Ayşe Yılmaz|Katharina Vogel",
        "Mein Name ist {}.|Ich heiße {}.|Hallo {},\ndanke|Ich bin {} aus Ulm.|Frau {} hat angerufen.",
        "Das Paket für {} kam zu spät.|Gestern war {} im Laden.|Kann {} die Bestellung ändern?|{} hat zweimal bezahlt.|Wir haben {} am Montag geschrieben.",
    ),
    "fr": (
        "Camille Perrin|Jean Dupont|Amélie Lefèvre|Nicolas Girard|Fatou Diallo|Claire Moreau",
        "Je m'appelle {}.|Mon nom est {}.|Bonjour {},\nmerci|Je suis {} de Lyon.|Madame {} a appelé.",
        "Le colis de {} est arrivé en retard.|Hier {} était au magasin.|Est-ce que {} peut changer la commande ?|{} a payé deux fois.|Nous avons écrit à {} lundi.",
    ),
    "es": (
        "María García|Javier Fernández|Lucía Romero|Diego Fuentes|Carmen Ortega|Pablo Navarro",
        "Me llamo {}.|Mi nombre es {}.|Hola {},\ngracias|Soy {} de Sevilla.|La señora {} llamó.",
        "El paquete de {} llegó tarde.|Ayer {} estuvo en la tienda.|¿Puede {} cambiar el pedido?|{} pagó dos veces.|Escribimos a {} el lunes.",
    ),
    "pt": (
        "Mariana Costa|João Pereira|Beatriz Almeida|Tiago Ribeiro|Luana Ferreira|Rafael Moreira",
        "Meu nome é {}.|Me chamo {}.|Olá {},\nobrigado|Sou {} de Lisboa.|A senhora {} ligou.",
        "O pacote de {} chegou tarde.|Ontem {} esteve na loja.|O {} pode mudar o pedido?|{} pagou duas vezes.|Escrevemos a {} na segunda.",
    ),
    "it": (
        "Giulia Rossi|Marco Bianchi|Francesca Esposito|Luca Ferrari|Chiara Colombo|Matteo Greco",
        "Mi chiamo {}.|Il mio nome è {}.|Ciao {},\ngrazie|Sono {} di Torino.|La signora {} ha chiamato.",
        "Il pacco di {} è arrivato tardi.|Ieri {} era nel negozio.|Può {} cambiare l'ordine?|{} ha pagato due volte.|Abbiamo scritto a {} lunedì.",
    ),
    "nl": (
        "Sanne Bakker|Daan Visser|Femke de Vries|Thijs Mulder|Lotte Jansen|Bram van Dijk",
        "Mijn naam is {}.|Ik heet {}.|Hallo {},\nbedankt|Ik ben {} uit Utrecht.|Mevrouw {} belde.",
        "Het pakket voor {} kwam te laat.|Gisteren was {} in de winkel.|Kan {} de bestelling wijzigen?|{} heeft twee keer betaald.|We schreven {} op maandag.",
    ),
    "pl": (
        "Anna Kowalska|Tomasz Wiśniewski|Katarzyna Nowak|Piotr Zieliński|Magdalena Wójcik|Marek Lewandowski",
        "Nazywam się {}.|Mam na imię {}.|Cześć {},\ndzięki|Jestem {} z Krakowa.|Pani {} dzwoniła.",
        "Paczka dla {} przyszła późno.|Wczoraj {} był w sklepie.|Czy {} może zmienić zamówienie?|{} zapłacił dwa razy.|W poniedziałek napisał do nas {}.",
    ),
    "sv": (
        "Erik Lindqvist|Anna Svensson|Lars Johansson|Elin Bergström|Karin Nilsson|Oskar Holm",
        "Jag heter {}.|Mitt namn är {}.|Hej {},\ntack|Jag är {} från Lund.|Fru {} ringde.",
        "Paketet till {} kom för sent.|Igår var {} i butiken.|Kan {} ändra beställningen?|{} betalade två gånger.|Vi skrev till {} på måndag.",
    ),
    "da": (
        "Mette Sørensen|Lars Nielsen|Freja Andersen|Mikkel Jensen|Ida Mortensen|Søren Pedersen",
        "Jeg hedder {}.|Mit navn er {}.|Hej {},\ntak|Jeg er {} fra Aarhus.|Fru {} ringede.",
        "Pakken til {} kom for sent.|I går var {} i butikken.|Kan {} ændre ordren?|{} betalte to gange.|Vi skrev til {} i mandags.",
    ),
    "cs": (
        "Petr Novák|Jana Svobodová|Tomáš Dvořák|Lucie Černá|Martin Procházka|Eva Kučerová",
        "Jmenuji se {}.|Moje jméno je {}.|Ahoj {},\ndíky|Jsem {} z Brna.|Paní {} volala.",
        "Balík pro {} přišel pozdě.|Včera byl {} v obchodě.|Může {} změnit objednávku?|{} zaplatil dvakrát.|V pondělí nám napsal {}.",
    ),
    "ro": (
        "Andrei Popescu|Ioana Ionescu|Mihai Dumitru|Elena Stoica|Radu Marin|Cristina Munteanu",
        "Mă numesc {}.|Numele meu este {}.|Bună {},\nmulțumesc|Sunt {} din Cluj.|Doamna {} a sunat.",
        "Coletul pentru {} a venit târziu.|Ieri {} a fost la magazin.|Poate {} să schimbe comanda?|{} a plătit de două ori.|Luni i-am scris lui {}.",
    ),
    "tr": (
        "Mehmet Yılmaz|Ayşe Demir|Mustafa Kaya|Zeynep Çelik|Emre Şahin|Elif Aydın",
        "Benim adım {}.|Adım {}.|Merhaba {},\nteşekkürler|Ben {}, Ankara.|Sayın {} aradı.",
        "Dün {} mağazadaydı.|Paketi {} için aldık.|{} iki kez ödedi.|Siparişi {} değiştirdi.|Pazartesi günü {} yazdı.",
    ),
    "ru": (
        "Анна Петрова|Иван Смирнов|Ольга Кузнецова|Дмитрий Соколов|Мария Попова|Сергей Волков",
        "Меня зовут {}.|Моё имя {}.|Здравствуйте, {}!|Уважаемый {},|ФИО: {}",
        "Вчера {} был в магазине.|Посылка для {} опоздала.|{} заплатил дважды.|Может ли {} изменить заказ?|В понедельник написал {}.",
    ),
    "uk": (
        "Тарас Шевченко|Оксана Коваль|Андрій Бондар|Ірина Мельник|Олена Ткаченко|Іван Кравець",
        "Мене звати {}.|Моє ім'я {}.|Вітаю, {}!|Шановний {},|ПІБ: {}",
        "Вчора {} був у магазині.|Посилка для {} запізнилась.|{} заплатив двічі.|Чи може {} змінити замовлення?|У понеділок написав {}.",
    ),
    "el": (
        "Γιώργος Παπαδόπουλος|Μαρία Νικολάου|Νίκος Γεωργίου|Ελένη Δημητρίου|Κώστας Αντωνίου|Άννα Ιωάννου",
        "Με λένε {}.|Ονομάζομαι {}.|Αγαπητέ {},|Κύριε {},|Ονοματεπώνυμο: {}",
        "Χθες ο {} ήταν στο κατάστημα.|Το δέμα για {} άργησε.|Ο {} πλήρωσε δύο φορές.|Μπορεί ο {} να αλλάξει;|Τη Δευτέρα έγραψε ο {}.",
    ),
    "he": (
        "יעל לוי|דוד כהן|נועה מזרחי|אורי פרץ|תמר ביטון|יוסי אברהם",
        "שמי {}.|קוראים לי {}.|שם מלא: {}|גברת {} התקשרה.|השם שלי {}.",
        "אתמול {} היה בחנות.|החבילה של {} איחרה.|{} שילם פעמיים.|האם {} יכול לשנות?|ביום שני כתב {}.",
    ),
    "ar": (
        "محمد علي|أحمد حسن|فاطمة الزهراء|خالد منصور|ليلى حداد|عمر يوسف",
        "اسمي {}.|أدعى {}.|الاسم: {}|السيد {} اتصل.|اسمي هو {}.",
        "أمس كان {} في المتجر.|وصل طرد {} متأخرا.|دفع {} مرتين.|هل يمكن أن يغير {} الطلب؟|كتب {} يوم الاثنين.",
    ),
    "hi": (
        "राहुल शर्मा|प्रिया वर्मा|अमित कुमार|नेहा गुप्ता|विकास सिंह|अंजलि मेहता",
        "मेरा नाम {} है।|मैं {} बोल रहा हूँ।|नाम: {}|उनका नाम {} है।|{} जी",
        "कल {} दुकान में थे।|{} का पैकेट देर से आया।|{} ने दो बार भुगतान किया।|क्या {} बदल सकते हैं?|सोमवार को {} ने लिखा।",
    ),
    "ja": (
        "田中太郎|鈴木一郎|佐藤花子|高橋健|山本美咲|中村翔",
        "私は{}です。|{}と申します。|名前は{}です。|{}さんに電話しました。|{}様、",
        "昨日{}が店に来ました。|{}の荷物が遅れました。|{}は二回払いました。|{}が変更できますか。|月曜日に{}が書きました。",
    ),
    "ko": (
        "김민수|이영희|박지성|최수진|정우성|한지민",
        "제 이름은 {}입니다.|저는 {}입니다.|성명: {}|{}님, 감사합니다.|{} 씨가 전화했어요.",
        "어제 {}이 가게에 왔어요.|{}의 택배가 늦었어요.|{}가 두 번 결제했어요.|{}가 바꿀 수 있나요?|월요일에 {}가 썼어요.",
    ),
    "zh": (
        "王小明|李小龙|张伟|刘芳|陈晓红|杨洋",
        "我叫{}。|我的名字是{}。|姓名：{}|{}先生打来电话。|我是{}，请帮忙。",
        "昨天{}在店里。|{}的包裹晚了。|{}付了两次。|{}可以改订单吗？|星期一{}写信来。",
    ),
}


def recall(names: str, sentences: str, policy: Policy) -> float:
    """The share of names of which nothing is left in a sentence."""
    hidden = total = 0
    for name in names.split("|"):
        for sentence in sentences.split("|"):
            made = redact(sentence.format(name), policy)
            total += 1
            hidden += not any(part in made for part in name.split() if not part.islower())  # `de` is no name by itself
    return hidden / total


def false_paragraphs(path: Path, policy: Policy) -> dict[str, tuple[int, int, Counter[str]]]:
    """By language: paragraphs, those with a false span, and these spans by type."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = redact(row["text"], policy).spans
        found = Counter(span.type for span in spans if not labelled(row["text"][span.start : span.end], span.type))
        counts[row["lang"]][0] += 1
        counts[row["lang"]][1] += bool(found)
        kinds[row["lang"]].update(found)
    return {language: (total, bad, kinds[language]) for language, (total, bad) in counts.items()}


RIGHT: Final = frozenset({"EMAIL", "IP"})  # everything of this form counts as right, even in examples
LABELS: Final = Path(__file__).with_name("labelled") / "ordinary.txt"


@cache
def labels() -> frozenset[str]:
    """The digests of what is rightly found in the ordinary paragraphs."""
    return frozenset(LABELS.read_text(encoding="utf-8").split())


def labelled(value: str, kind: str) -> bool:
    """Whether a span is right."""
    return kind in RIGHT or digest(value) in labels()


def digest(value: str) -> str:
    """The digest under which a value is kept in the list of labels, which are names of real people."""
    return hashlib.sha256(value.encode()).hexdigest()[:12]


HEAD: Final = (
    "language|introduced, exact|free, exact|introduced, strict|free, strict|introduced, of no list|false, exact|false, strict|paragraphs"
).split("|")
MISSED: Final = (
    "language|names missed that are introduced|of no list, introduced|that are not introduced|strict|ordinary paragraphs with a false span|strict"
).split("|")


def main(arguments: list[str]) -> int:
    """Print the table, or with `--docs` write it and what is missed into the documentation."""
    exact, strict = Policy(), Policy(strict=True)
    files = [one for one in arguments if one != "--docs"]
    ordinary = [false_paragraphs(Path(files[0]), policy) for policy in (exact, strict)] if files else [{}, {}]
    unlisted: defaultdict[str, list[str]] = defaultdict(list)
    for line in Path(files[1]).read_text(encoding="utf-8").splitlines() if files[1:] else ():
        unlisted[json.loads(line)["lang"]].append(json.loads(line)["name"])
    shares: list[list[str]] = []
    missed: list[list[str]] = []
    for language, (names, introduced, free) in PLANTED.items():
        found = [recall(names, kind, policy) for policy in (exact, strict) for kind in (introduced, free)]
        totals = [one[language] for one in ordinary if language in one]
        false = [f"{100 * bad / total:.1f}%" for total, bad, _ in totals] or ["–", "–"]
        new = recall("|".join(unlisted[language]), introduced, exact) if len(unlisted[language]) >= FEWEST else None
        new_share, new_missed = ("–", "–") if new is None else (f"{new:.2f}", f"{100 * (1 - new):.0f}%")
        shares.append(
            [language, *(f"{one:.2f}" for one in found), new_share, *false, str(totals[0][0]) if totals else "–"]
        )
        missed_of = [f"{100 * (1 - found[place]):.0f}%" for place in (0, 1, 3)]
        missed.append([language, missed_of[0], new_missed, *missed_of[1:], *false])
    if "--docs" not in arguments:
        print(table(HEAD, shares))
        return 0
    written(DOCS / "benchmarks" / "redaction-languages.md", table(HEAD, shares))
    written(DOCS / "explanation" / "redaction.md", table(MISSED, missed))
    return 0


FEWEST: Final = 10  # unlisted names; a share of fewer is not shown
DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
BEGIN: Final = "<!-- written by bench.redaction_languages --docs -->\n"
END: Final = "<!-- end -->\n"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def written(path: Path, made: str) -> None:
    """Put a table in the place of the one that a page has between its marks."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    path.write_text(before + BEGIN + "\n" + made + "\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
