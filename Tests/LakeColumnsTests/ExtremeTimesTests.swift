// The first and last dates and moments that a type can hold, as text (H18). The expected texts are
// those of Java's `LocalDate` and `Instant`, which know the same years.
import LakeBase
import LakeColumns
import LakeTestKit
import Testing

@Suite("Extreme times") struct ExtremeTimesTests {
  private static func text(_ type: ColumnType, _ value: Int64) throws -> String {
    try Column(type, scalars: [.int(value)]).cast(to: .string).string(0)
  }

  @Test("every type at its ends")
  func ends() throws {
    let cases: [(ColumnType, Int64, String)] = [
      (.date, Int64(Int32.max), "+5881580-07-11"), (.date, Int64(Int32.min), "-5877641-06-23"),
      (.timestamp(.second, utc: false), 253_402_300_799, "9999-12-31T23:59:59"),
      (.timestamp(.second, utc: false), 253_402_300_800, "+10000-01-01T00:00:00"),
      (.timestamp(.second, utc: true), -62_167_219_201, "-0001-12-31T23:59:59Z"),
      (.timestamp(.milli, utc: true), .max, "+292278994-08-17T07:12:55.807Z"),
      (.timestamp(.milli, utc: true), .min, "-292275055-05-16T16:47:04.192Z"),
      (.timestamp(.micro, utc: true), .max, "+294247-01-10T04:00:54.775807Z"),
      (.timestamp(.micro, utc: true), .min, "-290308-12-21T19:59:05.224192Z"),
      (.timestamp(.nano, utc: true), .max, "2262-04-11T23:47:16.854775807Z"),
      (.timestamp(.nano, utc: true), .min, "1677-09-21T00:12:43.145224192Z"),
    ]
    for (type, value, expected) in cases {
      #expect(try Self.text(type, value) == expected, "\(type) \(value)")
    }
    // Seconds beyond any calendar, and times beyond a day, are shown somehow and do not trap.
    for value in [Int64.min, .min + 1, .max] {
      for type in [ColumnType.timestamp(.second, utc: true), .time(.micro), .time(.nano)] {
        #expect(!(try Self.text(type, value).isEmpty))
      }
    }
  }

  @Test("another unit, where the ticks fit")
  func units() throws {
    let cases: [(TimeUnit, Int64, TimeUnit, Int64?)] = [
      (.micro, .max, .nano, nil), (.milli, .min, .micro, nil), (.second, .max, .milli, nil),
      (.nano, 1_000, .micro, 1), (.milli, 9_223_372_036_854_775, .micro, 9_223_372_036_854_775_000),
    ]
    for (from, value, to, expected) in cases {
      let column = try Column(.timestamp(from, utc: true), scalars: [.int(value)])
      if let expected {
        #expect(try column.cast(to: .timestamp(to, utc: true)).scalar(0) == .int(expected))
      } else {
        let error = #expect(throws: LakeError.self) {
          _ = try column.cast(to: .timestamp(to, utc: true))
        }
        #expect(error?.code == .schemaMismatch)
      }
    }
  }
}
