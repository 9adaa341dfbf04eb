// LakeCodecs: door page, to be written.
