// The suites of LakeBase.
