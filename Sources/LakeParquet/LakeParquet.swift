// LakeParquet: door page, to be written.
