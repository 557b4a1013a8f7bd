"""Italian dates in figures, as in 3/12/2026: Django writes months with a capital, which is wrong within a sentence."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j/n/Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j/n/Y, H:i"
TIME_FORMAT = "H:i"
