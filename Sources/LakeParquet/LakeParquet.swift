// LakeParquet: Parquet files to batches, and back.
//
// This room reads from a `ByteSource` and writes to a `ByteSink`; it opens no file and knows no
// table. A file is its footer (Metadata, decoded by Thrift/CompactReader), a tree of schema
// elements (Schema) resolved to the columns of LakeColumns, and column chunks of pages (Read,
// Encodings). Chunks are streamed page by page, about a mebibyte ahead; a column of plain values
// takes a path of its own, and only lists, maps and structs go through the assembly of levels.
//
// Three types to know first:
//   ParquetFile     a footer that was read and checked, and the source it came from
//   ParquetBatches  the rows of chosen columns, row groups and pages, one batch at a time
//   ParquetSchema   the schema tree: leaves with their levels, and the columns it stands for
//
// Read on in this order: Metadata/FileMetadata, Schema/ParquetSchema, Read/ParquetFile,
// Read/ParquetBatches, Read/ColumnReader, Read/PageReader, Encodings/BitUnpacking,
// Read/NestedAssembly, Read/ParquetPruning; then Write. Spec: 06-base-files, 17-limits.
