// HudiScan: door page, to be written.
