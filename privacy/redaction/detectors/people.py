from privacy.redaction.hits import Detector
DETECTORS: tuple[Detector, ...] = ()
