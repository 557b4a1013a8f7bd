"""Tokens that begin as their provider makes them, and webhooks, whose URL is the secret."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 96

# Prefixes as the providers document them. The alternatives are told apart by their first characters.
PREFIXED: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|gh[pousr]_[A-Za-z0-9]{16,255}|github_pat_[A-Za-z0-9_]{20,255}|gl(?:pat|dt|rt|ptt|soat|cbt|ft|agent|imt)-[\w-]{16,128}"
    r"|xox[abeoprs](?:\.xox[bp])?-[\w-]{10,255}|xapp-\d-[\w-]{10,255}|xwfp-[\w-]{10,255}"
    r"|[srp]k_(?:live|test|prod)_[A-Za-z0-9]{8,255}|whsec_[A-Za-z0-9+/=]{16,128}|rzp_(?:live|test)_[A-Za-z0-9]{10,64}"
    r"|sk-(?:proj-|svcacct-|admin-|ant-|or-v1-|lf-)?[A-Za-z0-9_-]{20,255}|pk-lf-[\w-]{20,64}"
    r"|AIza[\w-]{30,45}|ya29\.[\w-]{20,1024}|GOCSPX-[\w-]{20,64}|1//0?[A-Za-z0-9][\w-]{24,255}"
    r"|SG\.[\w-]{14,64}\.[\w-]{14,128}|key-[0-9a-f]{32}(?![0-9a-f])|[0-9a-f]{32}-us\d{1,2}(?!\d)|SK[0-9a-f]{32}(?![0-9a-f])|AC[0-9a-f]{32}(?![0-9a-f])"
    r"|npm_[A-Za-z0-9]{30,64}|pypi-[\w-]{40,255}|rubygems_[0-9a-f]{40,64}|dckr_pat_[\w-]{20,64}|do[opr]_v1_[0-9a-f]{40,64}"
    r"|hf_[A-Za-z0-9]{24,64}|gsk_[A-Za-z0-9]{30,64}|r8_[A-Za-z0-9]{30,64}|xai-[A-Za-z0-9]{30,128}|pplx-[A-Za-z0-9]{30,64}|nvapi-[\w-]{30,128}|tvly-[\w-]{20,64}"
    r"|shp(?:at|ca|pa|ss)_[A-Za-z0-9]{20,64}|sq0(?:atp|csp|idp)-[\w-]{20,64}|EAA[A-Za-z0-9]{40,512}|EAACEdEose0cBA[A-Za-z0-9]+|PMAK-[\w-]{40,80}"
    r"|ATATT3[\w=-]{40,255}|ATBB[A-Za-z0-9]{24,64}|glsa_[\w]{24,64}|glc_[\w=]{24,255}|lin_api_[A-Za-z0-9]{30,64}|fig[dou]_[\w-]{30,64}|sntry[su]_[\w+/=-]{30,255}"
    r"|hv[sbr]\.[\w-]{20,255}|s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])|tskey-[\w-]{20,80}|NRAK-[A-Z0-9]{20,40}|LTAI[A-Za-z0-9]{12,30}|AGE-SECRET-KEY-1[0-9A-Z]{50,64}"
    r"|amzn\.mws\.[0-9a-f-]{36}|dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,80}|pul-[0-9a-f]{40}|secret_[A-Za-z0-9]{40,64}|ntn_[A-Za-z0-9]{40,64}"
    r"|bkua_[0-9a-f]{40}|lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}|(?:sgp|sqp|squ|sqa)_[0-9a-z_]{32,64}|nfp_[A-Za-z0-9]{36,}|vercel_[\w]{20,}|fo1_[\w-]{40,}|fm[12][ra]?_[\w+/=-]{40,}|dop_v1_[0-9a-f]{64}|rnd_[A-Za-z0-9]{24,}|rpa_[A-Za-z0-9]{30,}|tr_(?:dev|prod)_[A-Za-z0-9]{16,}"
    r"|pat-[a-z]{2}\d-[0-9a-f-]{36}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64}|phc_[A-Za-z0-9]{32,}|phx_[A-Za-z0-9]{32,}|re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}|xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}|shippo_(?:live|test)_[0-9a-f]{40}|EZ[AT]K[0-9a-f]{20,}[A-Za-z0-9]+|FLW(?:PUB|SEC)K?_?(?:TEST)?-[0-9a-z]{32}-X"
    r"|(?:live|test)_[A-Za-z0-9]{30,64}(?![A-Za-z0-9_])|apify_api_[A-Za-z0-9]{36}|airtable_[\w]{20,}|duffel_(?:test|live)_[\w-]{43}|access-(?:sandbox|production)-[0-9a-f-]{36}|ion_[a-z0-9]{42}|adafruit_[\w]{20,}|aio_[A-Za-z0-9]{28}|doppler_[\w]{20,}|hrku-[\w-]{20,}|HRKU-[\w-]{20,}"
    r"|lin_(?:api|oauth)_[A-Za-z0-9]{32,}|NRI[IQ]-[\w-]{20,64}|NRJS-[0-9a-f]{19}|NRAA-[\w-]{20,}|CFPAT-[\w-]{40,}|cfut_[\w-]{30,}|prefect_[\w]{20,}|pnu_[A-Za-z0-9]{36}|rdme_[a-z0-9]{70}|sl\.[\w-]{60,}|tfp_[\w-]{30,}|waka_[0-9a-f-]{36}|cio_[\w-]{20,}|pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"
    r"|A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}|ops_eyJ[\w=-]{80,}|atlasv1\.[\w-]{40,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}|sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,}|glrt-[\w-]{20}|t1_[\w-]{30,}|jina_[A-Za-z0-9]{40,}|fw_[A-Za-z0-9]{20,}|csk-[a-z0-9]{40,}|AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59}"
    r"|\d{8,10}:AA[\w-]{32,35}|[MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,40}|dapi[0-9a-f]{32}|CCIPAT_[\w]{20,80}|v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"
    r")"
)
# Prefixes that identifiers of programs have, too: `s.openParcelLabel…`, `hf_depotShelf…`; tokens hold digits.
WEAK_PREFIX: Final = re.compile(r"s\.|hv[sbr]\.|hf_|gsk_|r8_|npm_|xai-|pplx-|secret_|ntn_|sk-|key-|dp\.")
WORD: Final = re.compile(r"[A-Za-z0-9_]*+")
PREFIX_PLACES: Final = Anchor(
    r"\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ABIA|ACCA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[abeoprs]|xapp-|xwfp-|[srp]k_(?:live|test|prod)_|whsec_|rzp_|[sp]k-|AIza|ya29\.|GOCSPX-|1//|SG\.|key-[0-9a-f]"
    r"|SK[0-9a-f]{4}|AC[0-9a-f]{4}|npm_|pypi-|rubygems_|dckr_pat_|do[opr]_v1_|hf_|gsk_|r8_|xai-|pplx-|nvapi-|tvly-|shp(?:at|ca|pa|ss)_|sq0|EAA|PMAK-|ATATT3|ATBB|glsa_|glc_|lin_api_|fig[dou]_|sntry"
    r"|bkua_|lsv2_|sgp_|sqp_|squ_|sqa_|nfp_|vercel_|fo1_|fm[12]|rnd_|rpa_|tr_(?:dev|prod)|pat-[a-z]|pat[A-Za-z0-9]+\.|ph[cx]_|re_[A-Za-z0-9]+_|xkeysib-|shippo_|EZ[AT]K|FLW|(?:live|test)_[A-Za-z0-9]|apify_|airtable_|duffel_|access-(?:sandbox|production)|ion_|adafruit_|aio_|doppler_|(?:hrku|HRKU)-"
    r"|lin_oauth|NRI|NRJS|NRAA|CFPAT|cfut_|prefect_|pnu_|rdme_|sl\.[A-Za-z0-9]|tfp_|waka_|cio_|pscale_|A3-|ops_eyJ|[A-Za-z0-9]*\.?atlasv1|sbp_|sb_secret_|t1_|jina_|fw_|csk-|AKCp|cmVmd"
    r"|hv[sbr]\.|s\.[A-Za-z0-9]|tskey-|NRAK-|LTAI|AGE-SECRET|amzn\.mws|dp\.[a-z]{2,5}\.|pul-|secret_|ntn_|dapi|CCIPAT_|v1\.0-)"
    r"|\b(?:\d{8,10}:AA|[MNO][A-Za-z\d]+\.[\w-]+\.[\w-]|[0-9a-f]+-us\d)"
)
WEBHOOK: Final = re.compile(
    r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w/-]{20,160}|(?<=discord\.com/api/webhooks/)\d{15,21}/[\w-]{20,100}"
    r"|(?<=discordapp\.com/api/webhooks/)\d{15,21}/[\w-]{20,100}|(?<=webhook\.office\.com/)[\w@/-]{40,260}"
)


def prefixed(page: Page) -> Iterator[Hit]:
    """Tokens that begin as their provider makes them, and webhooks, whose URL is the secret."""
    for match in PREFIX_PLACES.read(PREFIXED, page.text):
        if not (WEAK_PREFIX.match(match.group()) and match.group().split("_")[-1].split(".")[-1].isalpha()):
            yield Hit(match.start(), on(page.text, match.end()), RANK, "SECRET", "token_prefix")
    for match in WEBHOOK.finditer(page.text) if "hook" in page.text else ():
        yield Hit(match.start(), match.end(), RANK, "SECRET", "webhook")


def on(text: str, end: int) -> int:
    """The end of the word that goes on at `end`: a token that is longer than its provider says leaves no rest."""
    more = WORD.match(text, end)
    return more.end() if more else end


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "token_prefix",
        PREFIX_PLACES.pattern + r"|hooks\.slack\.com|/api/webhooks/|webhook\.office\.com",
        prefixed,
    ),
)
