// LakeText: door page, to be written.
