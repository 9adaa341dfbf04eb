// HFiles: structure, order of keys, damage.
import Testing

@Suite("HFile") enum HFileSuite {}
