// The suites of HudiScan.
