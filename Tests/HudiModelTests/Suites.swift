// The suites of HudiModel.
