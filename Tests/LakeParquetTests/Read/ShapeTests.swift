// Lists and maps in their older spellings, from the format's rules for them.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@testable import LakeParquet

@Suite struct ShapeTests {
  private func type(_ elements: [SchemaElement]) throws -> String {
    let schema = try ParquetSchema([SchemaElement("root", childCount: 1)] + elements)
    return schema.schema.fields[0].type.description
  }

  private func group(
    _ name: String, _ repetition: Repetition, _ count: Int, _ logical: LogicalType? = nil,
    _ converted: ConvertedType? = nil
  ) -> SchemaElement {
    SchemaElement(
      name, repetition: repetition, childCount: count, convertedType: converted,
      logicalType: logical)
  }

  private func leaf(_ name: String, _ repetition: Repetition = .required) -> SchemaElement {
    SchemaElement(name, type: .int32, repetition: repetition)
  }

  @Test("the five rules of older lists", .spec("PQR-4"))
  func lists() throws {
    let list = group("my", .optional, 1, .list)
    // A repeated primitive is the element.
    #expect(try type([list, leaf("element", .repeated)]) == "list<int not null>")
    // So is a repeated group of several fields, ...
    #expect(
      try type([list, group("element", .repeated, 2), leaf("a"), leaf("b", .optional)])
        == "list<struct<a int not null,b int> not null>")
    // ... one whose only field is repeated, ...
    #expect(
      try type([list, group("element", .repeated, 1), leaf("a", .repeated)])
        == "list<struct<a list<int not null> not null> not null>")
    // ... and one named array or after the list.
    for name in ["array", "my_tuple"] {
      #expect(
        try type([list, group(name, .repeated, 1), leaf("a")])
          == "list<struct<a int not null> not null>")
    }
    // Anything else is the three-level form.
    #expect(try type([list, group("list", .repeated, 1), leaf("a")]) == "list<int not null>")
    #expect(try type([list, group("bag", .repeated, 1), leaf("a", .optional)]) == "list<int>")
    let converted = group("my", .optional, 1, nil, .list)
    #expect(try type([converted, group("list", .repeated, 1), leaf("a")]) == "list<int not null>")
    // A two-level list of lists.
    #expect(
      try type([list, group("array", .repeated, 1, .list), leaf("array", .repeated)])
        == "list<list<int not null> not null>")
  }

  @Test("maps, maps without values, and groups that are none", .spec("PQR-4"))
  func maps() throws {
    let entry = group("key_value", .repeated, 2)
    let map = group("m", .optional, 1, .map)
    #expect(try type([map, entry, leaf("key"), leaf("value", .optional)]) == "map<int,int>")
    let older = group("m", .optional, 1, nil, .mapKeyValue)
    #expect(try type([older, entry, leaf("k"), leaf("v")]) == "map<int,int not null>")
    #expect(
      try type([map, group("key_value", .repeated, 1), leaf("key")]) == "list<int not null>")
    #expect(try type([map, leaf("key")]) == "struct<key int not null>")
  }

  @Test("levels count optional and repeated nodes", .spec("PQR-2"))
  func levels() throws {
    let schema = try ParquetSchema([
      SchemaElement("root", childCount: 2), group("a", .optional, 1, .list),
      group("list", .repeated, 1), group("element", .optional, 1), leaf("x", .optional),
      leaf("y"),
    ])
    #expect(schema.leaves.map(\.maxDefinition) == [4, 0])
    #expect(schema.leaves.map(\.maxRepetition) == [1, 0])
    #expect(schema.leaves.map(\.listDefinition) == [2, 0])
    #expect(schema.leaves.map(\.path) == [["a", "list", "element", "x"], ["y"]])
  }
}
