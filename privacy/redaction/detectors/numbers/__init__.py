"""Numbers that are somebody's: of telephones, cards, accounts and identity papers, and dates of birth."""

from privacy.redaction.detectors.numbers import accounts, called, dates, financial, government, phones
from privacy.redaction.hits import Detector

DETECTORS: tuple[Detector, ...] = (
    *phones.DETECTORS,
    *financial.DETECTORS,
    *government.DETECTORS,
    *accounts.DETECTORS,
    *dates.DETECTORS,
    *called.DETECTORS,
)
