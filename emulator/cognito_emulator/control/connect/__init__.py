"""Settings of clients, ready to be pasted.

The console, `/_emulator/config/…` and the command show the same.
"""
