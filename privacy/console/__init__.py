"""What every console list and command shares: pages of big lists, forms, progress, asking for the password again.

A new list is a `lists.ReadOnlyAdmin`; every change in the console is an action or a button with a permission.
"""
