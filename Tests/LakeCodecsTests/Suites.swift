// The suites of LakeCodecs.
