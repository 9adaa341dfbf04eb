// Spec: 06-base-files. Temporary: to be deleted by whoever lands ParquetWriter.copyRowGroup.
import LakeBase
import LakeColumns
extension ParquetWriter { public func copyRowGroup(_ file: ParquetFile, _ index: Int, replacing: [String: Column]) throws(LakeError) -> Bool { false } }
