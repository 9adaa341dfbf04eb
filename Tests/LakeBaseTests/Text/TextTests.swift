// UTF-8, Base64, hexadecimal and escapes.
import LakeTestKit
import Testing

@testable import LakeBase

@Suite struct TextTests {
  @Test("The first byte that is not UTF-8", .spec("TEXT-1"))
  func utf8() {
    let good = ["", "a", "é", "日本語", "\u{1F600}", "\u{10FFFF}", "\u{7FF}\u{800}\u{FFFF}"]
    for text in good { #expect(UTF8Bytes.isValid(Buffer(utf8: text))) }
    // Overlong forms, surrogates, beyond U+10FFFF, lone continuations, truncated sequences.
    let bad: [[UInt8]] = [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80],
      [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x41],
      [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
      [0xF1, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x41], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]
    for bytes in bad {
      for before in [0, 1, 7, 8, 15, 16, 63, 64, 65, 130] {
        for after in [0, 1, 70] {
          let all =
            [UInt8](repeating: 0x61, count: before) + bytes
            + [UInt8](repeating: 0x62, count: after)
          #expect(UTF8Bytes.firstInvalid(Buffer(all)) == before)
        }
      }
    }
  }

  @Test("Validation agrees with the standard library on random bytes", .spec("TEXT-1"))
  func utf8Agrees() {
    let random = SeededRandom(5)
    let pool: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0,
      0xF1, 0xF4, 0xF5,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<(random.next() % 9)).map { _ in pool[Int(random.next() % 18)] }
      let expected = String(validating: bytes, as: UTF8.self) != nil
      #expect(UTF8Bytes.isValid(Buffer(bytes)) == expected)
    }
  }

  @Test("Base64 of RFC 4648", .spec("TEXT-2"))
  func base64() {
    let cases = [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ]
    for (plain, text) in cases {
      #expect(Base64.encode(Array(plain.utf8)) == text)
      #expect(Base64.decode(text) == Buffer(utf8: plain))
    }
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
    for bad in [
      "Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm 9", "Zg==Zg==",
      "Zm-9",
    ] {
      #expect(Base64.decode(bad) == nil, "\(bad)")
    }
  }

  @Test("Hexadecimal text")
  func hex() {
    #expect(Hex.text([0x00, 0x9F, 0xFA]) == "009ffa")
    #expect(Hex.bytes("009FfA") == [0x00, 0x9F, 0xFA])
    #expect(Hex.bytes("0") == nil)
    #expect(Hex.bytes("0g") == nil)
  }

  @Test("Messages cannot steer a terminal", .spec("TEXT-3"))
  func escapes() {
    #expect(Escaping.message("plain é \u{1F600} \\") == "plain é \u{1F600} \\")
    #expect(
      Escaping.message("a\nb\rc\td\u{1b}[0m\u{9d}\u{202e}\u{2067}\u{200f}\u{0}")
        == "a\\nb\\rc\\td\\u001b[0m\\u009d\\u202e\\u2067\\u200f\\u0000")
  }
}
