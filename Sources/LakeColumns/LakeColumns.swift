// LakeColumns: rows in memory, in Arrow's physical layout.
//
// A batch is a schema and one immutable column per field. Everything above works on batches:
// formats decode into them and encode from them, the merge hands selections (row numbers) from one
// to the next. Mutable memory exists only in builders, owned by one worker.
//
// Three types to know first:
//   ColumnType    what values mean and how they lie in memory
//   Column        an immutable column: type, count, validity and layout
//   RecordBatch   a schema and its columns; target 16,384 rows
//
// Read on in this order: Schema/ColumnType, Schema/Field, Columns/Column, Columns/RecordBatch,
// Columns/BatchSource, Builders/ColumnBuilder, then Kernels. Spec: 01-terms.
