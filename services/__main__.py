"""`python -m services` is `commonhour`."""

from services.cli.main import main

main()
