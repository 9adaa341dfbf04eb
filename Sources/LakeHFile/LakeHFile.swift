// LakeHFile: sorted keys with values, in blocks, as HBase lays them out.
//
// The metadata table of a Hudi table keeps its base files and log blocks in this format. This room
// knows bytes, blocks and keys; what a value means is told upstairs.
//
// Three types to know first:
//   HFile          an open file: look a key up, many keys at once, all keys with a prefix, all
//   HFileEntries   the entries of one data block, keys and values sharing its bytes
//   HFileScan      block after block of entries
//
// Read on in this order: HFile, HFileTrailer, HFileFrame, HFileIndex, HFileEntries, HFileScan,
// HFile+Lookup, HFileKeys. Spec: 08-hfile.
