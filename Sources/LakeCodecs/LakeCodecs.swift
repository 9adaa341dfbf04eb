// LakeCodecs: compression behind one closed enum.
//
// zstd and zlib are called through module maps; snappy and LZ4 are written here. Nothing in this
// room trusts a declared size: output is bounded before memory is asked for, and must be filled
// exactly.
//
// Three types to know first:
//   Codec          what was used, or is to be used
//   CodecContext   the state of the libraries, reused from page to page, owned by one worker
//   StreamDecoder  `.gz` and `.zst` files as they arrive, with its twin StreamEncoder
//
// Read on in this order: Codec, CodecContext, Snappy, LZ4, Zstd, Gzip, StreamDecoder.
// Spec: 17-limits.
