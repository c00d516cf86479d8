"""An attack on the emulator that can be run again: random requests of all kinds over raw HTTP, judged batch by batch.

    python -m tests.attack --requests 1000000

`values`      what is sent in place of what is wanted
`operations`, `browser`, `control`, `oddities`   one kind of requests each
`line`        a connection that sends bytes and reads answers
`providers`, `functions`   what answers the emulator: identity providers and Lambda functions
`hosted`      pools for what the playground's lack
`target`      the emulator under attack, and what it has in it
`judge`       what must hold after each request, and after each batch
`campaign`    all of it, bounded and seeded
"""
