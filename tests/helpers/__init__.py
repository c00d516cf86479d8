"""What several test modules share. Each file has one subject; no test is here."""
