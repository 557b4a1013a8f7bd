#!/usr/bin/env python
"""Django's command line for Flywheel."""

import gc
import logging
import os
import sys


def main() -> None:
    """Run a command. What is wrong with the settings, the disk, or the database as a whole, is said in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    gc.disable()  # what is loaded stays: to search it for garbage took a quarter of a command's start
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError

    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it repeats what is said below
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads the environment
        django.setup()
        gc.freeze()
        gc.enable()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    except (DatabaseError, InterfaceError, OSError) as error:
        from privacy.db import state

        if not (words := state.reason(error)):
            raise  # disk and database are well: the fault is the command's
        sys.exit(f"Error: {words}")


if __name__ == "__main__":
    main()
