// The suites of LakeColumns.
