// HudiMetadata: which files exist, and what is known about them.
//
// A table is a directory full of files; this room says which of them make up the table at a
// snapshot. It lists directories, or asks the metadata table, which answers the same question
// without listing and must give the same answer. The metadata table also has the indexes.
//
// The types to know first:
//   TableListing     partitions and their files, as the storage tells
//   ViewInputs       what the timeline contributes: completed, pending, replaced
//   FileSystemView   file groups and slices at a snapshot
//   MetadataTable    the indexes of a table: which are trusted, which instants are believed
//   RecordIndex, SecondaryIndex, ColumnStatsIndex   the questions that indexes answer
//
// Read on in this order: View/TableListing, View/ViewInputs, View/FileSystemView; then
// Table/MetadataTable, MetadataTimeline, MetadataPartition, MetadataSlice, Records/MetadataRecord,
// Records/MetadataKeys, Partitions/FilesPartition, RecordIndex, ColumnStatsIndex.
// Spec: 12-queries, 09-metadata-table.
