"""Tokens that begin as their provider makes them, and webhooks, whose URL is the secret."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 96

# How a token begins, how it goes on, and an example. The quick search for places to look at knows only the beginnings, and
# drops look-aheads, so lengths in a look-ahead do not make its automaton larger.
PREFIXES: Final[tuple[tuple[str, str, str], ...]] = (
    # Clouds and what runs on them.
    ("A(?:KIA|SIA|GPA|IDA|ROA|NPA|BIA|CCA)", "[A-Z0-9]{16}(?![A-Za-z0-9])", "AKIAIOSFODNN7EXAMPLE"),
    ("AIza", r"[\w-]{30,45}", "AIzajd8981e84qPNdcijN4gS1eR8wFrWfK"),
    (r"ya29\.", r"[\w-]{20,1024}", "ya29.xue657U88xQ354U4Vu8b"),
    ("GOCSPX-", r"[\w-]{20,64}", "GOCSPX-y1piB7kMi7XyAj23946R"),
    ("1//", r"0?[A-Za-z0-9][\w-]{24,255}", "1//88Td77MBGd3hd91R3jyG7Fv1Z"),
    ("LTAI", "[A-Za-z0-9]{12,30}", "LTAI1h8sBT3463xo"),
    (r"amzn\.mws\.", "[0-9a-f-]{36}", "amzn.mws.3c77086bbb13f0b2365a625074fb80346637"),
    ("do[opr]_v1_", "[0-9a-f]{40,64}", "dop_v1_d1bd405473af3141026ef7864c2d44b273f36c62"),
    ("(?:hrku|HRKU)-", r"[\w-]{20,}", "hrku-bFbKJh2142i64B8Wt2eb"),
    ("fo1_", r"[\w-]{40,}", "fo1_3QehxCtcrkm4KuV5s0MJE6LBvq5YBda4d6UQ4275"),
    ("fm[12][ra]?_", r"[\w+/=-]{40,}", "fm2_4264n0190S96U2AYjRcXSWi05bPXWf2gES8HFZ9U"),
    ("nfp_", "[A-Za-z0-9]{36,}", "nfp_vQ2uOdY4nM2pTI0r3SSd5T7S0cY318X8HO4B"),
    ("vercel_", r"\w{20,}", "vercel_7BjA5w5n9sB7z0dduj4w"),
    ("rnd_", "[A-Za-z0-9]{24,}", "rnd_5bzZ8NDaw46I6TvQPjH28fcw"),
    ("rpa_", "[A-Za-z0-9]{30,}", "rpa_IP5U4MvYh4DkIh3FPp90B659A8c12r"),
    ("CFPAT-", r"[\w-]{40,}", "CFPAT-7020vSS01P498Fw8836v3VfUz0XVaZe34749mHU9"),
    ("cfut_", r"[\w-]{30,}", "cfut_60jX6XY1x8cYzE018314f78nZbr1A1"),
    (r"v1\.0-", "[0-9a-f]{24}-[0-9a-f]{146}", f"v1.0-{'0f' * 12}-{'3a' * 73}"),
    (r"hv[sbr]\.", r"[\w-]{20,255}", "hvs.Z9tR5v9Se37ADim413w2"),
    (r"s\.", "[A-Za-z0-9]{24}(?![A-Za-z0-9])", "s.FZPp8K41F6tL65vxHSkQML26"),
    (r"atlasv1\.", r"[\w-]{40,}", "atlasv1.w4JTTc7qz4091791a9y5c434VRp7e2M82tuCv8C5"),
    (r"(?=[A-Za-z0-9]{14}\.)[A-Za-z0-9]+\.atlasv1\.", r"[\w-]{60,}", f"aB3dE6gH9jK2mN.atlasv1.{'x7' * 30}"),
    (r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[\w.-]{30,80}", "dp.pt.BpDD18102B9Zjke72n5GQA993R5N6k"),
    ("doppler_", r"\w{20,}", "doppler_h38V596vvDzE0HE157e6"),
    ("pul-", "[0-9a-f]{40}", "pul-e12528413757589e8f47164c485e3cbbb2518a14"),
    ("tskey-", r"[\w-]{20,80}", "tskey-DziRb9gL9i9k3E223a8Q"),
    ("prefect_", r"\w{20,}", "prefect_EKr0820g8n3TTR40YXAZ"),
    ("pnu_", "[A-Za-z0-9]{36}", "pnu_8Hq2Xw5Zr7Tb1Lm9Kc4Vn6Yd3Fg0Js8Pk2Qe"),
    ("dapi", "[0-9a-f]{32}", "dapi2e1148d86846a67f0d79c2509b021196"),
    ("AGE-SECRET-KEY-1", "[0-9A-Z]{50,64}", f"AGE-SECRET-KEY-1{'B2' * 25}"),
    ("A3-", "[A-Z0-9]{6}-[A-Z0-9]{6,11}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}", "A3-IPRJP7-PMG12T-1GGYA-16SJZ-310OH"),
    ("ops_eyJ", r"[\w=-]{80,}", f"ops_eyJ{'b2' * 40}"),
    # Code: where it is kept, built, published and watched.
    ("gh[pousr]_", "[A-Za-z0-9]{16,255}", "ghr_62j7sf9A5kSX9LoB"),
    ("github_pat_", r"\w{20,255}", "github_pat_VxgHj6x511uDduHJ7p23"),
    ("gl(?:pat|dt|rt|ptt|soat|cbt|ft|agent|imt)-", r"[\w-]{16,128}", "glpat-v1cMLBa7U8RjW8p7"),
    ("ATATT3", r"[\w=-]{40,255}", "ATATT3m2CT2M7C0TdK1CBaQUGM72D1610N2zXjfMF8da94"),
    ("ATBB", "[A-Za-z0-9]{24,64}", "ATBBm7UkeJHp6x8wSntmmAml46mO"),
    ("npm_", "[A-Za-z0-9]{30,64}", "npm_SUb0J3J2j6i8Y3Dd7w6FWOh4Ul32Sk"),
    ("pypi-", r"[\w-]{40,255}", "pypi-1j7gFjbKg9N4E4icmb8X6eShfN1Umkrq4d90JTG2"),
    ("rubygems_", "[0-9a-f]{40,64}", "rubygems_09e3b3c30657943c2a7b3544d0953f8393d73d19"),
    ("dckr_pat_", r"[\w-]{20,64}", "dckr_pat_0Ji2KzC92qn590p3n8YK"),
    ("AKCp", "[A-Za-z0-9]{69}", "AKCp" + "b2" * 34 + "4"),
    ("cmVmd", "[A-Za-z0-9]{59}", "cmVmd" + "b2" * 29 + "4"),
    ("CCIPAT_", r"\w{20,80}", "CCIPAT_uuKAa6Am39q55rp9a4HL"),
    ("bkua_", "[0-9a-f]{40}", "bkua_ddb50754dea25254d966131090c0684d4818e1a3"),
    ("(?:sgp|sqp|squ|sqa)_", "[0-9a-z_]{32,64}", "sgp_a14s162f09k7gv46epv32b4n8l4rmo4r"),
    ("glsa_", r"\w{24,64}", "glsa_0j24272kpAP7qV4EzBp1ft0U"),
    ("glc_", r"[\w=]{24,255}", "glc_jAW3Uez0ef2BBF8745U9UF6S"),
    ("sntry[su]_", r"[\w+/=-]{30,255}", "sntryu_9XB20AMSNNKDNa48QrcpyfZZqfDxZ5"),
    ("NRAK-", "[A-Z0-9]{20,40}", "NRAK-2N6IM883PK047PA25IJP"),
    ("NR(?:I[IQ]|AA)-", r"[\w-]{20,64}", "NRII-0VQ55470v4h7zM00ZZgD"),
    ("NRJS-", "[0-9a-f]{19}", "NRJS-a18206954abb58066f9"),
    ("ph[cx]_", "[A-Za-z0-9]{32,}", "phc_37Z0e59yJq6EqLKAkk1hi36n0VTaeIVo"),
    ("waka_", "[0-9a-f-]{36}", "waka_374bd7c73346877322433c629309e426b503"),
    ("rdme_", "[a-z0-9]{70}", f"rdme_{'b2' * 35}"),
    ("PMAK-", r"[\w-]{40,80}", "PMAK-F1YewtL2rp79Jn0Q18Y3TSb5bB3d29HBFbNw95f3"),
    ("tr_(?:dev|prod)_", "[A-Za-z0-9]{16,}", "tr_dev_1Xi3qkv0w4jdX8Q7"),
    ("pscale_(?:tkn|pw|oauth)_", r"[\w.-]{32,}", "pscale_tkn_53fR0pmQj710X75Awb06y9ASbsr3DvH9"),
    ("sbp_", "[0-9a-f]{40}", "sbp_f849079e06b72930452c5c1608d0517d343f2678"),
    ("sb_secret_", r"[\w-]{20,}", "sb_secret_aenCzwTuW7twAA8jS9sY"),
    # Language models.
    ("sk-", r"(?:proj-|svcacct-|admin-|ant-|or-v1-|lf-)?[\w-]{20,255}", "sk-rU9X8TUN7PA6eKUw8RsG"),
    ("pk-lf-", r"[\w-]{20,64}", "pk-lf-yGj8p4V70z4C4z3vfuW7"),
    ("hf_", "[A-Za-z0-9]{24,64}", "hf_LJ2hnVQ342iUQFfM4XtX4bzP"),
    ("gsk_", "[A-Za-z0-9]{30,64}", "gsk_l99q17h7wGdsaLcI03Z7jYH1A1NDMe"),
    ("r8_", "[A-Za-z0-9]{30,64}", "r8_jaI02MA8Q62ZaT3bQI87fJzdjui9Cy"),
    ("xai-", "[A-Za-z0-9]{30,128}", "xai-Mzn7ND11f8KrvNK3d1a4cJ7C7OzjTU"),
    ("pplx-", "[A-Za-z0-9]{30,64}", "pplx-N3CJOs72rCHN8EW767TiM4wOT90845"),
    ("nvapi-", r"[\w-]{30,128}", "nvapi-G54YghQc8Ci5zY2f55jgh4hr84nM2Y"),
    ("tvly-", r"[\w-]{20,64}", "tvly-J102pq24DK9fp9Jdeg9m"),
    ("lsv2_(?:pt|sk)_", "[0-9a-f]{32}_[0-9a-f]{10}", "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"),
    ("jina_", "[A-Za-z0-9]{40,}", "jina_2CFLciH054JO05T9yM9823zvGvgI5a9RXtYz6fB1"),
    ("fw_", "[A-Za-z0-9]{20,}", "fw_cgud5A5MkZ9RPi8p6t5K"),
    ("csk-", "[a-z0-9]{40,}", "csk-58i084txl45z4u4n20u440rzsha9xp990hkhzv5w"),
    # Money and shops.
    ("[srp]k_(?:live|test|prod)_", "[A-Za-z0-9]{8,255}", "rk_live_4r13w156"),
    ("whsec_", "[A-Za-z0-9+/=]{16,128}", "whsec_I4nt9gNT9z0E57Ig"),
    ("rzp_(?:live|test)_", "[A-Za-z0-9]{10,64}", "rzp_live_7mCd37VO3z"),
    ("shp(?:at|ca|pa|ss)_", "[A-Za-z0-9]{20,64}", "shpat_t28X4l6lqD9qEk74d963"),
    ("sq0(?:atp|csp|idp)-", r"[\w-]{20,64}", "sq0atp-83Z44bYb35YLyNycW97x"),
    ("FLW(?:PUB|SEC)K?_?(?:TEST)?-", "[0-9a-z]{32}-X", "FLWPUB-2u5k8xwm1cxo60911294ltd3o68ss3af-X"),
    ("EZ[AT]K[0-9a-f]", "[0-9a-f]{19,}[A-Za-z0-9]+", "EZTKf3c3797131c31d4f3388g"),
    ("shippo_(?:live|test)_", "[0-9a-f]{40}", "shippo_live_c00229068e332b23499a0096d62104d1449032fa"),
    ("duffel_(?:test|live)_", r"[\w-]{43}", "duffel_test_r83yx3225xL7886KS30DmRWurb3RTjQ6eL587JtE1BW"),
    ("access-(?:sandbox|production)-", "[0-9a-f-]{36}", "access-sandbox-1e633a02595702742b54535c03c7f067f382"),
    ("ion_", "[a-z0-9]{42}", "ion_5l1h445e4y6p6n73i7g57l64coijuxlbfcitmz2775"),
    ("(?:live|test)_[A-Za-z0-9]", "[A-Za-z0-9]{29,63}(?![A-Za-z0-9_])", "live_NN779CVt5PA4etQ1a2I4K27Qq2RtD0"),
    # Mail, chat, telephony, notes and forms.
    ("xox[abeoprs]", r"(?:\.xox[bp])?-[\w-]{10,255}", "xoxp-1smsCK40G5"),
    ("xapp-", r"\d-[\w-]{10,255}", "xapp-0-xX85qfpB9z"),
    ("xwfp-", r"[\w-]{10,255}", "xwfp-zHiS486T9x"),
    (r"\d{8,10}:AA", r"[\w-]{32,35}", "56721439:AAn6s161nQYb0fa2Xr11jewZsfs945H9M0"),
    (
        r"(?=[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.)[MNO][A-Za-z\d]+\.[\w-]+\.",
        r"[\w-]{27,40}",
        "MTA1NjE4MjkzNDU2Nzg5MDEy.Gx3kPq.b7Rt2Lm9Xc4Vz8Nq1Ws6Ed3Fg5H",
    ),
    ("EAACEdEose0cBA", "[A-Za-z0-9]+", "EAACEdEose0cBAb7Rt2Lm9Xc4Vz8"),
    ("EAA", "[A-Za-z0-9]{40,512}", "EAA6t4zEMcyn7I974hu3ONsMNqI3VtsThDU0P3Myhrh"),
    (r"SG\.", r"[\w-]{14,64}\.[\w-]{14,128}", "SG.e1DsJ5XXEYR748.7ceUDjgZ4U1w8C"),
    ("key-[0-9a-f]", "[0-9a-f]{31}(?![0-9a-f])", "key-2db33659c4f8784aad0b41a589b93671"),
    (r"(?=[0-9a-f]{32}-)[0-9a-f]+-us\d", r"\d?(?!\d)", "7c1e94b2a86d35f0e2b7149c8d5a63f1-us14"),
    ("(?:SK|AC)[0-9a-f]{4}", "[0-9a-f]{28}(?![0-9a-f])", "SK59a981541ef6b1001f6cf9fb9b32d353"),
    ("(?=re_[A-Za-z0-9]{8}_)re_[A-Za-z0-9]+_", "[A-Za-z0-9]{20,}", "re_h8Kd3nQw_5tYb7mZr2xVc9pLg4sJf"),
    ("xkeysib-", "[0-9a-f]{64}-[A-Za-z0-9]{16}", f"xkeysib-{'9d' * 32}-b7Rt2Lm9Xc4Vz8Nq"),
    ("cio_", r"[\w-]{20,}", "cio_xkBu03HKy2ShANs685H6"),
    ("pat-[a-z]", r"[a-z]\d-[0-9a-f-]{36}", "pat-gx2-7412467c59002236dd70521100a44c00b6df"),
    (r"(?=pat[A-Za-z0-9]{14}\.)pat[A-Za-z0-9]+\.", "[0-9a-f]{64}", f"patX4b7Kq9Lm2Rt5W.{'e3' * 32}"),
    ("airtable_", r"\w{20,}", "airtable_R632aWTsx8tf5jfuDa24"),
    ("apify_api_", "[A-Za-z0-9]{36}", "apify_api_mczuX7T4X8hkpdU892S886QCB09t47911V3y"),
    ("secret_", "[A-Za-z0-9]{40,64}", "secret_4O9x62N7r67h7hj42eRGwV192SYLBd4X8s8M3Lm4"),
    ("ntn_", "[A-Za-z0-9]{40,64}", "ntn_Pl018wq4MtR64kg5iALO1499s9b4bq0bpXj5J29H"),
    ("lin_(?:api|oauth)_", "[A-Za-z0-9]{30,}", "lin_api_8Gaw02051lVC0g0L45VbE7r47t702v"),
    ("fig[dou]_", r"[\w-]{30,64}", "figu_ux8X63UraUnLztx66j0sgVn7EPG1ib"),
    (r"sl\.", r"[\w-]{60,}", f"sl.{'b2' * 30}"),
    ("tfp_", r"[\w-]{30,}", "tfp_qG2z726EjT2d60965hEQbmahx0n9R1"),
    ("t1_", r"[\w-]{30,}", "t1_398cKQ73CahB690MtXa6Q1GA10E87W"),
    ("aio_", "[A-Za-z0-9]{28}", "aio_1LbdsXK8Xi6VjSnXXiI229OKMcQ7"),
    ("adafruit_", r"\w{20,}", "adafruit_5d3wV8neW89UwL7h4nRN"),
)
PREFIXED: Final = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(opening + rest for opening, rest, _ in PREFIXES)})")
PREFIX_PLACES: Final = Anchor(rf"\b(?:{'|'.join(opening for opening, _, _ in PREFIXES)})")
WORD: Final = re.compile(r"[A-Za-z0-9_]*+")
WEBHOOK: Final = re.compile(
    r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w/-]{20,160}|(?<=discord\.com/api/webhooks/)\d{15,21}/[\w-]{20,100}"
    r"|(?<=discordapp\.com/api/webhooks/)\d{15,21}/[\w-]{20,100}|(?<=webhook\.office\.com/)[\w@/-]{40,260}|(?<=/webhook/)[\w@-]{20,120}/[\w@/-]{20,260}"
)


def prefixed(page: Page) -> Iterator[Hit]:
    """Tokens that begin as their provider makes them, and webhooks, whose URL is the secret."""
    for match in PREFIX_PLACES.read(PREFIXED, page.text):
        rest = match.group().split("_")[-1].split(".")[-1].replace("-", "")
        if (
            not rest.isalpha() or rest.isupper() or shuffled(rest)
        ):  # tokens hold digits, `hf_depotShelfCounters` does not
            yield Hit(match.start(), on(page.text, match.end()), RANK, "SECRET", "token_prefix")
    for match in WEBHOOK.finditer(page.text) if "hook" in page.text else ():
        yield Hit(match.start(), match.end(), RANK, "SECRET", "webhook")


def shuffled(letters: str) -> bool:
    """Whether the case of letters changes as often as in a token, not just between the words of an identifier."""
    changes = sum(one.isupper() != other.isupper() for one, other in pairwise(letters))
    return len(letters) >= 16 and changes > len(letters) * 0.4 and not CAMEL.fullmatch(letters)


CAMEL: Final = re.compile(r"[a-z]+(?:[A-Z][a-z]+)+")  # `fetchAllOpenOrdersByDate`; 0.6 % of random letters read like it


def on(text: str, end: int) -> int:
    """The end of the word that continues at `end`, so that nothing is left of a token longer than its provider says."""
    more = WORD.match(text, end)
    return more.end() if more else end


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "token_prefix",
        PREFIX_PLACES.pattern + r"|hooks\.slack\.com|/api/webhooks/|webhook\.office\.com|/webhook/",
        prefixed,
    ),
)
