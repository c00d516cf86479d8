"""`python -m cognito_emulator`: the command."""

from cognito_emulator.cli import main

raise SystemExit(main())
