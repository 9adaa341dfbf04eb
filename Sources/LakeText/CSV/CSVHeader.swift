// Spec: 14-text-rows. The names in the first record, before anything else is decided.
import LakeBase

/// The header of CSV and TSV.
public enum CSVHeader {
  /// The names of the columns, made up where `options.header` is false. Reads the first chunk only.
  public static func names(
    _ input: any TextInput, _ options: CSVOptions
  ) throws(LakeError) -> [String] {
    try CSVHead(input, options).names
  }
}
