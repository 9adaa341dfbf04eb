// LakeAvro: door page, to be written.
