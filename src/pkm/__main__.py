"""Run as `python -m pkm`."""

from pkm.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
