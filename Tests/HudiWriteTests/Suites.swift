// The suites of HudiWrite.
