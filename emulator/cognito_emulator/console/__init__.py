"""Serve the console at `/_emulator/`: pages for developers.

Each change is made by an operation of the API.
"""
