"""What all console lists and commands share: paging, forms, progress bars, asking for the password again.

A new list is a `lists.ReadOnlyAdmin`; every change in the console is an action or a button with a permission.
"""
