// The suites of LakeText.
