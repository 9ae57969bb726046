# The tests that start a real Flink cluster; needs Java 11 or 17 and Maven.
flink-test:
	bash tests/run -m flink

.PHONY: flink-test
