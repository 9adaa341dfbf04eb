// Lake: the one import an embedder needs.
//
// An open table answers questions (nouns: `scan`, `log`, `files`, `describe`) and takes changes
// (verbs: `commit`). Behind it stand snapshots and writers of the rooms below; nothing here knows a
// file format.
//
// Four types to know first:
//   LakeTable     an open table
//   TableQuery    a question that rows answer, asked by `query` or, asynchronously, by `rows`
//   TableOptions  what a new table shall be
//   InputFiles    files, folders and standard input of any format as one stream of batches
//
// Read on in this order: TableOptions, LakeTable, TableQuery, TableRows, LakeTable+Query,
// LakeTable+Async, LakeTable+Changes, LakeTable+Read, LakeTable+Write,
// TableDescription, InputOptions, InputFiles.
// Spec: 12-queries, 13-concurrency, 14-text-rows.

@_exported import HudiFileGroup
@_exported import HudiMetadata
@_exported import HudiModel
@_exported import HudiScan
@_exported import HudiServices
@_exported import HudiTimeline
@_exported import HudiWrite
@_exported import LakeBase
@_exported import LakeCodecs
@_exported import LakeColumns
@_exported import LakeStorage
@_exported import LakeText
