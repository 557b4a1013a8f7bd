"""Check digits. Each takes the text of an identifier, ignores its punctuation, and says whether the digits hold."""

from collections.abc import Sequence
from typing import Final

LUHN_DOUBLE: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)

# Verhoeff 1969: the dihedral group D5 and its permutations.
VERHOEFF_D: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
VERHOEFF_P: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
DNI_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


def digits_of(text: str) -> list[int]:
    """The ASCII digits of a text, in order."""
    return [ord(c) - 48 for c in text if "0" <= c <= "9"]


def weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    """The sum of digits times weights, as far as the weights go."""
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1: cards, Canadian SIN, Swedish personal number."""
    digits = digits_of(text)
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(LUHN_DOUBLE[d] for d in digits[-2::-2])) % 10 == 0


def mod97(text: str) -> bool:
    """ISO 13616 (IBAN): letters count 10 to 35, the first four characters go to the end, the rest by 97 is 1."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    return len(plain) > 4 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def verhoeff(text: str) -> bool:
    """Indian Aadhaar."""
    check = 0
    for place, digit in enumerate(reversed(digits_of(text))):
        check = VERHOEFF_D[check][VERHOEFF_P[place % 8][digit]]
    return check == 0


def mod11(text: str) -> bool:
    """ISBN-10-like: weights n…1, X counts 10; the Dutch BSN and the NHS number have functions of their own."""
    values = [10 if c in "xX" else ord(c) - 48 for c in text if "0" <= c <= "9" or c in "xX"]
    return len(values) > 1 and sum(v * w for v, w in zip(reversed(values), range(1, 99), strict=False)) % 11 == 0


def nhs(text: str) -> bool:
    """UK NHS number: ten digits, weights 10…2, 11 minus the rest."""
    digits = digits_of(text)
    return len(digits) == 10 and (11 - weighted(digits[:9], range(10, 1, -1)) % 11) % 11 == digits[9]


def bsn(text: str) -> bool:
    """Dutch BSN: nine digits, weights 9…2 and -1, by 11."""
    digits = digits_of(text)
    return len(digits) == 9 and any(digits) and weighted(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def dni(text: str) -> bool:
    """Spanish DNI and NIE: the number by 23 gives the letter."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    body = plain[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return len(plain) == 9 and body.isdigit() and DNI_LETTERS[int(body) % 23] == plain[-1]


def cpf(text: str) -> bool:
    """Brazilian CPF: two check digits, weights 10…2 and 11…2 by 11; not all digits alike."""
    digits = digits_of(text)
    return (
        len(digits) == 11
        and len(set(digits)) > 1
        and weighted(digits[:9], range(10, 1, -1)) * 10 % 11 % 10 == digits[9]
        and weighted(digits[:10], range(11, 1, -1)) * 10 % 11 % 10 == digits[10]
    )


def cnpj(text: str) -> bool:
    """Brazilian CNPJ: two check digits by 11."""
    digits, weights = digits_of(text), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return (
        len(digits) == 14
        and len(set(digits)) > 1
        and weighted(digits[:12], weights[1:]) * 10 % 11 % 10 == digits[12]
        and weighted(digits[:13], weights) * 10 % 11 % 10 == digits[13]
    )


def pesel(text: str) -> bool:
    """Polish PESEL: weights 1, 3, 7, 9 by 10."""
    digits = digits_of(text)
    return len(digits) == 11 and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def nir(text: str) -> bool:
    """French social security number: 97 minus the first thirteen digits by 97; Corsica's 2A and 2B count 19 and 18."""
    plain = "".join(c for c in text.upper() if c.isalnum()).replace("2A", "19", 1).replace("2B", "18", 1)
    return len(plain) == 15 and plain.isdigit() and 97 - int(plain[:13]) % 97 == int(plain[13:])


def belgian(text: str) -> bool:
    """Belgian national number: 97 minus the first nine digits by 97, with a 2 in front for births since 2000."""
    plain = "".join(map(str, digits_of(text)))
    return len(plain) == 11 and int(plain[9:]) in (97 - int(plain[:9]) % 97, 97 - int("2" + plain[:9]) % 97)


CODICE_ODD: Final = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
         22, 25, 24, 23), strict=True)
)  # fmt: skip


def codice_fiscale(text: str) -> bool:
    """Italian tax code: odd places by table, even ones by value, by 26."""
    plain = text.upper()
    if len(plain) != 16 or not plain.isascii() or not plain.isalnum():
        return False
    odd = sum(CODICE_ODD[c] for c in plain[:15:2])
    even = sum(int(c, 36) - (10 if c.isalpha() else 0) for c in plain[1:15:2])
    return chr(65 + (odd + even) % 26) == plain[15]


def cnp(text: str) -> bool:
    """Romanian CNP: weights 279146358279 by 11, ten counts one."""
    digits = digits_of(text)
    rest = weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return len(digits) == 13 and digits[0] > 0 and (1 if rest == 10 else rest) == digits[12]


def chinese(text: str) -> bool:
    """Chinese resident identity number (GB 11643): seventeen digits by weights and 11 give the last character."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    if len(plain) != 18 or not plain[:17].isdigit():
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[weighted(digits_of(plain[:17]), weights) % 11] == plain[17]


def taiwanese(text: str) -> bool:
    """Taiwanese identity number: the letter counts as two digits, weights 1, 9 and 8…1, by 10."""
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(text[0]) + 10
    return weighted([*divmod(letter, 10), *digits_of(text[1:])], (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def cuit(text: str) -> bool:
    """Argentine CUIT and CUIL: weights 5432765432, 11 minus the rest by 11."""
    digits = digits_of(text)
    check = 11 - weighted(digits[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return len(digits) == 11 and {11: 0, 10: 9}.get(check, check) == digits[10]


def rut(text: str) -> bool:
    """Chilean RUT: weights 2…7 from the right, 11 minus the rest by 11, where 10 is K."""
    plain = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    if not plain[:-1].isdigit():
        return False
    total = sum(digit * (2 + place % 6) for place, digit in enumerate(reversed(digits_of(plain[:-1]))))
    return "0123456789K0"[11 - total % 11] == plain[-1]


def aba(text: str) -> bool:
    """US bank routing number: weights 3, 7, 1 by 10."""
    digits = digits_of(text)
    return len(digits) == 9 and any(digits) and weighted(digits, (3, 7, 1) * 3) % 10 == 0
