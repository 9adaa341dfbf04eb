// LakeBase: the words everyone speaks.
//
// This room holds what every other room needs and nothing that knows a file format: errors,
// immutable byte buffers and checked cursors over them, the two protocols through which formats
// meet files, checksums and hashes, JSON and Java properties, and the world (clock, randomness,
// workers) as a value.
//
// Three types to know first:
//   LakeError   the one error of the project, one pointer wide, with a stable LK code
//   Buffer      an immutable slice of memory that somebody owns; slicing never copies
//   World       clock, randomness, threads and journal: the outside, as a parameter
//
// Read on in this order: Errors/LakeError, Bytes/Memory, Bytes/Buffer, Bytes/ByteReader,
// Bytes/GrowingBuffer, Bytes/ByteSource, World/World. Spec: 01-terms, 17-limits, codes.
