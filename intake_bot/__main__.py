"""`python -m intake_bot` is the same as `intake-bot`."""

from intake_bot.cli import main

main()
