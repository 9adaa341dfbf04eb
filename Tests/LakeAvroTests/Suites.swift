// The suites of LakeAvro.
