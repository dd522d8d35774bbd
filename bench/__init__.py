"""Benchmarks: every figure a ratio to a bare baseline that is measured in the same run, interleaved, five rounds."""
