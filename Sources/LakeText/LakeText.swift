// LakeText: rows as text. CSV, TSV and JSON to batches and back, with inference of types.
//
// Text arrives in chunks, is cut at record boundaries, and every piece is parsed on its own: first
// a scan that finds where each field begins and ends, then one pass per column that writes values
// straight into the column's memory. Writers go the other way, row by row, into one growing buffer.
//
// Three types to know first:
//   TextInput     chunks of text: a file, standard input, decompressed where needed
//   CSVReader     a BatchSource over CSV with a given schema (NDJSONReader likewise)
//   RowWriter     batches to text: CSV, TSV, NDJSON, Markdown, a table for a terminal
//
// Read on in this order: Input/TextInput, Input/RecordChunks, Cells/FieldTable, CSV/CSVScan,
// Cells/CellParser, CSV/CSVReader, then JSON and Write. Spec: 14-text-rows.
