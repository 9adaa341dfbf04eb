// JSON and properties: read, write, read again.
import LakeBase

enum FuzzText {
  static func json(_ input: Buffer) throws(LakeError) {
    let value = try JSONReader.parse(input, duplicateNames: .kept)
    for layout in [JSONWriter.Layout.compact, .pretty] {
      let text = JSONWriter.text(value, layout, forTerminals: layout == .pretty)
      let again = try? JSONReader.parse(text, duplicateNames: .kept)
      precondition(again == value, "written JSON reads back differently")
    }
  }

  static func properties(_ input: Buffer) throws(LakeError) {
    let properties = try Properties(parsing: input)
    let again = try? Properties(parsing: properties.encoded(comments: ["a"]))
    precondition(again == properties, "written properties read back differently")
  }
}
