"""Names that are introduced in Chinese, Japanese, Korean, Arabic, Hebrew, Hindi, Cyrillic, Greek, and longer Latin ones."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import tongues

RANK: Final = 35
HAN: Final = r"[\u4e00-\u9fff\u3005]"
KANA: Final = r"[\u3040-\u30ff\u30fc]"
HANGUL: Final = r"[\uac00-\ud7a3]"
ARABIC: Final = r"[\u0621-\u064a\u0670-\u06d3]"
HEBREW: Final = r"[\u05d0-\u05ea'\"״׳]"
HINDI: Final = r"[\u0900-\u097f]"
CYRILLIC: Final = r"[А-ЯЁЄІЇҐ][а-яёєіїґ'’]+"
GREEK: Final = r"[Α-ΩΆΈΉΊΌΎΏ][α-ωάέήίόύώϊϋΐΰς]+"

# The hundred commonest family names cover five sixths of the people: with them an introduction leaves no doubt.
FAMILY: Final = "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文"
# Rarer ones that are not also words that come before a title.
FURTHER_FAMILY: Final = "靳仇柏祖姬左岳齐齊梅庄莊辛管祝霍翁詹柯阮桂骆駱聂聶焦翟葛温溫季涂鲍鮑殷施陶裴凌宁甯欧歐童冉冼卓屈项項缪柳苗尤俞倪毕畢兰蘭甘古包单單闫闵閔耿饶饒符娄池鲁魯舒游解穆阳"
# All others of the Hundred Family Surnames, and the compound ones: with a given name of two signs, where no word begins so.
RARE_FAMILY: Final = "褚卫严戚喻水窦章云奚郎韦昌凤花酆费廉岑滕罗邬安乐时皮卞伍元卜平和湛祁禹狄米贝明臧计伏成谈茅庞纪席麻强路危颜盛刁樊虞支昝莫经房裘干应宗宣贲郁杭洪诸钮嵇邢滑荣荀羊於惠甄曲封芮羿储汲邴糜松井段富巫乌巴弓牧隗山谷车宓蓬全郗班仰秋仲伊宫栾暴钭厉戎景束幸司韶郜蓟薄印宿怀蒲邰从鄂索咸籍蔺屠蒙阴胥能苍双闻莘党贡劳逄申扶堵宰郦雍郤璩桑濮牛寿通边扈燕冀郏浦尚农别晏柴瞿充慕连茹习宦艾鱼容向慎戈庾终暨居衡步都满弘匡寇广禄阙东殳沃利蔚越夔隆师巩厍晁勾敖融冷訾阚那简空毋沙乜养鞠须丰巢关蒯相查后荆红竺权逯盖益桓公"
COMPOUND_FAMILY: Final = "万俟|司马|上官|欧阳|夏侯|诸葛|闻人|东方|赫连|皇甫|尉迟|公羊|澹台|公冶|宗政|濮阳|淳于|单于|太叔|申屠|公孙|仲孙|轩辕|令狐|钟离|宇文|长孙|慕容|鲜于|闾丘|司徒|司空|端木|拓跋|南宫|百里"
# No given name ends in these; words for people and for what they do may.
GIVEN_HAN: Final = r"(?![的是在有了和与或们这那个位某])[\u4e00-\u9fff](?![的是在有了和与或们者员户商店司迷工友粉方级次件号群])[\u4e00-\u9fff]"
RARE_NAME: Final = rf"(?:[{RARE_FAMILY}]|{COMPOUND_FAMILY}){GIVEN_HAN}"
# The syllables of given names that are not also the end of words for people: with two of them, any syllable is a surname.
GIVEN_HANGUL: Final = "강건경관광규균근기길나남다단대덕도동두라란래령리린림만명모무문미민범별병보복빈빛상새서석선설섭성세소솔송수숙순슬승시아안애양언연열영예오옥온완용우욱운웅원유윤율은의이인일임재전정제종주준중지진찬창채천철초춘충치태택하학한해향헌혁현형혜호홍화환효훈휘희"
GIVEN_HANGUL_END: Final = "건경관광규균근기길나남담덕동라란래령리린림만명모무문미민범별병빈빛섭성솔송수숙순슬승아안애양언연열영예옥온완용우욱운웅윤율은이임재정제종주준진찬창채천철춘치태택하한해향헌혁현형혜호홍화환훈휘희"
ANY_KOREAN: Final = rf"[\uac00-\ud7a3][{GIVEN_HANGUL}][{GIVEN_HANGUL_END}]"
KOREAN_FAMILY: Final = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함석길표위설마왕탁편봉복빈팽갈옥맹추염피육"
# Given names in kana behind a family name: no particle is among their first two signs.
JAPANESE_NAME: Final = r"(?:(?![はがをにでともの])[\u3041-\u309f]{2,4}|は(?:な[こえみ]?|る[なかきみ]?|づき|つ[えみ])|もも[かえこ]?|もえ|のぞみ|のどか|とも(?:こ|み|え|か)|にこ|[ァ-ヶー]{2,5})"
STOP_AFTER: Final = r"(?=[\s,，。.!！?？、;；:：)）」』\"'\]}<]|\Z|\x00)"
# What introduces a name, and the name; read from the place of the introduction's first word.
RULES: Final[tuple[re.Pattern[str], ...]] = (
    re.compile(rf"(?:我叫|我的名字(?:是|叫)|我是|名叫|本人姓?名?|姓名[是为：: ]|名字[是为：: ]|联系人[是为：: ]|收件人[是为：: ]|客户[：: ]|姓名)[：: ]?(?P<n>[{FAMILY}{FURTHER_FAMILY}]{HAN}{{1,2}})(?:{STOP_AFTER}|(?=[，,我的他她在是请想要先女和跟与，、]))"),
    re.compile(rf"(?:我叫|我的名字(?:是|叫)|姓名[是为：: ])(?P<n>{HAN}{{2,4}}){STOP_AFTER}"),
    re.compile(rf"(?:我是|联系人[是为：: ]|收件人[是为：: ]|客户[：: ])(?P<n>{RARE_NAME}){STOP_AFTER}"),
    re.compile(rf"(?:叫我|称呼我|这里是|我姓名|(?<=[，。, ])叫)(?P<n>(?:{COMPOUND_FAMILY}){HAN}{{1,2}}|[{FAMILY}{FURTHER_FAMILY}]{GIVEN_HAN}?|{RARE_NAME})(?:{STOP_AFTER}|(?=就|吧|即可|好了))"),
    re.compile(rf"(?:私は|わたしは|僕は|俺は|名前[は：]|氏名[は：]|担当[はの]|お客様は|私の名前は)[、 ]?(?P<n>(?:{HAN}{{1,5}}(?:{KANA}{{2,6}}?)??|{KANA}{{2,12}}?)(?:[ 　・](?:{HAN}{{1,4}}|{KANA}{{2,12}}?))?)(?=です|と申し|といい|と言い|でござい|(?<=..)(?<![は、 ].){STOP_AFTER})"),
    re.compile(rf"(?:(?<![\uac00-\ud7a3])(?:이름은|성함은|성명은|이름[:：]|성명[:：]|고객명[:：]?|담당자[:：]))\s?(?P<n>[{KOREAN_FAMILY}]{HANGUL}{{1,2}}|{HANGUL}{{2,4}})(?=입니다|이에요|예요|이라고|라고|이고|이며|{STOP_AFTER}(?! ?[\uac00-\ud7a3]))"),
    re.compile(rf"(?<![\uac00-\ud7a3])(?:저는|나는)\s?(?P<n>(?:[{KOREAN_FAMILY}]{HANGUL}{{1,2}}|{ANY_KOREAN})(?=입니다|이에요|예요)|{HANGUL}{{2,4}}(?=이?라고 (?:합|해)))"),
    re.compile(rf"(?:اسمي(?: هو)?|إسمي|أدعى|الاسم[:：]|اسم العميل[:：]?|السيدة?|الأستاذ|الدكتور|يدعى)\s{{1,2}}(?P<n>{ARABIC}{{2,14}}(?:\s{{1,2}}(?!(?:من|في|على|أريد|أود|لدي|هل|أنا|عن|إلى)(?:\s|\Z))(?:عبد |آل |بن |أبو |ال)?{ARABIC}{{2,14}}){{0,3}})"),
    re.compile(rf"(?<![\u0621-\u064a])أنا\s(?P<n>(?!ال){ARABIC}{{3,12}}\s(?:(?!ال){ARABIC}{{3,12}}\s)?ال{ARABIC}{{2,10}}ي)(?![\u0621-\u064a])"),
    re.compile(rf"(?<![\u05d0-\u05ea])(?:שמי(?: הוא)?|השם שלי(?: הוא)?|קוראים לי|אני נקרא|שם[:：]|שם מלא[:：]|מר|גברת|גב'|ד\"ר)\s{{1,2}}(?P<n>{HEBREW}{{2,14}}(?:\s(?!ואני|אני|רוצה|מבקש|מ\b|עם|של|לא)(?:בן[ -]|בר[ -])?{HEBREW}{{2,14}}){{0,2}})"),
    re.compile(rf"(?:नाम[:：]?|मैं)\s(?P<n>{HINDI}{{2,16}}(?:\s(?!है|हूँ|हूं|और){HINDI}{{2,16}}){{0,2}})(?=\s(?:है|हूँ|हूं|बोल)|[,।.]|\Z)"),
    re.compile(rf"(?<![а-яА-Я])(?:[Мм]еня зовут|[Мм]о[её] имя(?: -| —|:)?|[Зз]овут|[Мм]ене звати|[Мм]оє ім['’]я(?: -| —|:)?|[Зз]вуть|[Ии]мя:|ФИО:?|ПІБ:?|[Фф]амилия:|[Іі]м['’]я:|[Гг]осподин|[Гг]оспожа|[Пп]ане?|[Пп]ані|[Уу]важаем(?:ый|ая)|[Шш]ановн(?:ий|а)|[Уу]важением,?|[Пп]овагою,?|[Зз]дравствуйте,|[Пп]ривет,|[Дд]обрый день,|[Вв]ітаю,)\s{{1,3}}(?P<n>{CYRILLIC}(?:[ -]{CYRILLIC}){{0,3}}(?:\s[А-Я]\.(?:\s?[А-Я]\.)?)?)"),
    re.compile(rf"(?<![а-яА-Я])(?:[Яя]|[Ээ]то)\s(?P<n>{CYRILLIC}\s(?:{CYRILLIC}\s)?{CYRILLIC})(?=[,.!?]|\Z|\s(?:из|и)\b)"),
    re.compile(rf"(?:[Μμ]ε λένε|[Μμ]ε εκτίμηση,?|[Οο]νομάζομαι|[Ττ]ο όνομ[άα] μου είναι|[Λλ]έγομαι|[Όό]νομα:|[Οο]νοματεπώνυμο:|[Εε]ίμαι (?:ο|η)|[Κκ]ύριε|[Κκ]υρία|[Αα]γαπητ(?:έ|ή))\s{{1,2}}(?P<n>{GREEK}(?:[ -]{GREEK}){{0,2}})"),
)  # fmt: skip
CUES: Final = Anchor(
    "我叫|叫|称呼我|这里是|我的名字|我是|名叫|本人姓|姓名|名字|联系人|收件人|客户|私は|わたしは|僕は|俺は|名前[は：]|氏名[は：]|担当[はの]|お客様は|私の名前は|이름은|저는|나는|성함은|성명은|이름[:：]|성명[:：]|고객명|담당자"
    "|اسمي|أنا |إسمي|أدعى|الاسم|اسم العميل|السيد|الأستاذ|الدكتور|يدعى|שמי|השם שלי|קוראים לי|אני נקרא|שם|מר|גברת|גב'|ד\"ר|नाम|मैं|[Мм]еня зовут|[Мм]о[её] имя|[Зз]овут|[Мм]ене звати|[Мм]оє ім|[Зз]вуть|[Іі]м['’]я:|[Ии]мя:|ФИО|ПІБ|[Фф]амилия:|[Гг]оспо|[Пп]ан|[Уу]важаем|[Шш]ановн|[Уу]важением"
    "|[Пп]овагою|[Зз]дравствуйте,|[Пп]ривет,|[Дд]обрый день|[Вв]ітаю,|[Яя] |[Ээ]то |[Μμ]ε λένε|[Μμ]ε εκτίμηση,?|[Οο]νομάζομαι|[Ττ]ο όνομ|[Λλ]έγομαι|[Όό]νομα:|[Οο]νοματ|[Εε]ίμαι|[Κκ]ύριε|[Κκ]υρία|[Αα]γαπητ"
)
# What follows a name: the word, and the name that ends before it.
FOLLOWED: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = (
    (re.compile("先生|女士|小姐|太太|老师|老師|经理|經理|医生|醫生|同学"), re.compile(rf"(?P<n>[{FAMILY}{FURTHER_FAMILY}]{HAN}{{0,2}}|(?<![\u4e00-\u9fff]){RARE_NAME})\Z")),
    (re.compile("と申します|と申し|といいます|と言います"), re.compile(rf"(?<![\u4e00-\u9fffァ-ヶー])(?P<n>{HAN}{{2,5}}|{HAN}{{1,3}}[ァ-ヶー]{{2,5}}|[ァ-ヶー]{{2,10}}|{HAN}{{1,3}}[ 　]{HAN}{{1,3}}|{HAN}{{2,3}}{KANA}{{2,4}})\Z")),
    (re.compile(r"さん|様(?=[、。,!！\s\x00]|\Z|より|から|宛|へ)|くん|ちゃん|殿|先輩"), re.compile(rf"(?<![\u4e00-\u9fff])(?P<n>{HAN}{{2,5}}|{HAN}{{1,3}}{JAPANESE_NAME})\Z")),
    (re.compile(r" ?(?:씨|님|고객님|선생님|과장|부장|대리|사장)(?:[\s,.!?은는이가을를의께에]|\Z)"), re.compile(rf"(?<![\uac00-\ud7a3])(?P<n>[{KOREAN_FAMILY}]{HANGUL}{{1,2}}|{ANY_KOREAN})\Z")),
    (re.compile(r" जी(?:[\s,।]|\Z)"), re.compile(rf"(?P<n>{HINDI}{{2,16}}(?:\s{HINDI}{{2,16}})?)\Z")),
)  # fmt: skip
TITLES: Final = Anchor(
    "先生|女士|小姐|太太|老师|老師|经理|經理|医生|醫生|同学|と申し|といいます|と言います|さん|様|くん|ちゃん|殿|先輩| ?(?:씨|님|고객님|선생님|과장|부장|대리|사장)| जी"
)
LONGEST: Final = 36
NOBODY: Final = frozenset(
    "중국 한국 학생 사람 고객 회원 지금 오늘 정말 中国 日本 韓国 学生 会社 客户 用户 老师 顧客 皆 お客 العميل الزبون طالب مهندس לקוח סטודנט मैं यह वह एक Клиент Клиенты Покупатель Пользователь Коллеги Друзья Все Клієнт Клієнте Пані Ваш Ваша Ваше Вы Я Мы Это"
    " 学生です 会社員 日本人 中国人 韓国人 外国人 初心者 学生的 中国的".split()
)
# Vietnamese, Spanish and Portuguese names of several parts, after an introduction or with a first part that only people have.
VIETNAMESE: Final = re.compile(
    r"(?<![^\W\d_])(?P<n>(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Trịnh|Đoàn|Lương|Mai|Trương|Nguyen|Tran|Pham|Hoang|Huynh)(?: [A-ZĐÀ-Ỹ][a-zđà-ỹ]{0,7}){1,4})(?![^\W\d_])"
)
VIETNAMESE_SIGN: Final = re.compile(r"[ăâđêôơưĐƠƯ\u1ea0-\u1ef9]|Nguyen|Tran |Pham|Hoang|Huynh")
PEOPLE: Final = re.compile(
    "(?:[员者户]|[中校学研院]生|국인|장인|학생|직원|회원|사원|담당자|사용자|개발자|관리자|구매자|소비자|고객)$"
)
INNER_CUE: Final = re.compile("我叫|我的|我是|姓名|名字|名前|私は|이름|اسمي|שמי|नाम|зовут|όνομ")


def introduced(page: Page) -> Iterator[Hit]:
    """`我叫王小明`, `私は田中です`, `اسمي محمد علي`, `Меня зовут Анна Петрова`, `田中さん`."""
    text = page.text
    for start, _ in CUES.spans(text):
        for rule in RULES:
            match = rule.match(text, start)
            if match and somebody(match["n"]):
                yield Hit(match.start("n"), match.end("n"), RANK, "PERSON", "introduction_script")
                break
    for start, _ in TITLES.spans(text):
        for title, name in FOLLOWED:
            match = name.search(text, max(0, start - LONGEST), start) if title.match(text, start) else None
            if match and somebody(match["n"]):
                yield Hit(match.start("n"), start, RANK, "PERSON", "title_script")


def somebody(name: str) -> bool:
    """Whether the introduced word is neither a word for people nor an introduction itself."""
    return (
        name not in NOBODY
        and name not in tongues()
        and not PEOPLE.search(name)
        and name.split()[0] not in NOBODY
        and not INNER_CUE.search(name)
    )


# Two capitalised words, of which the second ends like a family name.
PAIR: Final = re.compile(
    r"(?<![А-Яа-яЁёЄєІіЇїҐґ-])(?P<n>[А-ЯЁЄІЇҐ][а-яёєіїґ'’]{2,14} (?:[А-ЯЁ][а-яё]{2,14}(?:вич|вна|чна) )?[А-ЯЁЄІЇҐ][а-яёєіїґ'’]{1,14}(?:ов|ова|ев|ева|ёв|ин|ина|ын|ына|ский|ская|цкий|цкая|ський|ська|енко|ченко|чук|юк|ко|ян|дзе|вець|ець|ик)(?:а|у|ым)?)(?<!ика)(?![а-яёєіїґ'’])"
)
PAIR_SIGN: Final = r"[А-ЯЁЄІЇҐ][а-яёєіїґ]+ [А-ЯЁЄІЇҐ][а-яёєіїґ]"


def slavic(page: Page) -> Iterator[Hit]:
    """`Иван Смирнов`, `Олена Ткаченко`: the first one is not another word of the language. Many nouns end in `-ика`."""
    known = tongues()
    for match in PAIR.finditer(page.text):
        words = match["n"].lower().split()
        if not any(word in known for word in words):
            yield Hit(match.start("n"), match.end("n"), RANK - 1, "PERSON", "name_slavic")


def vietnamese(page: Page) -> Iterator[Hit]:
    """`Nguyễn Văn An`: a family name with what follows it."""
    for match in VIETNAMESE.finditer(page.text):
        if VIETNAMESE_SIGN.search(match["n"]) and all(part[0].isupper() for part in match["n"].split()):
            yield Hit(match.start("n"), match.end("n"), RANK, "PERSON", "name_vietnamese")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("name_script", f"{CUES.pattern}|{TITLES.pattern}", introduced, ascii_gate="", latin_gate=""),
    Detector("name_slavic", PAIR_SIGN, slavic, ascii_gate="", latin_gate=""),
    Detector(
        "name_vietnamese",
        r"Nguy|Tr[ầa]n |L[êy] |Ph[ạa]m |Ho[àa]ng |Hu[ỳy]nh |Phan |V[ũõ] |Đ|B[ùu]i |H[ồo] |Ngô |Dương |Lý |Trịnh |Lương |Mai |Trương",
        vietnamese,
        ascii_gate=r"Nguyen |Tran |Pham |Hoang |Huynh ",
    ),
)
