// The suites of LakeParquet.
