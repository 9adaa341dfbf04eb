// Reading: forms of files, lookups, scans.
import LakeBase
import LakeHFile
import LakeTestKit
import Testing

extension HFileSuite {
  @Suite("Reading") struct Reading {
    /// Twenty blocks of five keys, every second number, so that there are gaps to ask for.
    static func sample() -> TinyHFile {
      var file = TinyHFile()
      file.blocks = (0..<20).map { block in
        (0..<5).map { row in
          let number = String(block * 10 + row * 2 + 1_000)
          return (key: "key-" + number, value: "value of " + number)
        }
      }
      return file
    }

    static let forms: [(codec: Int, checksum: UInt8, levels: Int, keys: TinyHFile.KeyForm)] = [
      (2, 0, 1, .full), (2, 1, 1, .bare), (2, 2, 2, .full), (1, 2, 3, .bare), (1, 0, 5, .full),
      (1, 1, 1, .bareProtobuf), (2, 2, 8, .bare),
    ]

    @Test("every form gives the same entries", .spec("HFILE-1", "HFILE-4", "LIMIT-31"))
    func allForms() throws {
      let wanted = Self.sample().blocks.flatMap { $0 }
      for form in Self.forms {
        var tiny = Self.sample()
        tiny.codec = form.codec
        tiny.checksum = form.checksum
        tiny.levels = form.levels
        tiny.keyForm = form.keys
        tiny.metas = [("bloomFilter", Array("bloom".utf8)), ("other", [])]
        let file = try tiny.open()
        #expect(file.blocks.count == 20 && file.entryCount == 100, "\(form)")
        let all = try file.everything()
        #expect(all.map { $0.key.lossyText } == wanted.map(\.key), "\(form)")
        #expect(all.map { $0.value.lossyText } == wanted.map(\.value), "\(form)")
        #expect(try file.metaBlock("bloomFilter")?.text == "bloom")
        #expect(try file.metaBlock("other")?.isEmpty == true)
        #expect(try file.metaBlock("third") == nil)
        #expect(file[info: "KEY_VALUE_VERSION"]?.bytes == [0, 0, 0, 1])
      }
    }

    @Test("keys are found, gaps are not; one block per lookup", .spec("HFILE-8"))
    func lookups() throws {
      for form in Self.forms {
        var tiny = Self.sample()
        tiny.codec = form.codec
        tiny.levels = form.levels
        tiny.keyForm = form.keys
        let source = CountingSource(try tiny.bytes())
        let file = try HFile(source)
        for number in 995...1_205 {
          let key = "key-\(number)"
          let before = source.reads
          let value = try file.find(Buffer(utf8: key))
          let isThere = number >= 1_000 && number < 1_200 && number % 2 == 0
          #expect(value?.text == (isThere ? "value of \(number)" : nil), "\(key)")
          #expect(source.reads - before <= 1)
        }
        let before = source.reads
        #expect(try file.find(Buffer(utf8: "a")) == nil && source.reads == before)
        #expect(try file.find(Buffer()) == nil && source.reads == before)
      }
    }

    @Test("many keys at once read each block once", .spec("HFILE-8"))
    func manyKeys() throws {
      let source = CountingSource(try Self.sample().bytes())
      let file = try HFile(source)
      let before = (source.reads, source.bytesRead)
      let keys = ["a", "key-1000", "key-1000", "key-1001", "key-1008", "key-1120", "key-9", "z"]
      let found = try file.find(sorted: keys.map { Buffer(utf8: $0) })
      let wanted = [nil, "1000", "1000", nil, "1008", "1120", nil, nil]
      #expect(found.map { $0?.text } == wanted.map { $0.map { "value of " + $0 } })
      // The blocks of 1000, of 1120 and the last one.
      #expect(source.reads - before.0 == 3)
      let sizes = [0, 12, 19].map { file.blocks[$0].size }
      #expect(source.bytesRead - before.1 == sizes.reduce(0, +))
      #expect(try file.find(sorted: []).isEmpty)
    }

