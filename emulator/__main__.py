"""`python -m emulator`: the command."""

from emulator.cli import main

raise SystemExit(main())
