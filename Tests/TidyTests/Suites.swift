// The suites of Tidy.