    @Test("a prefix reads its blocks only", .spec("HFILE-9"))
    func prefixes() throws {
      let source = CountingSource(try Self.sample().bytes())
      let file = try HFile(source)
      let all = Self.sample().blocks.flatMap { $0 }.map(\.key)
      for prefix in ["key-", "key-10", "key-101", "key-1018", "key-1019", "b", "z", "key-11999"] {
        #expect(try file.texts(prefix: prefix) == all.filter { $0.hasPrefix(prefix) }, "\(prefix)")
      }
      let before = source.reads
      _ = try file.texts(prefix: "key-101")
      #expect(source.reads - before <= 3)
    }

    @Test("a file without entries")
    func empty() throws {
      let file = try TinyHFile().open()
      #expect(try file.everything().isEmpty && file.find(Buffer(utf8: "a")) == nil)
      #expect(try file.texts(prefix: "").isEmpty)
    }

    @Test("index keys between two blocks, as HBase shortens them", .spec("HFILE-8"))
    func shortened() throws {
      var tiny = TinyHFile()
      tiny.blocks = [[("apple", "1"), ("bench", "2")], [("delta", "3"), ("echo", "4")]]
      tiny.indexKey = { $0 == 1 ? "c" : $1 }
      let file = try tiny.open()
      #expect(try file.find(Buffer(utf8: "bench"))?.text == "2")
      #expect(try file.find(Buffer(utf8: "cat")) == nil)
      #expect(try file.find(Buffer(utf8: "delta"))?.text == "3")
      #expect(try file.texts(prefix: "d") == ["delta"])
    }

    /// U+E000 and U+FFFD stand before U+10000 by bytes, after it by UTF-16 units.
    @Test("both orders of keys are read", .spec("HFILE-5"))
    func orders() throws {
      let byBytes = ["a", "x\u{E000}", "x\u{FFFD}", "x\u{10000}", "x\u{1F600}y", "y"]
      let byUnits = ["a", "x\u{10000}", "x\u{1F600}y", "x\u{E000}", "x\u{FFFD}", "y"]
      for keys in [byBytes, byUnits] {
        for split in 1..<keys.count {
          var tiny = TinyHFile()
          let entries = keys.map { (key: $0, value: "=" + $0) }
          tiny.blocks = [Array(entries[..<split]), Array(entries[split...])]
          let file = try tiny.open()
          #expect(try file.everything().map { $0.key.lossyText } == keys)
          for key in keys {
            #expect(try file.find(Buffer(utf8: key))?.text == "=" + key, "\(keys) \(split) \(key)")
          }
          #expect(try file.texts(prefix: "x").count == 4)
          #expect(try file.texts(prefix: "x\u{E000}") == ["x\u{E000}"])
          #expect(try file.texts(prefix: "x\u{1F600}") == ["x\u{1F600}y"])
          #expect(try file.find(Buffer(utf8: "x\u{F000}")) == nil)
        }
      }
      for wrong in [["b", "a"], ["a", "x\u{10000}", "x\u{E000}", "x\u{E000}", "b"]] {
        var tiny = TinyHFile()
        tiny.blocks = [wrong.map { ($0, "") }]
        let error = #expect(throws: LakeError.self) { _ = try tiny.open().everything() }
        #expect(error?.code == .hfileMalformed)
      }
    }

    @Test("lengths of index keys: Hadoop's and protobuf's", .spec("HFILE-7"))
    func keyLengths() throws {
      for length in [1, 113, 114, 115, 124, 125, 126, 127, 128, 141, 200, 253, 300, 3_000, 32_000] {
        for form in [TinyHFile.KeyForm.full, .bare, .bareProtobuf] {
          var tiny = TinyHFile()
          tiny.keyForm = form
          let first = String(repeating: "k", count: length)
          tiny.blocks = [[(first, "1")], [(first + "1", "2"), (first + "2", "3")]]
          let file = try tiny.open()
          #expect(file.blocks.map(\.key.count) == [length, length + 1], "\(form)")
          #expect(try file.find(Buffer(utf8: first + "2"))?.text == "3", "\(length) \(form)")
        }
      }
    }

    @Test("equal keys: the first one is found")
    func duplicates() throws {
      var tiny = TinyHFile()
      tiny.blocks = [[("a", "0"), ("b", "1"), ("b", "2"), ("b", "3"), ("c", "4")]]
      let file = try tiny.open()
      #expect(try file.find(Buffer(utf8: "b"))?.text == "1")
      #expect(try file.everything().count == 5)
    }
  }
}
