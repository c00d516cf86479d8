"""Conformance kit: scenarios in plain Python that run against the emulator, any endpoint, and AWS itself.

python -m tests.conformance                           # a fresh emulator
python -m tests.conformance --endpoint URL            # whatever answers there
python -m tests.conformance --dry-run                 # every call that --aws would make, and what it would cost
python -m tests.conformance --aws --region R --yes    # AWS; answers are written to fixtures/recorded

scenario    finds the scenarios: a file of `scenarios/<area>/` each
target      the service under test: boto3 clients, addresses
service     what a scenario is given: calls that are recorded, pools of its own, expectations
guards      what may never be sent to AWS: messages to real addresses, changes to what the kit did not make
recording   the answers of a scenario, normalised (`normalise`), as a file
compare     two recordings: members, types, texts, order
sweep       deletes what earlier runs left
run, report one run over many scenarios, and its result
"""
