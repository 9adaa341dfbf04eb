// LakeHFile: sorted keys with values, in blocks, as HBase lays them out.
//
// The metadata table of a Hudi table keeps its base files and log blocks in this format. This room
// knows bytes, blocks and keys; what a value means is told upstairs. Spec: 08-hfile.
