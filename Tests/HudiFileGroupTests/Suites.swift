// The suites of HudiFileGroup.
