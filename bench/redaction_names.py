"""Adds names of more languages to `first_names.txt` and `surnames.txt`, from the locales of faker-js (MIT).

    npm pack @faker-js/faker@9.9.0 && tar xzf faker-js-faker-9.9.0.tgz
    python -m bench.redaction_names package

A name is added only if no list has the word yet: a word of a language in `languages.txt`, a place or a thing is not
made a name. Node.js reads the package. Calendars of saints (the Italian first names) and scripts without capitals are
left out.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.redaction_words import HERE, wrapped
from privacy.redaction.lexicon import lexicon, listed

SHORTEST: Final = 4
FIRST_OF: Final = (
    "af_ZA az cs_CZ da de de_CH el en_IN en_NG fr_BE fr_CH fr_SN hr hu id_ID lv nb_NO nl pl pt_BR pt_PT ro_MD ru sk"
    " sr_RS_latin sv tr uk"
).split()
LAST_OF: Final = [*FIRST_OF, "it", "ro", "es", "es_MX", "vi"]
# Words of some language, of programs and of their authors' products, counted in documentation of Debian packages.
NO_NAMES: Final = frozenset(
    "param aren armel bindir iana samba rover enyo rodan adea feda avar ceca inder sname nara juno dyna smil riff dron kama"
    " helios zephyr nike iban suman basar matar parla hakkı timeo kesme tope giri fikri asıl sıra anda wiem nowi basan umur"
    " grâce maksud lotar hayal bayrak bağa aşan fasih buchi toke kende çaba atıf ajana idir adsız khalifa bahia mina asil sira muslim viking".split()
)
# Frequent first names that neither source has, added by hand.
FURTHER: Final = (
    # Turkish
    "ayşe fatma emine hatice zeynep elif meryem şerife zehra sultan hanife merve büşra kübra esra gülşen şule tuğba tülin"
    " çağla gökçe özlem özge ebru derya sevim nuray nurcan songül şengül yıldız mehmet mustafa hüseyin ibrahim ismail osman"
    " ömer ramazan yusuf emre burak serkan uğur tolga kerem çağrı doğukan berkay furkan enes oğuzhan alperen şahin gökhan"
    # Greek
    " γιώργος γιάννης νίκος κώστας δημήτρης παναγιώτης βασίλης θανάσης μιχάλης αντώνης χρήστος σταύρος πέτρος παύλος"
    " ανδρέας αλέξανδρος στέλιος θοδωρής σπύρος ηλίας μανώλης μάριος φώτης λευτέρης ηλέκτρα μαρία ελένη κατερίνα αικατερίνη"
    " βασιλική σοφία άννα αναστασία γεωργία δήμητρα ειρήνη ευαγγελία ιωάννα κωνσταντίνα χριστίνα δέσποινα αθηνά αγγελική"
    " ευγενία φωτεινή θεοδώρα παρασκευή αλεξάνδρα μαργαρίτα στέλλα ρένα ζωή"
    # Ukrainian and Russian
    " оксана олена наталія ірина тетяна світлана юлія катерина ганна марія галина людмила лариса надія софія вікторія яна"
    " олександр андрій володимир сергій микола іван василь петро михайло юрій олег тарас богдан дмитро євген максим роман"
    " ольга елена наталья ирина татьяна светлана юлия екатерина анна мария галина людмила надежда софья виктория дарья"
    " александр андрей владимир сергей николай иван василий пётр михаил юрий дмитрий евгений алексей павел егор степан"
    # West Africa, Poland, Portugal, Romania
    " fatou aminata mariam awa khady ndeye aïcha adama moussa ousmane mamadou ibrahima cheikh modou abdoulaye bogusława"
    " dobrawa jaśmina zdzisława stanisława bożena grażyna halina jadwiga mirosława wiesława agnieszka małgorzata krzysztof"
    " zbigniew łukasz michał paweł bartłomiej przemysław mateusz graça conceição fátima inês joão simão estêvão ștefan ioana"
    " mihaela gheorghe dumitru vasile"
).split()
READ: Final = """
const {allLocales} = await import(process.argv[1] + '/dist/index.js');
const names = (kept) => !kept ? [] : Array.isArray(kept) ? kept.map((one) => one.value ?? one) : Object.values(kept).flatMap(names);
const made = {};
for (const [locale, {person}] of Object.entries(allLocales))
  if (person) made[locale] = {first: names(person.first_name), last: names(person.last_name)};
console.log(JSON.stringify(made));
"""


def main(arguments: list[str]) -> int:
    """Read the package and write both lists."""
    command = ["node", "--input-type=module", "-e", READ, str(Path(arguments[0]).resolve())]
    locales = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    for kind, chosen, file in (("first", FIRST_OF, "first_names"), ("last", LAST_OF, "surnames")):
        given = {word for locale in chosen for name in locales[locale][kind] for word in name.lower().split()}
        new = {word for word in (*given, *(FURTHER if kind == "first" else ())) if fit(word)}
        path = HERE / f"{file}.txt"
        head = path.read_text(encoding="utf-8").splitlines()[0].replace("Latin script, ", "")
        lines = [head, *wrapped(sorted({*listed(file), *new}), 110)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def fit(word: str) -> bool:
    """Whether a word is long enough for a name, and nothing else that is known."""
    return len(word) >= SHORTEST and word.isalpha() and word not in NO_NAMES and not lexicon().get(word)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
