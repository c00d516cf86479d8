"""Settings of clients, ready to be pasted: the console, `/_emulator/config/…` and the command show the same."""
