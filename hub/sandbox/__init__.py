"""Stage: stateful trackers on loopback for the demo, the tests and the benchmarks."""
