"""`python -m geo_alerts.cli`: the command line without its script."""

from geo_alerts.cli.main import main

main()
