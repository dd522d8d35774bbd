"""The tables and functions that every service's database begins with (one SQL file a version, never edited)."""
