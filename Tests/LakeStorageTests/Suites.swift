// The suites of LakeStorage.
