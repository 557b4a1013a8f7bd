"""The admin site: its home page and its menu.

Lists and pages of a noun live with the noun (`*/admin.py`); here is what belongs to none.
"""
