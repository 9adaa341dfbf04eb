// The suites of HudiTimeline.
