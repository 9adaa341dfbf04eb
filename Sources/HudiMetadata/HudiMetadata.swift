// HudiMetadata: which files exist, and what is known about them.
//
// A table is a directory full of files; this room says which of them make up the table at a
// snapshot. Today it lists directories; the metadata table, which answers the same question without
// listing, will stand beside the listing and must give the same answer.
//
// Three types to know first:
//   TableListing     partitions and their files, as the storage tells
//   ViewInputs       what the timeline contributes: completed, pending, replaced
//   FileSystemView   file groups and slices at a snapshot
//
// Read on in this order: View/TableListing, View/ViewInputs, View/FileSystemView. Spec: 12-queries.
