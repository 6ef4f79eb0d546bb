"""`python -m bot.cli`: the same as `helpdesk`."""

from bot.cli import main

main()
