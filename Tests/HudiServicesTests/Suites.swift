// The suites of HudiServices.
