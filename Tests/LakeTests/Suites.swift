// The suites of Lake.
