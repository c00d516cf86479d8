"""Soak lane: the real command under load for minutes, and whether it stays as it was.

python -m tests.soak --minutes 10

journey   what one user does, again and again: sign-up, sign-ins, pages, tokens, deletion
worker    a process that sends journeys, as fast as the emulator answers or at a given rate
watch     memory, file descriptors and the size of the data folder of the emulator's process
verdict   the goal: no error, flat memory, even answers
"""
