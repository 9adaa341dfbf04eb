// HudiFileGroup: one file group at a time.
//
// This room writes and rewrites the files of a single file group and knows no table: which group,
// which instant and which schema come from above as values; what was written goes back up as
// values.
//
// Four types to know first:
//   BaseFileWriter   one new base file: Hudi's meta columns, key filter and footer around Parquet
//   BaseFileReader   a base file seen through the schema of the table
//   LogScan          the blocks of a slice's log files that count, and their entries
//   FileGroupMerge   changes into an old base file: the copy-on-write merge
//
// Read on in this order: Base/BaseFileOptions, Base/HudiFooter, Base/MetaColumns,
// Base/BaseFileWriter, Base/SourceColumns, Base/SchemaAdapter, Base/BaseFileReader, Base/BaseRows;
// Log/LogBlock, Log/LogEntries, Log/CommittedRanges, Log/LogFileReader, Log/LogBlocks,
// Log/LogRowsReader, Log/AvroLogRows, Log/HFileLogRows, Log/LogDeletesReader,
// Log/LogOrderingValues, Log/RecordPositions, Log/LogAdmission, Log/LogOrder, Log/LogScan,
// Log/LogEntriesReader; Merge/MergePolicy, Merge/RowKeys, Merge/SliceColumns, Merge/LogVersions,
// Merge/LogAdapter, Merge/LogTableBuilder, Merge/LogComposition, Merge/LogTable, Merge/MergePlan,
// Merge/SliceReader, Merge/SliceSpill, Merge/BoundedSliceReader, Merge/FileGroupChanges,
// Merge/FileGroupMerge, Merge/KeyPart, Merge/ChangeRows.
// Spec: 06-base-files, 07-log-files, 10-merging, 12b-schema, 12d-changes.
