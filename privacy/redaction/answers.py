"""Values that make up a whole turn because the turn before asked for them: `What is your SSN?`, then `345678901`."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.hits import Hit
from privacy.redaction.lexicon import FIRST, LAST, ORDINARY, STOP, closed_words, kind_of

RANK: Final = 61
ASKED_REACH: Final = 400  # characters at the end of the turn before, where its question is

# What a question may ask for, by type, in the languages that the console is offered in.
QUESTIONS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("SECRET", r"\b(?:pass ?words?|passwor[dt]|passphrase|passcode|pin|otp|security code|one[ -]time|cvv2?|cvc2?|(?:\d[ -]?digit |verification |confirmation |access |login |auth\w* |backup )?codes?\b(?! postal|\s?postal)|kennwort|contraseña|mot de passe|senha|wachtwoord|hasło|lösenord|adgangskode|heslo|parola|şifre|bestätigungscode|sicherheitscode"
            r"|código(?! postal)|codice(?! postale| fiscale)|kod\b|kód|verificatiecode|пароль|код|пін|κωδικ|סיסמה|קוד|كلمة المرور|الرمز|पासवर्ड|कोड)|密码|密碼|验证码|驗證碼|パスワード|暗証番号|確認コード|認証コード|비밀번호|인증번호"),
        ("CARD", r"\b(?:card|karte|kreditkarte|kartennummer|tarjeta|carte|cartão|carta|creditcard|kart[aęy]|kort|kartı|kredi kart\w*|карт[аыу]|картк\w+|κάρτα)\b|卡号|信用卡|カード|카드|כרטיס|بطاق|कार्ड"),
        ("NATIONAL_ID", r"\b(?:ssn|social security|social insurance|national (?:id|insurance)|id(?:entity)? (?:number|card)|passport|driver'?s? licen[cs]e|licen[cs]e number|tax (?:id|number)|nino|nhs|dni|nie|nif|cpf|pesel|bsn|steuer-?id(?:nummer)?|ausweis\w*|personalausweis\w*|reisepass\w*|sozialversicherungsnummer|passeport|pièce d'identité|numéro de sécurité sociale"
            r"|pasaporte|documento|cédula|codice fiscale|passaporto|carta d'identità|passaporte|burgerservicenummer|paspoort|dow[oó]d\w* osobist\w+|paszport\w*|personnummer|cpr|rodné číslo|cnp|kimlik|паспорт\w*|инн|снилс|паспорт)\b|身份证|护照|マイナンバー|パスポート|주민등록|여권|תעודת זהות|דרכון|رقم الهوية|جواز|आधार|पासपोर्ट"),
        ("BIRTH_DATE", r"\b(?:date of birth|birth ?da(?:te|y)|born|dob|geburtsdatum|geburtstag|geboren|date de naissance|né[e]?|fecha de nacimiento|naciste|nació|data de nascimento|nasceu|data di nascita|nat[oa]|geboortedatum|geboren|data urodzenia|födelsedatum|fødselsdato|datum narození|data nașterii|doğum tarihi\w*|дата рождения|дату рождения|родились|дата народження|ημερομηνία γέννησης)\b|出生日期|生日|生年月日|생년월일|תאריך לידה|تاريخ الميلاد|जन्म"),
        ("PHONE", r"\b(?:phone|telephone|mobile|cell|number can we (?:call|reach)|call you|telefonnummer|telefon|handynummer|rufnummer|téléphone|portable|numéro|teléfono|celular|número de (?:contacto|teléfono)|telefone|telemóvel|telefono|cellulare|telefoonnummer|telefon\w*|numer telefonu|mobilnummer|телефон\w*|τηλέφωνο)\b|电话|手机|電話|전화|휴대폰|טלפון|هاتف|जوال|फ़ोन"),
        ("POSTCODE", r"\b(?:post ?code|zip(?: code)?|postal code|postleitzahl|plz|code postal|código postal|cep|cap|codice postale|postcode|kod pocztowy|postnummer|psč|cod poștal|posta kodu|индекс|індекс|ταχυδρομικός)\b|邮编|郵便番号|우편번호|מיקוד|الرمز البريدي|पिन कोड"),
        ("ACCOUNT", r"\b(?:account(?: number)?|customer (?:number|id)|member(?:ship)? (?:number|id)|policy number|kontonummer|kundennummer|numéro de (?:compte|client)|número de (?:cuenta|cliente|conta)|numero di (?:conto|cliente)|rekeningnummer|klantnummer|numer (?:konta|klienta)|номер сч[её]та|hesap)\b|账号|口座番号|계좌"),
        ("ADDRESS", r"\b(?:address|adresse|anschrift|dirección|endereço|indirizzo|adres|adress|adresa|адрес)\b|地址|住所|주소"),
        ("USERNAME", r"\b(?:user ?name|login name|user id|benutzername|nom d'utilisateur|nombre de usuario|nome de usuário|nome utente|gebruikersnaam|handle)\b|用户名|ユーザー名"),
        ("PERSON", r"\b(?:(?:full |first |last |sur|family |your |given )?name\b(?! of the (?:product|company|app|file|item|city|shop|store))|who am i (?:speaking|talking)|who is (?:this|calling)|heißen sie|heißt du|ihr(?:en)? name|wie ist ihr name|vorname|nachname|comment vous appelez|votre nom|quel est votre nom|ton nom|prénom|cómo (?:se|te) llama|su nombre|tu nombre|nombre completo|como (?:você )?se chama|seu nome|qual é o seu nome|come (?:si|ti) chiama|suo nome|tuo nome|nome e cognome"
            r"|hoe heet|uw naam|je naam|jak (?:się|pan\w*) nazywa|imię|nazwisko|vad heter|ditt namn|hvad hedder|dit navn|jak se jmenuje|vaše jméno|cum vă numiți|numele dumneavoastră|adınız|isminiz|как вас зовут|ваше имя|фамили|як вас звати|ваше ім|πώς (?:σας|σε) λένε|το όνομά σας)|您贵姓|你叫什么|您的姓名|名字|お名前|氏名|성함|이름이|성명|מה שמך|השם שלך|ما اسمك|اسمك|आपका नाम"),
    )
)  # fmt: skip
LEAD: Final = re.compile(
    r"(?:\s*(?:(?:yes|yeah|sure|ok|okay|of course|it'?s|it is|this is|my \w+(?: \w+)? is|that'?s|that is|here(?: it is| you go)?|the \w+ is|hi|hello|i'?m|i am|ja|klar|das ist|es ist|sie lautet|er lautet|mein name ist|ich heiße|ich bin|oui|c'est|je m'appelle|sí|si|es|me llamo|soy|sim|é|sou|sono|mi chiamo|è|het is|ik heet|to|jest|nazywam się|det är|jag heter|меня зовут|это|да)(?!\w)|我叫|我是|是|私は)[\s,:.!-]*){0,3}",
    re.IGNORECASE,
)
TAIL: Final = (
    r"(?:[\s.!?,;)]|\s?(?:please|thanks|thank you|danke|bitte|merci|gracias|obrigad[oa]|grazie|です|입니다))*\Z"
)
FORMS: Final[dict[str, re.Pattern[str]]] = {
    kind: re.compile(rf"(?P<v>{pattern}){TAIL}", re.IGNORECASE)
    for kind, pattern in (
        ("CARD", r"\d(?:[ .-]{0,2}\d){11,18}"),
        ("NATIONAL_ID", r"(?=(?:[^\d\n]{0,6}\d){5})[a-z0-9](?:[ ./-]?[a-z0-9]){5,20}"),
        (
            "BIRTH_DATE",
            r"(?=(?:[^\d\n]{0,20}\d){2})(?:\d{1,4}|[^\W\d_]{3,10})(?:(?:st|nd|rd|th|er)?[ ./,-]{1,3}(?:of |de )?(?:\d{1,4}|[^\W\d_]{3,10})){1,3}|\d{6,8}|\d{4}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일]",
        ),
        ("PHONE", r"\+?\(?\d(?:[ ()./-]{0,2}\d){6,14}"),
        ("POSTCODE", r"(?=[a-z -]{0,5}\d)[a-z0-9]{2,5}(?:[ -]?[a-z0-9]{2,4})?"),
        ("ACCOUNT", r"(?=(?:[^\d\n]{0,6}\d){4})[a-z0-9](?:[ -]?[a-z0-9]){4,30}"),
        ("ADDRESS", r"(?=.{0,60}\d).{5,100}"),
        ("USERNAME", r"@?[a-z0-9_][\w.-]{2,38}"),
        ("SECRET", r"\S{3,64}|\d{3}[ -]\d{3,4}"),
        ("PERSON", r"[^\W\d_][^\W\d_'’.-]*(?:[ '’.-]{1,2}[^\W\d_]+\.?){0,4}"),
    )
}
# Verbs that ask for something, in the forms that are said to a customer.
ASKING: Final = (
    "please enter provide give tell type confirm need share what which may\\si can\\si could\\syou send bitte geben gib nennen nenne brauche"
    " brauchen tippen sagen eingeben veuillez donnez donner indiquez besoin saisissez entrez tapez dites communiquez por\\sfavor"
    " indique indica dígame dime díganos necesito escriba escribe introduzca deme facilite informe digite insira diga escreva preciso"
    " inserisca inserisci fornisca indichi dimmi scriva scrivi digiti graag geef vul voer typ noem geeft proszę podać podaj podajcie"
    " wpisz wprowadź ange uppge skriv oplys indtast oppgi zadejte zadej uveďte napište sdělte řekněte zadajte"
    " vă\\srog introduceți scrieți spuneți lütfen girin giriniz yazın yazınız söyleyin введите укажите назовите напишите сообщите"
    " продиктуйте скажите вкажіть введіть напишіть назвіть повідомте παρακαλώ δώστε πείτε γράψτε"
).split()
ASKS: Final = re.compile(
    rf"[?？؟;]|\b(?:{'|'.join(ASKING)})\b|请|請|ください|주세요|נא|יرجى|أدخل|कृपया",
    re.IGNORECASE,
)
SENTENCE: Final = re.compile(  # words that no address has: 0 of 1,855 labelled ones
    r"(?<!\w)(?:is|are|was|were|can|could|will|would|must|should|has|have|you|your|ist|sind|kann|können|wird|werden|sie|ihre?|sont|vous|votre|está|están|puede|puedes|sono|può|kunt|jest|są)(?!\w)",
    re.IGNORECASE,
)
NO_SECRET: Final = frozenset(
    "yes no yeah nope what why how help hello thanks okay ok sure none nothing ja nein oui non sí si não sim which where when who stop cancel never back skip already i it the my this that here there".split()
)


def answers(asked: str, text: str) -> Iterator[Hit]:
    """The value that answers a question, if a text is nothing else."""
    question = asked[-ASKED_REACH:].lower()
    if not ASKS.search(question):
        return
    kinds = [kind for kind, pattern in QUESTIONS if pattern.search(question)]
    if not kinds:
        return
    lead = LEAD.match(text)
    begins = sorted({0, lead.end() if lead else 0}, reverse=True)
    for kind in kinds:
        for begin in begins:
            match = FORMS[kind].match(text, begin)
            if match and fits(kind, match["v"]):
                yield Hit(match.start("v"), match.start("v") + len(match["v"].rstrip(" .,;!?")), RANK, kind, "answer")
                return


def fits(kind: str, value: str) -> bool:
    """Whether the value's form allows it to be of this type."""
    if kind == "PERSON":
        return all(name_like(word) for word in re.split(r"[ .'’-]+", value) if word)
    if kind == "SECRET":
        low = value.lower().strip(".,!?")
        digits = sum(c.isdigit() for c in value)
        return (
            low not in NO_SECRET
            and (digits > 0 or len(value) > 7 or not value.isalpha())
            and (digits > 0 or not kind_of(low) & (ORDINARY | STOP))
        )
    if kind == "ADDRESS":
        return not SENTENCE.search(value)
    if kind == "USERNAME":
        return not kind_of(value.lower()) & (ORDINARY | STOP)
    if kind == "POSTCODE":
        return any(c.isdigit() for c in value)
    return True


def name_like(word: str) -> bool:
    """Whether a word could be part of a name that was asked for: no ordinary word in any language, unless it is a name too."""
    kind = kind_of(word)
    if kind & (FIRST | LAST):
        return not kind & STOP or word[:1].isupper()
    return not kind & (ORDINARY | STOP) and word.lower() not in closed_words()
