// The suites of HudiMetadata.
