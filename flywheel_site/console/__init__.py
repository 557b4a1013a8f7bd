"""The admin site: its home page and its menu.

Each package has its own lists and pages (`*/admin.py`); here are the pages that belong to none.
"""
