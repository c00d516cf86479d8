"""`python -m cognito_emulator`, and the script `cognito-emulator`: the command."""

from __future__ import annotations

from cognito_emulator import lean


def main() -> int:
    """Run the command and return the exit status."""
    lean.import_msgspec()
    from cognito_emulator import cli  # imports msgspec

    return cli.main()


if __name__ == "__main__":
    raise SystemExit(main())
