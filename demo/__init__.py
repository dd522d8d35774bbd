"""The demonstration county: a seeded generator, and a driver that lives its campaign through the public API."""
