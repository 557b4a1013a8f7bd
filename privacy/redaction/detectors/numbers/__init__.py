"""Numbers that belong to somebody: telephone, card, account and identity numbers, and dates of birth."""

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
