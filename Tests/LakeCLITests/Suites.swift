// The suites of LakeCLI.
