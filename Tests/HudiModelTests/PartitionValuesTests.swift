// Partition columns taken out of paths.
import LakeBase
import LakeTestKit
import Testing

@testable import HudiModel

@Suite struct PartitionValuesTests {
  struct Case: Sendable {
    let fields: String
    let path: String
    var hive = false
    var encoded = false
    /// nil: the path cannot be divided.
    let texts: [String?]?
  }

  static let cases = [
    Case(fields: "c", path: "oslo", texts: ["oslo"]),
    Case(fields: "c", path: "a/b", texts: ["a/b"]),
    Case(fields: "c,d", path: "a/b", texts: ["a", "b"]),
    Case(fields: "c,d", path: "a/b/c", texts: nil),
    Case(fields: "c,d", path: "a", texts: nil),
    Case(fields: "c", path: "c=oslo", hive: true, texts: ["oslo"]),
    Case(fields: "c,d", path: "c=x=y/d=1", hive: true, texts: ["x=y", "1"]),
    Case(fields: "c", path: "oslo", hive: true, texts: nil),
    Case(fields: "c", path: "d=oslo", hive: true, texts: nil),
    Case(fields: "c", path: "a%2Fb%3A%2", encoded: true, texts: ["a/b:%2"]),
    Case(fields: "c", path: "a%2fb", texts: ["a%2fb"]),
    Case(fields: "c", path: "c=a%20b", hive: true, encoded: true, texts: ["a b"]),
    Case(fields: "c", path: "__HIVE_DEFAULT_PARTITION__", texts: [nil]),
    Case(
      fields: "c,d", path: "c=__HIVE_DEFAULT_PARTITION__/d=", hive: true, texts: [nil, nil]),
  ]

  @Test("a path gives the texts of its columns", .spec("SCHEMA-21"), arguments: cases)
  func values(_ example: Case) throws {
    let config = try TableConfigTests.config(
      9,
      [
        TableConfig.Key.partitionFields: example.fields,
        TableConfig.Key.hiveStyle: "\(example.hive)",
        TableConfig.Key.urlEncode: "\(example.encoded)",
      ])
    let values = PartitionValues(try PartitionPath(example.path), config)
    #expect(values?.values.map(\.text) == example.texts)
  }

  @Test("a table without partition columns has no values", .spec("SCHEMA-21"))
  func none() throws {
    let config = try TableConfigTests.config(9, [:])
    #expect(PartitionValues(.none, config) == nil)
  }
}
